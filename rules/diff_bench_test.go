//go:build unix

package rules_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// BenchmarkDiff compares a million enrolments with as many decisions, of which nothing
// or one in a thousand has to move, and where nobody or half of the people are on hold.
// x/pass is how many times one linear pass over both that is; the goal is 5.
func BenchmarkDiff(b *testing.B) {
	const n = 1_000_000
	policy, f := enrolled(n)
	for _, holds := range []int{0, n / 2} {
		f.Holds = holdsOn(waiting(policy, f)[:holds])
		j := rules.Judge(policy, f)
		for _, share := range []int{0, 1000} {
			for i := range f.Enrolments {
				f.Enrolments[i].State = rules.RowSuspended // by others, where it is not on hold: nothing is done about it
				if share > 0 && i%share == 0 {
					f.Enrolments[i].State = rules.RowActive
				}
			}
			b.Run(fmt.Sprintf("holds/%d/moving/%d", holds, share), func(b *testing.B) {
				runtime.GC()
				b.ReportAllocs()
				begun := spent()
				for b.Loop() {
					if plan := rules.Diff(policy, f, j); (len(plan.Changes) > 0) != (share > 0) && holds == 0 {
						b.Fatalf("%d changes", len(plan.Changes))
					}
				}
				b.ReportMetric(float64(spent()-begun)/float64(b.N)/float64(pass(f, j)), "x/pass")
			})
		}
	}
}

// BenchmarkResolve finds the rows of half a million holds, by name, and whose a million
// rows are, by id; x/lookups is how many times the look-ups alone that is. The goal is 2.
func BenchmarkResolve(b *testing.B) {
	const n = 1_000_000
	policy, f := enrolled(n)
	holds := holdsOn(f.Enrolments[:n/2])
	for _, part := range []string{"rows", "holds"} {
		b.Run(part, func(b *testing.B) {
			var memory rules.Memory
			f.Holds = nil
			memory.Judge(policy, f)
			var with, without time.Duration
			for odd := 0; b.Loop(); odd = 1 - odd {
				begun := spent()
				memory.Judge(policy, f)
				between := spent()
				if part == "rows" {
					f.Enrolments = f.Enrolments[:n-odd]
				} else {
					f.Holds = holds[odd:]
				}
				memory.Judge(policy, f)
				with, without = with+spent()-between, without+between-begun
			}
			once := lookups(f, part)
			b.ReportMetric(float64(with-without)/float64(b.N)/float64(once), "x/lookups")
		})
	}
}

// enrolled is a company of n people, all in the target of one programme.
func enrolled(n int) (*rules.Policy, *rules.Facts) {
	policy, f := crowd(n, rules.ScopeManager)
	policy.Programs = policy.Programs[:1]
	key := policy.Programs[0].Targets[0].Key()
	f.Targets[key] = true
	for i := range n {
		id := f.Snapshots[0].Org.People[i].ID
		f.Enrolments = append(f.Enrolments, rules.Enrolment{Target: key, Row: id, State: rules.RowSuspended,
			Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}})
	}
	return policy, f
}

// waiting are the rows of whoever has to wait.
func waiting(policy *rules.Policy, f *rules.Facts) []rules.Enrolment {
	var out []rules.Enrolment
	j := rules.Judge(policy, f)
	for r, p := range j.Rows {
		if j.Programs[0].Decisions[p].Verdict() == rules.Wait {
			out = append(out, f.Enrolments[r])
		}
	}
	return out
}

func holdsOn(rows []rules.Enrolment) []rules.Hold {
	holds := make([]rules.Hold, len(rows))
	for i, e := range rows {
		holds[i] = rules.Hold{ID: int64(i + 1), Program: "p0", Target: e.Target, Row: e.Row, Account: e.Account.ID,
			Person: e.Account.IDNumber, Intended: launch, Seen: true, Sent: true}
	}
	return holds
}

// pass is how long one linear pass over the enrolments and the decisions takes.
func pass(f *rules.Facts, j *rules.Judgement) time.Duration {
	begun, waiting := spent(), 0
	const passes = 10
	for range passes {
		for i := range f.Enrolments {
			p := j.Rows[i]
			if p >= 0 && f.Enrolments[i].State == rules.RowActive && j.Programs[0].Decisions[p].Verdict() == rules.Wait {
				waiting++
			}
		}
	}
	runtime.KeepAlive(waiting)
	return (spent() - begun) / passes
}

// lookups is how long it takes to enter the names into a map and to look each row up.
func lookups(f *rules.Facts, part string) time.Duration {
	begun, found := spent(), 0
	names := map[string]int32{}
	if part == "rows" {
		for i := range f.Snapshots[0].Org.People {
			names[f.Snapshots[0].Org.People[i].ID] = int32(i)
		}
		begun = spent() // the organisation is resolved once
	}
	for i := range f.Holds {
		names[f.Holds[i].Row] = int32(i)
	}
	for i := range f.Enrolments {
		if _, ok := names[f.Enrolments[i].Row]; ok {
			found++
		}
	}
	runtime.KeepAlive(found)
	return spent() - begun
}
