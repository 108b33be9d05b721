package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// decidedOf are the decisions that a cycle would log, by person.
func (c *company) decidedOf(t *testing.T) map[string]rules.Decided {
	t.Helper()
	out := map[string]rules.Decided{}
	for _, d := range rules.NewCycle(&c.policy, &c.facts, c.judge(), rules.Plan{}, nil, nil).Decided {
		out[d.Person] = d
	}
	return out
}

// TestChangedDecisions: a decision is logged when verdict, row, cause or leader
// differ from the logged one, and only then.
func TestChangedDecisions(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.facts.Sources[1].Through = false
	first := c.decidedOf(t)
	if len(first) != 3 {
		t.Fatalf("first: %v", first)
	}
	for _, d := range first {
		c.facts.Decided = append(c.facts.Decided, d)
	}
	if again := c.decidedOf(t); len(again) != 0 {
		t.Errorf("again: %v", again)
	}
	c.facts.Sources[1].Through = true
	c.row("C").Account.IDNumber = ""
	if d := c.decidedOf(t)["C"]; len(d.Because) != 1 || d.Because[0].Code != rules.CodeNotMatched {
		t.Errorf("row 6 for another cause: %+v", d)
	}
	c.facts.Snapshots[0].Org.People = c.facts.Snapshots[0].Org.People[:2]
	gone := c.decidedOf(t)["C"]
	if gone.Verdict != rules.Keep || gone.Row != 6 || gone.Because[0].Code != rules.CodeMissing {
		t.Errorf("gone from HR: %+v", gone)
	}
	c.facts.Decided = append(c.facts.Decided[:0], gone)
	if d, ok := c.decidedOf(t)["C"]; ok {
		t.Errorf("still gone: %+v", d)
	}
}

// TestRefusedReleaseIsNotLaundered: whoever is cleared by a change of organisation that
// the guard refuses, and has access by another row, does not stand as released by it.
func TestRefusedReleaseIsNotLaundered(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.completes("A", now.Add(-9*day))
	c.hold("C", true)
	c.row("C").State = rules.RowSuspended
	c.waited("C", "B")
	second := *c.row("C")
	second.Row, second.State, second.Barred = "second-C", rules.RowActive, "window"
	c.facts.Enrolments = append(c.facts.Enrolments, second)
	c.person("C").Manager = "A"
	c.policy.Programs[0].Targets[0].PerPerson = false
	released := func(limit int) bool {
		j := c.judge()
		limits := map[string]rules.GuardLimits{program: {Holds: rules.Limit{Count: 9}, Releases: rules.Limit{Count: limit}}}
		plan, refusals := rules.Guard(limits, rules.Diff(&c.policy, &c.facts, j), &c.facts, map[string]int{program: 3})
		if (limit == 0) != (len(refusals) == 1) {
			t.Fatalf("limit %d: refused is %v", limit, refusals)
		}
		for _, s := range rules.NewCycle(&c.policy, &c.facts, j, plan, refusals, nil).Standings {
			if s.Person == "C" && !s.Released.IsZero() {
				return true
			}
		}
		return false
	}
	if released(0) {
		t.Error("a refused release stands as one")
	}
	if !released(1) {
		t.Error("clear, with access and nothing refused: does not stand as released")
	}
	// A mode that drops the release, or a target that cannot be read, launder nothing either.
	for _, s := range rules.NewCycle(&c.policy, &c.facts, c.judge(), rules.Plan{}, nil, nil).Standings {
		if s.Person == "C" && !s.Released.IsZero() {
			t.Error("a release that was dropped stands as one")
		}
	}
}
