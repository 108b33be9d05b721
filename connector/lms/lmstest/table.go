package lmstest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// cell is one cell of the enrolment tables of the design: what a row shows, what is
// on record, and what its person is owed; then what becomes of it.
type cell struct {
	state  rules.RowState
	record string // "", "intended" (never read as suspended), "seen"
	owed   rules.Verdict
	move   rules.Move // "": none
	closes bool       // the record
	// remains: where only people are shown and not rows, what may be left is lifted.
	remains bool
}

var openTable = []cell{
	{rules.RowActive, "", rules.None, "", false, false},
	{rules.RowActive, "", rules.Clear, "", false, false},
	{rules.RowActive, "", rules.Wait, rules.MoveHold, false, false},
	{rules.RowActive, "", rules.Keep, "", false, false},
	{rules.RowActive, "intended", rules.None, rules.MoveRelease, false, false},
	{rules.RowActive, "intended", rules.Clear, rules.MoveRelease, false, false},
	{rules.RowActive, "intended", rules.Wait, rules.MoveHold, false, false},
	{rules.RowActive, "intended", rules.Keep, rules.MoveRelease, false, false},
	{rules.RowActive, "seen", rules.None, "", true, true},
	{rules.RowActive, "seen", rules.Clear, "", true, true},
	{rules.RowActive, "seen", rules.Wait, "", true, true},
	{rules.RowActive, "seen", rules.Keep, "", true, true},
	{rules.RowSuspended, "seen", rules.None, rules.MoveRelease, false, false},
	{rules.RowSuspended, "seen", rules.Clear, rules.MoveRelease, false, false},
	{rules.RowSuspended, "seen", rules.Wait, "", false, false},
	{rules.RowSuspended, "seen", rules.Keep, "", false, false},
	{rules.RowSuspended, "", rules.None, "", false, false},
	{rules.RowSuspended, "", rules.Clear, "", false, false},
	{rules.RowSuspended, "", rules.Wait, "", false, false},
	{rules.RowSuspended, "", rules.Keep, "", false, false},
}

var closedTable = []cell{
	{rules.RowActive, "", rules.None, rules.MoveAdd, false, false},
	{rules.RowActive, "", rules.Clear, rules.MoveAdd, false, false},
	{rules.RowActive, "", rules.Wait, "", false, false},
	{rules.RowActive, "", rules.Keep, "", false, false},
}

// String names the cell.
func (c cell) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", c.state, c.record, c.owed))
}

// everyCell has one learner in every cell of the platform's table, lets the rules plan
// from what the connector reads, has the connector write that, and looks at each
// learner: what the cell says has moved, and nothing else.
func everyCell(t *testing.T, h Harness) {
	table := openTable
	if h.LMS.Capabilities().Closed {
		table = closedTable
	}
	for i, c := range table {
		if c.state == rules.RowSuspended {
			h.Suspend(h.Learners[i])
		}
	}
	policy, facts := h.decided(table)
	h.read(t, facts)
	plan := rules.Diff(policy, facts, rules.Judge(policy, facts))
	want(t, h.apply(t.Context(), t, plan.Changes), rules.Done)
	for i, c := range table {
		h.obeyed(t, c, i, plan)
	}
}

// obeyed looks at the learner in one cell: what was planned, and what came of it.
func (h Harness) obeyed(t *testing.T, c cell, i int, plan rules.Plan) {
	t.Helper()
	a, move := h.Learners[i], c.move
	if c.remains && h.LMS.Capabilities().PerPerson {
		move = rules.MoveRelease
	}
	var planned rules.Move
	for _, change := range plan.Changes {
		if change.Account.ID == a {
			planned += change.Move
		}
	}
	closed := slices.ContainsFunc(plan.Holds, func(u rules.HoldUpdate) bool { return u.Close && u.Hold == int64(i+1) })
	if planned != move || closed != c.closes {
		t.Errorf("%s: planned is %q, the record is closed: %v; want %q, %v", c, planned, closed, move, c.closes)
	}
	if move == "" && h.Named(a) != 0 {
		t.Errorf("%s: written", c)
	}
	if held := h.Held(a); held != c.heldAfter(h.LMS.Capabilities().Closed) {
		t.Errorf("%s: kept out afterwards: %v", c, held)
	}
}

// heldAfter is whether the learner is kept out when the cell was obeyed.
func (c cell) heldAfter(closed bool) bool {
	switch c.move {
	case rules.MoveHold:
		return true
	case rules.MoveRelease, rules.MoveAdd:
		return false
	}
	return closed || c.state == rules.RowSuspended
}

// decided is an organisation in which the learners are owed what the table says, and
// the holds that are on record.
func (h Harness) decided(table []cell) (*rules.Policy, *rules.Facts) {
	now := time.Now()
	can := h.LMS.Capabilities()
	target := h.Target
	target.Closed, target.PerPerson, target.TellsStarts = can.Closed, can.PerPerson, can.Starts
	policy := &rules.Policy{
		Tops: []string{"top"}, Match: map[string]string{target.LMS: rules.MatchIDNumber}, OverrideRespected: 14 * 24 * time.Hour,
		Programs: []rules.Program{{ID: "p", Launch: now.AddDate(0, -1, 0), Targets: []rules.Target{target},
			Course: rules.Course{Editions: []rules.Edition{{Activities: []string{"https://lms.example/course"}}},
				CompleteWhen: []rules.CompleteRule{{Verb: "http://adlnet.gov/expapi/verbs/completed"}}},
			Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted}, Clock: rules.Clock{FutureSkew: time.Minute}}},
	}
	people := []rules.Person{{ID: "top", Status: rules.Active}}
	facts := &rules.Facts{Now: now, Mode: rules.Enforce, Targets: map[string]bool{target.Key(): true},
		Sources: []rules.Source{{Name: "hr", Kind: rules.SourceHRIS, Read: now}, {Name: "lrs", Kind: rules.SourceRecords, Read: now, Through: true}}}
	for i, c := range table {
		a := h.Learners[i]
		p := rules.Person{ID: "person " + a, Manager: "top", Status: rules.Active}
		switch c.owed {
		case rules.None:
			p.Status = rules.Inactive
		case rules.Keep:
			p.Manager = "nobody that HR knows"
		case rules.Clear:
			facts.Waivers = append(facts.Waivers, rules.Waiver{Kind: rules.MayStart, Program: "p", Person: p.ID, From: now.Add(-time.Hour), Expires: now.Add(time.Hour)})
		}
		people = append(people, p)
		if c.record != "" {
			facts.Holds = append(facts.Holds, rules.Hold{ID: int64(i + 1), Program: "p", Target: target.Key(), Row: h.row(a), Account: a,
				Person: p.ID, Intended: now.Add(-time.Hour), Sent: true, Seen: c.record == "seen"})
		}
	}
	facts.Snapshots = []rules.Snapshot{{From: now.AddDate(0, -1, 0), Org: rules.Org{Source: "hr", Digest: "d", Read: now, People: people}}}
	return policy, facts
}

// read puts the learners' rows into the facts, as the connector reads them.
func (h Harness) read(t *testing.T, facts *rules.Facts) {
	t.Helper()
	for a, e := range h.rows(t) {
		e.Account.IDNumber = "person " + a
		facts.Enrolments = append(facts.Enrolments, e)
	}
}
