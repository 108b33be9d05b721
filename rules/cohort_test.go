package rules_test

import (
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// silenced is a company with a cohort of A, L1 and L2, of whom L2 has not completed,
// and a second organisation in which HR says less.
func silenced(unit string, change func(people []rules.Person) []rules.Person) *company {
	c := scoped("A L1<A L2<A X<L2 Y<L1", rules.ScopeCohort, func(s *rules.Sequence) { s.Unit = unit })
	for i := range c.facts.Snapshots[0].Org.People {
		c.facts.Snapshots[0].Org.People[i].Department = "d"
	}
	c.completes("A", now.Add(-day))
	c.completes("L1", now.Add(-day))
	before := c.facts.Snapshots[0]
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 2, From: now.Add(-day),
		Org: rules.Org{Source: "hr", Digest: "d2", Read: now, People: change(slices.Clone(before.Org.People))}})
	return c
}

func without(id string) func([]rules.Person) []rules.Person {
	return func(people []rules.Person) []rules.Person {
		return slices.DeleteFunc(people, func(p rules.Person) bool { return p.ID == id })
	}
}

func with(id string, change func(*rules.Person)) func([]rules.Person) []rules.Person {
	return func(people []rules.Person) []rules.Person {
		change(&people[slices.IndexFunc(people, func(p rules.Person) bool { return p.ID == id })])
		return people
	}
}

func (c *company) gates() int {
	return len(rules.NewCycle(&c.policy, &c.facts, c.judge(), rules.Plan{}, nil, nil).Gates)
}

// TestNoSilenceOpensACohort: a leader leaves the cohort by a stated absence, or when
// everybody who was led is stated to have another leader, and by nothing else.
func TestNoSilenceOpensACohort(t *testing.T) {
	manager := func(m string) func(*rules.Person) { return func(p *rules.Person) { p.Manager = m } }
	for _, tc := range []struct {
		name, unit string
		change     func([]rules.Person) []rules.Person
		want       rules.Verdict
		row, gates int
	}{
		{"nothing", "", func(p []rules.Person) []rules.Person { return p }, rules.Wait, 10, 0},
		{"a manager is not given", "", with("X", manager("")), rules.Wait, 10, 0},
		{"a manager is mistyped", "", with("X", manager("typo")), rules.Wait, 10, 0},
		{"the report's row is lost", "", without("X"), rules.Wait, 10, 0},
		{"the leader's row is lost", "", without("L2"), rules.Wait, 10, 0},
		{"both rows are lost", "", func(p []rules.Person) []rules.Person { return without("X")(without("L2")(p)) }, rules.Wait, 10, 0},
		{"a department is not given", rules.UnitDepartment, with("X", func(p *rules.Person) { p.Department = "" }), rules.Wait, 10, 0},
		{"another manager is stated", "", with("X", manager("L1")), rules.Clear, 9, 1},
		{"another department is stated", rules.UnitDepartment, with("X", func(p *rules.Person) { p.Department = "e" }), rules.Clear, 9, 1},
		{"the report is stated to have left", "", with("X", func(p *rules.Person) { p.Status = rules.Inactive }), rules.Clear, 9, 1},
		{"the leader is stated to be on leave", "", with("L2", func(p *rules.Person) { p.Status = rules.Leave }), rules.Clear, 9, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := silenced(tc.unit, tc.change)
			c.wants(t, "Y", tc.want, tc.row)
			if n := c.gates(); n != tc.gates {
				t.Errorf("%d gates are remembered, want %d", n, tc.gates)
			}
		})
	}
}

// TestSilenceFromTheBeginning: what HR never said may hide one leader more. Nobody is
// cleared by that, and nobody newly held.
func TestSilenceFromTheBeginning(t *testing.T) {
	for name, change := range map[string]func([]rules.Person) []rules.Person{
		"no manager":      with("X", func(p *rules.Person) { p.Manager = "" }),
		"unknown manager": with("X", func(p *rules.Person) { p.Manager = "typo" }),
		"no leader's row": without("L2"),
		"no department":   with("X", func(p *rules.Person) { p.Department = "" }),
	} {
		unit := ""
		if name == "no department" {
			unit = rules.UnitDepartment
		}
		c := silenced(unit, change)
		c.facts.Snapshots = c.facts.Snapshots[1:]
		if c.wants(t, "Y", rules.Keep, 8); t.Failed() {
			t.Fatal(name)
		}
		if c.gates() != 0 {
			t.Errorf("%s: the gate is remembered", name)
		}
		// Whoever was told of two leaders waits for no third one that nobody knows.
		c.facts.Decided = []rules.Decided{{Program: program, Person: "Y", Verdict: rules.Wait, Row: 10,
			Because: []rules.Reason{{Code: rules.CodeCohortWaiting, Count: 1, Of: 2}}}}
		if c.wants(t, "Y", rules.Clear, 9); c.gates() != 0 {
			t.Errorf("%s: the gate is remembered", name)
		}
	}
}

