package lrstest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadfront/leadfront/lrs/lrstest"
)

// peer is an LRS and what it takes to talk to it.
type peer struct {
	*testing.T
	*lrstest.Server
	url string
}

func start(t *testing.T, opts lrstest.Options) *peer {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	opts.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
	s := lrstest.New(opts)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return &peer{t, s, h.URL + "/xapi/statements"}
}

// do sends a request with a version header, and the headers given in pairs.
func (p *peer) do(method, address, body string, headers ...string) (int, string) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), method, address, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		p.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// ids walks the query to its end.
func (p *peer) ids(query string) string {
	p.Helper()
	address, list := p.url+"?"+query, []string{}
	for address != "" {
		status, body := p.do("GET", address, "")
		var page struct {
			Statements []struct{ ID string }
			More       string
		}
		if err := json.Unmarshal([]byte(body), &page); status != 200 || err != nil {
			p.Fatalf("%d %s %v", status, body, err)
		}
		for _, s := range page.Statements {
			list = append(list, strings.TrimLeft(s.ID[len(s.ID)-12:], "0"))
		}
		address = ""
		if page.More != "" {
			address = strings.TrimSuffix(p.url, "/xapi/statements") + page.More
		}
	}
	return strings.Join(list, " ")
}

func statement(n int, actor, verb, object string) string {
	return fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","actor":{"mbox":"mailto:%s@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/%s"},"object":%s}`,
		n, actor, verb, object)
}

const theCourse = `{"id":"https://lms.example.org/c"}`

func reference(n int) string {
	return fmt.Sprintf(`{"objectType":"StatementRef","id":"00000000-0000-4000-8000-%012d"}`, n)
}

func TestFiltersAndOrder(t *testing.T) {
	p := start(t, lrstest.Options{})
	for _, batch := range []string{
		"[" + statement(1, "ann", "completed", theCourse) + "," + statement(2, "bob", "completed", theCourse) + "]",
		statement(3, "ann", "passed", `{"id":"https://lms.example.org/d"}`),
		statement(4, "eve", "commented", reference(3)),
	} {
		if status, body := p.do("POST", p.url, batch); status != 200 {
			t.Fatal(status, body)
		}
	}
	stored := func(n int) string {
		_, body := p.do("GET", p.url+fmt.Sprintf("?statementId=00000000-0000-4000-8000-%012d", n), "")
		var s struct{ Stored string }
		if json.Unmarshal([]byte(body), &s) != nil || s.Stored == "" {
			t.Fatal(body)
		}
		return url.QueryEscape(s.Stored)
	}
	for query, want := range map[string]string{
		"":                       "4 3 1 2",
		"ascending=true":         "1 2 3 4",
		"ascending=true&limit=1": "1 2 3 4",
		"verb=" + url.QueryEscape("http://adlnet.gov/expapi/verbs/completed") + "&ascending=true": "1 2",
		"activity=" + url.QueryEscape("https://lms.example.org/d") + "&ascending=true":            "3 4",
		"agent=" + url.QueryEscape(`{"mbox":"mailto:bob@example.org"}`):                           "2",
		"since=" + stored(1) + "&ascending=true":                                                  "3 4",
		"until=" + stored(1) + "&ascending=true":                                                  "1 2",
	} {
		if got := p.ids(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestVoiding: the target vanishes from lists, the voider stays, and a voider is
// not voided by another (Data 2.3.2); the target may come after its voider.
func TestVoiding(t *testing.T) {
	p := start(t, lrstest.Options{})
	p.Add(statement(2, "admin", "voided", reference(1)))
	p.Add(statement(1, "ann", "completed", theCourse))
	p.Add(statement(3, "admin", "voided", reference(2)))
	if got := p.ids("ascending=true"); got != "2 3" {
		t.Errorf("listed %s", got)
	}
	for query, want := range map[string]int{"statementId": 404, "voidedStatementId": 200} {
		if status, _ := p.do("GET", p.url+"?"+query+"=00000000-0000-4000-8000-000000000001", ""); status != want {
			t.Errorf("%s: %d, want %d", query, status, want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	p := start(t, lrstest.Options{Username: "u", Password: "p"})
	auth := []string{"Authorization", "Basic dTpw"}
	if status, _ := p.do("PUT", p.url+"?statementId=00000000-0000-4000-8000-000000000001", statement(1, "ann", "completed", theCourse), auth...); status != 204 {
		t.Errorf("PUT: %d", status)
	}
	for name, c := range map[string]struct {
		method, query, body string
		headers             []string
		want                int
	}{
		"no credentials":  {"GET", "", "", nil, 401},
		"wrong ones":      {"GET", "", "", []string{"Authorization", "Basic dTpx"}, 401},
		"no version":      {"GET", "", "", append(auth, "X-Experience-API-Version", ""), 400},
		"version 2":       {"GET", "", "", append(auth, "X-Experience-API-Version", "2.0.0"), 400},
		"unknown":         {"GET", "?colour=red", "", auth, 400},
		"bad since":       {"GET", "?since=yesterday", "", auth, 400},
		"negative limit":  {"GET", "?limit=-1", "", auth, 400},
		"not JSON":        {"POST", "", "{", auth, 400},
		"no verb":         {"POST", "", `{"actor":{"mbox":"mailto:a@example.org"},"object":{"id":"x:y"}}`, auth, 400},
		"wrong type":      {"POST", "", `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"x:y"},"object":{"id":"x:y"},"result":{"success":"true"}}`, auth, 400},
		"other content":   {"POST", "", statement(1, "eve", "completed", theCourse), auth, 409},
		"deletion":        {"DELETE", "", "", auth, 405},
		"the same again":  {"POST", "", statement(1, "ann", "completed", theCourse), auth, 200},
		"an unknown link": {"GET", "/../more/xyz", "", auth, 404},
	} {
		if status, body := p.do(c.method, p.url+c.query, c.body, c.headers...); status != c.want {
			t.Errorf("%s: %d %s, want %d", name, status, body, c.want)
		}
	}
	if status, _ := p.do("GET", strings.TrimSuffix(p.url, "statements")+"about", ""); status != 200 {
		t.Errorf("about: %d", status)
	}
	for _, r := range p.Requests() {
		if r.Status == 0 {
			t.Errorf("%+v has no status in the log", r)
		}
	}
}

// TestStoredIsTheServers: what a sender says of stored and authority is nothing.
func TestStoredIsTheServers(t *testing.T) {
	p := start(t, lrstest.Options{})
	p.do("POST", p.url, strings.Replace(statement(1, "ann", "completed", theCourse), `"actor"`,
		`"stored":"1999-01-01T00:00:00Z","authority":{"mbox":"mailto:ann@example.org"},"actor"`, 1))
	_, body := p.do("GET", p.url, "")
	if strings.Contains(body, "1999") || strings.Contains(body, `"authority":{"mbox"`) {
		t.Error(body)
	}
}
