package store

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

// BenchmarkCycleOfChanges is what a cycle that changes 10,000 enrolments costs the
// store: decisions, intents, outcomes in batches of 100 as the loop settles them, and
// the checkpoint. The platform takes far longer: at ten requests in a second, with
// fifty rows in each, twenty seconds.
func BenchmarkCycleOfChanges(b *testing.B) {
	const n = 10_000
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
		c := rules.Cycle{At: hour(round)}
		for i := range n {
			who := fmt.Sprint(round*n + i)
			c.Changes = append(c.Changes, change(who, rules.MoveHold))
			c.Decided = append(c.Decided, rules.Decided{Program: "ai", Person: who, Verdict: rules.Wait, Row: 10, Waits: []string{"100"},
				Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: "100"}}})
		}
		changes, err := s.Intend(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; i < n; i += 100 {
			var batch []rules.Outcome
			for _, ch := range changes[i : i+100] {
				batch = append(batch, outcome(ch, rules.Done, hour(round)))
			}
			if err := s.Settle(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := s.Checkpoint(b.Context(), hour(round)); err != nil {
			b.Fatal(err)
		}
		round++
	}
	f, err := s.Figures(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var log int64
	if err := s.reader.QueryRow(`SELECT sum(pgsize) FROM dbstat WHERE name IN ('log', 'log_personal', 'log_kind')`).Scan(&log); err == nil {
		b.ReportMetric(float64(log)/float64(f.LogEntries), "log-bytes/entry")
	}
	b.ReportMetric(float64(f.DBBytes)/float64(round*n), "bytes/enrolment")
	b.ReportMetric(float64(f.LogEntries)/float64(round*n), "entries/enrolment")
}

// BenchmarkVerify verifies a log of a million entries, or of as many as
// LEADFRONT_BENCH_ENTRIES says: time grows with the entries, the heap does not.
func BenchmarkVerify(b *testing.B) {
	entries := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("LEADFRONT_BENCH_ENTRIES")); err == nil {
		entries = n
	}
	dir := b.TempDir()
	if err := Init(b.Context(), dir, day0); err != nil {
		b.Fatal(err)
	}
	s, err := locked(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for i := range entries / 50_000 {
		err := s.write(b.Context(), func(t *tx) error {
			for k := range 50_000 {
				if _, err := t.log(line{at: hour(i), kind: LogHoldSeen, program: "ai", target: "moodle/AI-101", person: fmt.Sprint(k),
					public: map[string]any{"hold": k}, personal: enrolled{Row: "manual:1", Account: account{ID: "1"}}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Checkpoint(b.Context(), hour(i)); err != nil {
			b.Fatal(err)
		}
	}
	var peak uint64
	for b.Loop() {
		v, err := s.Verify(b.Context(), VerifyOptions{Progress: func(done, _ int64) {
			if done%progressEvery == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}})
		if err != nil || len(v.Problems) > 0 {
			b.Fatal(err, v.Problems)
		}
	}
	b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
}

// BenchmarkTree adds leaves: the arithmetic alone.
func BenchmarkTree(b *testing.B) {
	var tree audit.Tree
	for b.Loop() {
		tree.Add(audit.Hash{})
	}
}
