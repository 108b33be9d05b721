package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web/act"
	"github.com/leadfront/leadfront/connector/web/signin"
)

// operator comes to the pages through a reverse proxy that has signed them in.
type operator struct {
	t       *testing.T
	base    string
	headers map[string]string
}

// withPages is a firm whose pages are served, and a way in for an operator.
func withPages(t *testing.T) (*firm, *operator) {
	t.Helper()
	listen, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := newFirm(t, [2]string{"mode: enforce\n", "mode: enforce\nweb:\n  url: https://leadfront.corp.example\n  listen: " + listen +
		"\n  proxies: [127.0.0.1]\n  sign_in:\n    proxy: {secret: s3cret-s3cret-s3cret}\n" +
		"    tokens: [{name: reporting, token: 0123456789abcdef0123456789abcdef, roles: [viewer]}]\n  roles: {operator: [Admins], auditor: [Audit]}\n"})
	return f, &operator{t, "http://" + listen, map[string]string{signin.HeaderSecret: "s3cret-s3cret-s3cret",
		"X-Forwarded-User": "olga", "X-Forwarded-Preferred-Username": "Olga", "X-Forwarded-Email": "olga@corp.example", "X-Forwarded-Groups": "Admins"}}
}

// ask returns the answer, after redirects.
func (v *operator) ask(method, path string, form url.Values) (status int, body string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// form returns the hidden fields of the form in which the text stands.
func form(page, text string) url.Values {
	out := url.Values{}
	for _, f := range strings.Split(page, "<form")[1:] {
		f, _, _ = strings.Cut(f, "</form>")
		if !strings.Contains(f, text) {
			continue
		}
		for _, m := range hiddenField.FindAllStringSubmatch(f, -1) {
			out.Set(m[1], html.UnescapeString(m[2]))
		}
		return out
	}
	return out
}

// confirm asks for an act that waits on the desk and confirms it, and returns what
// became of it.
func (v *operator) confirm(button string) string {
	v.t.Helper()
	var page string
	eventually(v.t, button, func() bool {
		_, page = v.ask(http.MethodGet, act.Path, nil)
		return strings.Contains(page, button)
	})
	_, asked := v.ask(http.MethodPost, act.Path, form(page, button))
	f := form(asked, "Do it")
	f.Set("reason", "the launch")
	var done string
	status, answered := v.ask(http.MethodPost, act.Path, f)
	number := regexp.MustCompile(`Request (\d+) will be done`).FindStringSubmatch(answered)
	if number == nil {
		return answered
	}
	eventually(v.t, button+" is done", func() bool {
		status, done = v.ask(http.MethodGet, act.Path+"/"+number[1], nil)
		return status != http.StatusOK || !strings.Contains(done, "will be done")
	})
	return done
}

// TestLaunchOnPages: an operator launches a programme without the command line, and the
// log says who it was.
func TestLaunchOnPages(t *testing.T) {
	t.Parallel()
	f, olga := withPages(t)
	stop := f.daemon(t)
	defer stop()
	if done := olga.confirm("See what it would change"); !strings.Contains(done, "people) is approved") {
		t.Fatalf("approving the organisation:\n%s", done)
	}
	if done := olga.confirm("See whom it concerns"); !strings.Contains(done, "It is done") {
		t.Fatalf("approving the first holds:\n%s", done)
	}
	eventually(t, "the holds", func() bool { return len(f.held()) > 0 })
	if done := olga.confirm("See whom it would release"); !strings.Contains(done, "is paused") {
		t.Fatalf("releasing everybody:\n%s", done)
	}
	eventually(t, "the releases", func() bool { return len(f.held()) == 0 })
	for _, kind := range []string{store.LogSnapshotApproved, store.LogApproval, store.LogPaused} {
		for _, e := range f.entries(t) {
			var by struct{ By, Reason string }
			if e.Kind == kind && (json.Unmarshal([]byte(e.Personal), &by) != nil || by.By != "Olga (olga@corp.example)" || by.Reason != "the launch") {
				t.Errorf("%s is by %q because %q", kind, by.By, by.Reason)
			}
		}
		if f.count(t, kind) != 1 {
			t.Errorf("%d entries of %s, want 1", f.count(t, kind), kind)
		}
	}
	olga.headers["X-Forwarded-Groups"] = "Audit"
	if status, _ := olga.ask(http.MethodGet, act.Path, nil); status != http.StatusNotFound {
		t.Errorf("the desk for an auditor: %d", status)
	}
	if status, page := olga.ask(http.MethodGet, signin.PathAccount, nil); status != http.StatusOK || !strings.Contains(page, "auditor") {
		t.Errorf("the account: %d\n%s", status, page)
	}
	if status, said := olga.ask(http.MethodGet, "/api/v1/waivers", nil); status != http.StatusOK || !strings.Contains(said, `"items"`) {
		t.Errorf("the API: %d %s", status, said)
	}
	if status, said := olga.ask(http.MethodGet, "/api/v1/people/x", nil); status != http.StatusNotFound || !strings.Contains(said, `"title":"Not Found"`) {
		t.Errorf("an error of the API: %d %s", status, said)
	}
	for _, path := range []string{"/metrics", "/-/healthy", "/-/reload"} {
		if status, _ := olga.ask(http.MethodGet, path, nil); status != http.StatusNotFound {
			t.Errorf("%s where people come: %d", path, status)
		}
	}
	if status, _ := f.get(t, act.Path); status != http.StatusNotFound {
		t.Errorf("the desk where metrics are: %d", status)
	}
}

// TestRefusalsReadAlike: the pages tell a refusal by what the store says it with.
func TestRefusalsReadAlike(t *testing.T) {
	if act.Refused != store.RefusedPrefix {
		t.Errorf("%q and %q", act.Refused, store.RefusedPrefix)
	}
}
