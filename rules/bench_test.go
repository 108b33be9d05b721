//go:build unix

package rules_test

import (
	"fmt"
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// crowd is a company of n people in 12 levels in which 6 % lead. A third of the
// leaders have completed, a tenth of the others have started; everybody is enrolled
// in each of three programmes.
func crowd(n int, scope string) (*rules.Policy, *rules.Facts) {
	const levels = 12
	leaders := n * 6 / 100
	// A tree of leaders of that depth, whose widths grow by one factor.
	wide := math.Pow(float64(leaders), 1.0/(levels-1))
	people := make([]rules.Person, n)
	begin, width := 0, 1.0
	above := 0
	for level := 0; begin < leaders; level++ {
		end := min(leaders, begin+int(math.Max(1, width)))
		for i := begin; i < end; i++ {
			people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Status: rules.Active}
			if level > 0 {
				people[i].Manager = people[above+(i-begin)%(begin-above)].ID
			}
		}
		above, begin = begin, end
		width *= wide
	}
	for i := leaders; i < n; i++ {
		people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Manager: people[i%leaders].ID, Status: rules.Active}
	}
	return facts(people, leaders, scope)
}

func facts(people []rules.Person, leaders int, scope string) (*rules.Policy, *rules.Facts) {
	policy := &rules.Policy{Tops: []string{people[0].ID}, Match: map[string]string{"moodle": rules.MatchIDNumber}, OverrideRespected: time.Hour}
	f := &rules.Facts{Now: now, Mode: rules.Enforce, Targets: map[string]bool{},
		Snapshots: []rules.Snapshot{{ID: 1, From: launch, Org: rules.Org{People: people}}},
		Sources:   []rules.Source{{Name: "lrs", Kind: rules.SourceRecords, Read: now, Through: true}}}
	policy.Identity.Accounts = []rules.AccountRule{{HomePage: "https://hr.example.org", Name: rules.AccountByPerson}}
	for k := range 3 {
		activity := fmt.Sprintf("https://lms.example.org/course/%d", k)
		policy.Programs = append(policy.Programs, rules.Program{ID: fmt.Sprintf("p%d", k), Launch: launch,
			Targets:  []rules.Target{{LMS: "moodle", Course: fmt.Sprint(k)}},
			Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{activity}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}},
			Sequence: rules.Sequence{Scope: scope, Gate: rules.GateCompleted}})
		for i := 0; i < leaders; i += 3 {
			f.Evidence = append(f.Evidence, rules.Evidence{Source: "lrs", Statement: fmt.Sprintf("%d-%d", k, i), Timestamp: launch.Add(-2 * time.Hour), Stored: launch,
				Verb: verbDone, Kind: rules.KindCompleted, Object: activity,
				Actor: rules.Actor{Kind: rules.ActorAccount, HomePage: "https://hr.example.org", Value: people[i].ID}})
		}
		for i := leaders; i < len(people); i += 10 {
			f.Standings = append(f.Standings, rules.Standing{Program: fmt.Sprintf("p%d", k), Person: people[i].ID, Started: launch.Add(-time.Hour)})
		}
	}
	return policy, f
}

// BenchmarkJudge is the judgement of three programmes in which everybody is enrolled.
// ns/decision is per person and programme, of the processor's time. Kept is a judgement
// of what was judged before, as after an answer about starts; cycle one of which the rows,
// the holds and what is on record of people were read anew, as in every cycle; fresh one
// that has to resolve the organisation and fold the evidence, too. The goal is 100 for
// the first, at any number of people.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000, 2_000_000} {
		for _, scope := range []string{rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort} {
			b.Run(fmt.Sprintf("%s/%d", scope, n), func(b *testing.B) { benchJudge(b, n, scope) })
		}
	}
}

func benchJudge(b *testing.B, n int, scope string) {
	policy, f := crowd(n, scope)
	enrol(f, policy)
	rows, standings, decided, odd := f.Enrolments, f.Standings, f.Decided, 0
	for _, c := range []struct {
		name   string
		before func(*rules.Memory)
	}{
		{"kept", func(*rules.Memory) {}},
		{"cycle", func(*rules.Memory) { // the same slices but for the first row
			odd = 1 - odd
			f.Enrolments, f.Standings, f.Decided = rows[odd:], standings[odd:], decided[odd:]
		}},
		{"fresh", func(m *rules.Memory) { *m = rules.Memory{} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var memory rules.Memory
			memory.Judge(policy, f)
			runtime.GC()
			b.ReportAllocs()
			begun := spent()
			for b.Loop() {
				c.before(&memory)
				if j := memory.Judge(policy, f); len(j.Programs) != 3 {
					b.Fatal("programmes are missing")
				}
			}
			b.ReportMetric(float64((spent()-begun).Nanoseconds())/float64(b.N*n*3), "ns/decision")
		})
	}
}

// enrol gives everybody a row in each programme, and everybody's decisions to the log.
func enrol(f *rules.Facts, policy *rules.Policy) {
	people := f.Snapshots[0].Org.People
	for k := range policy.Programs {
		key := policy.Programs[k].Targets[0].Key()
		f.Targets[key] = true
		for i := range people {
			id := people[i].ID
			f.Enrolments = append(f.Enrolments, rules.Enrolment{Target: key, Row: id, State: rules.RowSuspended,
				Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}})
		}
	}
	j := rules.Judge(policy, f)
	for k := range j.Programs {
		for i, d := range j.Programs[k].Decisions {
			f.Decided = append(f.Decided, rules.Decided{Program: policy.Programs[k].ID, Person: people[i].ID, Verdict: d.Verdict(), Row: int(d.Row)})
		}
	}
}

// spent is the processor's time that the program has taken: on a machine that others use
// as well, the clock says little.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
