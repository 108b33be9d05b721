package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs/lrstest"
)

// fault is a way in which a source goes wrong.
type fault struct {
	name  string
	make  func(*testing.T, *firm)
	words string // of the line that says so
}

// elsewhere is a server where nobody should ever be led to.
func elsewhere(t *testing.T) (address string, reached *atomic.Int64) {
	t.Helper()
	reached = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(s.Close)
	return s.URL, reached
}

// says runs sync under a fault: it fails, with exactly one line about what was not
// read, which names the source.
func (f *firm) says(t *testing.T, source, words string) {
	t.Helper()
	status, out, problems := f.run(t.Context(), "sync")
	var lines []string
	for line := range strings.Lines(out + problems) {
		if strings.Contains(line, "NOT READ") {
			lines = append(lines, line)
		}
	}
	if status != exitFailure || len(lines) != 1 || !strings.HasPrefix(lines[0], source+" ") || !strings.Contains(strings.ToLower(lines[0]), strings.ToLower(words)) {
		t.Errorf("exit code %d, and of what was not read:\n%s\nwant exit code 1 and one line about %s with %q; all of it:\n%s%s",
			status, strings.Join(lines, ""), source, words, out, problems)
	}
	if strings.Contains(out+problems, "of-no-value") {
		t.Errorf("a secret is printed:\n%s%s", out, problems)
	}
}

func lrsFault(faults lrstest.Faults) func(*testing.T, *firm) {
	return func(_ *testing.T, f *firm) { f.LRS.Fault(faults) }
}

// TestFaultsOfTheLRS: a leader completes behind each fault. Nobody is released
// while it lasts and everybody afterwards.
func TestFaultsOfTheLRS(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	away, reached := elsewhere(t)
	leaders := f.leaders()
	for i, fault := range []fault{
		{"unreachable", lrsFault(lrstest.Faults{When: hangUp, Status: 500}), "EOF"},
		{"401", lrsFault(lrstest.Faults{Status: 401}), "401"},
		{"500", lrsFault(lrstest.Faults{Status: 500}), "500"},
		{"429 read as empty (external-dns 3841)", lrsFault(lrstest.Faults{Status: 429, RetryAfter: "0"}), "429"},
		{"garbage", lrsFault(lrstest.Faults{Body: "<html>welcome</html>"}), "no StatementResult"},
		{"200 with nothing (ssosync 194)", lrsFault(lrstest.Faults{Body: " "}), "cut off"},
		{"200 with an empty object", lrsFault(lrstest.Faults{Body: "{}"}), "no StatementResult"},
		{"half an answer", lrsFault(lrstest.Faults{Cut: true}), "cut off"},
		{"very slow", lrsFault(lrstest.Faults{Hold: t.Context().Done()}), "timeout"},
		{"redirect", lrsFault(lrstest.Faults{Redirect: away}), "redirect"},
	} {
		leader, held, writes := leaders[i], f.held(), len(f.writes())
		learnt := len(f.facts(t).Evidence)
		f.Completes(leader)
		fault.make(t, f)
		t.Run(fault.name, func(t *testing.T) { f.says(t, "lrs", fault.words) })
		if !slices.Equal(f.held(), held) || len(f.writes()) != writes || len(f.facts(t).Evidence) != learnt || reached.Load() != 0 {
			t.Errorf("%s: the holds are %v, %d calls were written, %d pieces of evidence are kept, and %d requests went elsewhere; want the state before",
				fault.name, f.held(), len(f.writes())-writes, len(f.facts(t).Evidence)-learnt, reached.Load())
		}
		f.LRS.Fault(lrstest.Faults{})
		if f.cycle(t, "sync"); !f.released(leader) {
			t.Errorf("%s: after it the reports of %s are still on hold: %v", fault.name, leader, f.held())
		}
	}
}

// hangUp closes the connection without an answer.
func hangUp(*http.Request) bool { panic(http.ErrAbortHandler) }

