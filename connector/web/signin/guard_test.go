package signin_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// signedIn returns a browser in which Ada is signed in, and a form token for her.
func (s *site) signedIn(t *testing.T) (b *http.Client, token string) {
	t.Helper()
	b = s.browser()
	code, got := read(t, b, "/who")
	if code != http.StatusOK {
		t.Fatalf("sign-in: %d %s\n%s", code, got, s.log)
	}
	return b, got[strings.LastIndex(got, "|")+1:]
}

// TestFormsAreMeant: a form counts only from our own pages, with the token of whoever
// sends it.
func TestFormsAreMeant(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	b, token := s.signedIn(t)
	_, others := s.signedIn(t)
	if _, again := s.signedIn(t); again == others {
		t.Error("two form tokens are the same text")
	}
	for _, test := range []struct {
		name, origin, token string
		code                int
	}{
		{"own page", base, token, http.StatusNoContent}, {"no browser's origin", "", token, http.StatusNoContent},
		{"another site", "https://evil.example", token, http.StatusForbidden}, {"no token", base, "", http.StatusForbidden},
		{"token of another session", base, others, http.StatusForbidden}, {"garbage", base, "%%%", http.StatusForbidden},
	} {
		before := s.posted
		code, _ := post(t, b, "/post", test.origin, url.Values{"token": {test.token}})
		if code != test.code || s.posted-before != map[bool]int{true: 1}[test.code == http.StatusNoContent] {
			t.Errorf("%s: %d, done %d times", test.name, code, s.posted-before)
		}
	}
	before := s.posted
	if code, _ := post(t, s.browser(), "/post", base, url.Values{"token": {token}}); s.posted != before {
		t.Errorf("nobody has signed in: %d, and it was done", code)
	}
	if code, _ := post(t, b, "/post", base, url.Values{"token": {token}, "x": {strings.Repeat("x", signin.MaxForm)}}); code != http.StatusRequestEntityTooLarge || s.posted != before {
		t.Errorf("too large a form: %d", code)
	}
}

// TestSessionCookie: the cookie is held to what browsers can hold it to, and is
// another one after signing in.
func TestSessionCookie(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	b := s.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	next, cookies := "/who", []*http.Cookie{}
	for range 4 {
		if !strings.HasPrefix(next, "http") {
			next = base + next
		}
		resp, err := b.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		cookies = append(cookies, resp.Cookies()...)
		next = resp.Header.Get("Location")
	}
	if len(cookies) != 2 || cookies[0].Value == cookies[1].Value {
		t.Fatalf("cookies %v; want one before and another after signing in", cookies)
	}
	for _, c := range cookies {
		if c.Name != "__Host-leadfront" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !c.Expires.IsZero() {
			t.Errorf("cookie %v", c)
		}
	}
	if code, _ := read(t, withCookie(s, cookies[0]), "/who"); code == http.StatusOK && p.trades < 2 {
		t.Error("the session of before signing in is one of somebody")
	}
}

