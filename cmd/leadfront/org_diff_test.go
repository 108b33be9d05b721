package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// remembered is a folder with a configuration and a store that has accepted an
// organisation on the 1st, another one on the 10th, and keeps a third one waiting.
func remembered(t *testing.T) (command func(args ...string) (status int, out, problems string)) {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "leadfront.yaml")
	text := sourceConfig(`[{csv: {path: people.csv, stable: 0, columns: {id: ID, manager: Boss}}}]`, "")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "people.csv"), []byte("ID,Boss\n1,\n2,1\n9,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(folder, "data")
	at := func(day int) time.Time { return time.Date(2026, 10, day, 8, 0, 0, 0, time.UTC) }
	org := func(lines string) rules.Org {
		o := rules.Org{Source: "hr", Read: at(1)}
		for _, l := range strings.Fields(lines) {
			id, manager, _ := strings.Cut(l, "<")
			o.People = append(o.People, rules.Person{ID: id, Name: "P" + id, Manager: manager, Status: rules.Active})
		}
		o.Digest = hris.Digest(o.People)
		return o
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(store.Init(t.Context(), data, at(1)))
	st, err := store.Open(t.Context(), data, store.Options{})
	must(err)
	must(st.Lock(t.Context()))
	must(st.Accept(t.Context(), org("1 2<1 3<1 4<2 5<4"), at(1)))
	must(st.Accept(t.Context(), org("1 2<1 3<1 4<3 5<4"), at(10)))
	must(st.Quarantine(t.Context(), org("1 2<1 4<2 5 6<4"), []rules.Reason{{Code: rules.CodeManyGone, Detail: "1 of 5, limit 0"}}, at(11)))
	must(st.Close())
	return func(args ...string) (int, string, string) {
		var out, problems bytes.Buffer
		status := run(t.Context(), append([]string{"-c", path}, args...), func(string) string { return "" }, strings.NewReader(""), &out, &problems)
		return status, out.String(), problems.String()
	}
}

func TestOrgDiff(t *testing.T) {
	command := remembered(t)
	status, out, problems := command("org", "diff")
	const want = `  asks because: too many people are gone: 1 of 5, limit 0
UNDER                PEOPLE  BEFORE  CHANGES
P2 (2)               3       1       1 manager, 1 new
the top, or nobody   2       1       1 lost manager
P3 (3)               0       3       1 gone
P5 (5): lost manager, was P4 (4)
P4 (4): manager, P3 (3) -> P2 (2)
P6 (6): new, now P4 (4)
P3 (3): gone, was P1 (1)
`
	_, rest, _ := strings.Cut(out, "\n")
	if status != exitOK || strings.ReplaceAll(rest, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("status %d, %s\n%s\nwant\n%s", status, problems, out, want)
	}
	_, out, _ = command("-o", "json", "org", "diff")
	var d struct {
		Next   string
		Counts map[string]int
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil || d.Counts["new"] != 1 || len(d.Next) != 64 {
		t.Errorf("JSON is %s, %v", out, err)
	}
	if status, out, _ = command("org", "diff", d.Next[:8]); status != exitOK || !strings.Contains(out, d.Next[:12]) {
		t.Errorf("by digest: %d, %s", status, out)
	}
	if status, _, problems = command("org", "diff", "ffffff"); status != exitFailure || !strings.Contains(problems, "begins with") {
		t.Errorf("an unknown digest: %d, %s", status, problems)
	}
	if status, out, problems = command("org", "diff", "--live"); status != exitOK || !strings.Contains(out, "P3 (3): gone") || !strings.Contains(out, "asks because: the ids are others: 2 of 5") {
		t.Errorf("--live: %d, %s, %s", status, out, problems)
	}
}

func TestOrgShow(t *testing.T) {
	command := remembered(t)
	for args, want := range map[string]string{
		"org show":                             "P1 (1), 2 reports\n  P2 (2)\n  P3 (3), 1 report\n    P4 (4), 1 report\n",
		"org show --at 2026-10-09":             "P1 (1), 2 reports\n  P2 (2), 1 report\n    P4 (4), 1 report\n  P3 (3)\n",
		"org show --at 2026-10-10":             "P1 (1), 2 reports\n  P2 (2)\n  P3 (3), 1 report\n    P4 (4), 1 report\n",
		"org show --at 2026-10-10T07:59:59Z 4": "  manager and leader: P2 (2)\nP4 (4), 1 report\n  P5 (5)\n",
		"org show --depth 0 1":                 "  no manager\nP1 (1), 2 reports\n",
		"org show --depth 0 5":                 "  manager and leader: P4 (4)\nP5 (5)\n",
		"org show --depth 0":                   "P1 (1), 2 reports\n",
	} {
		status, out, problems := command(strings.Fields(args)...)
		if _, tree, _ := strings.Cut(out, "\n"); status != exitOK || tree != want {
			t.Errorf("%s: status %d, %s\n%s\nwant\n%s", args, status, problems, out, want)
		}
	}
	for args, want := range map[string]string{
		"org show --at 2026-09-30": "no organisation ruled at 2026-09-30 23:59; the first one is of 2026-10-01 08:00",
		"org show --at yesterday":  "is neither a day like",
		"org show 77":              "has the HR id or address",
	} {
		if status, _, problems := command(strings.Fields(args)...); status != exitFailure || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, %s; want %s", args, status, problems, want)
		}
	}
	_, out, _ := command("-o", "json", "org", "show", "--depth", "9")
	var shown struct{ People []map[string]any }
	if err := json.Unmarshal([]byte(out), &shown); err != nil || len(shown.People) != 5 || shown.People[4]["level"] != 3.0 {
		t.Errorf("JSON is %s, %v", out, err)
	}
}
