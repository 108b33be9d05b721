package signin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// site is a door with three pages behind it: /who says who has come, /post takes forms,
// /operate is for operators.
type site struct {
	*httptest.Server
	t      *testing.T
	door   *signin.Door
	log    *strings.Builder
	posted int
}

func times() signin.Times { return signin.Times{Idle: 30 * time.Minute, Lifetime: 12 * time.Hour} }

func newSite(t *testing.T, change func(*signin.Options)) *site {
	t.Helper()
	s := &site{t: t, log: &strings.Builder{}}
	o := signin.Options{
		URL: "https://leadfront.corp.example", Times: times(), Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Roles: signin.Roles{Claim: "groups", Viewer: []string{"Learning"}, Auditor: []string{"Audit"}, Operator: []string{"Admins"}},
		Find: func(id, email string) (string, bool) {
			switch id + email {
			case "ada@corp.example", "00007":
				return "7", true
			case "bob@corp.example":
				return "8", false
			}
			return "", false
		},
	}
	change(&o)
	door, err := signin.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.door = door
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		var refusal *signin.Refusal
		if errors.As(err, &refusal) {
			_ = c.String(refusal.Code, refusal.Text)
			return
		}
		e.DefaultHTTPErrorHandler(err, c)
	}
	door.Mount(e)
	who := func(c echo.Context) error {
		w, _ := signin.Current(c)
		var roles []string
		for r := range w.Roles {
			roles = append(roles, string(r))
		}
		slices.Sort(roles)
		return c.String(http.StatusOK, fmt.Sprintf("%s|%s|%s|%s|%s", w.Subject, w.Name, w.Person, strings.Join(roles, ","), signin.CSRF(c)))
	}
	e.GET("/who", who, door.Need())
	e.GET("/api/v1/who", who, door.Need(signin.Viewer))
	e.GET("/operate", who, door.Need(signin.Operator))
	e.POST("/post", func(c echo.Context) error { s.posted++; return c.NoContent(http.StatusNoContent) }, door.Need())
	e.GET(signin.PathSignedOut, func(c echo.Context) error { return c.String(http.StatusOK, "bye") })
	e.GET(signin.PathAccount, func(c echo.Context) error {
		for _, x := range door.Sessions(c) {
			fmt.Fprintf(c.Response(), "%s %v\n", x.ID, x.Current)
		}
		return nil
	}, door.Need())
	s.Server = httptest.NewTLSServer(e)
	t.Cleanup(s.Close)
	return s
}

// browser keeps cookies and follows redirects, those to leadfront to where it is here.
func (s *site) browser() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails
	c := s.Client()
	return &http.Client{Jar: jar, Transport: hosts{s, c.Transport}}
}

// hosts has leadfront.corp.example answered by the test server, without the jar seeing
// another name.
type hosts struct {
	s    *site
	next http.RoundTripper
}

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "leadfront.corp.example" {
		r = r.Clone(r.Context())
		r.Host = "leadfront.corp.example"
		r.URL.Host = strings.TrimPrefix(h.s.URL, "https://")
	}
	return h.next.RoundTrip(r)
}

const base = "https://leadfront.corp.example"

func read(t *testing.T, c *http.Client, path string) (int, string) {
	t.Helper()
	resp, err := c.Get(base + path)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, resp)
}

func answer(t *testing.T, resp *http.Response) (int, string) {
	t.Helper()
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// post sends a form as a browser does, from the origin.
func post(t *testing.T, c *http.Client, path, origin string, form url.Values) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, resp)
}

func withOpenID(o *openID, change func(*signin.Options)) func(*signin.Options) {
	return func(s *signin.Options) {
		s.OIDC = &signin.OIDC{Issuer: o.URL, ClientID: "leadfront", Scopes: []string{"profile", "email"}}
		s.Client, s.ClientSecret = o.Client(), "s3cret"
		if change != nil {
			change(s)
		}
	}
}

func ada() map[string]any {
	return map[string]any{"sub": "u1", "name": "Ada Lovelace", "email": "ada@corp.example", "email_verified": true, "groups": []string{"Admins"}}
}

