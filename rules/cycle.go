package rules

import (
	"slices"
	"time"
)

// NewCycle puts together what one cycle has to make durable before its first
// write: everything that differs from what the store already knows.
func NewCycle(policy *Policy, facts *Facts, j *Judgement, plan Plan, refusals []Refusal, consumed []string) Cycle {
	c := Cycle{
		At: facts.Now, PolicyHash: policy.Digest, Holds: plan.Holds, Changes: plan.Changes,
		Consumed: consumed, Digest: Digest(plan.Changes), Rows: facts.Enrolments, Read: facts.Targets, Sources: facts.Sources,
		Findings: unique(append(slices.Clone(j.Findings), plan.Findings...)),
	}
	for _, r := range refusals {
		if !slices.Contains(facts.Refused, r.Digest) {
			c.Refusals = append(c.Refusals, r)
		}
	}
	for i := range j.Programs {
		c.Leaders = append(c.Leaders, j.Programs[i].Leaders...)
		c.UseCases = append(c.UseCases, j.Programs[i].UseCases()...)
		c.Gates = append(c.Gates, j.Programs[i].judging.gates()...)
	}
	c.Decided = j.changed()
	c.Standings = j.standings(facts, plan, refusals)
	c.Opened, c.Ended = lifeOf(j, facts, plan.Holds)
	return c
}

// Decided is the decision of one person under its names.
func (j *ProgramJudgement) Decided(i int) Decided {
	d := j.Decisions[i]
	out := Decided{Program: j.Program.ID, Person: j.judging.x.People[i].ID, Verdict: d.Verdict(), Row: int(d.Row), Because: j.Reasons(i)}
	if d.Row == 10 {
		for _, l := range j.judging.waits(i) {
			out.Waits = append(out.Waits, j.judging.x.People[l].ID)
		}
	}
	return out
}

// Audience counts the people whom the programme is for.
func (j *ProgramJudgement) Audience() int {
	n := 0
	for _, d := range j.Decisions {
		if d.Row != 0 {
			n++
		}
	}
	return n
}

// changed are the decisions that differ from the logged ones in verdict, row,
// cause or whom they wait for. Whoever is not waiting now keeps the names of those
// who were waited for last. Somebody who is gone from the organisation is not
// forgotten: what was decided of them last is kept from now on.
func (j *Judgement) changed() []Decided {
	var out []Decided
	for p := range j.Programs {
		pj := &j.Programs[p]
		for i := range pj.Decisions {
			if !j.Index.first(i) {
				continue
			}
			old := pj.judging.last.of(int32(i))
			if old != nil && pj.asBefore(i, old) {
				continue
			}
			now := pj.Decided(i)
			if pj.Decisions[i].Row != 10 && old != nil {
				now.Waits, now.Waited = old.Waits, old.Waited
			}
			out = append(out, now)
		}
		out = append(out, pj.gone(j.decided)...)
	}
	return out
}

// gone are the logged decisions of people whom HR no longer gives.
func (j *ProgramJudgement) gone(logged *located[Decided]) []Decided {
	if j.judging.x.Len() == 0 {
		return nil // no organisation has been accepted: that says nothing of anybody
	}
	var out []Decided
	for _, k := range logged.strange {
		d := logged.list[k]
		if d.Program != j.Program.ID || hasCode(d.Because, CodeMissing) {
			continue
		}
		d.Verdict, d.Row, d.Because = Keep, 6, []Reason{{Code: CodeMissing}}
		out = append(out, d)
	}
	return out
}

// asBefore reports whether the decision is the logged one.
func (j *ProgramJudgement) asBefore(i int, old *Decided) bool {
	d := j.Decisions[i]
	if old.Verdict != d.Verdict() || old.Row != int(d.Row) {
		return false
	}
	if d.Row == 10 {
		return j.waitsAsBefore(i, old)
	}
	code := whys[d.why]
	if code == CodeUnread && j.judging.blocked != nil {
		code = j.judging.blocked.Code
	}
	return code == "" || hasCode(old.Because, code)
}

func hasCode(because []Reason, code Code) bool {
	return slices.ContainsFunc(because, func(r Reason) bool { return r.Code == code })
}

// waitsAsBefore reports whether i waits for the same leaders. How far a cohort is
// stands in the leaders' own states: it would be news of everybody each time.
func (j *ProgramJudgement) waitsAsBefore(i int, old *Decided) bool {
	g := j.judging
	if g.judgedByCohort(i) != nil {
		return slices.ContainsFunc(old.Because, func(r Reason) bool { return r.Code == CodeCohortWaiting })
	}
	waits := g.waits(i)
	return slices.EqualFunc(waits, old.Waits, func(l int32, id string) bool { return g.x.People[l].ID == id })
}

// standings are what has become true of people for ever: a first start, and, in
// a mode that writes, being clear with access.
func (j *Judgement) standings(facts *Facts, plan Plan, refusals []Refusal) []Standing {
	var out []Standing
	barred := stillBarred(facts, plan, refusals)
	for p := range j.Programs {
		pj := &j.Programs[p]
		access := pj.access(j, facts)
		for i := range pj.Decisions {
			if !j.Index.first(i) {
				continue
			}
			s := pj.judging.newStanding(i, facts.Now, access[i] && pj.Decisions[i].Verdict() == Clear &&
				!barred[personKey{pj.Program.ID, j.Index.People[i].ID}])
			if !s.Started.IsZero() || !s.Released.IsZero() {
				out = append(out, s)
			}
		}
	}
	return out
}

