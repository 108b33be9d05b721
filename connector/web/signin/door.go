package signin

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// Options is what a Door is made of. URL, Roles, Times, Find and Log are required.
type Options struct {
	// URL is the address that people know leadfront by, without a path.
	URL string
	// OIDC is where people sign in, Client how it is reached, which has to bound every
	// wait, and ClientSecret the secret of leadfront there. Nil: not by OpenID Connect.
	OIDC         *OIDC
	Client       *http.Client
	ClientSecret string
	// Proxy says what the reverse proxies tell of people. Nil: nothing.
	Proxy       *Proxy
	ProxySecret string
	// Proxies are the addresses of reverse proxies. What they say of where a request
	// comes from is believed; and beside this machine, only they may connect.
	Proxies []netip.Prefix
	Tokens  []Token
	Roles   Roles
	Times   Times
	// Find returns the active person with that HR id or, where it is empty, that
	// e-mail, and whether somebody is led by them: "" for nobody, or for two. It is
	// asked at every request.
	Find func(id, email string) (person string, leads bool)
	Log  *slog.Logger
}

// Door is where people and programs come in. It may be used from many goroutines.
type Door struct {
	o        Options
	provider provider
	sessions *scs.SessionManager
	kept     *memory
	origins  *http.CrossOriginProtection
	limits   limits
	key      []byte // of form tokens
}

// New makes a door.
func New(o Options) (*Door, error) {
	at, err := url.Parse(o.URL)
	if err != nil || at.Host == "" {
		return nil, errors.New("sign-in: the URL has no host")
	}
	d := &Door{o: o, kept: newMemory(mostSessions), origins: http.NewCrossOriginProtection(), limits: newLimits()}
	d.o.URL = at.Scheme + "://" + at.Host
	d.sessions = newSessions(o.Times, d.kept)
	d.sessions.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		o.Log.Error("a session could not be kept", "error", err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	}
	// A proxy may pass requests on under another name.
	if err := d.origins.AddTrustedOrigin(d.o.URL); err != nil {
		return nil, errors.New("sign-in: the URL is no origin")
	}
	d.key = make([]byte, 32)
	_, _ = rand.Read(d.key) // never fails
	return d, nil
}

// Mount has every request to e come through the door: it says who has come, refuses
// what a browser was tricked into, and bounds sizes and rates. It serves the paths of
// signing in and out.
func (d *Door) Mount(e *echo.Echo) {
	e.IPExtractor = d.clientIP
	e.Use(d.known, d.headers, limitBody, d.slow, echo.WrapMiddleware(d.sessions.LoadAndSave), answered, d.enter, d.guard)
	e.GET(PathSignIn, d.start)
	e.GET(PathCallback, d.callback)
	e.POST(PathSignOut, d.signOut)
	e.POST(PathEndSession, d.endSession)
}

// answered has an error answered where the session is still open: afterwards its
// cookie would be written twice.
func answered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			c.Error(err)
		}
		return nil
	}
}

// enter finds out who has come.
func (d *Door) enter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		w, binding, err := d.whoIs(c)
		if err != nil {
			return err
		}
		if w.Subject == "" {
			return next(c)
		}
		if !d.limits.api.allow(w.Subject) {
			return tooMany(c)
		}
		var token func() string
		if !w.Machine {
			token = func() string { return d.token(binding) }
		}
		Enter(c, w, token)
		return next(c)
	}
}

// whoIs returns who has come, and what their form tokens are bound to.
func (d *Door) whoIs(c echo.Context) (w Who, binding string, err error) {
	r := c.Request()
	if w, ok, err := d.bearer(r); ok || err != nil {
		if err != nil && !d.limits.wrong.allow(c.RealIP()) {
			err = tooMany(c)
		}
		return w, "", err
	}
	i, ok, err := d.fromProxy(r)
	if err != nil || ok {
		return d.person(i), "proxy " + i.Subject, err
	}
	text := d.sessions.GetString(r.Context(), sessionWho)
	if text == "" || json.Unmarshal([]byte(text), &i) != nil {
		return Who{}, "", nil
	}
	return d.person(i), d.sessions.Token(r.Context()), nil
}

// person is somebody with what the organisation says of them now.
func (d *Door) person(i identity) Who {
	if i.Subject == "" {
		return Who{}
	}
	w := Who{Subject: i.Subject, Name: i.Name, Email: i.Email, Roles: d.o.Roles.of(i.Groups)}
	if i.ID == "" && i.Email == "" {
		return w
	}
	person, leads := d.o.Find(i.ID, i.Email)
	if w.Person = person; leads {
		w.Roles[Leader] = true
	}
	return w
}

// known turns away whoever is neither on this machine nor a configured proxy: what
// is not said over https must not cross a network by any other way.
func (d *Door) known(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if from := peer(c.Request()); !from.IsLoopback() && !within(d.o.Proxies, from) {
			return &Refusal{http.StatusForbidden, "You cannot come in this way", "Come through " + d.o.URL + "."}
		}
		return next(c)
	}
}

// clientIP is where a request comes from: what the nearest proxy that is not ours was
// told is not believed.
func (d *Door) clientIP(r *http.Request) string {
	from := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(d.o.Proxies, from); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = a.Unmap()
	}
	return from.String()
}

// limits are how fast things may be done.
type limits struct {
	entry *limiter // signing in, by address
	wrong *limiter // wrong tokens, by address
	write *limiter // forms, by who posts them
	api   *limiter // anything, by who asks
}

func newLimits() limits {
	return limits{entry: newLimiter(5, 100), wrong: newLimiter(rate.Limit(0.2), 20), write: newLimiter(1, 30), api: newLimiter(20, 200)}
}
