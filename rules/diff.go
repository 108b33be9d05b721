package rules

import (
	"cmp"
	"slices"
	"time"
)

// Plan is what would have to change.
type Plan struct {
	Changes  []Change
	Holds    []HoldUpdate
	Findings []Finding
}

// differ compares decisions with rows for one programme.
type differ struct {
	policy *Policy
	facts  *Facts
	j      *Judgement
	pj     *ProgramJudgement
	target *Target
	key    string // of the target
	holds  *heldRows
	over   map[rowKey]time.Time
	plan   *Plan
}

type rowKey struct{ program, target, row string }

// Diff compares what everybody is owed with the rows as they were read, by the
// two enrolment tables of DESIGN 7. A target that was not read has no part in it. The
// facts are those of the judgement.
func Diff(policy *Policy, facts *Facts, j *Judgement) Plan {
	plan := Plan{}
	over := map[rowKey]time.Time{}
	for _, o := range facts.Overrides {
		if k := (rowKey{o.Program, o.Target, o.Row}); o.At.After(over[k]) {
			over[k] = o.At
		}
	}
	for i := range j.Programs {
		pj := &j.Programs[i]
		d := &differ{policy: policy, facts: facts, j: j, pj: pj, holds: j.held, over: over, plan: &plan}
		for t := range pj.Program.Targets {
			d.target, d.key = &pj.Program.Targets[t], pj.Program.Targets[t].Key()
			if facts.Targets[d.key] {
				d.rows(j.held.of.byTarget[d.key])
			}
		}
	}
	slices.SortFunc(plan.Changes, compareChanges)
	return plan
}

func compareChanges(a, b Change) int {
	return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Target, b.Target),
		cmp.Compare(a.Move, b.Move), cmp.Compare(a.Row, b.Row))
}

func (d *differ) rows(rows []int32) {
	for _, r := range rows {
		if d.target.Closed {
			d.closed(int(r))
		} else {
			d.open(int(r))
		}
	}
	for k := range d.holds.holds {
		if h := &d.holds.holds[k]; h.Program == d.pj.Program.ID && h.Target == d.key {
			d.presence(h, !d.holds.gone[k])
		}
	}
}

// goneAfter is for how long a row has to be gone from whole readings before our
// hold on it is closed. Nothing hangs on closing early, and rows that are back
// after a wrong answer are still ours to lift.
const goneAfter = 24 * time.Hour

// presence notes whether the row of a hold is there.
func (d *differ) presence(h *Hold, there bool) {
	switch {
	case there && !h.Missing.IsZero():
		d.update(h, HoldUpdate{Found: true})
	case there:
	case h.Missing.IsZero():
		d.update(h, HoldUpdate{Missing: true})
	case d.facts.Now.Sub(h.Missing) >= goneAfter:
		d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeRowGone, At: h.Missing}})
	}
}

// owed is the decision for the row: that of its person, and keep where nobody
// knows whose it is, unless the programme is over for everybody.
func (d *differ) owed(r int) (verdict Verdict, launched bool, person int) {
	person = int(d.j.Rows[r])
	if person >= 0 {
		dec := d.pj.Decisions[person]
		return dec.Verdict(), dec.Row != 1, person
	}
	g := d.pj.judging
	if g.facts.Paused[g.p.ID] || (!g.p.Ends.IsZero() && !g.facts.Now.Before(g.p.Ends)) {
		return None, true, -1
	}
	if g.facts.Now.Before(g.p.Launch) {
		return None, false, -1
	}
	return Keep, true, -1
}

// open is the table of targets that let everybody in until held.
func (d *differ) open(r int) {
	e := &d.facts.Enrolments[r]
	verdict, _, person := d.owed(r)
	h := d.holdOn(r, e)
	if h != nil {
		d.held(e, h, verdict, person)
		return
	}
	switch e.State {
	case RowAbsent:
		d.absent(e, verdict, person)
	case RowActive:
		d.unheld(e, verdict, person)
	}
}

// held: a hold of ours is on the row.
func (d *differ) held(e *Enrolment, h *Hold, verdict Verdict, person int) {
	if person < 0 && verdict == Keep {
		verdict, person = d.owedTo(h)
	}
	switch {
	case e.State == RowConcluded:
		if verdict == None || verdict == Clear {
			d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeConcluded}})
		}
	case e.State == RowSuspended:
		d.suspended(e, h, verdict, person)
	case e.State == RowActive && h.Seen:
		d.reactivated(e, h, verdict, person)
	case e.State == RowActive:
		d.neverSeen(e, h, verdict, person)
	}
}

// holdOn is our open hold on the row. Where the row was gone and an active one is
// there, somebody was enrolled anew and nobody re-activated anything: the hold went
// with the old row.
func (d *differ) holdOn(r int, e *Enrolment) *Hold {
	h := d.holds.on(r, d.pj.Program.ID)
	if h == nil || h.Missing.IsZero() || e.State != RowActive {
		return h
	}
	d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeRowGone, At: h.Missing}})
	return nil
}

// absent: enrol only whom no row and no hold of ours was ever seen for.
func (d *differ) absent(e *Enrolment, verdict Verdict, person int) {
	if !d.target.EnrolOnRelease || verdict != Clear || person < 0 {
		return
	}
	switch d.pj.Decisions[person].Row {
	case 3, 7, 9:
		d.change(e, nil, MoveEnrol, RowActive, person)
	}
}

