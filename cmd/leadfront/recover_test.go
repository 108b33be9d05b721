package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
)

// export writes the log to a file.
func (f *firm) export(t *testing.T, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.jsonl")
	text := f.must(t, append([]string{"audit", "export", "--format", "jsonl"}, args...)...)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// enrolment changes the state of somebody's enrolment in the LMS, as an administrator does.
func (f *firm) enrolment(id string, status string) {
	f.Moodle.Change(func(s *sandbox.State) {
		for i := range s.Enrolments {
			if s.User(s.Enrolments[i].User).IDNumber == id {
				s.Enrolments[i].Status = status
			}
		}
	})
}

// loseDatabase leaves the configuration and nothing else, and begins anew.
func (f *firm) loseDatabase(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(f.dir, "data")); err != nil {
		t.Fatal(err)
	}
	f.must(t, "init")
}

// TestALostDatabase is recovered from an exported log and what the LMS shows. What
// leadfront held is released when the leader completes; what somebody else suspended
// is not touched, and whoever was released before is not held again.
func TestALostDatabase(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.Completes(president)
	f.cycle(t, "sync") // releases the vice presidents
	vices := f.reports(president)
	team := f.reports(vices[0])
	excused, freed := team[0], team[1]
	f.must(t, "waive", "add", "--kind", "may-start", "--program", "ai-foundations", excused, "--until", "2099-01-01", "--by", "Olga", "--reason", "on tour")
	f.cycle(t, "sync")
	f.enrolment(freed, sandbox.Active) // by an administrator
	f.cycle(t, "sync")
	log := f.export(t)
	f.enrolment(vices[1], sandbox.Suspended) // by an administrator, of whom the log knows nothing
	held := f.held()

	f.loseDatabase(t)
	writes := len(f.writes())
	status, out, _ := f.run(t.Context(), "-o", "json", "adopt", "--from-export", log)
	var told recoveredJSON
	if err := json.Unmarshal([]byte(out), &told); err != nil || status != exitChanges {
		t.Fatalf("exit code %d: %v\n%s", status, err, out)
	}
	if len(told.Ours) != len(held)-1 || len(told.Untold) != 1 || len(told.Over) != 0 || len(told.Waivers) != 1 || told.Waivers[0].Person != excused {
		t.Errorf("%d ours, %d untold, %d over, waivers %+v; want %d, 1, 0 and one", len(told.Ours), len(told.Untold), len(told.Over), told.Waivers, len(held)-1)
	}
	if n := f.count(t, store.LogAdopted); n != 0 {
		t.Errorf("shown only, and %d are adopted", n)
	}
	if status, _, said := f.run(t.Context(), "adopt", "--from-export", log, "--apply"); status != exitFailure || !strings.Contains(said, "--by") {
		t.Errorf("without a name: exit code %d, %q", status, said)
	}
	apply := append([]string{"adopt", "--from-export", log, "--apply"}, signature...)
	f.must(t, apply...)
	f.must(t, apply...) // again: nothing is adopted twice
	if n := f.count(t, store.LogAdopted); n != len(told.Ours) {
		t.Errorf("%d are adopted, want %d", n, len(told.Ours))
	}
	f.must(t, "audit", "verify")

	first := f.cycle(t, "sync")
	again := f.cycle(t, "org", "approve", first.Quarantined, "--by", "Olga", "--reason", "it is our company")
	if len(f.writes()) != writes || !slices.Equal(f.held(), held) {
		t.Fatalf("%d calls were written and %d are on hold: %+v", len(f.writes())-writes, len(f.held()), again.Outcomes)
	}
	for _, r := range again.Plan.Refused {
		t.Errorf("held anew would be %+v: whoever was released, or re-activated, is not", r)
	}
	f.Completes(vices[0])
	f.cycle(t, "sync")
	if !f.released(vices[0]) {
		t.Errorf("the reports of %s are still on hold after their leader completed", vices[0])
	}
	f.Completes(vices[1])
	f.cycle(t, "sync")
	if now := f.held(); !slices.Contains(now, vices[1]) {
		t.Errorf("%s was suspended by somebody else and is let in", vices[1])
	}
}

// TestRecoveryClaimsNothingByHalf: an export that is not the whole log, or no log,
// is refused, and a hold that the log says was given up is not taken again.
func TestRecoveryClaimsNothingByHalf(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	mine := f.held()[0]
	f.must(t, append([]string{"disown", mine}, signature...)...)
	whole, part := f.export(t), f.export(t, "--kind", "intent")
	broken := filepath.Join(t.TempDir(), "broken.jsonl")
	if err := os.WriteFile(broken, []byte("{\"seq\":1,\"kind\":\"key\",\"body\":{}}\nno JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.loseDatabase(t)
	for path, words := range map[string]string{part: "not a whole log", broken: "no entry of", filepath.Join(f.dir, "none"): "no such file"} {
		if status, _, said := f.run(t.Context(), "adopt", "--from-export", path); status != exitFailure || !strings.Contains(said, words) {
			t.Errorf("%s: exit code %d, %q; want %q", path, status, said, words)
		}
	}
	_, out, _ := f.run(t.Context(), "-o", "json", "adopt", "--from-export", whole)
	var told recoveredJSON
	if json.Unmarshal([]byte(out), &told) != nil || len(told.Ours) != 105 || len(told.Untold) != 1 {
		t.Fatalf("%d ours and %d untold, want 105 and 1\n%s", len(told.Ours), len(told.Untold), out)
	}
	if told.Untold[0].Account == "" {
		t.Error("whose enrolment it is that nothing can be told of is not said")
	}
}
