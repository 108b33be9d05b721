package lrs

import (
	"bufio"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestCmi5Scenarios folds each official session and compares with when its source
// says that the course was satisfied. Two are satisfied without any work of the
// learner, which is not enough here.
func TestCmi5Scenarios(t *testing.T) {
	statements := fileLines(t, "testdata/statements/cmi5-spec-samples.jsonl")
	workless := map[string]bool{"03-completed_or_passed-passed": true, "16-not_applicable-no_launch": true}
	index, err := os.Open("testdata/statements/cmi5-scenarios.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	table := csv.NewReader(index)
	table.Comma, table.LazyQuotes = '\t', true
	rows, err := table.ReadAll()
	if err != nil || len(rows) != 19 {
		t.Fatal(len(rows), err)
	}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			first, last, _ := strings.Cut(row[1], "-")
			from, _ := strconv.Atoi(first)
			to, _ := strconv.Atoi(last)
			record, findings := foldCmi5(t, statements[from-1:to])
			want := row[6]
			if workless[row[0]] {
				want = "no"
			}
			got := "no"
			if !record.Completed.IsZero() {
				got = record.Completed.UTC().Format("2006-01-02T15:04:05.000Z")
			}
			if got != want {
				t.Errorf("completed %s, want %s", got, want)
			}
			if record.Started.IsZero() != (want == "no" && !workless[row[0]]) {
				t.Errorf("started %v", record.Started) // only satisfied ties a session to its course
			}
			odd := len(findings) > 0 && findings[0].Code == rules.CodeSatisfiedWithoutWork
			if odd != workless[row[0]] {
				t.Errorf("findings %v", findings)
			}
		})
	}
}

func foldCmi5(t *testing.T, statements []string) (*rules.Record, []rules.Finding) {
	t.Helper()
	preset, _ := PresetOf("cmi5")
	p := rules.Program{ID: "ai", Clock: rules.Clock{FutureSkew: 5 * time.Minute}}
	p.Course.Editions = []rules.Edition{{PublisherIDs: []string{
		"http://course-repository.example.edu/identifiers/courses/02baafcf",
		"https://www.example.com/EFE02C21-56AC-41A2-AE5A-9600275A6A00",
	}}}
	preset.Apply(&p.Course)
	people := []rules.Person{{ID: "P", Accounts: []rules.AccountName{
		{HomePage: "http://example.org/", Name: "Learner"},
		{HomePage: "https://www.example.com/demo/LearnerConnection/", Name: "277013-1"},
	}}}
	watch := NewWatch([]rules.Program{p})
	var evidence []rules.Evidence
	for _, raw := range statements {
		e, err := Project("cmi5", []byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if watch.Keep(&e) {
			evidence = append(evidence, e)
		}
	}
	records, findings := rules.Fold(&p, rules.NewIdentities(rules.Identity{}, people, nil), evidence)
	if records[0] == nil {
		return &rules.Record{}, findings
	}
	return records[0], findings
}

func fileLines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	return lines
}
