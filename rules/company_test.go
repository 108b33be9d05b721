package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

const (
	course   = "https://lms.example.org/course/view.php?id=42"
	verbDone = "http://adlnet.gov/expapi/verbs/completed"
	verbInit = "http://adlnet.gov/expapi/verbs/initialized"
	program  = "ai"
	target   = "moodle/AI-101"
)

var (
	launch = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	now    = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
)

// company is a small world that a test changes before it is judged.
type company struct {
	policy rules.Policy
	facts  rules.Facts
	serial int
}

// newCompany reads one person per word: "B<A" reports to A, "C<B:leave" is on
// leave, "D<?" has no manager stated. The first one is the listed top. Everybody
// has an active enrolment and an account whose id number is the HR id.
func newCompany(words string) *company {
	c := &company{}
	var people []rules.Person
	for _, w := range strings.Fields(words) {
		w, status, _ := strings.Cut(w, ":")
		id, manager, _ := strings.Cut(w, "<")
		p := rules.Person{ID: id, Manager: strings.Trim(manager, "?"), Email: strings.ToLower(id) + "@example.org", Status: rules.Active}
		switch status {
		case "noaccount":
			p.NoAccount = true
		case "unknown":
			p.Status = rules.StatusUnknown
		case "":
		default:
			p.Status, _ = rules.ParseStatus(status)
		}
		people = append(people, p)
	}
	c.policy = rules.Policy{
		Tops: []string{people[0].ID}, Match: map[string]string{"moodle": rules.MatchIDNumber}, OverrideRespected: 14 * 24 * time.Hour,
		Programs: []rules.Program{{
			ID: program, Launch: launch,
			Targets:  []rules.Target{{LMS: "moodle", Course: "AI-101", PerPerson: true, TellsStarts: true}},
			Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}},
			Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted},
			Clock:    rules.Clock{FutureSkew: 5 * time.Minute, LateAfter: 7 * 24 * time.Hour},
		}},
	}
	c.facts = rules.Facts{
		Now: now, Mode: rules.Enforce, Targets: map[string]bool{target: true}, Paused: map[string]bool{},
		Snapshots: []rules.Snapshot{{ID: 1, From: launch, Org: rules.Org{Source: "hr", Digest: "d1", Read: now, People: people}}},
		Sources: []rules.Source{
			{Name: "hr", Kind: rules.SourceHRIS, Read: now, Limit: time.Hour},
			{Name: "lrs", Kind: rules.SourceRecords, Read: now, Limit: time.Hour, Through: true},
		},
		Enforced: map[string]bool{program: true},
	}
	for _, p := range people {
		c.enrol(p.ID, rules.RowActive)
	}
	return c
}

func (c *company) enrol(id string, state rules.RowState) {
	c.facts.Enrolments = append(c.facts.Enrolments, rules.Enrolment{
		Target: target, Row: "row-" + id, State: state, Start: rules.SignNone,
		Account: rules.Account{LMS: "moodle", ID: "7" + id, IDNumber: id},
	})
}

func (c *company) row(id string) *rules.Enrolment {
	for i := range c.facts.Enrolments {
		if c.facts.Enrolments[i].Row == "row-"+id {
			return &c.facts.Enrolments[i]
		}
	}
	panic("no row of " + id)
}

func (c *company) person(id string) *rules.Person {
	people := c.facts.Snapshots[len(c.facts.Snapshots)-1].Org.People
	for i := range people {
		if people[i].ID == id {
			return &people[i]
		}
	}
	panic("no person " + id)
}

func (c *company) program() *rules.Program { return &c.policy.Programs[0] }

func (c *company) says(id, verb string, at time.Time) string {
	c.serial++
	kind := rules.KindCompleted
	if verb == verbInit {
		kind = rules.KindStarted
	}
	st := "00000000-0000-4000-8000-" + strings.Repeat("0", 11) + string(rune('a'+c.serial-1))
	c.facts.Evidence = append(c.facts.Evidence, rules.Evidence{
		Source: "lrs", Statement: st, Stored: at.Add(time.Second), Timestamp: at, Verb: verb, Kind: kind, Object: course,
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: strings.ToLower(id) + "@example.org", Raw: "mailto:" + strings.ToLower(id) + "@example.org"},
	})
	return st
}

