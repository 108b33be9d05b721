package lrs

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leadfront/leadfront/rules"
)

var update = flag.Bool("update", false, "write the golden file")

// inspected returns what inspect says of every line of a file.
func inspected(t *testing.T, file string, programs []rules.Program) []Line {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []Line
	if err := Inspect(bytes.NewReader(data), programs, func(l Line) error { lines = append(lines, l); return nil }); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); len(lines) != n {
		t.Fatalf("%s: %d of %d lines", file, len(lines), n)
	}
	return lines
}

func corpora(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/statements/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no statements", err)
	}
	return files
}

// TestEveryLineIsClassified: each statement that others wrote is read as what it
// is, or refused.
func TestEveryLineIsClassified(t *testing.T) {
	got := map[string]map[string]int{}
	for _, file := range corpora(t) {
		counts := map[string]int{}
		for _, l := range inspected(t, file, nil) {
			switch {
			case !l.Valid:
				counts["invalid"]++
			case len(l.Evidence) == 0:
				counts["nothing"]++
			default:
				counts[l.Evidence[0].Kind]++
			}
		}
		got[filepath.Base(file)] = counts
	}
	const golden = "testdata/statements/classified.json"
	if *update {
		data, _ := json.MarshalIndent(got, "", "\t")
		if err := os.WriteFile(golden, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[string]int
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestInvalidProvesNoCompletion: what its source calls invalid completes nothing.
func TestInvalidProvesNoCompletion(t *testing.T) {
	n := 0
	for _, file := range corpora(t) {
		if !strings.HasPrefix(filepath.Base(file), "invalid-") {
			continue
		}
		for _, l := range inspected(t, file, nil) {
			n++
			for _, c := range l.Evidence {
				switch c.Kind {
				case "completed", "passed", "satisfied", "waived":
					t.Errorf("%s line %d proves %s", file, l.Line, c.Kind)
				}
			}
			if !l.Valid && l.Problem == "" {
				t.Errorf("%s line %d: invalid, and nobody knows why", file, l.Line)
			}
		}
	}
	if n != 532 {
		t.Errorf("%d invalid lines, want 532", n)
	}
}