// TestSignInByOpenID: somebody is sent to the provider, comes back to where they wanted
// to go, and is who the provider says, with the roles of their groups and of the organisation.
func TestSignInByOpenID(t *testing.T) {
	for _, test := range []struct {
		name   string
		claims map[string]any
		info   map[string]any
		change func(*signin.Options)
		want   string
	}{
		{"operator and leader", ada(), nil, nil, "u1|Ada Lovelace|7|leader,operator,viewer|"},
		{"e-mail not vouched for", map[string]any{"sub": "u2", "name": "A", "email": "ada@corp.example"}, nil, nil, "u2|A|||"},
		{"e-mail trusted", map[string]any{"sub": "u2", "name": "A", "email": "ada@corp.example"}, nil,
			func(o *signin.Options) { o.OIDC.TrustEmail = true }, "u2|A|7|leader|"},
		{"HR id in a claim", map[string]any{"sub": "u3", "name": "A", "hr": map[string]any{"id": "00007"}, "email": "bob@corp.example"}, nil,
			func(o *signin.Options) { o.OIDC.Person = "hr.id" }, "u3|A|7|leader|"},
		{"nobody in the organisation", map[string]any{"sub": "u4", "preferred_username": "eve", "email": "eve@corp.example", "email_verified": "true",
			"groups": "Audit"}, nil, nil, "u4|eve||auditor,viewer|"},
		{"told when asked once more", map[string]any{"sub": "u5"}, map[string]any{"sub": "u5", "name": "Bob", "email": "bob@corp.example",
			"email_verified": true, "groups": []string{"Learning"}}, nil, "u5|Bob|8|viewer|"},
		{"told that another e-mail is verified", map[string]any{"sub": "u5", "name": "M", "email": "ada@corp.example"}, map[string]any{"sub": "u5", "email": "mallory@corp.example",
			"email_verified": true, "groups": []string{"Learning"}}, nil, "u5|M||viewer|"},
		{"e-mail not vouched for is no name", map[string]any{"sub": "u8", "email": "ada@corp.example"}, nil, nil, "u8|u8|||"},
		{"a name that would be read as another", map[string]any{"sub": "u9", "name": "Ada\u202e\n\x1b[31m  Lovelace" + strings.Repeat("x", 300)}, nil, nil,
			"u9|Ada [31m Lovelace" + strings.Repeat("x", 183) + "||"},
		{"everybody is viewer", map[string]any{"sub": "u6", "name": "C"}, nil, func(o *signin.Options) { o.Roles.Viewer = []string{"*"} }, "u6|C||viewer|"},
		{"roles nested as in Keycloak", map[string]any{"sub": "u7", "name": "K", "realm_access": map[string]any{"roles": []string{"Admins"}}}, nil,
			func(o *signin.Options) { o.Roles.Claim = "realm_access.roles" }, "u7|K||operator,viewer|"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newOpenID(t)
			p.claims, p.info = test.claims, test.info
			s := newSite(t, withOpenID(p, test.change))
			code, got := read(t, s.browser(), "/who?x=1")
			if code != http.StatusOK || !strings.HasPrefix(got, test.want) {
				t.Errorf("%d %q, want %q", code, got, test.want)
			}
		})
	}
}

// TestSignInRefused: what does not hold lets nobody in, and the log says why.
func TestSignInRefused(t *testing.T) {
	other := newOpenID(t)
	for _, test := range []struct {
		name string
		set  func(*openID)
		code int
		log  string
	}{
		{"nonce of another sign-in", func(o *openID) { o.spoil = func(c map[string]any) { c["nonce"] = "x" } }, 502, "another sign-in"},
		{"for another client", func(o *openID) { o.spoil = func(c map[string]any) { c["aud"] = "other" } }, 502, "audience"},
		{"of another issuer", func(o *openID) { o.spoil = func(c map[string]any) { c["iss"] = other.URL } }, 502, "issued by a different provider"},
		{"over", func(o *openID) { o.spoil = func(c map[string]any) { c["exp"] = 1 } }, 502, "expired"},
		{"signed by somebody else", func(o *openID) { o.sign = other.key }, 502, "verify"},
		{"user information of somebody else", func(o *openID) {
			o.claims, o.info = map[string]any{"sub": "u1"}, map[string]any{"sub": "u2", "groups": []string{"Admins"}}
		}, 502, "somebody else"},
		{"refused by the provider", func(o *openID) { o.refuse = "access_denied" }, 403, "access_denied"},
		{"provider out of reach", func(o *openID) { o.down = true }, 502, "look up the OpenID provider"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newOpenID(t)
			p.claims = ada()
			test.set(p)
			s := newSite(t, withOpenID(p, nil))
			b := s.browser()
			if code, _ := read(t, b, "/who"); code != test.code {
				t.Errorf("%d, want %d", code, test.code)
			}
			if !strings.Contains(s.log.String(), test.log) {
				t.Errorf("the log does not say %q:\n%s", test.log, s.log)
			}
			if strings.Contains(s.log.String(), "s3cret") {
				t.Errorf("the log has the secret:\n%s", s.log)
			}
		})
	}
}

// TestCallbackIsBoundToTheBrowser: a code that somebody else was given signs nobody in
// (login CSRF), and one that was used is worth nothing.
func TestCallbackIsBoundToTheBrowser(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	attacker := s.browser()
	attacker.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == signin.PathCallback {
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := attacker.Get(base + "/who")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	link := resp.Header.Get("Location")
	if !strings.HasPrefix(link, base+signin.PathCallback) {
		t.Fatalf("stopped at %q", link)
	}
	path := strings.TrimPrefix(link, base)
	if code, _ := read(t, s.browser(), path); code != http.StatusBadRequest {
		t.Errorf("another browser: %d, want a refusal", code)
	}
	if p.trades != 0 {
		t.Error("the code was traded for another browser")
	}
	attacker.CheckRedirect = nil
	if code, _ := read(t, attacker, path); code != http.StatusOK || p.trades != 1 {
		t.Errorf("its own browser: %d, %d trades", code, p.trades)
	}
	if code, _ := read(t, attacker, path); code == http.StatusOK || p.trades != 1 {
		t.Errorf("once more: %d, %d trades", code, p.trades)
	}
}

// TestBreakingOffKeepsNobodyOut: whoever begins to sign in and hangs up spoils nothing for
// others, also before the provider was ever looked up.
func TestBreakingOffKeepsNobodyOut(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	r := httptest.NewRequestWithContext(gone, http.MethodGet, base+signin.PathSignIn, nil)
	r.RemoteAddr = "127.0.0.1:1"
	s.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
	if code, got := read(t, s.browser(), "/who"); code != http.StatusOK {
		t.Errorf("the next one: %d %s\n%s", code, got, s.log)
	}
}