// withCookie is another browser with that cookie.
func withCookie(s *site, c *http.Cookie) *http.Client {
	b := s.browser()
	at, _ := url.Parse(base)
	b.Jar.SetCookies(at, []*http.Cookie{c})
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// TestSigningOutEndsTheSession: on the server, so that a copy of the cookie is worth
// nothing; and one can do it for one's other browsers.
func TestSigningOutEndsTheSession(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	one, token := s.signedIn(t)
	two, _ := s.signedIn(t)
	p.claims = map[string]any{"sub": "u9", "name": "Eve"}
	eve, _ := s.signedIn(t)
	at, _ := url.Parse(base)
	copied := withCookie(s, one.Jar.Cookies(at)[0])
	if _, list := read(t, one, signin.PathAccount); strings.Count(list, "\n") != 2 || strings.Count(list, "true") != 1 {
		t.Errorf("Ada's sessions:\n%s", list)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	one.CheckRedirect, two.CheckRedirect, eve.CheckRedirect = stay, stay, stay
	if code, _ := post(t, one, signin.PathEndSession, base, url.Values{"token": {token}, "session": {"others"}}); code != http.StatusSeeOther {
		t.Fatalf("ending the others: %d", code)
	}
	codes := func() (out []int) {
		for _, b := range []*http.Client{one, copied, two, eve} {
			code, _ := read(t, b, "/who")
			out = append(out, code)
		}
		return out
	}
	if got := codes(); got[0] != 200 || got[1] != 200 || got[2] != 303 || got[3] != 200 {
		t.Errorf("after ending the others: %v", got)
	}
	if code, _ := post(t, one, signin.PathSignOut, base, url.Values{"token": {token}}); code != http.StatusSeeOther {
		t.Fatalf("signing out: %d", code)
	}
	if got := codes(); got[0] != 303 || got[1] != 303 || got[3] != 200 {
		t.Errorf("after signing out: %v", got)
	}
	if to := s.door.SignOutAt(); to != p.URL+"/out" {
		t.Errorf("sign out also at %q", to)
	}
}

// TestSessionsEnd: after a time without a request, and after a time at all.
func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := echo.New()
		d, err := signin.New(signin.Options{URL: base, Times: times(), Roles: signin.Roles{Claim: "groups"}})
		if err != nil {
			t.Fatal(err)
		}
		d.Mount(e)
		e.GET("/who", func(c echo.Context) error { return c.NoContent(http.StatusOK) }, d.Need())
		jar, _ := cookiejar.New(nil)
		at, _ := url.Parse(base)
		ask := func(h http.Handler) int {
			r, w := httptest.NewRequest(http.MethodGet, base+"/who", nil), httptest.NewRecorder()
			r.RemoteAddr = "127.0.0.1:1"
			for _, c := range jar.Cookies(at) {
				r.AddCookie(c)
			}
			h.ServeHTTP(w, r)
			jar.SetCookies(at, w.Result().Cookies())
			return w.Code
		}
		admit := echo.WrapMiddleware(d.LoadForTest)(func(c echo.Context) error { return d.AdmitForTest(c.Request().Context(), "u1") })
		in := func() {
			r, w := httptest.NewRequest(http.MethodGet, base+"/", nil), httptest.NewRecorder()
			if err := admit(e.NewContext(r, w)); err != nil {
				t.Fatal(err)
			}
			jar.SetCookies(at, w.Result().Cookies())
		}
		in()
		for range 20 {
			time.Sleep(29 * time.Minute)
			if code := ask(e); code != http.StatusOK {
				t.Fatalf("in use: %d", code)
			}
		}
		time.Sleep(31 * time.Minute)
		if code := ask(e); code != http.StatusSeeOther {
			t.Errorf("idle for 31 minutes: %d", code)
		}
		in()
		for left := 12 * time.Hour; left > 0; left -= 20 * time.Minute {
			if code := ask(e); code != http.StatusOK {
				t.Fatalf("%v before its end: %d", left, code)
			}
			time.Sleep(20 * time.Minute)
		}
		if code := ask(e); code != http.StatusSeeOther {
			t.Errorf("after 12 hours in use: %d", code)
		}
	})
}

// TestProxy: its headers are believed at its address, with its secret, and refused from
// anywhere else.
func TestProxy(t *testing.T) {
	for _, test := range []struct {
		name, from, secret string
		headers            []string
		code               int
		want               string
	}{
		{"from the proxy", "10.0.0.5:1", "s3cret", []string{"X-Forwarded-User", "ada", "X-Forwarded-Email", "ada@corp.example", "X-Forwarded-Groups", "x, Admins"}, 200, "ada|ada@corp.example|7|leader,operator,viewer|"},
		{"a name of its own", "10.0.0.5:1", "s3cret", []string{"X-Forwarded-User", "u", "X-Forwarded-Preferred-Username", "Ada"}, 200, "u|Ada|||"},
		{"mapped address", "[::ffff:10.0.0.5]:1", "s3cret", []string{"X-Forwarded-User", "u"}, 200, "u|u|||"},
		{"from this machine, which is no proxy here", "127.0.0.1:1", "s3cret", []string{"X-Forwarded-User", "ada"}, 403, ""},
		{"from elsewhere", "10.0.0.6:1", "s3cret", []string{"X-Forwarded-User", "ada"}, 403, ""},
		{"groups alone from this machine", "127.0.0.1:1", "s3cret", []string{"X-Forwarded-Groups", "Admins"}, 403, ""},
		{"wrong secret", "10.0.0.5:1", "guess", []string{"X-Forwarded-User", "ada"}, 403, ""},
		{"a header twice", "10.0.0.5:1", "s3cret", []string{"X-Forwarded-User", "ada", "X-Forwarded-User", "eve"}, 400, ""},
		{"nobody", "10.0.0.5:1", "s3cret", nil, 303, ""},
		{"nobody, from elsewhere", "10.0.0.6:1", "", nil, 403, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(o *signin.Options) {
				o.Proxy, o.ProxySecret, o.Proxies = &signin.Proxy{}, "s3cret", []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}
				o.Proxy.SetDefaults()
			})
			r, w := httptest.NewRequest(http.MethodGet, base+"/who", nil), httptest.NewRecorder()
			r.RemoteAddr = test.from
			r.Header.Set(signin.HeaderSecret, test.secret)
			for i := 0; i < len(test.headers); i += 2 {
				r.Header.Add(test.headers[i], test.headers[i+1])
			}
			s.Config.Handler.ServeHTTP(w, r)
			if w.Code != test.code || !strings.HasPrefix(w.Body.String(), test.want) {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, test.code, test.want)
			}
		})
	}
}