// TestLostLeaderIsNamed: who is waited for is said, and a waiver by name is the way
// out where nobody comes back.
func TestLostLeaderIsNamed(t *testing.T) {
	c := silenced("", func(p []rules.Person) []rules.Person { return without("X")(without("L2")(p)) })
	j := c.judge()
	y, _ := j.Index.Find("Y")
	if !slices.ContainsFunc(j.Programs[0].Reasons(y), func(r rules.Reason) bool { return r.Code == rules.CodeWaitingFor && r.Person == "L2" }) {
		t.Errorf("nobody is told of L2: %v", j.Programs[0].Reasons(y))
	}
	c.waive(rules.NeedNotLead, "L2", now.Add(-day), now.Add(day))
	c.wants(t, "Y", rules.Clear, 9)
}

// TestSilenceMakesNoLeader: whoever waits for all goes on waiting when HR no longer says
// that a report of theirs has left.
func TestSilenceMakesNoLeader(t *testing.T) {
	c := silenced("", with("Y", func(p *rules.Person) { p.Status = rules.StatusUnknown }))
	before := c.facts.Snapshots[0].Org.People
	before[4].Status = rules.Inactive // Y, whom L1 led alone
	c.facts.Evidence = c.facts.Evidence[:1]
	c.wants(t, "L1", rules.Wait, 10) // L2 has not qualified
}

// TestSilenceBringsNoQualifiedLeader: whose level is not known any more was stated
// outside the audience, and the leader of then is no leader of it. X waits for L2 alone.
func TestSilenceBringsNoQualifiedLeader(t *testing.T) {
	c := scoped("A L1<A L2<L1 X<L2 S<A", rules.ScopeCohort, func(s *rules.Sequence) { s.Percent = 50 })
	c.program().Audience.Exclude.Levels = []int{0, 1, 2}
	c.completes("A", now.Add(-day))
	c.wants(t, "X", rules.Wait, 10)
	c.becomes("A L1<A L2<L1 X<L2 S<?")
	if v, row := c.decided(t, "X"); v == rules.Clear {
		t.Errorf("X is cleared by row %d because HR no longer says who leads S", row)
	}
}

// TestLostFieldMakesNoLeader: C leads D alone, who is stated outside the audience, and
// waits for all leaders of it; also when HR no longer says what D is.
func TestLostFieldMakesNoLeader(t *testing.T) {
	c := scoped("A B<A C<B D<C", rules.ScopeCohort, nil)
	c.program().Audience.Exclude.Types = []string{"guest"}
	types := func(of string) {
		for _, id := range []string{"A", "B", "C"} {
			c.person(id).Type = "staff"
		}
		c.person("D").Type = of
	}
	types("guest")
	c.completes("B", now.Add(-day))
	c.wants(t, "C", rules.Wait, 10) // for A
	c.becomes("A B<A C<B D<C")
	types("")
	c.wants(t, "C", rules.Wait, 10)
}

// TestCohortBackAgain: the repaired row opens what the silence kept shut.
func TestCohortBackAgain(t *testing.T) {
	c := silenced("", without("L2"))
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 3, From: now, Org: c.facts.Snapshots[0].Org})
	c.completes("L2", now)
	c.wants(t, "Y", rules.Clear, 9)
	if c.gates() != 1 {
		t.Error("the gate is not remembered")
	}
}

// TestTheFirstRowIsNobodyElse: what is found out of somebody who has left says nothing
// of whoever stands first in the organisation.
func TestTheFirstRowIsNobodyElse(t *testing.T) {
	c := newCompany("C<A:inactive B<A A")
	c.policy.Tops = []string{"A"}
	c.program().Sequence.Scope = rules.ScopeCohort
	later := newCompany("B<X9 A")
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 2, From: now.Add(-day), Org: later.facts.Snapshots[0].Org})
	c.wants(t, "B", rules.Wait, 10) // for A, who led B when HR last said who did
}
