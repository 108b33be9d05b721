package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

// mailed is a completion by somebody who is named by an address.
func (f *firm) mailed(address, id string) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":%q},"timestamp":"2026-03-01T10:00:00Z"}`,
		id, address, f.CourseIRI())
}

// TestSeveralLRSs: what one of them shows counts, while the other is down as well,
// and one that was emptied is said by its name.
func TestSeveralLRSs(t *testing.T) {
	second := lrstest.New(lrstest.Options{})
	server := httptest.NewServer(second)
	defer server.Close()
	f := newFirm(t, [2]string{"records:\n", fmt.Sprintf("records:\n  - lrs: {name: second, url: %q, every: 1s, overlap: 1s, rate: 200, retries: -1}\n", server.URL+"/xapi")})
	f.launch(t)
	leader := f.leaders()[0]
	for _, p := range f.People() {
		if p.ID == leader {
			second.Add(f.mailed(p.Email, "00000000-0000-4000-8000-000000000001"))
		}
	}
	f.LRS.Fault(lrstest.Faults{Status: http.StatusInternalServerError})
	if status, out, problems := f.run(t.Context(), "sync"); status != exitFailure || !strings.Contains(out+problems, "LRS lrs") {
		t.Errorf("exit code %d with one LRS down\n%s%s", status, out, problems)
	}
	if !f.released(leader) {
		t.Error("what the second LRS shows does not count while the first is down")
	}
	f.LRS.Fault(lrstest.Faults{})
	f.cycle(t, "sync")
	facts := f.facts(t)
	read := map[string]bool{}
	for _, s := range facts.Sources {
		read[s.Name] = s.Kind == rules.SourceRecords && s.Through && len(s.History) == 1
	}
	if !read["lrs"] || !read["second"] {
		t.Errorf("sources %+v", facts.Sources)
	}
}

// TestBackfillCommand reads again, tells how far it is, and is in the log.
func TestBackfillCommand(t *testing.T) {
	f := newFirm(t)
	f.launch(t)
	f.Completes(f.leaders()[0])
	f.cycle(t, "sync")
	status, out, problems := f.run(t.Context(), "backfill", "--program", "ai-foundations", "--since", "2026-01-01", "--by", "Olga", "--reason", "a feed was late")
	if status != exitOK || !strings.Contains(out, "will be read again from 2026-01-01") || !strings.Contains(problems, "statements read again") || !strings.Contains(problems, "done") {
		t.Errorf("exit code %d\n%s%s", status, out, problems)
	}
	if n := f.count(t, store.LogBackfill); n != 1 {
		t.Errorf("%d entries in the log", n)
	}
	if status, _, problems := f.run(t.Context(), "backfill", "--program", "nonsense", "--by", "Olga", "--reason", "x"); status != exitFailure || !strings.Contains(problems, "no programme") {
		t.Errorf("exit code %d: %s", status, problems)
	}
}

// TestUnresolvedCommand lists whose statements count for nobody, the most frequent
// first.
func TestUnresolvedCommand(t *testing.T) {
	f := newFirm(t)
	for i, who := range []string{"rare@elsewhere.example", "often@elsewhere.example", "often@elsewhere.example"} {
		f.LRS.Add(f.mailed(who, fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i)))
	}
	f.Completes(f.leaders()[0])
	f.open(t)
	var list []rules.Unresolved
	if err := json.Unmarshal([]byte(f.must(t, "inspect", "--unresolved", "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Actor != "often@elsewhere.example" || list[0].Statements != 2 || list[1].Statements != 1 {
		t.Errorf("%+v", list)
	}
	if out := f.must(t, "inspect", "--unresolved"); !strings.Contains(out, "often@elsewhere.example") || !strings.Contains(out, "aliases") {
		t.Error(out)
	}
	if status, _, problems := f.run(t.Context(), "inspect"); status != exitFailure || !strings.Contains(problems, "--unresolved") {
		t.Errorf("exit code %d: %s", status, problems)
	}
}

// TestPushReleases: with an LRS that is read once an hour, a forwarded statement is
// the reason to look, and the reports are released. A push alone proves nothing.
func TestPushReleases(t *testing.T) {
	f := newFirm(t, [2]string{"every: 1s, max_age: 1h, overlap", "every: 1h, max_age: 2h, overlap"}, [2]string{"records:\n", "push: {token: push-token-of-the-lrs}\nrecords:\n"})
	f.launch(t)
	f.daemon(t)
	leader := f.leaders()[0]
	push := func(token, body string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+f.listen+"/hooks/xapi", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	reads := f.metric(t, `leadfront_source_reads_total{result="ok",source="lrs"}`)
	address := ""
	for _, p := range f.People() {
		if p.ID == leader {
			address = p.Email
		}
	}
	if status := push("wrong-token-of-nobody", f.mailed(address, "00000000-0000-4000-8000-000000000001")); status != http.StatusUnauthorized {
		t.Errorf("a stranger's push is answered %d", status)
	}
	if status := push("push-token-of-the-lrs", f.mailed(address, "00000000-0000-4000-8000-000000000001")); status != http.StatusAccepted {
		t.Errorf("a push is answered %d", status)
	}
	eventually(t, "the LRS is read because of the push", func() bool {
		return f.metric(t, `leadfront_source_reads_total{result="ok",source="lrs"}`) > reads
	})
	if f.released(leader) {
		t.Error("a push alone has released somebody")
	}
	f.Completes(leader)
	push("push-token-of-the-lrs", "["+f.mailed(address, "00000000-0000-4000-8000-000000000001")+"]")
	eventually(t, "the reports are released", func() bool { return f.released(leader) })
}
