//go:build unix

package lrs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

// BenchmarkThroughput measures the way from an LRS into the store beside its own
// limits: the same pages copied to nowhere, and inflated. LEADFRONT_STATEMENTS says
// how many statements there are (50,000); -cpu 1,2 how many cores. Compared is the
// time of the processors in user mode, in which the serving of files is hardly
// contained, and which other work on the machine disturbs least.
func BenchmarkThroughput(b *testing.B) {
	n := 50_000
	if s := os.Getenv("LEADFRONT_STATEMENTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	corpus, err := lrstest.NewCorpus(b.TempDir(), n)
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(corpus)
	defer server.Close()
	limit := map[bool]float64{} // the least that was measured, by packed
	for _, way := range []struct {
		name string
		pull func(*testing.B, string, bool) int
	}{{"copy", copyPages}, {"store", storePages}} {
		for _, packed := range []bool{false, true} {
			name := way.name
			if packed {
				name += "-gzip"
			}
			b.Run(name, func(b *testing.B) {
				forget()
				start, cpu := time.Now(), userTime(b)
				for range b.N {
					if got := way.pull(b, server.URL, packed); got != n && way.name == "store" {
						b.Fatalf("%d statements, want %d", got, n)
					}
				}
				all := float64(n) * float64(b.N)
				cost := float64((userTime(b) - cpu).Nanoseconds()) / all
				b.ReportMetric(all/time.Since(start).Seconds(), "statements/s")
				b.ReportMetric(cost, "user-ns/statement")
				b.ReportMetric(0, "ns/op")
				if way.name == "copy" {
					limit[packed] = cost
					return
				}
				b.ReportMetric(100*limit[packed]/cost, "%-of-limit")
				b.ReportMetric(peak(), "peak-MiB")
			})
		}
	}
}

// userTime is what this process has used of the processors in user mode.
func userTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

// forget gives back memory and begins a new peak, where the system can (Linux).
func forget() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// peak is the most memory that was resident since, in MiB; 0: the system does not
// tell. The server of the pages is in it.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kib, _ := strconv.Atoi(strings.Fields(after + " 0")[0])
	return float64(kib) / 1024
}

// copyPages is the limit: nothing but the transfer, inflated where it is packed.
func copyPages(b *testing.B, url string, packed bool) int {
	client := &http.Client{Transport: &http.Transport{DisableCompression: !packed}}
	defer client.CloseIdleConnections()
	for page := 0; ; page++ {
		resp, err := client.Get(fmt.Sprintf("%s/xapi/more/%d", url, page))
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		if resp.StatusCode == http.StatusNotFound {
			return page
		}
	}
}

// storePages is the whole way: pull, read strictly, project, one transaction a page.
func storePages(b *testing.B, url string, packed bool) int {
	dir := filepath.Join(b.TempDir(), "data")
	if err := store.Init(b.Context(), dir, time.Now()); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(b.Context(), dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.Lock(b.Context()); err != nil {
		b.Fatal(err)
	}
	client, err := rest.New(rest.Config{URL: url + "/xapi", Rate: 1e6}, rest.Gets(), nil)
	if err != nil {
		b.Fatal(err)
	}
	if !packed {
		client.SetHeader("Accept-Encoding", "identity")
	}
	program := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{lrstest.CorpusCourse}}},
		CompleteWhen: []rules.CompleteRule{{Verb: "http://adlnet.gov/expapi/verbs/completed"}}}}
	source := lrs.New(lrs.Config{Name: "main"}, client, lrs.NewWatch([]rules.Program{program}))
	w := rules.Walk{Source: "main", Purpose: rules.Follow, Contracts: map[string]string{"ai": "x"}}
	statements := 0
	for page, err := range source.Pages(b.Context(), "") {
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Learn(b.Context(), w, page, time.Now()); err != nil {
			b.Fatal(err)
		}
		statements += page.Statements
		if len(page.Quarantined) > 0 {
			b.Fatal(page.Quarantined[0].Problem)
		}
	}
	return statements
}

// TestCorpus: the corpus is what it says: valid, a twelfth of it about the course.
func TestCorpus(t *testing.T) {
	corpus, err := lrstest.NewCorpus(t.TempDir(), 2000)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(corpus)
	defer server.Close()
	resp, err := http.Get(server.URL + "/xapi/statements")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		Statements []json.RawMessage
		More       string
	}
	if err := json.Unmarshal(body, &page); err != nil || len(page.Statements) != 1000 || page.More == "" {
		t.Fatalf("%d statements, more %q, %v", len(page.Statements), page.More, err)
	}
	tracked, ids := 0, map[string]bool{}
	for _, raw := range page.Statements {
		e, err := lrs.Project("x", raw)
		if err != nil {
			t.Fatal(err)
		}
		if e.Object == lrstest.CorpusCourse || len(e.Object) > len(lrstest.CorpusCourse) && e.Object[:len(lrstest.CorpusCourse)+1] == lrstest.CorpusCourse+"#" {
			tracked++
		}
		ids[e.Statement] = true
	}
	if size := len(body) / 1000; size < 1400 || size > 1800 || tracked < 60 || tracked > 100 || len(ids) != 1000 {
		t.Errorf("%d bytes a statement, %d about the course, %d ids", size, tracked, len(ids))
	}
}
