package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

const day = 24 * time.Hour

// TestDecisionTable goes through the decision table of DESIGN 7 row by row. A is
// the listed top, B reports to A, C to B.
func TestDecisionTable(t *testing.T) {
	later := now.Add(day)
	for _, tc := range []struct {
		name    string
		org     string
		given   func(*company)
		who     string
		verdict rules.Verdict
		row     int
	}{
		{"0 paused", "A B<A C<B", func(c *company) { c.facts.Paused[program] = true }, "C", rules.None, 0},
		{"0 ended", "A B<A C<B", func(c *company) { c.program().Ends = now }, "C", rules.None, 0},
		{"0 not yet ended", "A B<A C<B", func(c *company) { c.program().Ends = later }, "C", rules.Wait, 10},
		{"0 inactive", "A B<A C<B:inactive", nil, "C", rules.None, 0},
		{"0 vacant post", "A B<A C<B:vacant", nil, "C", rules.None, 0},
		{"0 stated outside the audience", "A B<A C<B", func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			c.person("C").Department = "IT"
		}, "C", rules.None, 0},
		{"1 not launched", "A B<A C<B", func(c *company) { c.program().Launch = later }, "C", rules.None, 1},
		{"1 comes before completed", "A B<A C<B", func(c *company) {
			c.program().Launch = later
			c.completes("C", now.Add(-day))
		}, "C", rules.None, 1},
		{"2 completed", "A B<A C<B", func(c *company) { c.completes("C", now.Add(-day)) }, "C", rules.Clear, 2},
		{"2 completed before launch counts", "A B<A C<B", func(c *company) { c.completes("C", launch.Add(-day)) }, "C", rules.Clear, 2},
		{"3 waiver in force", "A B<A C<B", func(c *company) { c.waive(rules.MayStart, "C", now.Add(-day), later) }, "C", rules.Clear, 3},
		{"3 waiver expired", "A B<A C<B", func(c *company) { c.waive(rules.MayStart, "C", now.Add(-2*day), now) }, "C", rules.Wait, 10},
		{"3 started while one was in force", "A B<A C<B", func(c *company) {
			c.waive(rules.MayStart, "C", now.Add(-9*day), now.Add(-day))
			c.starts("C", now.Add(-2*day))
		}, "C", rules.Clear, 3},
		{"4 started", "A B<A C<B", func(c *company) { c.starts("C", now.Add(-day)) }, "C", rules.Clear, 4},
		{"4 started and voided", "A B<A C<B", func(c *company) { c.void(c.starts("C", now.Add(-day)), now) }, "C", rules.Clear, 4},
		{"4 completed and voided", "A B<A C<B", func(c *company) { c.void(c.completes("C", now.Add(-day)), now) }, "C", rules.Clear, 4},
		{"4 the LMS shows it", "A B<A C<B", func(c *company) {
			c.row("C").Start, c.row("C").StartAt = rules.SignStarted, now.Add(-day)
		}, "C", rules.Clear, 4},
		{"4 remembered", "A B<A C<B", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Started: now.Add(-day)}}
		}, "C", rules.Clear, 4},
		{"5 released before", "A B<A C<B", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: now.Add(-day)}}
		}, "C", rules.Clear, 5},
		{"6 status not stated", "A B<A C<B:unknown", nil, "C", rules.Keep, 6},
		{"6 audience unknown", "A B<A C<B", func(c *company) { c.program().Audience.Departments = []string{"Sales"} }, "C", rules.Keep, 6},
		{"6 account not matched", "A B<A C<B", func(c *company) { c.row("C").Account.IDNumber = "" }, "C", rules.Keep, 6},
		{"6 two accounts", "A B<A C<B", func(c *company) {
			c.enrol("C", rules.RowActive)
			c.facts.Enrolments[3].Account.ID = "other"
		}, "C", rules.Keep, 6},
		{"6 records unread", "A B<A C<B", func(c *company) { c.facts.Sources[1].Through = false }, "C", rules.Keep, 6},
		{"6 records stale", "A B<A C<B", func(c *company) { c.facts.Sources[1].Read = now.Add(-2 * time.Hour) }, "C", rules.Keep, 6},
		{"6 HR stale", "A B<A C<B", func(c *company) { c.facts.Sources[0].Read = now.Add(-2 * time.Hour) }, "C", rules.Keep, 6},
		{"6 HR never read", "A B<A C<B", func(c *company) { c.facts.Sources[0].Read = time.Time{} }, "C", rules.Keep, 6},
		{"7 top", "A B<A C<B", nil, "A", rules.Clear, 7},
		{"7 top with a manager edge", "A<C B<A C<B", nil, "A", rules.Clear, 7},
		{"8 unknown manager", "A B<A C<X", nil, "C", rules.Keep, 8},
		{"8 unplaced", "A B<A C<?", nil, "C", rules.Keep, 8},
		{"8 own manager", "A B<A C<C", nil, "C", rules.Keep, 8},
		{"8 cycle", "A B<C C<B", nil, "C", rules.Keep, 8},
		{"8 the way up walks over a bad edge", "A B<X:leave C<B", nil, "C", rules.Keep, 8},
		{"8 a cycle of people who are away", "A B<C:leave C<B:leave D<C", nil, "D", rules.Keep, 8},
		{"8 policy: doubt holds", "A B<A C<X", func(c *company) { c.policy.DoubtHolds = true }, "C", rules.Wait, 8},
		{"9 leader qualified", "A B<A C<B", func(c *company) { c.completes("B", now.Add(-day)) }, "C", rules.Clear, 9},
		{"9 leader's own edge is no matter", "A B<X C<B", func(c *company) { c.completes("B", now.Add(-day)) }, "C", rules.Clear, 9},
		{"9 leader on leave: the one above", "A B<A:leave C<B", func(c *company) { c.completes("A", now.Add(-day)) }, "C", rules.Clear, 9},
		{"9 leader stated without account", "A B<A:noaccount C<B", func(c *company) { c.completes("A", now.Add(-day)) }, "C", rules.Clear, 9},
		{"9 leader exempt", "A B<A C<B", func(c *company) {
			c.waive(rules.NeedNotLead, "B", now.Add(-day), later)
			c.completes("A", now.Add(-day))
		}, "C", rules.Clear, 9},
		{"9 nobody left up to the top", "A:leave B<A:inactive C<B", nil, "C", rules.Clear, 9},
		{"10 leader not qualified", "A B<A C<B", nil, "C", rules.Wait, 10},
		{"10 second level waits for the top", "A B<A C<B", nil, "B", rules.Wait, 10},
		{"10 leader on leave: the one above has not", "A B<A:leave C<B", nil, "C", rules.Wait, 10},
		{"10 exemption of the leader has expired", "A B<A C<B", func(c *company) {
			c.waive(rules.NeedNotLead, "B", now.Add(-2*day), now.Add(-day))
			c.completes("A", now.Add(-day))
		}, "C", rules.Wait, 10},
		{"10 leader started only", "A B<A C<B", func(c *company) { c.starts("B", now.Add(-day)) }, "C", rules.Wait, 10},
		{"10 leader's completion was voided", "A B<A C<B", func(c *company) { c.void(c.completes("B", now.Add(-day)), now) }, "C", rules.Wait, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany(tc.org)
			if tc.given != nil {
				tc.given(c)
			}
			c.wants(t, tc.who, tc.verdict, tc.row)
		})
	}
}

// TestReasonsNameTheLeader: a hold says who is waited for and what is missing.
func TestReasonsNameTheLeader(t *testing.T) {
	c := newCompany("A B<A:leave C<B")
	j := c.judge()
	n, _ := j.Index.Find("C")
	var text string
	for _, r := range j.Programs[0].Reasons(n) {
		text += r.Sentence(nil) + "; "
	}
	const want = "B is away (leave) and was climbed over; waits for A; A has not completed the course; "
	if text != want {
		t.Errorf("got  %q\nwant %q", text, want)
	}
}

func TestChain(t *testing.T) {
	c := newCompany("A B<A C<B:leave D<C")
	j := c.judge()
	n, _ := j.Index.Find("D")
	var got []string
	for _, climb := range j.Programs[0].Chain(n) {
		got = append(got, j.Index.People[climb.Leader].ID)
	}
	if len(got) != 2 || got[0] != "B" || got[1] != "A" {
		t.Errorf("chain of D is %v, want [B A]: C is on leave", got)
	}
}
