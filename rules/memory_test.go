package rules_test

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestMemory: over random histories of random companies, a judgement out of memory is
// the one of somebody who has never judged before, in everything that is made of it.
func TestMemory(t *testing.T) {
	for seed := range int64(300) {
		r := rand.New(rand.NewSource(seed))
		c := genCompany(r, []string{rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort}[seed%3])
		if seed%4 == 0 { // accounts of the LMS say whose a statement is
			c.policy.Identity.Accounts = []rules.AccountRule{{HomePage: "https://lms.example.org", Name: rules.AccountByUsername, LMS: "moodle"}}
		}
		var memory rules.Memory
		for step := range 12 {
			kept, fresh := whole(memory.Judge(&c.policy, &c.facts), c), whole(rules.Judge(&c.policy, &c.facts), c)
			for k := range kept {
				if !reflect.DeepEqual(kept[k], fresh[k]) {
					t.Fatalf("seed %d, step %d, part %d: out of memory\n%+v\nand afresh\n%+v", seed, step, k, kept[k], fresh[k])
				}
			}
			happen(r, c, step)
		}
	}
}

// whole is everything that is made of a judgement.
func whole(j *rules.Judgement, c *company) []any {
	plan := rules.Diff(&c.policy, &c.facts, j)
	out := []any{j.Findings, j.Rows, plan, rules.NewCycle(&c.policy, &c.facts, j, plan, nil, nil)}
	for i := range j.Programs {
		pj := &j.Programs[i]
		out = append(out, pj.Decisions, pj.Records, pj.Violations, pj.Leaders, pj.Threshold(), pj.CriticalPath())
		for n := range pj.Decisions {
			out = append(out, pj.Reasons(n))
		}
	}
	return out
}

// happen changes some of the facts, none of them in place, and leaves the rest.
func happen(r *rand.Rand, c *company, step int) {
	f := &c.facts
	people := f.Snapshots[len(f.Snapshots)-1].Org.People
	who := people[r.Intn(len(people))]
	switch r.Intn(10) {
	case 0: // nothing but time, backwards for once
		f.Now = f.Now.Add(time.Duration(r.Intn(400)-100) * time.Hour)
	case 1, 2:
		f.Evidence = slices.Clone(f.Evidence)
		if at := f.Now.Add(-time.Duration(r.Intn(90)) * time.Hour); r.Intn(2) == 0 {
			c.completes(who.ID, at)
		} else {
			c.starts(who.ID, at)
		}
		if e := &f.Evidence[len(f.Evidence)-1]; r.Intn(3) == 0 { // of a time to come, for which no LRS vouches
			e.Stored, e.Timestamp = time.Time{}, f.Now.Add(time.Duration(r.Intn(300))*time.Hour)
		} else if r.Intn(3) == 0 && len(f.Enrolments) > 0 {
			e.Actor = rules.Actor{Kind: rules.ActorAccount, HomePage: "https://lms.example.org", Value: f.Enrolments[r.Intn(len(f.Enrolments))].Account.Username}
		}
	case 3: // HR moves somebody
		moved := slices.Clone(people)
		moved[r.Intn(len(moved))].Manager = who.ID
		moved[r.Intn(len(moved))].Status = []rules.Status{rules.Active, rules.Leave, rules.StatusUnknown}[r.Intn(3)]
		moved[r.Intn(len(moved))].Email = "married@example.org"
		if len(moved) > 2 && r.Intn(3) == 0 {
			moved = moved[:len(moved)-1]
		}
		f.Snapshots = append(slices.Clone(f.Snapshots), rules.Snapshot{From: f.Now, Org: rules.Org{People: moved}})
	case 4:
		f.Enrolments = slices.DeleteFunc(slices.Clone(f.Enrolments), func(rules.Enrolment) bool { return r.Intn(6) == 0 })
		for i := range f.Enrolments {
			f.Enrolments[i].Account.Username = people[r.Intn(len(people))].ID
		}
	case 5: // an answer about a start, which is put in its place
		if len(f.Enrolments) > 0 {
			e := &f.Enrolments[r.Intn(len(f.Enrolments))]
			e.Start, e.Asked = rules.SignStarted, true
		}
	case 6:
		f.Standings = append(slices.Clone(f.Standings), rules.Standing{Program: program, Person: who.ID, Released: f.Now})
	case 7:
		if len(f.Enrolments) > 0 {
			f.Holds = slices.Clone(f.Holds)
			c.hold(who.ID, r.Intn(2) == 0)
		}
	case 8: // a cycle's decisions are logged
		j := rules.Judge(&c.policy, f)
		f.Decided = slices.Clone(rules.NewCycle(&c.policy, f, j, rules.Diff(&c.policy, f, j), nil, nil).Decided)
	case 9: // what was long ago is forgotten
		f.Snapshots = slices.Clone(f.Snapshots[len(f.Snapshots)/2:])
	}
	if step == 6 {
		f.Waivers = slices.Clone(f.Waivers)
		c.waive(rules.NeedNotLead, who.ID, f.Now, f.Now.Add(50*time.Hour))
	}
}
