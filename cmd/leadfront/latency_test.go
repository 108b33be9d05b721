package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// reportsOfOne is how many people one leader of the benchmark has.
const reportsOfOne = 500

// BenchmarkReleaseLatency measures, with push and the intervals of a real
// installation, from a leader's completion stored in the LRS to the release of the
// first and of the last of 500 reports in the sandbox's Moodle.
func BenchmarkReleaseLatency(b *testing.B) {
	var first, last, metric time.Duration
	for b.Loop() {
		f, l, m := releaseLatency(b)
		first, last, metric = max(first, f), max(last, l), max(metric, m)
	}
	b.ReportMetric(first.Seconds(), "s/first")
	b.ReportMetric(last.Seconds(), "s/last")
	b.ReportMetric(metric.Seconds(), "s/mean-in-histogram")
}

// releaseLatency is one measurement.
func releaseLatency(t testing.TB) (first, last, mean time.Duration) {
	f := newFirm(t, [2]string{"every: 1s, max_age: 1h, overlap", "every: 10s, max_age: 1h, overlap"},
		[2]string{"      stable: 0s\n      every: 1s\n", "      stable: 0s\n      every: 1h\n"},
		[2]string{"      rate: 500\n      every: 1s\n", "      rate: 500\n      every: 1m\n"},
		[2]string{"programs:\n", "push: {token: " + serviceKey + "}\nprograms:\n"})
	leader := f.reports(president)[0]
	team := f.team(t, leader)
	f.launched(t)
	stop := f.daemon(t)
	f.Completes(president)
	f.pushed(t)
	eventually(t, "the leader is let in", func() bool { return !slices.Contains(f.held(), leader) })

	cycles := f.metric(t, `leadfront_cycles_total{result="ok"}`)
	eventually(t, "the daemon has come to rest", func() bool { return f.metric(t, `leadfront_cycles_total{result="ok"}`) >= cycles+2 })

	began, calls := time.Now(), len(f.Moodle.Log())
	f.Completes(leader)
	f.pushed(t)
	eventually(t, "all reports are let in", func() bool { return !f.heldAny(team) })
	eventually(t, "the releases are settled", func() bool {
		return f.metric(t, `leadfront_release_latency_seconds_count{program="ai-foundations"}`) >= reportsOfOne
	})
	log := f.Moodle.Log()[calls:]
	for _, c := range log {
		if len(c.Writes) > 0 && first == 0 {
			first = c.At.Sub(began)
		}
		if len(c.Writes) > 0 {
			last = c.At.Sub(began)
		}
	}
	sum := f.metric(t, `leadfront_release_latency_seconds_sum{program="ai-foundations"}`)
	n := f.metric(t, `leadfront_release_latency_seconds_count{program="ai-foundations"}`)
	stop()
	return first, last, time.Duration(sum / n * float64(time.Second))
}

// team gives a leader 500 reports, whom HR lists and who are enrolled.
func (f *firm) team(t testing.TB, leader string) map[int64]bool {
	t.Helper()
	text, err := os.ReadFile(f.HRFile)
	if err != nil {
		t.Fatal(err)
	}
	more, team := bytes.NewBuffer(text), map[int64]bool{}
	w := csv.NewWriter(more)
	f.Moodle.Change(func(s *sandbox.State) {
		course := s.Enrolments[0].Course
		for i := range reportsOfOne {
			id, account := fmt.Sprint("r", i), int64(50_000+i)
			_ = w.Write([]string{id, "Report " + id, id + "@corp.example", "Engineer", leader, "Active"}) // into memory
			s.Users = append(s.Users, sandbox.User{ID: account, Username: id, IDNumber: id, Email: id + "@corp.example", FirstName: "Report", LastName: id})
			s.Enrol(sandbox.Enrolment{User: account, Course: course, Method: "manual", Status: sandbox.Active}, 5)
			team[account] = true
		}
	})
	w.Flush()
	if err := os.WriteFile(f.HRFile, more.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return team
}

// launched has everybody on hold.
func (f *firm) launched(t testing.TB) {
	t.Helper()
	for _, digest := range []func() string{
		func() string { return f.cycle(t, "sync").Quarantined },
		func() string { return f.cycle(t, "sync").Plan.Refused[0].Digest },
	} {
		what := []string{"approve"}
		d := digest()
		if len(f.writes()) == 0 && len(d) > 16 {
			what = []string{"org", "approve"}
		}
		f.cycle(t, append(append(what, d), signature...)...)
	}
}

func (f *firm) heldAny(team map[int64]bool) (any bool) {
	f.Moodle.Change(func(s *sandbox.State) {
		for _, e := range s.Enrolments {
			any = any || team[e.User] && e.Status == sandbox.Suspended
		}
	})
	return any
}

// pushed tells the daemon that there is something to look at.
func (f *firm) pushed(t testing.TB) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+f.listen+"/hooks/xapi", bytes.NewBufferString(`{"actor":{"name":"a"},"verb":{"id":"v"},"object":{"id":"o"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+serviceKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatal("the push was answered with " + strconv.Itoa(resp.StatusCode))
	}
}
