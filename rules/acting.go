package rules

import (
	"fmt"
	"strings"
	"time"
)

// Acting is the dated statement that one person leads in the place of another.
type Acting struct {
	For    string // HR id of whoever is stood in for
	By     string // HR id of whoever leads meanwhile
	From   time.Time
	Until  time.Time // exclusive
	Reason string
}

// InForce reports whether the statement holds at t.
func (a Acting) InForce(t time.Time) bool { return !t.Before(a.From) && t.Before(a.Until) }

// actingAt are the statements that hold at t.
func (p *Policy) actingAt(t time.Time) []Acting {
	return keep(p.Acting, func(a *Acting) bool { return a.InForce(t) })
}

// actingKey tells lists of statements apart.
func actingKey(list []Acting) string {
	var b strings.Builder
	for _, a := range list {
		fmt.Fprintf(&b, "%q %q ", a.For, a.By)
	}
	return b.String()
}

// sameActing reports whether the same statements hold at both instants.
func (p *Policy) sameActing(a, b time.Time) bool {
	for _, x := range p.Acting {
		if x.InForce(a) != x.InForce(b) {
			return false
		}
	}
	return true
}

// act has the reports of whoever is stood in for led by the other one. The acting
// leader, and whoever is between the two, keep their own way up: otherwise it would
// lead in a circle.
func (x *Index) act(list []Acting) {
	for _, a := range list {
		from, ok := x.byID[a.For]
		by, there := x.byID[a.By]
		if !ok || !there || from == by {
			continue
		}
		above := x.above(by)
		for i := range x.manager {
			if x.manager[i] == from && int32(i) != by && !above[int32(i)] {
				x.manager[i] = by
			}
		}
	}
}

// above are all people above i.
func (x *Index) above(i int32) map[int32]bool {
	out := map[int32]bool{}
	for at := x.up(i); at >= 0 && !out[at]; at = x.up(at) {
		out[at] = true
	}
	return out
}
