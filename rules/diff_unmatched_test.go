package rules_test

import (
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestHoldWhoseMatchIsLost: whoever did or was given what keeps the way free gets their
// row back, also when nothing says any more that it is theirs. Nobody else does.
func TestHoldWhoseMatchIsLost(t *testing.T) {
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  rules.Move
	}{
		{"nothing", func(*company) {}, ""},
		{"the leader has qualified: that needs a match", func(c *company) { c.completes("B", now) }, ""},
		{"completed", func(c *company) { c.completes("C", now) }, rules.MoveRelease},
		{"started", func(c *company) { c.starts("C", now) }, rules.MoveRelease},
		{"may start", func(c *company) { c.waive(rules.MayStart, "C", now, now.Add(day)) }, rules.MoveRelease},
		{"released before", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: now.Add(-day)}}
		}, rules.MoveRelease},
		{"outside the audience", func(c *company) { c.program().Audience.Exclude.People = []string{"C"} }, rules.MoveRelease},
		{"listed top: that needs a match", func(c *company) { c.policy.Tops = append(c.policy.Tops, "C") }, ""},
	} {
		for lost, lose := range map[string]func(*company){
			"lost": func(c *company) { c.row("C").Account.IDNumber = "" },
			"doubled": func(c *company) {
				second := *c.row("C")
				second.Row, second.Account.ID = "second-C", "8C"
				c.facts.Enrolments = append(c.facts.Enrolments, second)
			},
		} {
			t.Run(lost+", "+tc.name, func(t *testing.T) {
				c := newCompany("A B<A C<B")
				c.hold("C", true)
				c.row("C").State = rules.RowSuspended
				tc.given(c)
				lose(c)
				if m := c.moves("C"); m != tc.want {
					t.Errorf("moves %q, want %q", m, tc.want)
				}
			})
		}
	}
}

// TestHoldOfSomebodyWhoIsGone from the organisation: what is known of them for ever
// reaches their row.
func TestHoldOfSomebodyWhoIsGone(t *testing.T) {
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  rules.Move
		code  rules.Code
	}{
		{"nothing", func(*company) {}, "", ""},
		{"released before", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: now.Add(-day)}}
		}, rules.MoveRelease, rules.CodeReleased},
		{"started", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Started: now.Add(-day)}}
		}, rules.MoveRelease, rules.CodeStarted},
		{"started in another programme", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: "other", Person: "C", Started: now.Add(-day)}}
		}, "", ""},
		{"may start", func(c *company) { c.waive(rules.MayStart, "C", now, now.Add(day)) }, rules.MoveRelease, rules.CodeMayStart},
		{"might start once", func(c *company) { c.waive(rules.MayStart, "C", now.Add(-day), now) }, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			c.hold("C", true)
			c.row("C").State = rules.RowSuspended
			c.facts.Snapshots[0].Org.People = c.facts.Snapshots[0].Org.People[:2]
			tc.given(c)
			if m := c.moves("C"); m != tc.want {
				t.Fatalf("moves %q, want %q", m, tc.want)
			}
			for _, ch := range rules.Diff(&c.policy, &c.facts, c.judge()).Changes {
				if ch.Row == "row-C" && (ch.Person != "C" || !slices.ContainsFunc(ch.Because, func(r rules.Reason) bool { return r.Code == tc.code })) {
					t.Errorf("the change is %+v", ch)
				}
			}
		})
	}
}
