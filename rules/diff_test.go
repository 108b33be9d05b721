package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// deciders bring person C (C reports to B, B to the listed top A) to each column
// of the enrolment tables.
var deciders = map[string]func(*company){
	"none":  func(c *company) { c.facts.Paused[program] = true },
	"row1":  func(c *company) { c.program().Launch = now.Add(day) },
	"clear": func(c *company) { c.completes("B", now.Add(-day)) },
	"hold":  func(*company) {},
	"keep":  func(c *company) { c.row("C").Account.IDNumber = "" },
}

// TestOpenTable goes through every cell of the table for targets that are open by
// default.
func TestOpenTable(t *testing.T) {
	ours := func(seen, ineffective bool) func(*company) {
		return func(c *company) { c.hold("C", seen).Ineffective = ineffective }
	}
	state := func(s rules.RowState, more func(*company)) func(*company) {
		return func(c *company) {
			c.row("C").State = s
			if more != nil {
				more(c)
			}
		}
	}
	type cell struct {
		move  rules.Move
		close bool
	}
	for _, tc := range []struct {
		name string
		row  func(*company)
		want map[string]cell
	}{
		{"absent, no hold record", state(rules.RowAbsent, nil), map[string]cell{"none": {}, "clear": {}, "hold": {}, "keep": {}}},
		{"absent, enrol on release", state(rules.RowAbsent, func(c *company) { c.program().Targets[0].EnrolOnRelease = true }),
			map[string]cell{"none": {}, "clear": {move: rules.MoveEnrol}, "hold": {}, "keep": {}}},
		{"absent, once held", state(rules.RowAbsent, func(c *company) {
			c.program().Targets[0].EnrolOnRelease = true
			c.hold("C", true)
		}), map[string]cell{"none": {}, "clear": {}, "hold": {}, "keep": {}}},
		{"active, no hold of ours", state(rules.RowActive, nil),
			map[string]cell{"none": {}, "clear": {}, "hold": {move: rules.MoveHold}, "keep": {}}},
		{"active, intended and never seen", state(rules.RowActive, ours(false, false)), map[string]cell{
			"none": {move: rules.MoveRelease}, "clear": {move: rules.MoveRelease}, "hold": {move: rules.MoveHold}, "keep": {move: rules.MoveRelease}}},
		{"active, held without effect", state(rules.RowActive, ours(false, true)), map[string]cell{
			"none": {move: rules.MoveRelease}, "clear": {move: rules.MoveRelease}, "hold": {}, "keep": {}}},
		{"active, once seen held, people shown", state(rules.RowActive, ours(true, false)), map[string]cell{
			"none": {rules.MoveRelease, true}, "clear": {rules.MoveRelease, true}, "hold": {rules.MoveRelease, true}, "keep": {rules.MoveRelease, true}}},
		{"active, once seen held, rows shown", state(rules.RowActive, func(c *company) {
			c.program().Targets[0].PerPerson = false
			c.hold("C", true)
		}), map[string]cell{"none": {close: true}, "clear": {close: true}, "hold": {close: true}, "keep": {close: true}}},
		{"suspended, ours", state(rules.RowSuspended, ours(true, false)), map[string]cell{
			"none": {move: rules.MoveRelease}, "clear": {move: rules.MoveRelease}, "hold": {}, "keep": {}}},
		{"suspended, ours, answer was lost", state(rules.RowSuspended, ours(false, false)), map[string]cell{
			"none": {move: rules.MoveRelease}, "clear": {move: rules.MoveRelease}, "hold": {}, "keep": {}}},
		{"suspended, somebody else's", state(rules.RowSuspended, nil), map[string]cell{"none": {}, "clear": {}, "hold": {}, "keep": {}}},
		{"concluded", state(rules.RowConcluded, ours(true, false)), map[string]cell{
			"none": {close: true}, "clear": {close: true}, "hold": {}, "keep": {}}},
		{"row gone for a day", func(c *company) {
			c.hold("C", true).Missing = now.Add(-day)
			c.row("C").Row = "row-gone"
			c.row("gone").State = rules.RowSuspended
		}, map[string]cell{"none": {close: true}, "clear": {close: true}, "hold": {close: true}}},
		{"row gone for less", func(c *company) {
			c.hold("C", true).Missing = now.Add(1 - day)
			c.row("C").Row = "row-gone"
			c.row("gone").State = rules.RowSuspended
		}, map[string]cell{"none": {}, "clear": {}, "hold": {}}},
		{"suspended, and our write was never sent", state(rules.RowSuspended, func(c *company) { c.hold("C", false).Sent = false }),
			map[string]cell{"none": {close: true}, "clear": {close: true}, "hold": {close: true}, "keep": {close: true}}},
	} {
		for column, want := range tc.want {
			t.Run(tc.name+"/"+column, func(t *testing.T) {
				c := newCompany("A B<A C<B")
				deciders[column](c)
				tc.row(c)
				if got := c.moves("C"); got != want.move {
					t.Errorf("move %q, want %q", got, want.move)
				}
				if got := c.update("C"); got.Close != want.close {
					t.Errorf("closed: %v, want %v", got.Close, want.close)
				}
			})
		}
	}
}