func (c *company) completes(id string, at time.Time) string { return c.says(id, verbDone, at) }
func (c *company) starts(id string, at time.Time) string    { return c.says(id, verbInit, at) }

// void voids a statement.
func (c *company) void(statement string, at time.Time) {
	c.facts.Evidence = append(c.facts.Evidence, rules.Evidence{
		Source: "lrs", Statement: "ffffffff-0000-4000-8000-000000000000", Stored: at, Timestamp: at,
		Verb: "http://adlnet.gov/expapi/verbs/voided", Kind: rules.KindVoided, Voids: statement,
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: "admin@example.org"},
	})
}

// hold puts a hold of ours on a person's row.
func (c *company) hold(id string, seen bool) *rules.Hold {
	c.facts.Holds = append(c.facts.Holds, rules.Hold{
		ID: int64(len(c.facts.Holds) + 1), Program: program, Target: target, Row: "row-" + id, Account: "7" + id,
		Person: id, Intended: now.Add(-time.Hour), Seen: seen, Sent: true,
	})
	return &c.facts.Holds[len(c.facts.Holds)-1]
}

// waited logs that the person was last waiting for the leader.
func (c *company) waited(id, leader string) {
	c.facts.Decided = append(c.facts.Decided, rules.Decided{Program: program, Person: id, Verdict: rules.Wait, Row: 10, Waits: []string{leader}})
}

func (c *company) waive(kind rules.WaiverKind, id string, from, until time.Time) {
	c.facts.Waivers = append(c.facts.Waivers, rules.Waiver{Kind: kind, Program: program, Person: id, From: from, Expires: until})
}

func (c *company) judge() *rules.Judgement { return rules.Judge(&c.policy, &c.facts) }

// decided is the verdict and the row of the decision table.
func (c *company) decided(t *testing.T, id string) (rules.Verdict, int) {
	t.Helper()
	j := c.judge()
	n, ok := j.Index.Find(id)
	if !ok {
		t.Fatalf("%s is not in the organisation", id)
	}
	d := j.Programs[0].Decisions[n]
	return d.Verdict(), int(d.Row)
}

func (c *company) wants(t *testing.T, id string, verdict rules.Verdict, row int) {
	t.Helper()
	if v, r := c.decided(t, id); v != verdict || r != row {
		t.Errorf("%s: %s by row %d, want %s by row %d", id, v, r, verdict, row)
	}
}

// moves is what Diff wants to do to the person's row: "" for nothing.
func (c *company) moves(id string) rules.Move {
	plan := rules.Diff(&c.policy, &c.facts, c.judge())
	for _, ch := range plan.Changes {
		if ch.Row == "row-"+id {
			return ch.Move
		}
	}
	return ""
}

// update is what Diff says of the hold on the person's row.
func (c *company) update(id string) rules.HoldUpdate {
	plan := rules.Diff(&c.policy, &c.facts, c.judge())
	for _, u := range plan.Holds {
		for _, h := range c.facts.Holds {
			if h.ID == u.Hold && h.Row == "row-"+id {
				return u
			}
		}
	}
	return rules.HoldUpdate{}
}

// violations are the kinds that are found of the person, resolved or not.
func (c *company) violations(id string) []rules.ViolationKind {
	var out []rules.ViolationKind
	for _, v := range c.judge().Programs[0].Violations {
		if v.Person == id {
			out = append(out, v.Kind)
		}
	}
	return out
}

func (c *company) finds(code rules.Code, id string) bool {
	j := c.judge()
	all := append(j.Findings, rules.Diff(&c.policy, &c.facts, j).Findings...)
	for _, f := range all {
		if f.Code == code && f.Person == id {
			return true
		}
	}
	return false
}