// TestTokensOpenTheAPIAlone: and a wrong one is refused, at some point for a while.
func TestTokensOpenTheAPIAlone(t *testing.T) {
	s := newSite(t, func(o *signin.Options) {
		o.Tokens = []signin.Token{{Name: "other", Hash: sha256.Sum256([]byte("o")), Roles: []signin.Role{signin.Viewer}},
			{Name: "reporting", Hash: sha256.Sum256([]byte("t0ken")), Roles: []signin.Role{signin.Auditor}}}
	})
	ask := func(path, token string) (int, string) {
		r, w := httptest.NewRequest(http.MethodGet, base+path, nil), httptest.NewRecorder()
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Authorization", "Bearer "+token)
		s.Config.Handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, got := ask("/api/v1/who", "t0ken"); code != 200 || got != "reporting|reporting||auditor,viewer|" {
		t.Errorf("%d %q", code, got)
	}
	if code, _ := ask("/who", "t0ken"); code != http.StatusSeeOther {
		t.Errorf("a page: %d", code)
	}
	var last int
	for range 30 {
		if last, _ = ask("/api/v1/who", "guess"); last != http.StatusUnauthorized && last != http.StatusTooManyRequests {
			t.Fatalf("a wrong token: %d", last)
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("30 wrong tokens: %d", last)
	}
	if code, _ := ask("/api/v1/who", "t0ken"); code != 200 {
		t.Errorf("the right one after that: %d", code)
	}
}

// TestSignInGoesOnWhereItIsSafe: to a page of ours and to no other site.
func TestSignInGoesOnWhereItIsSafe(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	b, _ := s.signedIn(t)
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for to, want := range map[string]string{
		"/people/x?y=1": "/people/x?y=1", "https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", "evil": "/",
		"/sign-in?to=/": "/", "": "/", "/%09/evil.example": "/%09/evil.example", "///evil.example": "/", "/%2F/evil.example": "/",
		"/?" + strings.Repeat("x", 2000): "/", // kept for nobody knows whom
	} {
		resp, err := b.Get(base + signin.PathSignIn + "?" + url.Values{"to": {to}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// TestRates: signing in by address, writing by who writes.
func TestRates(t *testing.T) {
	p := newOpenID(t)
	p.claims = ada()
	s := newSite(t, withOpenID(p, nil))
	b, token := s.signedIn(t)
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	hit := func(do func() int) bool {
		for range 400 {
			if do() == http.StatusTooManyRequests {
				return true
			}
		}
		return false
	}
	if !hit(func() int { code, _ := post(t, b, "/post", base, url.Values{"token": {token}}); return code }) || s.posted < 20 {
		t.Errorf("%d forms were taken, and none was too much", s.posted)
	}
	if !hit(func() int { code, _ := read(t, b, signin.PathSignIn); return code }) {
		t.Error("400 sign-ins at once were not too many")
	}
	if code, _ := read(t, b, "/who"); code != http.StatusOK && code != http.StatusTooManyRequests {
		t.Errorf("a page after that: %d", code)
	}
}

// TestHeaders: every answer tells the browser what a page may not do, errors too.
func TestHeaders(t *testing.T) {
	s := newSite(t, withOpenID(newOpenID(t), nil))
	b := s.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"/who", "/no-such-page", signin.PathSignedOut} {
		resp, err := b.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Strict-Transport-Security": "max-age=", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := resp.Header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}
