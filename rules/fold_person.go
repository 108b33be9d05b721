package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// history is the evidence of one person in one programme.
type history struct {
	*folding
	person   int
	all      []*proof
	attempts [][]*proof           // what is judged, by registration
	undone   map[string]time.Time // object -> last uncompleted
	live     map[string]bool      // registrations with a tied statement that stands
	ever     map[string]bool      // the same, voided or not
}

func newHistory(f *folding, person int, list []*proof) *history {
	slices.SortFunc(list, func(a, b *proof) int {
		return cmp.Or(strings.Compare(a.Registration, b.Registration), a.compare(b))
	})
	h := &history{folding: f, person: person, all: list}
	for _, p := range list {
		if p.tied && p.Registration != "" {
			mark(&h.ever, p.Registration)
			if !p.voided {
				mark(&h.live, p.Registration)
			}
		}
	}
	h.view(true)
	return h
}

// mark adds to a set, which most people do not need.
func mark(set *map[string]bool, key string) {
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[key] = true
}

// view says what is judged: what stands now, or everything that was ever said,
// where nothing was voided or retracted.
func (h *history) view(now bool) {
	h.attempts, h.undone = nil, nil
	var attempt []*proof
	for _, p := range h.all {
		if now && p.voided {
			continue
		}
		if len(attempt) > 0 && attempt[0].Registration != p.Registration {
			h.attempts, attempt = append(h.attempts, attempt), nil
		}
		attempt = append(attempt, p)
		if now && p.Kind == KindUncompleted {
			h.retract(p)
		}
	}
	if len(attempt) > 0 {
		h.attempts = append(h.attempts, attempt)
	}
}

// retract notes that the object was uncompleted, up to the last time.
func (h *history) retract(p *proof) {
	if h.undone == nil {
		h.undone = map[string]time.Time{}
	}
	if p.at.After(h.undone[p.Object]) {
		h.undone[p.Object] = p.at
	}
}

// record folds the history; nil when there is nothing to say.
func (h *history) record() *Record {
	r := &Record{}
	h.starts(r)
	h.contradictions()
	verdict := h.judge()
	if m := verdict.done; m != nil {
		r.Completed, r.Evidence = m.at(), m.ids()
		for _, p := range m.proofs {
			r.Flags = append(r.Flags, p.flags(h.p.Clock)...)
			r.Known = r.Known.later(p.known())
		}
		r.Violations = h.tooFast(m)
	} else {
		r.Missing = verdict.missing(h.people[h.person].ID)
		r.Violations = h.violations(verdict)
	}
	if verdict.waived {
		r.Flags = append(r.Flags, FlagWaived)
	}
	slices.Sort(r.Flags)
	r.Flags = slices.Compact(r.Flags)
	r.FirstCompleted = h.firstCompleted(r.Completed)
	if r.EverStarted.IsZero() && r.FirstCompleted.IsZero() && len(r.Flags) == 0 && len(r.Violations) == 0 {
		return nil
	}
	return r
}

// starts finds the first start, that stands and ever.
func (h *history) starts(r *Record) {
	stands := earliest(h.all, func(p *proof) bool {
		return !p.voided && h.c.starts(p.Evidence) && (p.tied || h.live[p.Registration])
	})
	if stands != nil {
		r.Started, r.StartedBy = stands.at, stands.Statement
	}
	ever := earliest(h.all, func(p *proof) bool {
		return h.c.starts(p.Evidence) && (p.tied || h.ever[p.Registration] || p.was(h.p.ID))
	})
	if ever != nil {
		r.EverStarted, r.StartKnown = ever.at, ever.known()
	}
}

// firstCompleted judges once more without voiding and retraction, where there
// was any.
func (h *history) firstCompleted(now time.Time) time.Time {
	if len(h.undone) == 0 && !slices.ContainsFunc(h.all, func(p *proof) bool { return p.voided }) {
		return now
	}
	h.view(false)
	defer h.view(true)
	if _, then := h.complete(); then != nil && (now.IsZero() || then.at().Before(now)) {
		return then.at()
	}
	return now
}

// contradictions notes statements whose verb and result disagree or whose time has
// not come, and a failure after a pass in one registration: both deserve a look, and decide nothing.
func (h *history) contradictions() {
	for _, p := range h.all {
		if p.voided || !p.tied {
			continue
		}
		if p.early {
			h.tell(CodeTimeToCome, p.Object)
		} else if p.against {
			h.tell(CodeContradictoryResult, p.Object)
		} else if p.Kind == KindFailed && h.passedBefore(p) {
			h.tell(CodePassedThenFailed, p.Object)
		}
	}
}

// passedBefore reports whether the same object was passed earlier in the same
// registration.
func (h *history) passedBefore(failed *proof) bool {
	for _, attempt := range h.attempts {
		if attempt[0].Registration != failed.Registration {
			continue
		}
		return slices.ContainsFunc(attempt, func(p *proof) bool {
			return p.tied && !p.against && p.Kind == KindPassed && p.Object == failed.Object && p.at.Before(failed.at)
		})
	}
	return false
}

func (h *history) tell(code Code, detail string) {
	h.note(Finding{Code: code, Person: h.people[h.person].ID, Detail: detail})
}
