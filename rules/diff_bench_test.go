//go:build unix

package rules_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// BenchmarkDiff compares a million enrolments with as many decisions, where nothing
// or one in a thousand has to move; x/pass is how many times one linear pass over
// both that is.
func BenchmarkDiff(b *testing.B) {
	const n = 1_000_000
	policy, f := crowd(n, rules.ScopeManager)
	policy.Programs = policy.Programs[:1]
	key := policy.Programs[0].Targets[0].Key()
	f.Targets[key] = true
	for i := range n {
		id := f.Snapshots[0].Org.People[i].ID
		f.Enrolments = append(f.Enrolments, rules.Enrolment{Target: key, Row: id, State: rules.RowSuspended,
			Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}})
	}
	j := rules.Judge(policy, f)
	for _, share := range []int{0, 1000} {
		for i := range f.Enrolments {
			f.Enrolments[i].State = rules.RowSuspended // by others: nothing is done about it
			if share > 0 && i%share == 0 {
				f.Enrolments[i].State = rules.RowActive
			}
		}
		b.Run(fmt.Sprintf("moving/%d", share), func(b *testing.B) {
			runtime.GC()
			b.ReportAllocs()
			for b.Loop() {
				if plan := rules.Diff(policy, f, j); (len(plan.Changes) > 0) != (share > 0) {
					b.Fatalf("%d changes", len(plan.Changes))
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(pass(f, j)), "x/pass")
		})
	}
}

// pass is how long one linear pass over the enrolments and the decisions takes.
func pass(f *rules.Facts, j *rules.Judgement) time.Duration {
	begun, waiting := time.Now(), 0
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
	return time.Since(begun) / passes
}
