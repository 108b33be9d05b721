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
	"strconv"
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
// how many statements there are (50,000); -cpu 1,2 how many cores.
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
				start, cpu := time.Now(), cpuTime(b)
				for range b.N {
					if got := way.pull(b, server.URL, packed); got != n && way.name == "store" {
						b.Fatalf("%d statements, want %d", got, n)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/time.Since(start).Seconds(), "statements/s")
				// Steadier than the former on a busy machine; serving the pages is in it.
				b.ReportMetric(float64((cpuTime(b)-cpu).Nanoseconds())/float64(n)/float64(b.N), "cpu-ns/statement")
			})
		}
	}
}

// cpuTime is what this process has used of the processors.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
