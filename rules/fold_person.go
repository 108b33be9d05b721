package rules

import (
	"slices"
	"time"
)

// history is the evidence of one person in one programme.
type history struct {
	*folding
	person   int
	all      []*proof
	attempts map[string][]*proof  // what is judged, by registration
	undone   map[string]time.Time // object -> last uncompleted
	live     map[string]bool      // registrations with a tied statement that stands
	ever     map[string]bool      // the same, voided or not
}

func newHistory(f *folding, person int, list []*proof) *history {
	h := &history{folding: f, person: person, all: list, live: map[string]bool{}, ever: map[string]bool{}}
	for _, p := range list {
		if p.tied && p.Registration != "" {
			h.ever[p.Registration] = true
			if !p.voided {
				h.live[p.Registration] = true
			}
		}
	}
	h.view(true)
	return h
}

// view says what is judged: what stands now, or everything that was ever said,
// where nothing was voided or retracted.
func (h *history) view(now bool) {
	h.attempts, h.undone = map[string][]*proof{}, map[string]time.Time{}
	for _, p := range h.all {
		if now && p.voided {
			continue
		}
		h.attempts[p.Registration] = append(h.attempts[p.Registration], p)
		if now && p.Kind == KindUncompleted && p.at.After(h.undone[p.Object]) {
			h.undone[p.Object] = p.at
		}
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
			if p.Stored.After(r.Known) {
				r.Known = p.Stored
			}
		}
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
		return h.c.starts(p.Evidence) && (p.tied || h.ever[p.Registration])
	})
	if ever != nil {
		r.EverStarted = ever.at
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

// contradictions notes statements whose verb and result disagree, and a failure
// after a pass in one registration: both deserve a look, and decide nothing.
func (h *history) contradictions() {
	type key struct{ registration, object string }
	passed := map[key]time.Time{}
	for _, p := range h.all {
		if p.voided || !p.tied {
			continue
		}
		if p.against {
			h.tell(CodeContradictoryResult, p.Object)
		}
		k := key{p.Registration, p.Object}
		if at, ok := passed[k]; p.Kind == KindPassed && !p.against && (!ok || p.at.Before(at)) {
			passed[k] = p.at
		}
	}
	for _, p := range h.all {
		at, ok := passed[key{p.Registration, p.Object}]
		if ok && p.tied && !p.voided && !p.against && p.Kind == KindFailed && p.at.After(at) {
			h.tell(CodePassedThenFailed, p.Object)
		}
	}
}

func (h *history) tell(code Code, detail string) {
	h.note(Finding{Code: code, Person: h.people[h.person].ID, Detail: detail})
}
