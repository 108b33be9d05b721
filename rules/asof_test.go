package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// at is the company as it was, or will be, at t.
func (c *company) at(t time.Time) *company {
	facts := c.facts.AsOf(t)
	return &company{policy: c.policy, facts: facts}
}

// TestAsOf: what somebody was owed at an instant, by what was known by then.
func TestAsOf(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.facts.Snapshots[0].From = launch.Add(-day)
	late := launch.Add(10 * day)
	moved := newCompany("A B<A C<A")
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 2, From: launch.Add(15 * day), Org: moved.facts.Snapshots[0].Org})
	c.completes("B", launch.Add(2*day))
	c.facts.Evidence[0].Stored = late // known ten days after the launch
	c.completes("A", launch.Add(20*day))
	c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: launch.Add(12 * day)}}
	c.waive(rules.MayStart, "B", launch.Add(5*day), launch.Add(6*day))
	c.facts.Pauses = []rules.Pause{{Program: program, From: launch.Add(7 * day), To: launch.Add(8 * day)}, {Program: program, From: launch.Add(17 * day)}}
	c.facts.Paused = map[string]bool{program: true}
	for _, tc := range []struct {
		name    string
		at      time.Time
		who     string
		verdict rules.Verdict
		row     int
	}{
		{"before the first organisation nobody is there; before the launch", launch.Add(-time.Hour), "C", rules.None, 1},
		{"the completion was not known yet", late.Add(-time.Hour), "C", rules.Wait, 10},
		{"known", late.Add(time.Hour), "C", rules.Clear, 9},
		{"released", launch.Add(13 * day), "C", rules.Clear, 5},
		{"the waiver was in force", launch.Add(5 * day), "B", rules.Clear, 3},
		{"and then not", launch.Add(6 * day), "B", rules.Wait, 10},
		{"paused", launch.Add(7 * day), "B", rules.None, 0},
		{"and taken up again, whatever is now", launch.Add(8 * day), "B", rules.Wait, 10},
	} {
		t.Run(tc.name, func(t *testing.T) { c.at(tc.at).wants(t, tc.who, tc.verdict, tc.row) })
	}
	if n := len(rules.Diff(&c.policy, &c.at(late).facts, c.at(late).judge()).Changes); n != 0 {
		t.Errorf("%d changes planned for the past", n)
	}
}

// TestAsOfLater: what will be if nothing happens: the launch comes, a waiver ends.
func TestAsOfLater(t *testing.T) {
	c := newCompany("A B<A")
	c.program().Launch = now.Add(7 * day)
	c.waive(rules.MayStart, "B", now.Add(-day), now.Add(20*day))
	c.wants(t, "B", rules.None, 1)
	c.at(now.Add(8*day)).wants(t, "B", rules.Clear, 3)
	later := c.at(now.Add(21 * day))
	later.wants(t, "B", rules.Wait, 10)
	if m := later.moves("B"); m != rules.MoveHold {
		t.Errorf("%q, want the hold that is to come", m)
	}
}