// TestClosedTable goes through every cell of the table for targets that are
// closed by default.
func TestClosedTable(t *testing.T) {
	for _, tc := range []struct {
		column   string
		state    rules.RowState
		released bool
		want     rules.Move
	}{
		{"none", rules.RowActive, false, rules.MoveAdd},
		{"clear", rules.RowActive, false, rules.MoveAdd},
		{"row1", rules.RowActive, false, ""},
		{"hold", rules.RowActive, false, ""},
		{"keep", rules.RowActive, false, ""},
		{"none", rules.RowActive, true, ""},
		{"clear", rules.RowActive, true, ""},
		{"hold", rules.RowActive, true, ""},
		{"clear", rules.RowSuspended, false, ""},
		{"clear", rules.RowConcluded, false, ""},
		{"clear", rules.RowAbsent, false, ""},
	} {
		c := newCompany("A B<A C<B")
		c.program().Targets[0].Closed = true
		deciders[tc.column](c)
		c.row("C").State, c.row("C").Released = tc.state, tc.released
		if got := c.moves("C"); got != tc.want {
			t.Errorf("%s, %s, released %v: %q, want %q", tc.column, tc.state, tc.released, got, tc.want)
		}
	}
}

// TestNotWritten: what a hold must never be written to.
func TestNotWritten(t *testing.T) {
	for _, tc := range []struct {
		name  string
		given func(*company)
		finds rules.Code
	}{
		{"not the learner role", func(c *company) { c.row("C").Barred = rules.BarredRole }, rules.CodeNotWritable},
		{"an enrolment window", func(c *company) { c.row("C").Barred = "window" }, rules.CodeNotWritable},
		{"nobody can say whether they started", func(c *company) { c.row("C").Start, c.row("C").Asked = rules.SignUnknown, true }, rules.CodeStartUnknown},
		{"overridden ten days ago", func(c *company) {
			c.facts.Overrides = []rules.Override{{Program: program, Target: target, Row: "row-C", Person: "C", At: now.Add(-10 * day)}}
		}, rules.CodeOverrideRespected},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			tc.given(c)
			if got := c.moves("C"); got != "" {
				t.Errorf("wants to %s", got)
			}
			if !c.finds(tc.finds, "C") {
				t.Errorf("no finding %s", tc.finds)
			}
		})
	}
	c := newCompany("A B<A C<B")
	c.facts.Overrides = []rules.Override{{Program: program, Target: target, Row: "row-C", Person: "C", At: now.Add(-15 * day)}}
	if got := c.moves("C"); got != rules.MoveHold {
		t.Errorf("an override of 15 days ago: %q, want a hold again", got)
	}
}

