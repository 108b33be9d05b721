package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// scoped is a company under another scope than the manager's.
func scoped(words, scope string, change func(*rules.Sequence)) *company {
	c := newCompany(words)
	c.program().Sequence.Scope = scope
	if change != nil {
		change(&c.program().Sequence)
	}
	return c
}

// TestScopes goes through rows 7 to 10 in the scopes "chain" and "cohort". A is the
// listed top. Each word of want is a person, the verdict and the row.
func TestScopes(t *testing.T) {
	percent := func(p float64) func(*rules.Sequence) { return func(s *rules.Sequence) { s.Percent = p } }
	levels := func(n int) func(*rules.Sequence) { return func(s *rules.Sequence) { s.Levels = n } }
	for _, tc := range []struct {
		name, scope, org string
		sequence         func(*rules.Sequence)
		completed        string
		given            func(*company)
		want             string
	}{
		{name: "nobody has", scope: "chain", org: "A B<A C<B", want: "A:clear7 B:hold10 C:hold10"},
		{name: "the nearest has, the top has not", scope: "chain", org: "A B<A C<B", completed: "B", want: "B:clear2 C:hold10"},
		{name: "the top has, the nearest has not", scope: "chain", org: "A B<A C<B", completed: "A", want: "B:clear9 C:hold10"},
		{name: "all above have", scope: "chain", org: "A B<A C<B D<C", completed: "A B C", want: "D:clear9"},
		{name: "one level is the manager", scope: "chain", org: "A B<A C<B", sequence: levels(1), completed: "B", want: "C:clear9"},
		{name: "two levels", scope: "chain", org: "A B<A C<B D<C", sequence: levels(2), completed: "C B", want: "D:clear9"},
		{name: "two levels, the second has not", scope: "chain", org: "A B<A C<B D<C", sequence: levels(2), completed: "C A", want: "D:hold10"},
		{name: "whoever is away is no level", scope: "chain", org: "A B<A C<B:leave D<C", sequence: levels(2), completed: "C B", want: "D:hold10"},
		{name: "doubt above a leader who has", scope: "chain", org: "A B<X C<B", completed: "B", want: "C:keep8"},
		{name: "doubt above a leader who has not", scope: "chain", org: "A B<X C<B", want: "C:keep8"},
		{name: "doubt beyond the levels", scope: "chain", org: "A B<X C<B", sequence: levels(1), completed: "B", want: "C:clear9"},
		{name: "doubt holds by policy", scope: "chain", org: "A B<X C<B", completed: "B", given: func(c *company) { c.policy.DoubtHolds = true }, want: "C:hold8"},
		{name: "everybody above is away", scope: "chain", org: "A:leave B<A:leave C<B", want: "C:clear9"},
		{name: "some above are away", scope: "chain", org: "A:leave B<A C<B", completed: "B", want: "C:clear9"},
		{name: "released before stays", scope: "chain", org: "A B<A C<B", given: func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: now.Add(-day)}}
		}, want: "C:clear5"},

		{name: "nobody has", scope: "cohort", org: "A B<A C<B D<B", want: "A:clear7 B:hold10 C:hold10 D:hold10"},
		{name: "leaders are judged by their own leader", scope: "cohort", org: "A B<A C<A D<B E<C", completed: "A", want: "B:clear9 C:clear9 D:hold10 E:hold10"},
		{name: "one's own leader is not enough", scope: "cohort", org: "A B<A C<A D<B E<C", completed: "A B", want: "D:hold10 E:hold10"},
		{name: "all leaders have", scope: "cohort", org: "A B<A C<A D<B E<C", completed: "A B C", want: "D:clear9 E:clear9"},
		{name: "a share, rounded up: 2 of 3", scope: "cohort", org: "A B<A C<A D<B E<C", sequence: percent(50), completed: "A", want: "D:hold10"},
		{name: "a share, rounded up: reached", scope: "cohort", org: "A B<A C<A D<B E<C", sequence: percent(50), completed: "A C", want: "D:clear9 E:clear9"},
		{name: "60 % of 5 are 3, not 4", scope: "cohort", org: "A B<A C<A D<A E<A F<B G<C H<D I<E", sequence: percent(60), completed: "A B C", want: "F:clear9 I:clear9"},
		{name: "whose way up is in doubt only counts as not qualified", scope: "cohort", org: "A B<X C<A D<B E<C", sequence: percent(60), completed: "A C", want: "B:keep8 D:clear9 E:clear9"},
		{name: "also where that leader has completed", scope: "cohort", org: "A B<X C<A D<B E<C", completed: "A B C", want: "D:hold10 E:hold10"},
		{name: "a person in doubt who leads nobody waits for the cohort", scope: "cohort", org: "A B<A C<X", want: "C:hold10"},
		{name: "the leaders of the audience, not of others", scope: "cohort", org: "A B<A C<A D<B E<C", completed: "A B", given: func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			for _, id := range []string{"A", "B", "C", "D", "E"} {
				c.person(id).Department = "Sales"
			}
			c.person("E").Department = "IT"
		}, want: "D:clear9 E:none0"},
		{name: "a leader outside the audience leads all the same", scope: "cohort", org: "A B<A D<B", given: func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			c.person("A").Department, c.person("B").Department, c.person("D").Department = "Board", "Board", "Sales"
		}, want: "B:none0 D:hold10"},
		{name: "the unit is the department", scope: "cohort", org: "A B<A C<A D<B E<C", completed: "A B", sequence: func(s *rules.Sequence) { s.Unit = rules.UnitDepartment }, given: func(c *company) {
			for id, d := range map[string]string{"A": "Board", "B": "Board", "C": "Board", "D": "Sales", "E": "IT"} {
				c.person(id).Department = d
			}
		}, want: "D:clear9 E:hold10"},
		{name: "the unit is not stated", scope: "cohort", org: "A B<A D<B", completed: "A B", sequence: func(s *rules.Sequence) { s.Unit = rules.UnitDepartment }, want: "D:keep6"},
		{name: "leaders need no unit", scope: "cohort", org: "A B<A D<B", sequence: func(s *rules.Sequence) { s.Unit = rules.UnitDepartment },
			given: func(c *company) { c.person("D").Department = "Sales" }, want: "A:clear7 B:hold10 D:hold10"},
		{name: "a silence below a leader who is known hides no other", scope: "cohort", org: "A B<A C<B:unknown D<B", sequence: percent(50), completed: "A", want: "D:clear9"},
		{name: "a silence above which nobody is left hides none", scope: "cohort", org: "A:leave B<A:unknown D<A E<D F<D", completed: "D", want: "E:clear9"},
		{name: "whoever is in doubt and leads only others may hide a leader", scope: "cohort", org: "A B<A D<B X<? Y<X", completed: "A B", given: func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			for id, d := range map[string]string{"A": "Board", "B": "Sales", "D": "Sales", "X": "Sales", "Y": "IT"} {
				c.person(id).Department = d
			}
		}, want: "D:keep8"},
		{name: "once open stays open", scope: "cohort", org: "A B<A C<B", given: func(c *company) {
			c.facts.Gates = []rules.Gate{{Program: program, At: now.Add(-day)}}
		}, want: "B:hold10 C:clear9"},
		{name: "V2 no leader: by one's own leader", scope: "cohort", org: "A:leave B<A", want: "B:clear9"},
		{name: "V2 no leader, and the way up is in doubt", scope: "cohort", org: "A B<X", want: "B:keep8"},
		{name: "V11 one leader in doubt does not freeze all", scope: "cohort", org: "A B<B C<A D<B E<C", want: "B:keep8 D:hold10 E:hold10"},
		{name: "V12 the effective leader of somebody is a leader", scope: "cohort", org: "A B<A C<B D<C:leave E<D F<E", completed: "A B", want: "C:clear9"},
		{name: "V12 and is waited for", scope: "cohort", org: "A B<A C<B D<C:leave E<D F<E", completed: "A B E", want: "F:hold10"},
		{name: "V13 a leader stated without account is not in the denominator", scope: "cohort", org: "A B<A C<A:noaccount D<B E<C", completed: "A B", want: "D:clear9 E:clear9"},
	} {
		t.Run(tc.scope+" "+tc.name, func(t *testing.T) {
			c := scoped(tc.org, tc.scope, tc.sequence)
			for _, id := range strings.Fields(tc.completed) {
				c.completes(id, now.Add(-day))
			}
			if tc.given != nil {
				tc.given(c)
			}
			j := c.judge()
			for _, w := range strings.Fields(tc.want) {
				id, want, _ := strings.Cut(w, ":")
				n, _ := j.Index.Find(id)
				d := j.Programs[0].Decisions[n]
				if got := string(d.Verdict()) + string(rune('0'+d.Row%10)); d.Row < 10 && got != want || d.Row == 10 && string(d.Verdict())+"10" != want {
					t.Errorf("%s: %s by row %d, want %s", id, d.Verdict(), d.Row, want)
				}
			}
		})
	}
}

