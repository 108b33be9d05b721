package rules

import "slices"

// NewCycle puts together what one cycle has to make durable before its first
// write: everything that differs from what the store already knows.
func NewCycle(policy *Policy, facts *Facts, j *Judgement, plan Plan, refusals []Refusal, consumed []string) Cycle {
	c := Cycle{
		At: facts.Now, PolicyHash: policy.Digest, Holds: plan.Holds, Changes: plan.Changes,
		Consumed: consumed, Digest: Digest(plan.Changes),
		Findings: unique(append(slices.Clone(j.Findings), plan.Findings...)),
	}
	for _, r := range refusals {
		if !slices.Contains(facts.Refused, r.Digest) {
			c.Refusals = append(c.Refusals, r)
		}
	}
	for i := range j.Programs {
		c.Leaders = append(c.Leaders, j.Programs[i].Leaders...)
	}
	c.Decided = j.changed(facts.Decided)
	c.Standings = j.standings(facts)
	c.Opened, c.Ended = lifeOf(j, facts, plan.Holds)
	return c
}

// Decided is the decision of one person under its names.
func (j *ProgramJudgement) Decided(i int) Decided {
	d := j.Decisions[i]
	out := Decided{Program: j.Program.ID, Person: j.judging.x.People[i].ID, Verdict: d.Verdict(), Row: int(d.Row), Because: j.Reasons(i)}
	if d.Row == 10 {
		out.Waits = []string{j.judging.x.People[d.Leader].ID}
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

// changed are the decisions that differ from the logged ones in verdict, row or
// whom they wait for. Whoever is not waiting now keeps the names of those who
// were waited for last.
func (j *Judgement) changed(logged []Decided) []Decided {
	type key struct{ program, person string }
	was := make(map[key]*Decided, len(logged))
	for i := range logged {
		was[key{logged[i].Program, logged[i].Person}] = &logged[i]
	}
	var out []Decided
	for p := range j.Programs {
		pj := &j.Programs[p]
		for i, d := range pj.Decisions {
			if first, _ := j.Index.Find(j.Index.People[i].ID); first != i {
				continue
			}
			old := was[key{pj.Program.ID, j.Index.People[i].ID}]
			if old != nil && old.Verdict == d.Verdict() && old.Row == int(d.Row) && (d.Row != 10 || j.waits(d, old)) {
				continue
			}
			now := pj.Decided(i)
			if d.Row != 10 && old != nil {
				now.Waits = old.Waits
			}
			out = append(out, now)
		}
	}
	return out
}

func (j *Judgement) waits(d Decision, old *Decided) bool {
	return len(old.Waits) == 1 && old.Waits[0] == j.Index.People[d.Leader].ID
}

// standings are what has become true of people for ever: a first start, and, in
// a mode that writes, being clear with access.
func (j *Judgement) standings(facts *Facts) []Standing {
	var out []Standing
	for p := range j.Programs {
		pj := &j.Programs[p]
		access := pj.access(j, facts)
		for i := range pj.Decisions {
			id := j.Index.People[i].ID
			if first, _ := j.Index.Find(id); first != i {
				continue
			}
			s := Standing{Program: pj.Program.ID, Person: id}
			old := pj.judging.standing[int32(i)]
			if start, by := pj.judging.started(i); !start.IsZero() && (old == nil || old.Started.IsZero() || start.Before(old.Started)) {
				s.Started, s.StartBy = start, by
			}
			if access[int32(i)] && pj.Decisions[i].Verdict() == Clear && (old == nil || old.Released.IsZero()) {
				s.Released = facts.Now
			}
			if !s.Started.IsZero() || !s.Released.IsZero() {
				out = append(out, s)
			}
		}
	}
	return out
}

// access lists who has access in some target now, where the mode writes.
func (j *ProgramJudgement) access(all *Judgement, facts *Facts) map[int32]bool {
	out := map[int32]bool{}
	if !facts.Mode.Writes() {
		return out
	}
	closed := map[string]bool{}
	for _, t := range j.Program.Targets {
		closed[t.Key()] = t.Closed
	}
	for r := range facts.Enrolments {
		e := &facts.Enrolments[r]
		shut, ours := closed[e.Target]
		if p := all.Rows[r]; ours && p >= 0 && e.State == RowActive && (!shut || e.Released) {
			out[p] = true
		}
	}
	return out
}

// lifeOf opens and ends violations. While a source keeps the programme from
// deciding, nothing opens and nothing ends; what is open of somebody who is no
// longer in the organisation stays.
func lifeOf(j *Judgement, facts *Facts, updates []HoldUpdate) (opened []Violation, ended []Ended) {
	open := map[ViolationKey]*Violation{}
	for i := range facts.Open {
		open[facts.Open[i].Key()] = &facts.Open[i]
	}
	over := map[ViolationKey]bool{}
	for _, k := range facts.Over {
		over[k] = true
	}
	found := map[ViolationKey]bool{}
	settled := map[string]bool{}
	for p := range j.Programs {
		pj := &j.Programs[p]
		if pj.judging.blocked != nil {
			continue
		}
		settled[pj.Program.ID] = true
		for _, v := range append(slices.Clip(pj.Violations), overriddenBy(pj, facts, updates)...) {
			key := v.Key()
			if found[key] {
				continue
			}
			found[key] = true
			if open[key] == nil && over[key] {
				continue
			}
			if open[key] == nil {
				opened = append(opened, v)
			}
			if v.Resolved {
				ended = append(ended, Ended{Violation: v, State: "resolved", Because: v.Because[len(v.Because)-1]})
			}
		}
	}
	for i := range facts.Open {
		v := &facts.Open[i]
		if _, here := j.Index.Find(v.Person); found[v.Key()] || !settled[v.Program] || !here {
			continue
		}
		state := "resolved"
		if v.Kind.History() {
			state = "retracted"
		}
		ended = append(ended, Ended{Violation: *v, State: state, Because: Reason{Code: CodeNoLongerFound}})
	}
	return opened, ended
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
