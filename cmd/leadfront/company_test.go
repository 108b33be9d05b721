package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// firm is the company of the sandbox with a leadfront installed beside it.
type firm struct {
	*sandbox.Company
	dir    string // of configuration and store
	config string
	listen string
	// front, while set, answers in place of Moodle.
	front atomic.Pointer[http.HandlerFunc]
}

// newFirm opens a company and initialises leadfront for it. Its configuration is
// that of the demo, made to fail fast, and with each of the changes: what is
// found, and what takes its place.
func newFirm(t testing.TB, changes ...[2]string) *firm {
	t.Helper()
	f := &firm{dir: t.TempDir()}
	f.config = filepath.Join(f.dir, "leadfront.yaml")
	var err error
	if f.Company, err = sandbox.NewCompany(t.Context(), f.dir, time.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if instead := f.front.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		f.Moodle.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	if f.listen, err = freePort(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.configure(t, append([][2]string{
		{fmt.Sprintf("      url: %q\n", f.MoodleURL), fmt.Sprintf("      url: %q\n      timeout: 2s\n      retries: -1\n", front.URL)},
		{"retries: 1, retry_wait: 100ms", "retries: -1, timeout: 2s"},
	}, changes...)...)
	f.must(t, "init")
	return f
}

// configure writes the configuration of the demo with changes.
func (f *firm) configure(t testing.TB, changes ...[2]string) {
	t.Helper()
	text := f.Config(f.listen)
	for _, c := range changes {
		if !strings.Contains(text, c[0]) {
			t.Fatalf("the configuration has no %q:\n%s", c[0], text)
		}
		text = strings.Replace(text, c[0], c[1], 1)
	}
	if err := os.WriteFile(f.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reconfigure changes the configuration as it is.
func (f *firm) reconfigure(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(f.config)
	if err != nil || !bytes.Contains(text, []byte(from)) {
		t.Fatalf("the configuration has no %q: %v", from, err)
	}
	if err := os.WriteFile(f.config, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs the program in this process, for five minutes at most.
func (f *firm) run(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	var out, problems bytes.Buffer
	status = run(ctx, append([]string{"-c", f.config}, args...), func(string) string { return "" }, strings.NewReader(""), &out, &problems)
	return status, out.String(), problems.String()
}

// must runs a command that has to succeed and returns what it printed.
func (f *firm) must(t testing.TB, args ...string) string {
	t.Helper()
	status, out, problems := f.run(t.Context(), args...)
	if status != exitOK {
		t.Fatalf("leadfront %v: exit code %d\n%s%s", args, status, out, problems)
	}
	return out
}

// told is what sync and the approvals print with -o json.
type told struct {
	Learnt      int
	Quarantined string
	Outcomes    []struct{ Person, Move, Result, Error string }
	Sources     []struct{ Name, Error string }
	Plan        struct {
		Refused []struct {
			Digest, Move string
			Count        int
		}
	}
}

// cycle runs a command that ends in a cycle, which has to succeed.
func (f *firm) cycle(t testing.TB, args ...string) told {
	t.Helper()
	var c told
	if out := f.must(t, append([]string{"-o", "json"}, args...)...); json.Unmarshal([]byte(out), &c) != nil {
		t.Fatalf("leadfront %v printed no cycle:\n%s", args, out)
	}
	return c
}

// open brings the company to where only the first holds wait for an approval, and
// returns the digest to be approved.
func (f *firm) open(t testing.TB) (digest string) {
	t.Helper()
	first := f.cycle(t, "sync")
	asked := f.cycle(t, "org", "approve", first.Quarantined, "--by", "Olga", "--reason", "it is our company")
	if len(asked.Plan.Refused) != 1 || len(f.writes()) != 0 {
		t.Fatalf("%+v was refused and %d calls written; want the first holds to ask", asked.Plan.Refused, len(f.writes()))
	}
	return asked.Plan.Refused[0].Digest
}

// launch approves everything: whoever is not the president is on hold.
func (f *firm) launch(t testing.TB) {
	t.Helper()
	f.cycle(t, "approve", f.open(t), "--by", "Olga", "--reason", "the launch")
	enrolled := 0
	f.Moodle.Change(func(s *sandbox.State) { enrolled = len(s.Enrolments) })
	if n := len(f.held()); n != enrolled-1 {
		t.Fatalf("%d people are on hold after the launch, want %d", n, enrolled-1)
	}
}

// held lists the HR ids of those whose enrolment is suspended in the LMS.
func (f *firm) held() []string {
	var ids []string
	f.Moodle.Change(func(s *sandbox.State) {
		for _, e := range s.Enrolments {
			if e.Status == sandbox.Suspended {
				ids = append(ids, s.User(e.User).IDNumber)
			}
		}
	})
	slices.Sort(ids)
	return ids
}

// writes are the calls to Moodle that asked for a write.
func (f *firm) writes() []sandbox.Call {
	return slices.DeleteFunc(f.Moodle.Log(), func(c sandbox.Call) bool { return len(c.Writes) == 0 })
}

// reports are the HR ids of a leader's direct reports.
func (f *firm) reports(leader string) (ids []string) {
	for _, p := range f.People() {
		if p.Manager == leader {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// released reports whether none of the leader's reports is on hold.
func (f *firm) released(leader string) bool {
	held := f.held()
	return !slices.ContainsFunc(f.reports(leader), func(id string) bool { return slices.Contains(held, id) })
}

// leaders lists everybody with reports, the president first.
func (f *firm) leaders() (ids []string) {
	for _, p := range f.People() {
		if len(f.reports(p.ID)) > 0 {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// memory is the store, opened for reading as an auditor's programs do.
func (f *firm) memory(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(f.dir, "data"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// facts is all that the store knows.
func (f *firm) facts(t testing.TB) rules.Facts {
	t.Helper()
	s := f.memory(t)
	facts, err := s.Facts(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// entries reads the whole log. Its numbers have no gap, and no outcome is there
// without its intent.
func (f *firm) entries(t testing.TB) []store.LogEntry {
	t.Helper()
	all, err := f.memory(t).LogPage(t.Context(), 0, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	intended := map[int64]bool{}
	for i, e := range all {
		if e.Seq != int64(i)+1 {
			t.Fatalf("entry %d of the log has the number %d", i+1, e.Seq)
		}
		var b body
		if err := json.Unmarshal([]byte(e.Body), &b); err == nil && e.Kind == store.LogOutcome && !intended[b.Intent] {
			t.Errorf("entry %d is the outcome of %d, which is no intent", e.Seq, b.Intent)
		}
		intended[e.Seq] = e.Kind == store.LogIntent
	}
	return all
}

// count counts the entries of a kind.
func (f *firm) count(t testing.TB, kind string) (n int) {
	t.Helper()
	for _, e := range f.entries(t) {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// daemon runs the daemon until stop is called, which returns its exit code and
// what it logged. It is there when its first cycle has settled.
func (f *firm) daemon(t testing.TB) (stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	type ended struct {
		status int
		log    string
	}
	end := make(chan ended, 1)
	go func() {
		status, _, log := f.run(ctx, "run")
		end <- ended{status, log}
	}()
	stop = func() (int, string) {
		cancel()
		select {
		case e := <-end:
			end <- e
			return e.status, e.log
		case <-time.After(time.Minute):
			t.Error("the daemon does not stop")
			return -1, ""
		}
	}
	t.Cleanup(func() { stop() })
	eventually(t, "the daemon is ready", func() bool {
		select {
		case e := <-end:
			t.Fatalf("the daemon ended with exit code %d:\n%s", e.status, e.log)
		default:
		}
		status, _ := f.get(t, "/-/ready")
		return status == http.StatusOK
	})
	return stop
}

// get asks the daemon's web server; 0: nobody answers.
func (f *firm) get(t testing.TB, path string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+f.listen+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	return resp.StatusCode, b.String()
}

// metric reads one line of the daemon's metrics; -1: there is none.
func (f *firm) metric(t testing.TB, name string) (value float64) {
	t.Helper()
	_, text := f.get(t, "/metrics")
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err == nil {
				return value
			}
		}
	}
	return -1
}

// eventually looks again and again, for two minutes at most: a busy machine is no failure.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}
