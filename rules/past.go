package rules

import (
	"cmp"
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
	back    rewind
	indices map[orgKey]*Index // at most mostPast
	kept    map[orgKey]*Index // of the last judgement
	now     *Index
}

// mostPast is how many earlier organisations are in memory at once. Whoever asks for
// many asks in the order of time.
const mostPast = 8

// orgKey tells organisations by number apart: by the people, whole or by their
// differences, and by who led in whose place.
type orgKey struct {
	first  *Person
	n      int
	was    *Was
	acting string
}

func keyOf(s *Snapshot, acting []Acting) orgKey {
	key := orgKey{n: len(s.Org.People), was: s.Was, acting: actingKey(acting)}
	if key.n > 0 {
		key.first = &s.Org.People[0]
	}
	return key
}

func newPast(policy *Policy, facts *Facts, now *Index, kept map[orgKey]*Index) *past {
	return &past{policy: policy, at0: facts.Now, snapshots: facts.Snapshots, back: rewind{all: facts.Snapshots}, indices: map[orgKey]*Index{}, kept: kept, now: now}
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
	key := keyOf(&h.snapshots[n-1], acting)
	if h.indices[key] == nil {
		if len(h.indices) >= mostPast {
			clear(h.indices)
		}
		if h.indices[key] = h.kept[key]; h.indices[key] == nil {
			h.indices[key] = newIndex(h.back.to(n-1), h.policy.Tops, acting)
		}
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
	s := g.standing.of(int32(i))
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

// deed is what somebody did that had to wait for the gate: the start, or the completion.
type deed struct {
	person    int32
	completed bool
	at        time.Time
}

// early are the violations of the sequence, by person: a start, and then a completion,
// while the gate was shut. They are looked for from the latest to the first, because
// earlier organisations are not all in memory.
func (g *judging) early() map[int32][]Violation {
	deeds := g.deeds()
	latest := func(a, b deed) int { return b.at.Compare(a.at) }
	if !slices.IsSortedFunc(deeds, latest) {
		slices.SortStableFunc(deeds, latest)
	}
	out := map[int32][]Violation{}
	for _, d := range deeds {
		if v, is := g.tooEarly(d); is {
			out[d.person] = append(out[d.person], v)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Violation) int { return cmp.Compare(b.Kind, a.Kind) })
	}
	return out
}

// deeds are the starts and completions of which it is known when they were.
func (g *judging) deeds() []deed {
	n := 0
	for _, known := range g.known {
		if known {
			n += 2
		}
	}
	out := make([]deed, 0, n)
	for i, known := range g.known {
		if !known || g.notOursEver(i) {
			continue
		}
		if start, by := g.started(i); !start.IsZero() && by != StartUndated {
			out = append(out, deed{int32(i), false, start})
		}
		if r := g.records[i]; r != nil && !r.Completed.IsZero() {
			out = append(out, deed{int32(i), true, r.Completed})
		}
	}
	return out
}

// says is of which kind the deed is too early, and the statements that show it.
func (g *judging) says(d deed) (kind ViolationKind, evidence []string) {
	if d.completed {
		return CompletedEarly, g.records[d.person].Evidence
	}
	if _, by := g.started(int(d.person)); by != "" {
		evidence = []string{by}
	}
	return StartedEarly, evidence
}

func (g *judging) tooEarly(d deed) (v Violation, is bool) {
	state, w := g.gateAt(int(d.person), d.at)
	if state == gateOpen {
		return v, false
	}
	id := g.x.People[d.person].ID
	kind, evidence := g.says(d)
	if state == gateUnknown {
		// What was found when it could be known stands while it cannot.
		for _, v := range g.facts.Open {
			if v.Program == g.p.ID && v.Person == id && v.Kind == kind {
				return v, true
			}
		}
		return v, false
	}
	v = Violation{Program: g.p.ID, Person: id, Kind: kind, At: d.at, Evidence: evidence, Because: w.shut(g, d.at)}
	if last, since := w.opened(g); last >= 0 {
		lead := since.Sub(d.at).Hours()
		v.Resolved, v.Hours = true, &lead
		v.Because = append(v.Because, Reason{Code: CodeMadeGood, Person: g.x.People[last].ID, At: since,
			Detail: fmt.Sprintf("%.1f", lead)})
	}
	return v, true
}

// violations are all breaches in the programme, of people in the order of the
// organisation, then of rows.
func (g *judging) violations() []Violation {
	var out []Violation
	early := g.early()
	for i := range g.x.People {
		if !g.known[i] || g.notOursEver(i) {
			continue
		}
		if r := g.records[i]; r != nil {
			out = append(out, r.Violations...)
		}
		out = append(out, early[int32(i)]...)
	}
	return append(append(out, g.rowViolations()...), g.again(g.showcase())...)
}

// again counts how often each of the states was there and resolved before.
func (g *judging) again(found []Violation) []Violation {
	over, open := map[ViolationKey]int{}, map[ViolationKey]bool{}
	for _, k := range g.facts.Over {
		if k.Program == g.p.ID && k.Kind.Returns() {
			over[k]++
		}
	}
	for i := range g.facts.Open {
		open[g.facts.Open[i].Key()] = true
	}
	for i := range found {
		v := &found[i]
		v.Again = over[v.Key()]
		if v.Again > 0 && v.Resolved && !open[v.Key()] {
			v.Again-- // that was this very one
		}
	}
	return found
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
	s := g.standing.of(int32(n))
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