// suspended: our hold is in place.
func (d *differ) suspended(e *Enrolment, h *Hold, verdict Verdict, person int) {
	if !h.Seen && !h.Sent {
		// None of our writes was sent: somebody else has suspended the row.
		d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeNotOurs}})
		return
	}
	if !h.Seen {
		d.update(h, HoldUpdate{Seen: true})
	}
	if verdict == None || verdict == Clear {
		d.change(e, h, MoveRelease, RowActive, person)
	}
}

// unheld: active, and no hold of ours.
func (d *differ) unheld(e *Enrolment, verdict Verdict, person int) {
	if verdict != Wait {
		return
	}
	id := d.j.Index.People[person].ID
	at := d.over[rowKey{d.pj.Program.ID, d.key, e.Row}]
	switch {
	case !at.IsZero() && d.facts.Now.Sub(at) < d.policy.OverrideRespected:
		d.find(CodeOverrideRespected, id, e.Row)
	case e.Barred != "":
		d.find(CodeNotWritable, id, e.Barred)
	case d.target.TellsStarts && e.Asked && e.Start == SignUnknown:
		d.find(CodeStartUnknown, id, e.Row)
	default:
		d.change(e, nil, MoveHold, RowSuspended, person)
	}
}

// reactivated: somebody gave access back to a row that was seen held. It is no
// longer ours, and where only people and not rows are shown, what may be left of
// the hold is lifted once.
func (d *differ) reactivated(e *Enrolment, h *Hold, verdict Verdict, person int) {
	if h.Releasing { // by nobody but us: the answer was lost
		d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeReleasedUnanswered, At: d.facts.Now}})
		return
	}
	d.update(h, HoldUpdate{Close: true, Because: Reason{Code: CodeReactivated, At: d.facts.Now}, Overridden: verdict == Wait || verdict == Keep})
	if d.target.PerPerson {
		d.change(e, h, MoveRelease, RowActive, person)
	}
}

// neverSeen: a hold was intended and the row has not been read as held since.
// Either the write was lost, or it was made and access is left by another way.
func (d *differ) neverSeen(e *Enrolment, h *Hold, verdict Verdict, person int) {
	switch {
	case verdict == Wait && d.target.TellsStarts && e.Asked && e.Start == SignUnknown:
		d.find(CodeStartUnknown, h.Person, e.Row)
	case verdict == Wait && !h.Ineffective && e.Barred == "":
		d.change(e, h, MoveHold, RowSuspended, person)
	case verdict == Clear, verdict == None, verdict == Keep && !h.Ineffective:
		d.change(e, h, MoveRelease, RowActive, person)
	}
}

// closed is the table of targets that let nobody in until released.
func (d *differ) closed(r int) {
	e := &d.facts.Enrolments[r]
	verdict, launched, person := d.owed(r)
	if e.State != RowActive || e.Released || !launched || (verdict != None && verdict != Clear) {
		return
	}
	d.change(e, nil, MoveAdd, RowActive, person)
}

func (d *differ) update(h *Hold, u HoldUpdate) {
	u.Hold = h.ID
	d.plan.Holds = append(d.plan.Holds, u)
}

func (d *differ) find(code Code, person, detail string) {
	d.plan.Findings = append(d.plan.Findings, Finding{Code: code, Program: d.pj.Program.ID, Person: person, Detail: detail})
}

// change adds a change to the plan, unless the row may never be written.
func (d *differ) change(e *Enrolment, h *Hold, move Move, to RowState, person int) {
	c := Change{
		Program: d.pj.Program.ID, Target: d.key, Row: e.Row, Account: e.Account,
		Move: move, From: e.State, To: to, Cause: d.cause(person, h),
	}
	if h != nil {
		c.Hold, c.Person = h.ID, h.Person
	}
	if person >= 0 {
		c.Person = d.j.Index.People[person].ID
		c.Because = d.pj.Reasons(person)
	} else {
		c.Because = d.becauseOf(h)
	}
	if move == MoveRelease && e.State == RowActive {
		if c.Undo = d.undo(person); c.Undo {
			c.Cause = CauseUndo
		}
		c.Because = append(c.Because, remains(h))
	}
	if e.Barred == BarredRole && move != MoveHold {
		d.find(CodeNotWritable, c.Person, e.Barred)
		return
	}
	d.plan.Changes = append(d.plan.Changes, c)
}

// undo reports whether a release of a row that is active already is owed to nobody
// and only lifts what may be left of a hold.
func (d *differ) undo(person int) bool {
	if person < 0 {
		return !d.pj.judging.facts.Paused[d.pj.Program.ID]
	}
	v := d.pj.Decisions[person].Verdict()
	return v == Wait || v == Keep
}

// remains says why something may be left of the hold on a row that is active.
func remains(h *Hold) Reason {
	if h.Seen {
		return Reason{Code: CodeReactivated}
	}
	return Reason{Code: CodeNeverSeen}
}

// BarredRole is the Enrolment.Barred of a row whose roles are not exactly the
// learner role: nothing is ever written to it, not even a release.
const BarredRole = "role"
