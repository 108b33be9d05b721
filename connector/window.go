package connector

import (
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Windows are the times at which a platform may be changed.
type Windows interface {
	Any() bool        // there are some; without, it may be changed at any time
	Everything() bool // releases by evidence wait for them, too
	// At reports whether one is open, and when the next one opens; zero: none is known.
	At(now time.Time) (open bool, next time.Time)
}

// WindowReport is how the windows of one platform stood in a cycle.
type WindowReport struct {
	LMS     string
	Open    bool
	Next    time.Time      // when the next one opens; zero: none is known
	Waiting []rules.Change // what would have been done, and waits
}

// Opens says of every change that waits for a window when the next one opens.
func (r *Report) Opens() map[rules.ChangeKey]time.Time {
	at := map[rules.ChangeKey]time.Time{}
	for _, w := range r.Windows {
		for i := range w.Waiting {
			at[w.Waiting[i].Key()] = w.Next
		}
	}
	return at
}

// within takes out of the plan what has to wait for a window. What asks for an
// approval asks all the same, so that it can be given in time.
func (l *Loop) within(r *Report) {
	r.Windows = nil
	for _, s := range l.LMS {
		if s.Windows == nil || !s.Windows.Any() {
			continue
		}
		w := WindowReport{LMS: s.Name}
		w.Open, w.Next = s.Windows.At(r.At)
		bound := func(c *rules.Change) bool {
			return lmsOf(l.Policy, c.Target) == s.Name && waits(c, s.Windows.Everything())
		}
		waiting := func(c *rules.Change) bool { return !w.Open && bound(c) }
		for i := range r.Plan.Changes {
			if c := &r.Plan.Changes[i]; waiting(c) {
				w.Waiting = append(w.Waiting, *c)
			}
		}
		r.Plan = r.Plan.Without(waiting)
		for i := range r.Refusals {
			if len(r.Refusals[i].Changes) > 0 && bound(&r.Refusals[i].Changes[0]) && w.Next.After(r.Refusals[i].Opens) {
				r.Refusals[i].Opens = w.Next
			}
		}
		r.Windows = append(r.Windows, w)
	}
}

// waits reports whether a change has to wait for a window: holds, and what a change
// of organisation or configuration causes. Nobody who may go in is kept waiting,
// unless every change waits; what operators ask for never does.
func waits(c *rules.Change, everything bool) bool {
	switch c.Cause {
	case rules.CausePause, rules.CauseOperator, rules.CauseUndo:
		return c.Move == rules.MoveHold
	case rules.CauseEvidence, rules.CauseClock:
		return c.Move == rules.MoveHold || everything
	}
	return true
}

// lmsOf is the name of the platform of a target.
func lmsOf(policy *rules.Policy, target string) string {
	for i := range policy.Programs {
		for _, t := range policy.Programs[i].Targets {
			if t.Key() == target {
				return t.LMS
			}
		}
	}
	return ""
}
