package rules_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// churn changes an organisation as HR does from one day to the next, and as it should
// not: people come, go, come back, move, change anything, and stand twice.
func churn(r *rand.Rand, people []rules.Person) []rules.Person {
	out := slices.Clone(people)
	for range r.Intn(4) {
		i := r.Intn(len(out))
		other := out[r.Intn(len(out))].ID
		switch p := &out[i]; r.Intn(12) {
		case 0, 1:
			p.Manager = other
		case 2:
			p.Manager = ""
		case 3:
			p.Status = rules.Status(r.Intn(5))
		case 4:
			p.Email = fmt.Sprintf("%s%d@example.org", p.ID, r.Intn(3))
		case 5:
			p.Emails = append(slices.Clone(p.Emails), p.Email)
		case 6:
			p.Department, p.NoAccount = []string{"x", "y", ""}[r.Intn(3)], r.Intn(8) == 0
		case 7:
			p.Name, p.Location, p.Type = "Ä"+other, "L", "T"
			p.Accounts = []rules.AccountName{{HomePage: "https://h.example", Name: other}}
		case 8:
			out = slices.Insert(out, i, rules.Person{ID: []string{"A", "C", "N", "M"}[r.Intn(4)], Manager: other, Status: rules.Active})
		case 9, 10:
			if len(out) > 2 {
				out = slices.Delete(out, i, i+1)
			}
		case 11:
			r.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
		}
	}
	return out
}

// outcome is everything that a judgement says, as text.
func outcome(t *testing.T, policy *rules.Policy, facts *rules.Facts) string {
	t.Helper()
	j := rules.Judge(policy, facts)
	p := &j.Programs[0]
	text, err := json.Marshal(struct{ Decisions, Violations, Leaders, Findings, Cycle any }{p.Decisions, p.Violations, p.Leaders, j.Findings,
		rules.NewCycle(policy, facts, j, rules.Diff(policy, facts, j), nil, nil)})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// days gives a company a history: organisations from its launch on.
func (c *company) days(r *rand.Rand) {
	for n := range 1 + r.Intn(12) {
		last := c.facts.Snapshots[n]
		last.ID, last.From = int64(n+2), last.From.Add(time.Duration(r.Intn(90))*time.Hour)
		last.Org.People = churn(r, last.Org.People)
		c.facts.Snapshots = append(c.facts.Snapshots, last)
	}
}

// TestShortenedHistoryAnswersAlike: with earlier organisations kept as differences
// every one of them is still there whole, and whatever is judged, now or as of an
// earlier instant, comes to the same.
func TestShortenedHistoryAnswersAlike(t *testing.T) {
	for seed := range int64(600) {
		r := rand.New(rand.NewSource(seed))
		c := genCompany(r, []string{rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort}[seed%3])
		c.days(r)
		whole, short := c.facts, c.facts
		short.Snapshots = rules.Shorten(whole.Snapshots)
		for n, s := range whole.Snapshots {
			if got := rules.PeopleOf(short.Snapshots, n); !reflect.DeepEqual(got, s.Org.People) {
				t.Fatalf("seed %d: organisation %d is\n%v, want\n%v", seed, n, got, s.Org.People)
			}
			if n < len(whole.Snapshots)-1 && short.Snapshots[n].Org.People != nil {
				t.Fatalf("seed %d: organisation %d is still there whole", seed, n)
			}
		}
		for range 4 {
			if got, want := outcome(t, &c.policy, &short), outcome(t, &c.policy, &whole); got != want {
				t.Fatalf("seed %d: %s\nwant\n%s", seed, got, want)
			}
			at := now.Add(-time.Duration(r.Intn(1000)) * time.Hour)
			ruled, ok := rules.Ruling(short.Snapshots, at)
			wants, wanted := rules.Ruling(whole.Snapshots, at)
			if ok != wanted || !reflect.DeepEqual(ruled, wants) {
				t.Fatalf("seed %d: %v ruled at %s, want %v", seed, ruled, at, wants)
			}
			whole, short = whole.AsOf(at), short.AsOf(at)
		}
	}
}

// BenchmarkHistory keeps 300 daily organisations of 50,000 people, of whom one in a
// hundred changes from day to day, and asks for the first one. They must cost little
// more memory than the last one alone.
func BenchmarkHistory(b *testing.B) {
	const n, days = 50_000, 300
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	r := rand.New(rand.NewSource(1))
	people := make([]rules.Person, n)
	for i := range people {
		people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Manager: fmt.Sprintf("%07d", i/8), Name: fmt.Sprintf("Given Family-%d", i),
			Email: fmt.Sprintf("given.family-%d@corp.example", i), Status: rules.Active, Department: fmt.Sprintf("Department %d", i%100)}
	}
	all := []rules.Snapshot{{Org: rules.Org{People: people}}}
	one := heap() - before
	for day := range days - 1 {
		next := slices.Clone(all[day].Org.People)
		for k := range n / 100 {
			switch p := &next[r.Intn(n)]; k % 10 {
			case 0:
				*p = rules.Person{ID: fmt.Sprintf("N%d-%d", day, k), Manager: p.Manager, Name: "New Person", Email: fmt.Sprintf("n%d.%d@corp.example", day, k), Status: rules.Active}
			case 1:
				p.Status = rules.Leave
			default:
				p.Manager = next[r.Intn(n/8)].ID
			}
		}
		all = rules.Shorten(append(all, rules.Snapshot{Org: rules.Org{People: next}}))
	}
	people = nil
	cost := heap() - before
	for b.Loop() {
		if first := rules.PeopleOf(all, 0); len(first) != n {
			b.Fatal(len(first))
		}
	}
	b.ReportMetric(cost/one, "times-one")
	if cost > 1.25*one {
		b.Errorf("%d organisations take %.1f MB, one %.1f MB", days, cost/1e6, one/1e6)
	}
	runtime.KeepAlive(all)
}