// TestGateIsRemembered: a cohort's gate that opens is made durable, unless nothing
// is written or a leader is in doubt.
func TestGateIsRemembered(t *testing.T) {
	for _, tc := range []struct {
		name, org string
		given     func(*company)
		want      int
	}{
		{"opens", "A B<A C<B", nil, 1},
		{"observing", "A B<A C<B", func(c *company) { c.facts.Mode = rules.Observe }, 0},
		{"a leader in doubt", "A B<A C<B D<X E<D", func(c *company) { c.program().Sequence.Percent = 60 }, 0},
		{"records unread", "A B<A C<B", func(c *company) { c.facts.Sources[1].Through = false }, 0},
		{"paused", "A B<A C<B", func(c *company) { c.facts.Paused[program] = true }, 0},
		{"not launched", "A B<A C<B", func(c *company) { c.program().Launch = now.Add(day) }, 0},
		{"known already", "A B<A C<B", func(c *company) { c.facts.Gates = []rules.Gate{{Program: program, At: now.Add(-day)}} }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := scoped(tc.org, rules.ScopeCohort, nil)
			c.completes("A", now.Add(-day))
			c.completes("B", now.Add(-day))
			if tc.given != nil {
				tc.given(c)
			}
			cycle := rules.NewCycle(&c.policy, &c.facts, c.judge(), rules.Plan{}, nil, nil)
			if len(cycle.Gates) != tc.want {
				t.Errorf("%v, want %d", cycle.Gates, tc.want)
			}
		})
	}
}

