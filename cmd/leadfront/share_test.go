package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/lrs/lrstest"
)

// visitor is somebody who came through the reverse proxy.
type visitor struct {
	t           *testing.T
	base, email string
}

func (v visitor) ask(method, path string, form url.Values) (status int, body string) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-User", v.email)
	req.Header.Set("X-Email", v.email)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// post sends a form of a page, with the token of that page.
func (v visitor) post(page, path string, form url.Values) {
	v.t.Helper()
	_, body := v.ask(http.MethodGet, page, nil)
	all := formToken.FindAllStringSubmatch(body, -1)
	if len(all) == 0 {
		v.t.Fatalf("%s has no form:\n%s", page, body)
	}
	form.Set("token", all[len(all)-1][1])
	if status, body := v.ask(http.MethodPost, path, form); status != http.StatusSeeOther {
		v.t.Fatalf("POST %s: %d\n%s", path, status, body)
	}
}

// sees waits until the page has the text.
func (v visitor) sees(path, want string) (body string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("%s sees %q at %s", v.email, want, path), func() bool {
		_, body = v.ask(http.MethodGet, path, nil)
		if strings.Contains(body, want) {
			return true
		}
		<-time.After(time.Second) // the door lets nobody ask more often for long
		return false
	})
	return body
}

// TestAUseCaseGoesRound: a leader shares while the LRS is down, and is told so; when it
// is back, the use case goes there and comes back as what everybody sees; a member of
// the team confirms it; its author edits it, and withdraws it. All of that while
// leadfront only observes: nothing is written to the LMS.
func TestAUseCaseGoesRound(t *testing.T) {
	t.Parallel()
	listen, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := newFirm(t, [2]string{"mode: enforce", "mode: observe"}, [2]string{"overlap: 1s,", "overlap: 1s, share: {},"},
		[2]string{"tops:", fmt.Sprintf("web: {url: \"http://%[1]s\", listen: \"%[1]s\", proxies: [127.0.0.1], sign_in: {proxy: {user: X-User, email: X-Email}}, showcase: {open: true, frames: [\"https://intranet.corp.example\"]}}\ntops:", listen)})
	f.cycle(t, "org", "approve", f.cycle(t, "sync").Quarantined, "--by", "Olga", "--reason", "it is our company")
	f.daemon(t)
	mail := map[string]string{}
	for _, p := range f.People() {
		mail[p.ID] = p.Email
	}
	as := func(id string) visitor { return visitor{t, "http://" + listen, mail[id]} }
	lead, team, other := as("103"), as("104"), as("115")

	lead.sees("/showcase", "Nobody has shared a use case yet")
	f.LRS.Fault(lrstest.Faults{Status: http.StatusServiceUnavailable, When: func(r *http.Request) bool { return r.Method == http.MethodPut }})
	text := url.Values{"do": {"share"}, "title": {"Shorter stand-ups"}, "prompt": {"Summarise <notes>…</notes>"}, "output": {"Three points"}, "result": {"Ten minutes a day"},
		"tool": {"Copilot"}, "own_work": {"1"}, "consent": {"1"}}
	lead.post("/showcase/new", "/showcase/new", text)
	lead.sees("/showcase/mine", "It waits for the record store")
	f.LRS.Fault(lrstest.Faults{})
	found := regexp.MustCompile(`/showcase/([a-z2-7]{26})"`).FindStringSubmatch(other.sees("/showcase", "Shorter stand-ups"))
	if found == nil {
		t.Fatal("the use case has no page")
	}
	page := "/showcase/" + found[1]
	if body := other.sees(page, "Summarise &lt;notes&gt;"); strings.Contains(body, "I saw this") {
		t.Error("somebody who is not led by the author may confirm")
	}
	team.post(page, page+"/confirm", url.Values{})
	other.sees(page, "Confirmed by the team")
	text.Set("title", "Much shorter stand-ups")
	lead.post(page+"/edit", page+"/edit", text)
	if body := other.sees(page, "Much shorter stand-ups"); strings.Contains(body, "Confirmed by the team") {
		t.Error("the confirmation of the old text stands for the new one")
	}
	other.sees("/showcase/feed.atom", "Much shorter stand-ups")
	if out := f.must(t, "newsletter", "--month", time.Now().UTC().Format("2006-01")); !strings.Contains(out, `[Much shorter stand\-ups](http://`+listen+page+")") {
		t.Errorf("the newsletter has no use case:\n%s", out)
	}
	if out := f.must(t, "newsletter", "--month", "2026-01", "--format", "mime"); !strings.Contains(out, "Content-Type: multipart/alternative") || !strings.Contains(out, "Nobody has shared a use case this month") {
		t.Errorf("the newsletter of another month is\n%s", out)
	}
	f.openToAll(t, "http://"+listen)
	f.LRS.Fault(lrstest.Faults{Status: http.StatusServiceUnavailable, When: func(r *http.Request) bool { return r.Method == http.MethodPut }})
	lead.post(page, page+"/withdraw", url.Values{})
	if out := f.must(t, "newsletter", "--month", time.Now().UTC().Format("2006-01")); !strings.Contains(out, "Nobody has shared a use case this month") {
		t.Errorf("the newsletter has what its author has withdrawn:\n%s", out)
	}
	f.LRS.Fault(lrstest.Faults{})
	other.sees(page, "was withdrawn")
	eventually(t, "the outbox is empty", func() bool {
		all, err := f.memory(t).Outbox().All(t.Context())
		return err == nil && len(all) == 0
	})
	other.sees(page, "was withdrawn") // also by what the LRS says
	puts := 0
	for _, r := range f.LRS.Requests() {
		if r.Method != http.MethodGet && r.Status/100 == 2 {
			puts++
		}
	}
	if puts != 5 || len(f.writes()) != 0 {
		t.Errorf("%d statements were put and %d calls written to the LMS; want 5 and none", puts, len(f.writes()))
	}
}

// openToAll: whoever has not signed in sees the showcase where it is open, may frame the
// fragment from where it is allowed, and can share nothing.
func (f *firm) openToAll(t *testing.T, base string) {
	t.Helper()
	for path, want := range map[string]int{"/showcase": http.StatusOK, "/showcase/feed.json": http.StatusOK, "/showcase/fragment": http.StatusOK, "/showcase/mine": http.StatusSeeOther} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s to everybody: %d, want %d", path, resp.StatusCode, want)
		}
		framed := strings.Contains(strings.Join(resp.Header.Values("Content-Security-Policy"), " "), "frame-ancestors 'self' https://intranet.corp.example")
		if framed != (path == "/showcase/fragment") || resp.Header.Get("X-Frame-Options") != "" && framed {
			t.Errorf("%s may be framed by the intranet: %v", path, framed)
		}
	}
}
