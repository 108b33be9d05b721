package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestStatusOfALeaderIsLost: the climb went over a leader on leave to the next one.
// When the status is no longer given, nobody knows who leads; the leader's old
// completion opens nothing.
func TestStatusOfALeaderIsLost(t *testing.T) {
	c := newCompany("A B<A L<B:leave X<L")
	c.completes("L", now.Add(-9*day))
	c.wants(t, "X", rules.Wait, 10)
	c.person("L").Status = rules.StatusUnknown
	c.wants(t, "X", rules.Keep, 8)
	j := c.judge()
	x, _ := j.Index.Find("X")
	if why := j.Programs[0].Reasons(x); len(why) != 1 || why[0].Person != "L" || why[0].Detail != string(rules.CodeStatusUnknown) {
		t.Errorf("X is told %v", why)
	}
	c.waive(rules.NeedNotLead, "L", now.Add(-day), now.Add(day))
	c.wants(t, "X", rules.Wait, 10)
}

// TestOutageOfTheLMSChangesNoDecision: the last rows go on saying who has an account.
func TestOutageOfTheLMSChangesNoDecision(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.row("C").Account.IDNumber = ""
	c.wants(t, "C", rules.Keep, 6)
	c.facts.Targets = map[string]bool{} // the rows are those of the last reading
	c.wants(t, "C", rules.Keep, 6)
	c.wants(t, "B", rules.Wait, 10)
}

// TestCannotActByAnyOrder of the rows: what somebody can undo is told first.
func TestCannotActByAnyOrder(t *testing.T) {
	for _, states := range [][2]rules.RowState{{rules.RowSuspended, rules.RowConcluded}, {rules.RowConcluded, rules.RowSuspended}} {
		c := newCompany("A B<A C<B")
		c.row("B").State = states[0]
		second := *c.row("B")
		second.Row, second.State = "second-B", states[1]
		c.facts.Enrolments = append(c.facts.Enrolments, second)
		for _, f := range c.judge().Findings {
			if f.Code == rules.CodeLeaderCannotAct && f.Person == "B" && f.Detail != "suspended by somebody else" {
				t.Errorf("rows %v: %s", states, f.Detail)
			}
		}
	}
}
