package rules

import (
	"slices"
	"time"
)

// met is a requirement that was met: at the instant of the last of its proofs.
// The nil met was not.
type met struct {
	proofs []*proof // sorted, each once
}

func newMet(proofs ...*proof) *met {
	slices.SortFunc(proofs, (*proof).compare)
	return &met{slices.CompactFunc(proofs, func(a, b *proof) bool { return a.Statement == b.Statement && a.compare(b) == 0 })}
}

func (m *met) at() time.Time { return m.proofs[len(m.proofs)-1].at }

// ids are the statements that prove it, in their order.
func (m *met) ids() []string {
	var list []string
	for _, p := range m.proofs {
		if !slices.Contains(list, p.Statement) {
			list = append(list, p.Statement)
		}
	}
	return list
}

// both is met when both are.
func both(a, b *met) *met {
	if a == nil || b == nil {
		return nil
	}
	return newMet(slices.Concat(a.proofs, b.proofs)...)
}

// sooner returns the one that was met first. Where two were met at one instant
// the proofs decide, so that the answer does not depend on any order.
func sooner(a, b *met) *met {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	order := a.at().Compare(b.at())
	if order == 0 {
		order = slices.CompareFunc(a.proofs, b.proofs, (*proof).compare)
	}
	if order <= 0 {
		return a
	}
	return b
}