// TestUnreadTargetHasNoPlan: nothing is concluded from a reading that failed.
func TestUnreadTargetHasNoPlan(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.hold("C", true)
	c.facts.Targets = map[string]bool{}
	c.facts.Enrolments = nil
	plan := rules.Diff(&c.policy, &c.facts, c.judge())
	if len(plan.Changes) != 0 || len(plan.Holds) != 0 {
		t.Errorf("planned %v and %v", plan.Changes, plan.Holds)
	}
}

// TestCauses tells releases that are the purpose from those that the guard counts.
func TestCauses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  rules.Cause
	}{
		{"the leader who was waited for has qualified", func(c *company) { c.completes("B", now) }, rules.CauseEvidence},
		{"another leader, who qualified long ago", func(c *company) {
			c.person("C").Manager = "A"
			c.completes("A", now.Add(-9*day))
		}, rules.CauseOrg},
		{"the same, after a cycle that could not tell", func(c *company) {
			c.person("C").Manager = "A"
			c.completes("A", now.Add(-9*day))
			c.facts.Decided[0].Verdict, c.facts.Decided[0].Row = rules.Keep, 6
		}, rules.CauseOrg},
		{"nobody was ever logged as waited for", func(c *company) {
			c.facts.Decided = nil
			c.completes("B", now)
		}, rules.CauseOrg},
		{"own start", func(c *company) { c.starts("C", now) }, rules.CauseEvidence},
		{"stated outside the audience", func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			c.person("C").Department = "IT"
		}, rules.CauseOrg},
		{"launch moved back", func(c *company) { c.program().Launch = now.Add(day) }, rules.CauseConfig},
		{"made a listed top", func(c *company) { c.policy.Tops = append(c.policy.Tops, "C") }, rules.CauseConfig},
		{"a waiver for the person", func(c *company) { c.waive(rules.MayStart, "C", now, now.Add(day)) }, rules.CauseOperator},
		{"a waiver for the leader", func(c *company) {
			c.waive(rules.NeedNotLead, "B", now, now.Add(day))
			c.completes("A", now)
		}, rules.CauseOperator},
		{"the end of the programme", func(c *company) { c.program().Ends = now }, rules.CauseClock},
		{"release-all", func(c *company) { c.facts.Paused[program] = true }, rules.CausePause},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			c.hold("C", true)
			c.row("C").State = rules.RowSuspended
			c.waited("C", "B")
			tc.given(c)
			plan := rules.Diff(&c.policy, &c.facts, c.judge())
			for _, ch := range plan.Changes {
				if ch.Row == "row-C" {
					if ch.Move != rules.MoveRelease || ch.Cause != tc.want {
						t.Errorf("%s because of %s, want a release because of %s", ch.Move, ch.Cause, tc.want)
					}
					return
				}
			}
			t.Error("no change")
		})
	}
}

