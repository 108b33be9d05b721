package rules

import (
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"
)

// past answers who was whose leader at an earlier instant. An organisation is
// resolved only when an instant falls into its time.
type past struct {
	policy    *Policy
	at0       time.Time  // the instant of now
	snapshots []Snapshot // oldest first
	// mu guards what is resolved, here and by judging.then: some of what a judgement is
	// asked for needs an organisation that judging did not.
	mu      sync.Mutex
	indices map[pastKey]*Index
	now     *Index
}

// pastKey tells organisations apart: by snapshot and who led in whose place.
type pastKey struct {
	snapshot int
	acting   string
}

func newPast(policy *Policy, facts *Facts, now *Index) *past {
	return &past{policy: policy, at0: facts.Now, snapshots: facts.Snapshots, indices: map[pastKey]*Index{}, now: now}
}

// at returns the organisation that ruled at t, or nil before the first one.
func (h *past) at(t time.Time) *Index {
	n := sort.Search(len(h.snapshots), func(i int) bool { return h.snapshots[i].From.After(t) })
	switch {
	case n == 0:
		return nil
	case n == len(h.snapshots) && h.policy.sameActing(t, h.at0):
		return h.now
	}
	acting := h.policy.actingAt(t)
	key := pastKey{n, ""}
	for _, a := range acting {
		key.acting += fmt.Sprintf("%q %q ", a.For, a.By)
	}
	if h.indices[key] == nil {
		h.indices[key] = newIndex(h.snapshots[n-1].Org.People, h.policy.Tops, acting)
	}
	return h.indices[key]
}

// gateState is whether the gate of a person was open at an instant.
type gateState uint8

const (
	gateUnknown gateState = iota // nobody can say: never a violation
	gateOpen
	gateShut
)

// gateAt says whether the person's gate was open at t, by the organisation, the
// waivers and the evidence of then, and whom it was waiting for.
func (g *judging) gateAt(i int, t time.Time) (gateState, waited) {
	if g.freeAt(i, t) {
		return gateOpen, waited{}
	}
	o := g.then(t)
	if o == nil {
		return gateUnknown, waited{}
	}
	n := i
	if o.x != g.x {
		var ok bool
		if n, ok = o.x.Find(g.x.People[i].ID); !ok {
			return gateUnknown, waited{}
		}
	}
	if o.x.Top(n) || !o.member(n) || g.cohortOpenAt(o.unit(n), t) && !o.leads[n] {
		return gateOpen, waited{}
	}
	w, doubt := o.waited(n)
	if doubt {
		return gateUnknown, w
	}
	return w.at(g, t), w
}

// freeAt reports whether rows 0 to 5 of the table had cleared the person by t.
func (g *judging) freeAt(i int, t time.Time) bool {
	s := g.standing[int32(i)]
	released := s != nil && !s.Released.IsZero() && !s.Released.After(t)
	return t.Before(g.p.Launch) || inForce(g.mayStart[int32(i)], t) || released || g.overAt(t)
}

// overAt reports whether the programme was paused or ended then: it held nobody.
func (g *judging) overAt(t time.Time) bool {
	return !g.p.Ends.IsZero() && !t.Before(g.p.Ends) || slices.ContainsFunc(g.facts.Pauses, func(p Pause) bool {
		return p.Program == g.p.ID && !t.Before(p.From) && (p.To.IsZero() || t.Before(p.To))
	})
}

// cohortOpenAt reports whether the gate of the unit had been opened by t.
func (g *judging) cohortOpenAt(unit string, t time.Time) bool {
	if g.p.Sequence.Scope != ScopeCohort {
		return false
	}
	c := g.cohorts[unit]
	return c != nil && !c.opened.IsZero() && !c.opened.After(t)
}

// early are the violations of the sequence: a start or a completion while the
// gate was shut.
func (g *judging) early(i int) []Violation {
	if !g.known[i] {
		return nil
	}
	start, by := g.started(i)
	var out []Violation
	if !start.IsZero() && by != StartUndated {
		var evidence []string
		if by != "" {
			evidence = []string{by}
		}
		out = g.appendEarly(out, i, StartedEarly, start, evidence)
	}
	if r := g.records[i]; r != nil && !r.Completed.IsZero() {
		out = g.appendEarly(out, i, CompletedEarly, r.Completed, r.Evidence)
	}
	return out
}