type personKey struct{ program, person string }

// stillBarred are the people whom this cycle does not let in everywhere: the guard
// or the mode has dropped it. To have access by another row must not stand as a
// release of theirs, or the next cycle would do what this one was not allowed to.
func stillBarred(facts *Facts, plan Plan, refusals []Refusal) map[personKey]bool {
	barred := map[personKey]bool{}
	for _, r := range refusals {
		for _, c := range r.Changes {
			if c.Move != MoveHold {
				barred[personKey{c.Program, c.Person}] = true
			}
		}
	}
	lifted := map[int64]bool{}
	for _, c := range plan.Changes {
		lifted[c.Hold] = lifted[c.Hold] || c.Move == MoveRelease
	}
	for _, u := range plan.Holds {
		lifted[u.Hold] = lifted[u.Hold] || u.Close
	}
	for _, h := range facts.Holds {
		if !lifted[h.ID] {
			barred[personKey{h.Program, h.Person}] = true
		}
	}
	return barred
}

// newStanding is what is new of one person: an earlier start than is known, and a
// first release.
func (g *judging) newStanding(i int, now time.Time, released bool) Standing {
	s := Standing{Program: g.p.ID, Person: g.x.People[i].ID}
	old := g.standing.of(int32(i))
	if old == nil {
		old = &Standing{}
	}
	if start, by := g.started(i); !start.IsZero() && (old.Started.IsZero() || start.Before(old.Started)) {
		s.Started, s.StartBy = start, by
	}
	if released && old.Released.IsZero() {
		s.Released = now
	}
	return s
}

// access marks who has access in some target now, where the mode writes.
func (j *ProgramJudgement) access(all *Judgement, facts *Facts) []bool {
	out := make([]bool, len(j.Decisions))
	if !facts.Mode.Writes() {
		return out
	}
	for _, t := range j.Program.Targets {
		for _, r := range all.held.of.byTarget[t.Key()] {
			e := &facts.Enrolments[r]
			if p := all.Rows[r]; p >= 0 && e.State == RowActive && (!t.Closed || e.Released) {
				out[p] = true
			}
		}
	}
	return out
}

// lifeOf opens and ends violations. While a source keeps the programme from
// deciding, nothing opens and nothing ends; what is open of somebody who is no
// longer in the organisation stays.
func lifeOf(j *Judgement, facts *Facts, updates []HoldUpdate) (opened []Violation, ended []Ended) {
	l := &life{open: map[ViolationKey]bool{}, over: map[ViolationKey]bool{}, found: map[ViolationKey]bool{}}
	for i := range facts.Open {
		l.open[facts.Open[i].Key()] = true
	}
	for _, k := range facts.Over {
		l.over[k] = true
	}
	settled := map[string]bool{}
	for p := range j.Programs {
		pj := &j.Programs[p]
		if pj.judging.blocked != nil {
			continue
		}
		settled[pj.Program.ID] = true
		for _, v := range append(slices.Clip(pj.Violations), overriddenBy(pj, facts, updates)...) {
			l.find(v)
		}
	}
	for _, v := range facts.Open {
		_, here := j.Index.Find(v.Person)
		if (here || v.Person == "") && settled[v.Program] && !l.found[v.Key()] {
			l.lose(v)
		}
	}
	return l.opened, l.ended
}

// life compares what is found with what is known.
type life struct {
	open, over, found map[ViolationKey]bool
	opened            []Violation
	ended             []Ended
}

// find takes in a violation that is there now, made good or not.
func (l *life) find(v Violation) {
	key := v.Key()
	if l.found[key] {
		return
	}
	l.found[key] = true
	if !l.open[key] {
		if l.over[key] && (v.Resolved || !v.Kind.Returns()) {
			return
		}
		l.opened = append(l.opened, v)
	}
	if v.Resolved {
		l.ended = append(l.ended, Ended{Violation: v, State: "resolved", Because: v.Because[len(v.Because)-1]})
	}
}

// lose takes in that an open violation is no longer there.
func (l *life) lose(v Violation) {
	state := "resolved"
	if v.Kind.History() {
		state = "retracted"
	}
	l.ended = append(l.ended, Ended{Violation: v, State: state, Because: Reason{Code: CodeNoLongerFound}})
}

// overriddenBy are the violations of this very reading: holds that somebody gave
// up for us.
func overriddenBy(pj *ProgramJudgement, facts *Facts, updates []HoldUpdate) []Violation {
	var out []Violation
	for _, u := range updates {
		if !u.Overridden {
			continue
		}
		for _, h := range facts.Holds {
			if h.ID == u.Hold && h.Program == pj.Program.ID {
				out = append(out, overridden(Override{Program: h.Program, Target: h.Target, Row: h.Row, Person: h.Person, At: facts.Now}))
			}
		}
	}
	return out
}
