//go:build realoidc

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/web/act"
	"github.com/leadfront/leadfront/connector/web/signin"
)

const (
	face       = "https://leadfront.corp.example"
	openSecret = "s3cret/with+ what %41 has to be & escaped"
)

// realOpenID is oidc-provider, which can be started again: it has other keys then, and has
// forgotten who was signed in.
type realOpenID struct {
	t              *testing.T
	folder, at     string
	accounts, port string
	stop           func()
}

// newOpenID prepares a provider, whose accounts are still to be told.
func newOpenID(t *testing.T) *realOpenID {
	t.Helper()
	folder := os.Getenv("LEADFRONT_TEST_OIDC")
	if folder == "" {
		t.Fatal("LEADFRONT_TEST_OIDC names no folder; .ci/run prepares one")
	}
	at, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(at)
	o := &realOpenID{t: t, folder: folder, at: "http://" + at, port: port, accounts: filepath.Join(t.TempDir(), "accounts.json"), stop: func() {}}
	t.Cleanup(func() { o.stop() })
	return o
}

// know tells the provider the claims of the accounts, by what is signed in with.
func (o *realOpenID) know(accounts map[string]any) {
	o.t.Helper()
	text, err := json.Marshal(accounts)
	if err == nil {
		err = os.WriteFile(o.accounts, text, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// start starts the provider, instead of the one that runs, and returns when it listens.
func (o *realOpenID) start(settings ...string) {
	o.t.Helper()
	o.stop()
	cmd := exec.CommandContext(o.t.Context(), "node", "server.mjs", o.accounts, o.port, face+signin.PathCallback)
	cmd.Dir, cmd.Env = o.folder, append(append(os.Environ(), "SECRET="+openSecret), settings...)
	said := &strings.Builder{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); o.stop = func() {} }
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		o.stop()
		o.t.Fatalf("the provider did not start: %v\n%s", err, said)
	}
}

// guest is somebody at a browser: it keeps cookies and follows redirects, and comes to
// leadfront through a reverse proxy that speaks https.
type guest struct {
	*http.Client
	t *testing.T
}

type throughProxy string

func (listen throughProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	passed := r.Clone(r.Context())
	if "https://"+r.URL.Host == face {
		passed.Host, passed.URL.Scheme, passed.URL.Host = r.URL.Host, "http", string(listen)
	}
	resp, err := http.DefaultTransport.RoundTrip(passed)
	if err == nil {
		resp.Request = r // as the browser knows it
	}
	return resp, err
}

func newGuest(t *testing.T, listen string) *guest {
	jar, _ := cookiejar.New(nil) // never fails
	return &guest{&http.Client{Jar: jar, Transport: throughProxy(listen)}, t}
}

// screen is what a browser shows.
type screen struct {
	at     *url.URL
	status int
	text   string
}

// see goes to an address, or posts a form there.
func (v *guest) see(address string, form url.Values) screen {
	v.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return screen{resp.Request.URL, resp.StatusCode, string(text)}
}

var (
	formAt     = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	formHidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`)
)

// submit sends the form of a page of the provider with what was entered.
func (v *guest) submit(p screen, entered url.Values) screen {
	v.t.Helper()
	at := formAt.FindStringSubmatch(p.text)
	if at == nil {
		v.t.Fatalf("no form at %s:\n%s", p.at, p.text)
	}
	for _, m := range formHidden.FindAllStringSubmatch(p.text, -1) {
		entered.Set(m[1], html.UnescapeString(m[2]))
	}
	to, err := p.at.Parse(html.UnescapeString(at[1]))
	if err != nil {
		v.t.Fatal(err)
	}
	return v.see(to.String(), entered)
}

func asksForPassword(p screen) bool { return strings.Contains(p.text, `name="password"`) }

// signIn opens a page of leadfront, signs in at the provider if it asks, and consents.
func (v *guest) signIn(path, login string) screen {
	v.t.Helper()
	return v.through(v.see(face+path, nil), login)
}

func (v *guest) through(p screen, login string) screen {
	v.t.Helper()
	if asksForPassword(p) {
		p = v.submit(p, url.Values{"login": {login}, "password": {"any"}})
	}
	if strings.Contains(p.text, `value="consent"`) {
		p = v.submit(p, url.Values{})
	}
	return p
}

// withOpenID is a firm whose people sign in at the provider, which is not started. Its
// organisation is approved. Lea is in it and in no group; Olga is not, and in that of
// operators.
func withOpenID(t *testing.T) (f *firm, o *realOpenID, listen string) {
	t.Helper()
	listen, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o = newOpenID(t)
	f = newFirm(t, [2]string{"mode: enforce\n", fmt.Sprintf("mode: enforce\nweb:\n  url: %s\n  listen: %s\n  sign_in:\n"+
		"    oidc: {issuer: %q, client_id: leadfront, client_secret: %q, scopes: [profile, email, groups]}\n"+
		"  roles: {operator: [Admins]}\n", face, listen, o.at, openSecret)})
	f.open(t)
	people := f.People()
	o.know(map[string]any{
		"lea":  map[string]any{"name": "Lea", "email": people[len(people)-1].Email, "email_verified": true},
		"olga": map[string]any{"name": "Olga", "email": "olga@corp.example", "email_verified": true, "groups": []string{"Staff", "Admins"}},
	})
	return f, o, listen
}

// TestRealOpenID: people sign in at a real provider, which may be down, change its keys
// and be wrong; nobody comes in whom it does not vouch for.
func TestRealOpenID(t *testing.T) {
	f, o, listen := withOpenID(t)
	stop := f.daemon(t)
	if p := newGuest(t, listen).see(face+"/", nil); p.status != http.StatusBadGateway || !strings.Contains(p.text, "You could not be signed in") {
		t.Fatalf("while the provider is down: %d\n%s", p.status, p.text)
	}
	o.start()
	olga, lea := newGuest(t, listen), newGuest(t, listen)
	patient := time.NewTicker(time.Second) // whoever tries faster is told to wait
	defer patient.Stop()
	eventually(t, "signing in once the provider is back", func() bool {
		<-patient.C
		p := olga.signIn(act.Path, "olga")
		return p.status == http.StatusOK && p.at.Path == act.Path
	})
	if p := olga.see(face+signin.PathAccount, nil); !strings.Contains(p.text, "Signed in as Olga (olga@corp.example)") || !strings.Contains(p.text, "operator") {
		t.Errorf("the account of an operator:\n%s", p.text)
	}
	if p := lea.signIn("/me", "lea"); !ownPage(p) {
		t.Errorf("a learner at %s: %d\n%s", p.at, p.status, p.text)
	}
	if p := lea.see(face+act.Path, nil); p.status != http.StatusNotFound {
		t.Errorf("the desk for a learner: %d", p.status)
	}
	signsOut(t, lea)
	o.start()
	if p := olga.see(face+signin.PathAccount, nil); !strings.Contains(p.text, "operator") {
		t.Errorf("a session does not outlast the keys that it began by: %d", p.status)
	}
	for _, settings := range [][]string{{}, {"METHOD=client_secret_post"}} {
		o.start(settings...)
		if p := newGuest(t, listen).signIn("/me", "lea"); !ownPage(p) {
			t.Errorf("with other keys and %q: %d at %s\n%s", settings, p.status, p.at, p.text)
		}
	}
	for _, settings := range []string{"SECRET=another", "MINUTES=-120", "HOST=localhost"} {
		o.start(settings)
		refused(t, newGuest(t, listen), settings, func(v *guest) screen { return v.signIn("/me", "lea") })
	}
	o.start()
	for _, param := range []string{"client_id", "code_challenge"} {
		refused(t, newGuest(t, listen), "the code of another "+param, func(v *guest) screen { return v.swaps(param) })
	}
	_, log := stop()
	for _, want := range []string{"look up the OpenID provider", "invalid_client", "token is expired", "different provider", "invalid_grant"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, openSecret) || strings.Contains(log, url.QueryEscape(openSecret)) {
		t.Error("the log has the secret")
	}
}

// ownPage reports whether somebody is where /me leads whom the organisation knows.
func ownPage(p screen) bool {
	return p.status == http.StatusOK && strings.HasPrefix(p.at.Path, "/people/")
}

// refused expects somebody not to come in, and to have no session afterwards.
func refused(t *testing.T, v *guest, why string, tries func(*guest) screen) {
	t.Helper()
	if p := tries(v); p.status != http.StatusBadGateway || !strings.Contains(p.text, "You could not be signed in") {
		t.Errorf("%s: %d at %s\n%s", why, p.status, p.at, p.text)
	}
	if p := v.see(face+"/api/v1/programs", nil); p.status != http.StatusUnauthorized {
		t.Errorf("%s: the API answers %d", why, p.status)
	}
}

// swaps begins to sign in, and comes back with a code that was made for another client,
// or for another browser's sign-in, as somebody does who has stolen one.
func (v *guest) swaps(param string) screen {
	v.t.Helper()
	var asked, callback *url.URL
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		switch r.URL.Path {
		case "/auth":
			asked = r.URL
			return http.ErrUseLastResponse
		case signin.PathCallback:
			callback = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	v.see(face+"/me", nil)
	if asked == nil {
		v.t.Fatal("nobody is sent to the provider")
	}
	other := map[string]string{"client_id": "other", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
	q := asked.Query()
	q.Set(param, other[param])
	asked.RawQuery = q.Encode()
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == signin.PathCallback {
			callback = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	v.through(v.see(asked.String(), nil), "olga")
	if callback == nil || callback.Query().Get("code") == "" {
		v.t.Fatalf("the provider made no code: %v", callback)
	}
	v.CheckRedirect = nil
	return v.see(callback.String(), nil)
}

// signsOut has somebody sign out, which needs nobody's word but their own: here, where
// the provider lets them in again, and there, where it asks for their password.
func signsOut(t *testing.T, v *guest) {
	t.Helper()
	out := func() screen {
		account := v.see(face+signin.PathAccount, nil)
		return v.see(face+signin.PathSignOut, form(account.text, "Sign out"))
	}
	if p := out(); p.at.Path != signin.PathSignedOut {
		t.Fatalf("signing out leads to %s: %d\n%s", p.at, p.status, p.text)
	}
	if p := v.see(face+"/api/v1/programs", nil); p.status != http.StatusUnauthorized {
		t.Errorf("after signing out the API answers %d", p.status)
	}
	if p := v.see(face+"/me", nil); !ownPage(p) {
		t.Errorf("the provider does not let them in again: %d at %s", p.status, p.at)
	}
	there := regexp.MustCompile(`href="([^"]+/session/end)"`).FindStringSubmatch(out().text)
	if there == nil {
		t.Fatal("the page does not say where else to sign out")
	}
	v.submit(v.see(there[1], nil), url.Values{"logout": {"yes"}})
	if p := v.see(face+"/me", nil); !asksForPassword(p) {
		t.Errorf("after signing out at the provider, %s answers %d\n%s", p.at, p.status, p.text)
	}
}