func (g *judging) appendEarly(out []Violation, i int, kind ViolationKind, at time.Time, evidence []string) []Violation {
	id := g.x.People[i].ID
	state, w := g.gateAt(i, at)
	switch state {
	case gateOpen:
		return out
	case gateUnknown:
		// What was found when it could be known stands while it cannot.
		for _, v := range g.facts.Open {
			if v.Program == g.p.ID && v.Person == id && v.Kind == kind {
				return append(out, v)
			}
		}
		return out
	}
	v := Violation{Program: g.p.ID, Person: id, Kind: kind, At: at, Evidence: evidence, Because: w.shut(g, at)}
	if last, since := w.opened(g); last >= 0 {
		lead := since.Sub(at).Hours()
		v.Resolved, v.Hours = true, &lead
		v.Because = append(v.Because, Reason{Code: CodeMadeGood, Person: g.x.People[last].ID, At: since,
			Detail: fmt.Sprintf("%.1f", lead)})
	}
	return append(out, v)
}

// violations are all breaches in the programme, of people in the order of the
// organisation, then of rows.
func (g *judging) violations() []Violation {
	var out []Violation
	for i := range g.x.People {
		if g.notOursEver(i) {
			continue
		}
		if r := g.records[i]; r != nil {
			out = append(out, r.Violations...)
		}
		out = append(out, g.early(i)...)
	}
	return append(append(out, g.rowViolations()...), g.showcase()...)
}

// notOursEver: the programme was never for this person, so nothing they did can
// break its sequence.
func (g *judging) notOursEver(i int) bool {
	return !g.x.first(i) || g.audience(i) == outside
}

// rowViolations are those of holds: overridden by hand, or without effect.
func (g *judging) rowViolations() []Violation {
	var out []Violation
	for _, o := range g.facts.Overrides {
		if o.Program == g.p.ID && g.facts.Now.Sub(o.At) < g.policy.OverrideRespected {
			out = append(out, overridden(o))
		}
	}
	for i := range g.facts.Holds {
		if h := &g.facts.Holds[i]; h.Program == g.p.ID {
			out = g.appendStuck(out, h)
		}
	}
	for _, h := range g.facts.Holds {
		if h.Program == g.p.ID && h.Ineffective {
			out = append(out, Violation{
				Program: h.Program, Person: h.Person, Kind: HoldNotEffective, Subject: rowSubject(h.Target, h.Row, h.Intended),
				At: h.Intended, Because: []Reason{{Code: CodeAccessLeft, At: h.Intended, Detail: h.Target}},
			})
		}
	}
	return out
}

// stuckAfter is how long after it was intended a release must have worked.
const stuckAfter = time.Hour

// appendStuck: the person was released long ago, and the hold is in place.
func (g *judging) appendStuck(out []Violation, h *Hold) []Violation {
	n, ok := g.x.Find(h.Person)
	if !ok || !h.Seen {
		return out
	}
	s := g.standing[int32(n)]
	if s == nil || s.Released.Before(h.Intended) || g.facts.Now.Sub(s.Released) <= stuckAfter {
		return out
	}
	return append(out, Violation{Program: h.Program, Person: h.Person, Kind: ReleaseStuck, Subject: rowSubject(h.Target, h.Row, h.Intended),
		At: s.Released, Because: []Reason{{Code: Code(ReleaseStuck), At: s.Released, Detail: h.Target}}})
}

func overridden(o Override) Violation {
	return Violation{
		Program: o.Program, Person: o.Person, Kind: Overridden, Subject: rowSubject(o.Target, o.Row, o.At),
		At: o.At, Because: []Reason{{Code: CodeReactivated, At: o.At, Detail: o.Target}},
	}
}

// rowSubject names one occurrence on one row: the row may see another one later.
func rowSubject(target, row string, at time.Time) string {
	return target + "#" + row + "@" + at.UTC().Format(time.RFC3339)
}