// TestFaultInTheMiddleOfPaging is ssosync 234: 503 after the first page. What the
// first page proves counts, and the rest comes with the next cycle.
func TestFaultInTheMiddleOfPaging(t *testing.T) {
	t.Parallel()
	f := newFirm(t, [2]string{"overlap: 1s", "overlap: 1s, limit: 2"})
	for _, id := range f.leaders()[:5] {
		f.Completes(id)
	}
	f.LRS.Fault(lrstest.Faults{Status: 503, When: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/more/") }})
	f.says(t, "lrs", "503")
	if n := len(f.facts(t).Evidence); n != 2 {
		t.Errorf("%d pieces of evidence after one page of two", n)
	}
	held, err := f.memory(t).HeldOrgs(t.Context())
	if err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	status, out, _ := f.run(t.Context(), "org", "approve", held[0].Digest, "--by", "Olga", "--reason", "ours")
	if status != exitFailure || !strings.Contains(out, " 0 hold, 1") {
		t.Errorf("exit code %d, and on records that were not read to their end is decided:\n%s", status, out)
	}
	f.LRS.Fault(lrstest.Faults{})
	before := len(f.LRS.Requests())
	if c := f.cycle(t, "sync"); len(c.Plan.Refused) != 1 || len(f.facts(t).Evidence) != 5 {
		t.Errorf("in the end %d pieces of evidence are known and %v wait; want 5, and the first holds", len(f.facts(t).Evidence), c.Plan.Refused)
	}
	if first := f.LRS.Requests()[before]; !strings.Contains(first.Path, "/more/") {
		t.Errorf("after the fault it began with %s?%s, not where it was", first.Path, first.Query)
	}
}

func moodleFault(fault sandbox.Fault) func(*testing.T, *firm) {
	return func(_ *testing.T, f *firm) { f.Moodle.Fail(fault) }
}

func inFront(status int, body string) func(*testing.T, *firm) {
	return func(_ *testing.T, f *firm) {
		answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
		f.front.Store(&answer)
	}
}

// blind takes the right to see people from the service account: Moodle then leaves
// them out of its lists and says nothing.
func blind(_ *testing.T, f *firm) {
	f.Moodle.Change(func(s *sandbox.State) {
		s.ServiceAccount.Roles[0].Capabilities = []string{"webservice/rest:use"}
	})
}

// TestFaultsOfTheLMS: a leader has completed, and the LMS cannot be read. Nothing
// is sent to it, and what was due is done afterwards.
func TestFaultsOfTheLMS(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	away, reached := elsewhere(t)
	leaders := f.leaders()
	var rights []sandbox.Role
	f.Moodle.Change(func(s *sandbox.State) { rights = slices.Clone(s.ServiceAccount.Roles) })
	for i, fault := range []fault{
		{"unreachable", moodleFault(sandbox.Fault{Kind: sandbox.Down}), "EOF"},
		{"401", inFront(http.StatusUnauthorized, ""), "401"},
		{"a token that is no more", moodleFault(sandbox.Fault{Kind: sandbox.Refuse, Code: "invalidtoken"}), "make a new one"},
		{"500", moodleFault(sandbox.Fault{Kind: sandbox.Error500}), "500"},
		{"429 read as empty (external-dns 3841)", inFront(http.StatusTooManyRequests, "[]"), "429"},
		{"garbage", moodleFault(sandbox.Fault{Kind: sandbox.Garbage}), "not the JSON"},
		{"200 with nothing (ssosync 194)", moodleFault(sandbox.Fault{Kind: sandbox.Empty}), "not the JSON"},
		{"200 with an empty list", inFront(http.StatusOK, "[]"), "probe"},
		{"people left out without a word", blind, "probe"},
		{"half an answer", moodleFault(sandbox.Fault{Kind: sandbox.Cut}), "not the JSON"},
		{"half of the lists", moodleFault(sandbox.Fault{Kind: sandbox.Cut, Function: "core_enrol_get_enrolled_users", Skip: 1}), "not the JSON"},
		{"very slow", moodleFault(sandbox.Fault{Kind: sandbox.Slow}), "timeout"},
		{"redirect", moodleFault(sandbox.Fault{Kind: sandbox.Redirect, To: away}), "redirect"},
	} {
		leader, held, writes := leaders[i], f.held(), len(f.writes())
		open, plans := len(f.facts(t).Holds), f.count(t, store.LogIntent)
		f.Completes(leader)
		fault.make(t, f)
		t.Run(fault.name, func(t *testing.T) { f.says(t, "moodle", fault.words) })
		if !slices.Equal(f.held(), held) || len(f.writes()) != writes || len(f.facts(t).Holds) != open || f.count(t, store.LogIntent) != plans || reached.Load() != 0 {
			t.Errorf("%s: the holds are %v, %d calls were written, %d holds lost, %d requests elsewhere; want the state before",
				fault.name, f.held(), len(f.writes())-writes, open-len(f.facts(t).Holds), reached.Load())
		}
		f.Moodle.Heal()
		f.front.Store(nil)
		f.Moodle.Change(func(s *sandbox.State) { s.ServiceAccount.Roles = slices.Clone(rights) })
		if f.cycle(t, "sync"); !f.released(leader) {
			t.Errorf("%s: after it the reports of %s are still on hold: %v", fault.name, leader, f.held())
		}
	}
}

// hrFile puts something in the place of the HR file.
func hrFile(change func(whole []byte) []byte) func(*testing.T, *firm) {
	return func(t *testing.T, f *firm) {
		t.Helper()
		whole, err := os.ReadFile(f.HRFile)
		if err == nil {
			err = os.WriteFile(f.HRFile, change(whole), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func asFolder(t *testing.T, f *firm) {
	t.Helper()
	if err := os.Remove(f.HRFile); err == nil {
		err = os.Mkdir(f.HRFile, 0o700)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFaultsOfTheHRFile: the last accepted organisation goes on ruling. Nothing
// moves on a broken file, and a leader's completion releases all the same.
func TestFaultsOfTheHRFile(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	leaders := f.leaders()
	for i, fault := range []fault{
		{"gone", func(_ *testing.T, f *firm) { _ = os.Remove(f.HRFile) }, "cannot be found"},
		{"a folder in its place", asFolder, "not a regular file"},
		{"a link to nowhere", func(_ *testing.T, f *firm) { _ = os.Remove(f.HRFile); _ = os.Symlink("nowhere", f.HRFile) }, "cannot be found"},
		{"empty (ssosync 194)", hrFile(func([]byte) []byte { return nil }), "is empty"},
		{"a header alone", hrFile(func(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] }), "nobody below"},
		{"garbage", hrFile(func([]byte) []byte { return []byte("\x00\x01\x02<html>\xff\xfe") }), "not UTF-8"},
		{"cut in the middle of a line", hrFile(func(b []byte) []byte { return b[:bytes.LastIndexByte(b, ',')-3] }), "cut"},
		{"a column renamed", hrFile(func(b []byte) []byte { return bytes.Replace(b, []byte("Manager ID"), []byte("Boss"), 1) }), "Manager ID"},
		{"an unknown word of status", hrFile(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("Active"), []byte("A")) }), "not mapped"},
	} {
		held, writes, snapshots := f.held(), len(f.writes()), len(f.facts(t).Snapshots)
		lost := f.count(t, store.LogSourceFailed)
		fault.make(t, f)
		t.Run(fault.name, func(t *testing.T) { f.says(t, "hr", fault.words) })
		if !slices.Equal(f.held(), held) || len(f.writes()) != writes || len(f.facts(t).Snapshots) != snapshots {
			t.Errorf("%s: the holds are %v after %d calls, and %d organisations were accepted; want the state before",
				fault.name, f.held(), len(f.writes())-writes, len(f.facts(t).Snapshots)-snapshots)
		}
		f.Completes(leaders[i])
		if f.says(t, "hr", fault.words); !f.released(leaders[i]) {
			t.Errorf("%s: beside it nobody is released by evidence: %v", fault.name, f.held())
		}
		if n := f.count(t, store.LogSourceFailed) - lost; n != 1 {
			t.Errorf("%s: the log says %d times that the file was lost", fault.name, n)
		}
		if err := os.RemoveAll(f.HRFile); err != nil {
			t.Fatal(err)
		}
		if err := f.Export(); err != nil {
			t.Fatal(err)
		}
		f.cycle(t, "sync")
	}
}

// TestHalfAnHRFile: every second person is gone. Nobody is released by it, and it
// waits; the whole file rules again without anybody's help.
func TestHalfAnHRFile(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	if err := f.ExportHalf(); err != nil {
		t.Fatal(err)
	}
	writes := len(f.writes())
	half := f.cycle(t, "sync")
	if half.Quarantined == "" || len(f.held()) != 106 || len(f.writes()) != writes {
		t.Errorf("quarantined %q, %d on hold, %d calls; want it to wait and nothing to move", half.Quarantined, len(f.held()), len(f.writes())-writes)
	}
	if err := f.Export(); err != nil {
		t.Fatal(err)
	}
	if whole := f.cycle(t, "sync"); whole.Quarantined != "" || len(whole.Outcomes) != 0 {
		t.Errorf("with the whole file again %q waits and %v moved", whole.Quarantined, whole.Outcomes)
	}
}

// TestMetricsTellOfFaults: a running daemon counts each fault, ends none of its
// cycles on it, and recovers by itself; the log says once that a source was lost
// and once that it is back.
func TestMetricsTellOfFaults(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.daemon(t)
	for _, c := range []struct {
		source string
		breaks func()
		heals  func()
	}{
		{"lrs", func() { f.LRS.Fault(lrstest.Faults{Status: 500}) }, func() { f.LRS.Fault(lrstest.Faults{}) }},
		{"hr", func() { _ = os.Remove(f.HRFile) }, func() { _ = f.Export() }},
		{"moodle", func() { f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Garbage}) }, f.Moodle.Heal},
	} {
		bad := `leadfront_source_reads_total{result="error",source="` + c.source + `"}`
		good := `leadfront_source_reads_total{result="ok",source="` + c.source + `"}`
		if n := f.metric(t, bad); n > 0 {
			t.Errorf("%s is %v before anything happened", bad, n)
		}
		c.breaks()
		eventually(t, bad+" has moved twice", func() bool { return f.metric(t, bad) >= 2 })
		c.heals()
		was := f.metric(t, good)
		eventually(t, good+" has moved again", func() bool { return f.metric(t, good) > was })
	}
	lost, back := f.count(t, store.LogSourceFailed), f.count(t, store.LogSourceRecovered)
	if lost != 3 || back != 3 || f.count(t, store.LogIntent) != 106 {
		t.Errorf("the log says %d times that a source was lost, %d times that one is back, and has %d intents; want 3, 3, and the 106 of the launch",
			lost, back, f.count(t, store.LogIntent))
	}
}
