//go:build unix

package store

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// coldPeople is how many people BenchmarkColdStart has. The goal is ten seconds for a
// million; what is measured grows with their number.
const coldPeople = 100_000

// BenchmarkColdStart is from the opening of the file to the first plan: three programmes
// with a decision for everybody and a completion of every tenth on record. It says how
// much of the processor's time the parts take per person.
func BenchmarkColdStart(b *testing.B) {
	dir := b.TempDir()
	policy := fillCold(b, dir)
	var open, load, judge time.Duration
	for b.Loop() {
		begun := spent()
		s, err := locked(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		opened := spent()
		f, err := s.Facts(b.Context(), hour(2))
		if err != nil || len(f.Decided) != 3*coldPeople {
			b.Fatal(len(f.Decided), err)
		}
		loaded := spent()
		f.Mode = rules.Enforce
		j := rules.Judge(policy, &f)
		if plan := rules.Diff(policy, &f, j); len(j.Programs) != 3 || len(plan.Changes) > 0 {
			b.Fatalf("%d programmes, %d changes", len(j.Programs), len(plan.Changes))
		}
		open, load, judge = open+opened-begun, load+loaded-opened, judge+spent()-loaded
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	for unit, took := range map[string]time.Duration{"open-ns/person": open, "load-ns/person": load, "judge-ns/person": judge} {
		b.ReportMetric(float64(took)/float64(b.N)/coldPeople, unit)
	}
}

func fillCold(b *testing.B, dir string) *rules.Policy {
	b.Helper()
	if err := Init(b.Context(), dir, day0); err != nil {
		b.Fatal(err)
	}
	s, err := locked(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	people := make([]rules.Person, coldPeople)
	for i := range people {
		people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("p%d@corp.example", i), Status: rules.Active, Department: "Sales"}
		if i > 0 {
			people[i].Manager = people[(i-1)/16].ID
		}
	}
	if err := s.Accept(b.Context(), rules.Org{Source: "hr", Digest: "d", Read: day0, People: people}, day0); err != nil {
		b.Fatal(err)
	}
	policy := &rules.Policy{Tops: []string{people[0].ID}}
	for k := range 3 {
		course := fmt.Sprintf("https://courses.corp.example/%d", k)
		p := rules.Program{ID: fmt.Sprintf("p%d", k), Launch: day0, Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted},
			Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: "done"}}}}
		policy.Programs = append(policy.Programs, p)
		page := rules.Page{Cursor: course}
		for i := 0; i < coldPeople; i += 10 {
			page.Evidence = append(page.Evidence, rules.Evidence{Statement: fmt.Sprintf("%d-%d", k, i), Stored: hour(0), Timestamp: hour(0), Kind: rules.KindCompleted,
				Verb: "done", Object: course, Digest: fmt.Sprintf("%064d", i), Actor: rules.Actor{Kind: rules.ActorMbox, Value: people[i].Email}})
		}
		if _, err := s.Learn(b.Context(), walk("main", "c"), page, hour(0)); err != nil {
			b.Fatal(err)
		}
		decideCold(b, s, p.ID, people)
	}
	return policy
}

// decideCold puts a decision about everybody on record, without the log that the facts do
// not need: to log them takes longer than all that is measured.
func decideCold(b *testing.B, s *Store, program string, people []rules.Person) {
	b.Helper()
	tx, err := s.writer.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.PrepareContext(b.Context(), `INSERT INTO decision (program, person, verdict, row, because, waits, since, seq)
		VALUES (?, ?, 'hold', 10, ?, ?, ?, (SELECT max(seq) FROM log))`)
	if err != nil {
		b.Fatal(err)
	}
	for i := range people {
		m := people[i].Manager
		because, err := encode([]rules.Reason{{Code: rules.CodeWaitingFor, Person: m}, {Code: rules.CodeCourseMissing, Person: m}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := insert.ExecContext(b.Context(), program, people[i].ID, because, `["`+m+`"]`, stamp(hour(0))); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// spent is the processor's time that the program has taken.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
