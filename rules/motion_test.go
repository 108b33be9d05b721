package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// becomes puts the organisation of words in the place of the present one, from a day ago.
func (c *company) becomes(words string) {
	after := newCompany(words)
	c.facts.Snapshots = append(c.facts.Snapshots,
		rules.Snapshot{ID: int64(len(c.facts.Snapshots) + 1), From: now.Add(-day), Org: after.facts.Snapshots[0].Org})
}

// cycle remembers what one cycle in a mode that writes makes durable.
func (c *company) cycle() {
	j := c.judge()
	plan := rules.Diff(&c.policy, &c.facts, j)
	done := rules.NewCycle(&c.policy, &c.facts, j, plan, nil, nil)
	c.facts.Standings = append(c.facts.Standings, done.Standings...)
	for _, ch := range plan.Changes {
		switch ch.Move {
		case rules.MoveHold:
			c.hold(ch.Person, true)
			c.row(ch.Person).State = rules.RowSuspended
		case rules.MoveRelease:
			c.facts.Standings = append(c.facts.Standings, rules.Standing{Program: program, Person: ch.Person, Released: c.facts.Now})
			c.facts.Holds = nil
			c.row(ch.Person).State = rules.RowActive
		}
	}
}

// TestOrgInMotion: what becomes of people when the organisation changes. Each case is
// named as the pitfall is in the field's list; a cycle runs before and after.
func TestOrgInMotion(t *testing.T) {
	for _, tc := range []struct {
		name          string
		before, after string
		given         func(*company) // before the first cycle
		who           string
		verdict       rules.Verdict
		row           int
	}{
		{"person moves teams, not started: by the new leader", "A B<A C<A D<B", "A B<A C<A D<C",
			func(c *company) { c.completes("C", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"person moves teams, released: never held again", "A B<A C<A D<B", "A B<A C<A D<C",
			func(c *company) { c.completes("B", now.Add(-2*day)) }, "D", rules.Clear, 5},
		{"person moves teams mid-course: never pulled back", "A B<A C<A D<B", "A B<A C<A D<C",
			func(c *company) { c.completes("B", now.Add(-3*day)); c.starts("D", now.Add(-2*day)) }, "D", rules.Clear, 4},
		{"promoted to manager: the gate of new reports", "A B<A C<A D<B", "A B<A C<A D<C E<C", nil, "D", rules.Wait, 10},
		{"promoted to manager: reports already released stay", "A B<A C<A D<B", "A B<A C<B D<C",
			func(c *company) { c.completes("B", now.Add(-2*day)) }, "D", rules.Clear, 5},
		{"manager leaves: the successor is waited for", "A B<A C<A D<B", "A B<A:inactive C<A D<C", nil, "D", rules.Wait, 10},
		{"manager leaves: the successor has qualified", "A B<A C<A D<B", "A B<A:inactive C<A D<C",
			func(c *company) { c.completes("C", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"manager leaves without successor: climb", "A B<A D<B", "A B<A:inactive D<B",
			func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"manager leaves: whoever was released by the leaver's completion stays", "A B<A D<B", "A B<A:inactive D<B",
			func(c *company) { c.completes("B", now.Add(-2*day)) }, "D", rules.Clear, 5},
		{"manager's row is gone and the edge dangles: nothing opens", "A B<A D<B", "A D<B",
			func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Keep, 8},
		{"manager on leave: climb", "A B<A D<B", "A B<A:leave D<B", func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"manager back from leave, report not released", "A B<A:leave D<B", "A B<A D<B", nil, "D", rules.Wait, 10},
		{"manager back from leave, report released meanwhile", "A B<A:leave D<B", "A B<A D<B",
			func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Clear, 5},
		{"vacant position in the line: collapse", "A B<A D<B", "A B<A:vacant D<B", func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"manager outside the LMS, stated: climb", "A B<A D<B", "A B<A:noaccount D<B", func(c *company) { c.completes("A", now.Add(-2*day)) }, "D", rules.Clear, 9},
		{"cycle: freezes whoever it touches", "A B<A C<B D<C", "A B<C C<B D<C", nil, "D", rules.Wait, 10},
		{"cycle: of its own members", "A B<A C<B D<C", "A B<C C<B D<C", nil, "B", rules.Keep, 8},
		{"self-manager who is no listed top", "A B<A D<B", "A B<B D<B", nil, "B", rules.Keep, 8},
		{"missing manager is no executive", "A B<A D<B", "A B<? D<B", nil, "B", rules.Keep, 8},
		{"several roots: one that is not listed is in doubt", "A B<A D<B E<A", "A B<A E D<E", nil, "E", rules.Keep, 8},
		{"row missing from one feed", "A B<A D<B", "A B<A D<B:unknown", nil, "D", rules.Keep, 6},
		{"leader becomes nobody's leader", "A B<A C<B", "A B<A C<A", func(c *company) { c.completes("A", now.Add(-2*day)) }, "C", rules.Clear, 9},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany(tc.before)
			if tc.given != nil {
				tc.given(c)
			}
			c.cycle()
			c.becomes(tc.after)
			c.wants(t, tc.who, tc.verdict, tc.row)
			// Whoever was released or has started is never held again.
			for _, s := range c.facts.Standings {
				if n, ok := c.judge().Index.Find(s.Person); ok && c.judge().Programs[0].Decisions[n].Verdict() == rules.Wait {
					t.Errorf("%s was released or has started, and is held again", s.Person)
				}
			}
		})
	}
}

// TestActing: whoever stands in leads, within the dates alone.
func TestActing(t *testing.T) {
	acting := func(by string, from, until time.Time) rules.Acting {
		return rules.Acting{For: "B", By: by, From: from, Until: until}
	}
	for _, tc := range []struct {
		name, org, completed string
		acting               rules.Acting
		who                  string
		verdict              rules.Verdict
		row                  int
	}{
		{"the stand-in is waited for", "A B<A C<B D<B", "B", acting("C", now.Add(-day), now.Add(day)), "D", rules.Wait, 10},
		{"the stand-in has qualified", "A B<A C<B D<B", "C", acting("C", now.Add(-day), now.Add(day)), "D", rules.Clear, 9},
		{"not before", "A B<A C<B D<B", "C", acting("C", now.Add(time.Hour), now.Add(day)), "D", rules.Wait, 10},
		{"not after", "A B<A C<B D<B", "C", acting("C", now.Add(-day), now), "D", rules.Wait, 10},
		{"the stand-in waits for the same leader as before", "A B<A C<B D<B", "", acting("C", now.Add(-day), now.Add(day)), "C", rules.Wait, 10},
		{"from two levels below: no circle", "A B<A C<B D<C E<B", "D", acting("D", now.Add(-day), now.Add(day)), "E", rules.Clear, 9},
		{"and the way up of whoever is between stays", "A B<A C<B D<C E<B", "B", acting("D", now.Add(-day), now.Add(day)), "C", rules.Clear, 9},
		{"from another branch", "A B<A C<A D<B", "C", acting("C", now.Add(-day), now.Add(day)), "D", rules.Clear, 9},
		{"somebody unknown changes nothing", "A B<A D<B", "B", acting("X", now.Add(-day), now.Add(day)), "D", rules.Clear, 9},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany(tc.org)
			c.policy.Acting = []rules.Acting{tc.acting}
			if tc.completed != "" {
				c.completes(tc.completed, now.Add(-day))
			}
			c.wants(t, tc.who, tc.verdict, tc.row)
		})
	}
	// A start is judged by who led then.
	c := newCompany("A B<A C<B D<B")
	c.policy.Acting = []rules.Acting{acting("C", now.Add(-9*day), now.Add(-5*day))}
	c.completes("C", now.Add(-8*day))
	c.starts("D", now.Add(-6*day))
	if got := c.opened(rules.StartedEarly); got != "started_early C" {
		t.Errorf("started under the stand-in who had qualified: %s", got)
	}
	late := &c.facts.Evidence[len(c.facts.Evidence)-1]
	late.Timestamp, late.Stored = now.Add(-2*day), now.Add(-2*day)
	if got := c.opened(rules.StartedEarly); got != "started_early C; started_early D" {
		t.Errorf("started after the stand-in: %q", got)
	}
}

// TestWhoStandsInMovesNobody: the levels of an audience are HR's, and who blocks whom is
// counted as people are led.
func TestWhoStandsInMovesNobody(t *testing.T) {
	c := newCompany("A B<A C<B D<B")
	c.policy.Acting = []rules.Acting{{For: "B", By: "C", From: now.Add(-day), Until: now.Add(day)}}
	c.program().Audience.Levels = []int{1, 2}
	c.wants(t, "D", rules.Wait, 10)
	for _, b := range c.judge().Programs[0].CriticalPath() {
		if want := map[string]int{"A": 3, "B": 2, "C": 1}[b.Person]; b.Blocked != want {
			t.Errorf("%s blocks %d, want %d", b.Person, b.Blocked, want)
		}
	}
}
