package rules_test

import (
	"fmt"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestCriticalPath: who blocks most people, through everybody who waits in between.
func TestCriticalPath(t *testing.T) {
	for _, tc := range []struct{ name, scope, org, completed, want string }{
		{"manager", "manager", "A B<A C<B D<B E<A F<E", "", "[A:2/5 B:2/2 E:1/1]"},
		{"whoever has started passes nothing on", "manager", "A B<A C<B D<B E<A F<E", "B", "[A:1/2 E:1/1]"},
		{"chain", "chain", "A B<A C<B D<B", "", "[A:3/3 B:2/2]"},
		{"cohort", "cohort", "A B<A C<B D<B", "", "[A:3/3 B:2/2]"},
		{"nobody waits", "manager", "A B<A", "A", "[]"},
	} {
		c := scoped(tc.org, tc.scope, nil)
		if tc.completed != "" {
			c.completes(tc.completed, now.Add(-day))
		}
		got := []string{}
		for _, b := range c.judge().Programs[0].CriticalPath() {
			got = append(got, fmt.Sprintf("%s:%d/%d", b.Person, b.Waiting, b.Blocked))
		}
		if fmt.Sprint(got) != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
	}
}

func TestLeadTime(t *testing.T) {
	c := newCompany("A B<A C<A D<A")
	if _, n := c.judge().Programs[0].LeadTime(); n != 0 {
		t.Errorf("of %d people, and nobody has completed", n)
	}
	c.completes("A", now.Add(-10*day))
	c.completes("B", now.Add(-9*day))
	c.completes("C", now.Add(-6*day))
	c.completes("D", now.Add(-20*day)) // before the leader: nothing to measure
	if median, n := c.judge().Programs[0].LeadTime(); n != 2 || median != 4*day {
		t.Errorf("%s of %d people, want 4 days of 2", median, n)
	}
}

// TestCompare: off by default, and silent where a figure would speak of single people.
func TestCompare(t *testing.T) {
	words := "A B<A C<A"
	for i := range 10 {
		words += fmt.Sprintf(" L%d<B N%d<C", i, i)
	}
	c := newCompany(words)
	c.completes("B", launch.Add(day))
	c.completes("L1", launch.Add(3*day))
	c.completes("L2", launch.Add(5*day))
	c.completes("L3", launch.Add(9*day))
	c.completes("N1", launch.Add(7*day))
	if got, ok := c.judge().Programs[0].Compare(); ok {
		t.Errorf("%+v without being asked for", got)
	}
	c.program().Compare = true
	got, ok := c.judge().Programs[0].Compare()
	// B and C are the top's, who has not completed.
	want := rules.Comparison{Led: rules.Team{People: 10, Completed: 3, Median: 5 * day}, NotLed: rules.Team{People: 12, Completed: 2, Median: 7 * day}}
	if !ok || got != want {
		t.Errorf("%+v, %v, want %+v", got, ok, want)
	}
	c.person("L0").Status = rules.Inactive
	if got, ok := c.judge().Programs[0].Compare(); ok {
		t.Errorf("%+v of nine people", got)
	}
}

// TestMaxHold: a hold that lasts too long is a finding, and is lifted where the
// programme says so, with the reason.
func TestMaxHold(t *testing.T) {
	c := newCompany("A B<A")
	h := c.hold("B", true)
	h.Intended = now.Add(-31 * day)
	c.row("B").State = rules.RowSuspended
	c.waited("B", "A")
	if c.finds(rules.CodeHeldTooLong, "B") {
		t.Error("no limit was given")
	}
	c.program().Sequence.MaxHold = 30 * day
	if !c.finds(rules.CodeHeldTooLong, "B") {
		t.Error("31 days on hold, and not found")
	}
	c.wants(t, "B", rules.Wait, 10)
	c.program().Sequence.ReleaseAfter = true
	c.wants(t, "B", rules.Clear, 11)
	plan := rules.Diff(&c.policy, &c.facts, c.judge())
	if len(plan.Changes) != 1 || plan.Changes[0].Move != rules.MoveRelease || plan.Changes[0].Cause != rules.CauseClock ||
		plan.Changes[0].Because[0].Code != rules.CodeHeldTooLong {
		t.Errorf("%+v, want a release by the clock, and why", plan.Changes)
	}
	if !c.finds(rules.CodeHeldTooLong, "B") {
		t.Error("released silently")
	}
	c.facts.Holds[0].Intended = now.Add(-29 * day)
	c.wants(t, "B", rules.Wait, 10)
}