// TestReasonsOfScopes: whoever waits reads for whom.
func TestReasonsOfScopes(t *testing.T) {
	for _, tc := range []struct{ scope, org, completed, who, want string }{
		{"chain", "A B<A C<B:leave D<C", "", "D", "C is away (leave) and was climbed over; waits for B; B has not completed the course; waits for A; A has not completed the course; "},
		{"chain", "A B<A C<B", "B", "C", "waits for A; A has not completed the course; "},
		{"chain", "A B<X C<B", "B", "C", "the way up is in doubt at B: unknown_manager; "},
		{"cohort", "A B<A C<B", "A", "C", "waits for the leaders of the audience: 1 of 2, 2 are needed; waits for B; B has not completed the course; "},
	} {
		c := scoped(tc.org, tc.scope, nil)
		for _, id := range strings.Fields(tc.completed) {
			c.completes(id, now.Add(-day))
		}
		j := c.judge()
		n, _ := j.Index.Find(tc.who)
		text := ""
		for _, r := range j.Programs[0].Reasons(n) {
			text += r.Sentence(nil) + "; "
		}
		if text != tc.want {
			t.Errorf("%s %s:\ngot  %q\nwant %q", tc.scope, tc.org, text, tc.want)
		}
	}
}

// TestEarlyInScopes: whether the gate was shut at a start is asked of the scope.
func TestEarlyInScopes(t *testing.T) {
	for _, tc := range []struct {
		name, scope, org, before, after string
		open                            bool
	}{
		{name: "chain: the nearest had, the top had not", scope: "chain", org: "A B<A C<B", before: "B"},
		{name: "chain: all had", scope: "chain", org: "A B<A C<B", before: "A B", open: true},
		{name: "cohort: one had not", scope: "cohort", org: "A B<A C<A D<B C2<C", before: "A B"},
		{name: "cohort: all had", scope: "cohort", org: "A B<A C<B", before: "A B", open: true},
		{name: "made good", scope: "chain", org: "A B<A C<B", before: "B", after: "A"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := scoped(tc.org, tc.scope, nil)
			for _, id := range strings.Fields(tc.before) {
				c.completes(id, now.Add(-3*day))
			}
			for _, id := range strings.Fields(tc.after) {
				c.completes(id, now.Add(-day))
			}
			who := "C"
			if strings.Contains(tc.org, "D<B") {
				who = "D"
			}
			c.starts(who, now.Add(-2*day))
			var found *rules.Violation
			for _, v := range c.judge().Programs[0].Violations {
				if v.Person == who && v.Kind == rules.StartedEarly {
					found = &v
				}
			}
			if (found == nil) != tc.open {
				t.Fatalf("%+v", found)
			}
			if tc.after != "" && (!found.Resolved || found.Hours == nil || *found.Hours != 24) {
				t.Errorf("%+v, want it made good after 24 hours", found)
			}
		})
	}
}

// TestCohortCause: a gate that opens because leaders have qualified is released
// unguarded; one that opens because leaders are gone is a change of organisation.
func TestCohortCause(t *testing.T) {
	wait := func(qualified, of int) rules.Decided {
		return rules.Decided{Program: program, Person: "D", Verdict: rules.Wait, Row: 10, Waits: []string{"B"},
			Because: []rules.Reason{{Code: rules.CodeCohortWaiting, Count: qualified, Of: of}}}
	}
	for _, tc := range []struct {
		name string
		was  rules.Decided
		want rules.Cause
	}{{"as many as were needed", wait(1, 2), rules.CauseEvidence}, {"fewer leaders", wait(1, 3), rules.CauseOrg}} {
		t.Run(tc.name, func(t *testing.T) {
			c := scoped("A B<A D<B", rules.ScopeCohort, nil)
			c.completes("A", now.Add(-day))
			c.completes("B", now.Add(-time.Hour))
			c.hold("D", true)
			c.row("D").State = rules.RowSuspended
			c.facts.Decided = []rules.Decided{tc.was}
			plan := rules.Diff(&c.policy, &c.facts, c.judge())
			if len(plan.Changes) != 1 || plan.Changes[0].Cause != tc.want {
				t.Errorf("%+v, want one release because of %s", plan.Changes, tc.want)
			}
		})
	}
}
