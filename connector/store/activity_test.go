package store

import (
	"testing"
	"time"
)

// TestActivityCountsWhatWasDone: by step, in UTC, of one programme, without what failed.
func TestActivityCountsWhatWasDone(t *testing.T) {
	s := fresh(t)
	day := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		at            time.Time
		program, move string
		result        string
	}{
		{day.Add(23*time.Hour + 59*time.Minute), "p", "hold", "done"}, {day.Add(24 * time.Hour), "p", "hold", "done"},
		{day.Add(25 * time.Hour), "p", "release", "done"}, {day.Add(25 * time.Hour), "p", "add", "done"},
		{day.Add(25 * time.Hour), "p", "release", "failed"}, {day.Add(25 * time.Hour), "q", "hold", "done"}, {day.Add(-time.Second), "p", "hold", "done"},
	} {
		if _, err := s.writer.Exec(`INSERT INTO log (seq, at, kind, program, target, person, body, leaf) SELECT max(seq) + 1, ?, 'intent', '', '', '', '{}', x'' FROM log`, stamp(c.at)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer.Exec(`INSERT INTO change (intent, at, program, target, row, account, person, move, was, wanted, cause, because, result)
			VALUES ((SELECT max(seq) FROM log), ?, ?, 't', ?, '{}', '', ?, '', '', '', '[]', ?)`, stamp(c.at), c.program, i, c.move, c.result); err != nil {
			t.Fatal(err)
		}
	}
	days, err := s.Activity(t.Context(), "p", day, 24*time.Hour)
	must(t, err)
	equal(t, "by day", days, []Activity{{day, 1, 0}, {day.Add(24 * time.Hour), 1, 2}})
	hours, err := s.Activity(t.Context(), "p", day.Add(24*time.Hour), time.Hour)
	must(t, err)
	equal(t, "by hour", hours, []Activity{{day.Add(24 * time.Hour), 1, 0}, {day.Add(25 * time.Hour), 0, 2}})
	if _, err := s.Activity(t.Context(), "p", day, 7*time.Hour); err == nil {
		t.Error("a step of seven hours is taken")
	}
}
