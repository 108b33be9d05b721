package store

import (
	"fmt"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// BenchmarkFacts reads 100,000 statements of 20,000 people from disk, and then from
// memory. The goal is under a second for the first.
func BenchmarkFacts(b *testing.B) {
	dir := b.TempDir()
	if err := Init(b.Context(), dir, day0); err != nil {
		b.Fatal(err)
	}
	s, err := locked(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	yes, score := true, 0.9
	for page := range 100 {
		p := rules.Page{Cursor: fmt.Sprint(page)}
		for i := range 1000 {
			n := page*1000 + i
			p.Evidence = append(p.Evidence, rules.Evidence{Statement: fmt.Sprintf("%08x-0000-4000-8000-000000000000", n*2654435761),
				Stored: hour(0), Timestamp: hour(0), Kind: rules.KindCompleted, Verb: "http://adlnet.gov/expapi/verbs/completed",
				Object: "https://courses.corp.example/ai/assessment", Digest: fmt.Sprintf("%064d", n), Completion: &yes,
				Score: &rules.Score{Scaled: &score}, Parents: []string{"https://courses.corp.example/ai"},
				Actor: rules.Actor{Kind: rules.ActorMbox, Value: fmt.Sprintf("p%d@corp.example", n%20_000)}})
		}
		if _, err := s.Learn(b.Context(), walk("main", "c"), p, hour(page)); err != nil {
			b.Fatal(err)
		}
	}
	for name, forget := range map[string]bool{"disk": true, "memory": false} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if forget {
					s.cache = cache{}
				}
				f, err := s.Facts(b.Context(), hour(1))
				if err != nil || len(f.Evidence) != 100_000 {
					b.Fatal(len(f.Evidence), err)
				}
			}
		})
	}
}

// BenchmarkIntend logs a plan of 10,000 changes.
func BenchmarkIntend(b *testing.B) {
	dir := b.TempDir()
	if err := Init(b.Context(), dir, day0); err != nil {
		b.Fatal(err)
	}
	s, err := locked(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	round := 0
	for b.Loop() {
		c := rules.Cycle{At: hour(1)}
		for i := range 10_000 {
			c.Changes = append(c.Changes, change(fmt.Sprint(round*10_000+i), rules.MoveHold))
		}
		if _, err := s.Intend(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		round++
	}
}