func TestEarly(t *testing.T) {
	at := func(d int) time.Time { return now.Add(time.Duration(d) * day) }
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  []rules.ViolationKind
	}{
		{"started before the leader", func(c *company) { c.starts("C", at(-3)) }, []rules.ViolationKind{rules.StartedEarly}},
		{"completed before the leader", func(c *company) { c.completes("C", at(-3)) }, []rules.ViolationKind{rules.StartedEarly, rules.CompletedEarly}},
		{"started early, completed after the leader", func(c *company) {
			c.starts("C", at(-5))
			c.completes("B", at(-4))
			c.completes("C", at(-3))
		}, []rules.ViolationKind{rules.StartedEarly}},
		{"started after the leader", func(c *company) {
			c.completes("B", at(-4))
			c.starts("C", at(-3))
		}, nil},
		{"a late statement of the leader takes it back", func(c *company) {
			c.starts("C", at(-3))
			c.completes("B", at(-4))
			c.facts.Evidence[1].Stored = now
		}, nil},
		{"before launch", func(c *company) { c.starts("C", launch.Add(-day)) }, nil},
		{"before the first snapshot", func(c *company) {
			c.facts.Snapshots[0].From = at(-2)
			c.starts("C", at(-3))
		}, nil},
		{"under a waiver that has expired since", func(c *company) {
			c.waive(rules.MayStart, "C", at(-5), at(-2))
			c.starts("C", at(-3))
		}, nil},
		{"released before", func(c *company) {
			c.facts.Standings = []rules.Standing{{Program: program, Person: "C", Released: at(-4)}}
			c.starts("C", at(-3))
		}, nil},
		{"the leader's completion was voided afterwards", func(c *company) {
			c.void(c.completes("B", at(-4)), at(-1))
			c.starts("C", at(-3))
		}, nil},
		{"the leader of then had qualified, the one of now has not", func(c *company) {
			old := c.facts.Snapshots[0]
			old.Org.People = append([]rules.Person(nil), old.Org.People...)
			old.Org.People[2].Manager = "A"
			c.facts.Snapshots = []rules.Snapshot{old, {ID: 2, From: at(-2), Org: c.facts.Snapshots[0].Org}}
			c.completes("A", at(-4))
			c.starts("C", at(-3))
		}, nil},
		{"the top has nobody to wait for", func(c *company) { c.starts("A", at(-3)) }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			tc.given(c)
			who := "C"
			if len(c.facts.Evidence) == 1 && c.facts.Evidence[0].Actor.Value == "a@example.org" {
				who = "A"
			}
			got := c.violations(who)
			if len(got) != len(tc.want) {
				t.Fatalf("found %v, want %v", got, tc.want)
			}
			for i := range got {
				if got[i] != tc.want[i] {
					t.Fatalf("found %v, want %v", got, tc.want)
				}
			}
		})
	}
}

// TestViolationLife: a violation opens once, ends once, and is taken back when
// later evidence shows that it never was.
func TestViolationLife(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.starts("C", now.Add(-3*day))
	cycle := func() rules.Cycle {
		j := c.judge()
		return rules.NewCycle(&c.policy, &c.facts, j, rules.Diff(&c.policy, &c.facts, j), nil, nil)
	}
	first := cycle()
	if len(first.Opened) != 1 || len(first.Ended) != 0 {
		t.Fatalf("first: opened %v, ended %v", first.Opened, first.Ended)
	}
	c.facts.Open = first.Opened
	if again := cycle(); len(again.Opened) != 0 || len(again.Ended) != 0 {
		t.Fatalf("second: opened %v, ended %v", again.Opened, again.Ended)
	}
	c.facts.Sources[1].Through = false
	c.facts.Evidence = nil
	if unread := cycle(); len(unread.Ended) != 0 {
		t.Fatalf("while records are unread: ended %v", unread.Ended)
	}
	c.facts.Sources[1].Through = true
	c.starts("C", now.Add(-3*day))
	late := *c
	late.completes("A", now.Add(-5*day))
	late.completes("B", now.Add(-4*day))
	j := late.judge()
	if got := rules.NewCycle(&late.policy, &late.facts, j, rules.Plan{}, nil, nil).Ended; len(got) != 1 || got[0].State != "retracted" {
		t.Fatalf("after the late statement: ended %v", got)
	}
	c.completes("A", now.Add(-2*day))
	c.completes("B", now.Add(-day))
	good := cycle()
	if len(good.Ended) != 1 || good.Ended[0].State != "resolved" {
		t.Fatalf("after the leader qualified: ended %v", good.Ended)
	}
	c.facts.Open, c.facts.Over = nil, []rules.ViolationKey{good.Ended[0].Violation.Key()}
	if over := cycle(); len(over.Opened) != 0 || len(over.Ended) != 0 {
		t.Fatalf("afterwards: opened %v, ended %v", over.Opened, over.Ended)
	}
}
