package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"
	"golang.org/x/oauth2"
)

// What a session holds.
const (
	sessionWho   = "who"   // identity as JSON
	sessionSince = "since" // when it was signed in, RFC 3339
	sessionFlow  = "flow." // and the state: a sign-in under way as JSON
)

const (
	flowWithin    = 10 * time.Minute // for somebody to sign in at the provider
	mostFlows     = 8                // at once in one browser, which may restore as many tabs
	providerAfter = 30 * time.Second // for one conversation with the provider
	retryAfter    = 5 * time.Second  // of a discovery that failed
)

// flow is a sign-in under way.
type flow struct {
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of PKCE (RFC 7636)
	To       string    `json:"to"`
	At       time.Time `json:"at"`
}

// provider is the OpenID provider, which is looked up when somebody first signs in: it
// may be down while leadfront starts.
type provider struct {
	mu     sync.Mutex
	found  *oidc.Provider
	failed error
	at     time.Time // of the failure
}

// discover returns the provider. Concurrent callers wait for one lookup, which goes on
// where the browser that began it has gone: whoever begins and breaks off would keep all
// others from signing in. The client bounds it.
func (d *Door) discover(ctx context.Context) (*oidc.Provider, error) {
	p := &d.provider
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.failed != nil && time.Since(p.at) < retryAfter {
		return nil, p.failed
	}
	found, err := oidc.NewProvider(context.WithoutCancel(ctx), d.o.OIDC.Issuer)
	if err != nil {
		p.failed, p.at = fmt.Errorf("look up the OpenID provider: %w", err), time.Now()
		return nil, p.failed
	}
	p.found, p.failed = found, nil
	return found, nil
}

func (d *Door) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: d.o.OIDC.ClientID, ClientSecret: d.o.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: d.o.URL + PathCallback, Scopes: append([]string{oidc.ScopeOpenID}, d.o.OIDC.Scopes...),
	}
}

// talk returns a context for speaking with the provider.
func (d *Door) talk(c echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(oidc.ClientContext(c.Request().Context(), d.o.Client), providerAfter)
}

// start sends somebody to the provider.
func (d *Door) start(c echo.Context) error {
	to := ours(c.QueryParam("to"))
	if _, ok := Current(c); ok {
		return c.Redirect(http.StatusSeeOther, to)
	}
	if d.o.OIDC == nil {
		return &Refusal{http.StatusForbidden, "You are not signed in", "Come through " + d.o.URL + to + "."}
	}
	ctx, done := d.talk(c)
	defer done()
	p, err := d.discover(ctx)
	if err != nil {
		return d.unavailable(err)
	}
	f := flow{Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), To: to, At: time.Now()}
	state := oauth2.GenerateVerifier()
	if err := d.begin(c.Request().Context(), state, f); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, d.oauth(p).AuthCodeURL(state, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)))
}

// begin remembers a sign-in under way, in a session that ends soon.
func (d *Door) begin(ctx context.Context, state string, f flow) error {
	flows := 0
	for _, key := range d.sessions.Keys(ctx) {
		if strings.HasPrefix(key, sessionFlow) {
			flows++
		}
	}
	if flows >= mostFlows {
		if err := d.sessions.Clear(ctx); err != nil {
			return fmt.Errorf("forget older sign-ins: %w", err)
		}
	}
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("remember a sign-in: %w", err)
	}
	d.sessions.Put(ctx, sessionFlow+state, string(text))
	d.sessions.SetDeadline(ctx, f.At.Add(flowWithin))
	return nil
}

// callback takes somebody in whom the provider sends back.
func (d *Door) callback(c echo.Context) error {
	if d.o.OIDC == nil {
		return echo.ErrNotFound
	}
	ctx := c.Request().Context()
	text := d.sessions.PopString(ctx, sessionFlow+c.QueryParam("state"))
	var f flow
	if c.QueryParam("state") == "" || text == "" || json.Unmarshal([]byte(text), &f) != nil {
		return &Refusal{http.StatusBadRequest, "Please sign in again", "This sign-in was not begun in this browser, was used already, or took too long."}
	}
	if refusal := c.QueryParam("error"); refusal != "" {
		d.o.Log.Warn("the OpenID provider has refused a sign-in", "error", refusal, "because", c.QueryParam("error_description"))
		return &Refusal{http.StatusForbidden, "You are not signed in", "Your identity provider has not let you sign in."}
	}
	i, err := d.redeem(c, f)
	if err != nil {
		return d.unavailable(err)
	}
	if err := d.admit(ctx, i); err != nil {
		return err
	}
	d.o.Log.Info("signed in", "subject", i.Subject)
	return c.Redirect(http.StatusSeeOther, f.To)
}

// redeem trades the code for who it stands for.
func (d *Door) redeem(c echo.Context, f flow) (identity, error) {
	ctx, done := d.talk(c)
	defer done()
	p, err := d.discover(ctx)
	if err != nil {
		return identity{}, err
	}
	tokens, err := d.oauth(p).Exchange(ctx, c.QueryParam("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return identity{}, fmt.Errorf("trade the code for a token: %w", err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return identity{}, errors.New("the OpenID provider has sent no ID token")
	}
	id, err := p.VerifierContext(ctx, &oidc.Config{ClientID: d.o.OIDC.ClientID}).Verify(ctx, raw)
	switch {
	case err != nil:
		return identity{}, fmt.Errorf("verify the ID token: %w", err)
	case id.Nonce != f.Nonce:
		return identity{}, errors.New("the ID token is one of another sign-in")
	}
	said := claims{}
	if err := id.Claims(&said); err != nil {
		return identity{}, fmt.Errorf("read the ID token: %w", err)
	}
	if err := d.askMore(ctx, p, tokens, said); err != nil {
		return identity{}, err
	}
	return d.identify(said), nil
}

// askMore adds what the provider tells only when asked once more (OpenID Connect Core,
// 5.3). What the ID token says stands.
func (d *Door) askMore(ctx context.Context, p *oidc.Provider, tokens *oauth2.Token, said claims) error {
	if p.UserInfoEndpoint() == "" || d.complete(said) {
		return nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("ask the OpenID provider for the user information: %w", err)
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("read the user information: %w", err)
	}
	if info.Subject != said.text("sub") {
		return errors.New("the user information is about somebody else")
	}
	// That an address is somebody's is said of the one beside it, and of no other.
	if said["email"] != nil && said["email"] != more["email"] {
		delete(more, "email_verified")
	}
	for name, value := range more {
		if _, there := said[name]; !there {
			said[name] = value
		}
	}
	return nil
}

// admit begins the session of somebody, under a new token: one that was planted in
// the browser before is worth nothing.
func (d *Door) admit(ctx context.Context, i identity) error {
	text, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("remember who has signed in: %w", err)
	}
	if err := d.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	if err := d.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	now := time.Now().UTC()
	d.sessions.Put(ctx, sessionWho, string(text))
	d.sessions.Put(ctx, sessionSince, now.Format(time.RFC3339))
	d.sessions.SetDeadline(ctx, now.Add(d.o.Times.Lifetime))
	return nil
}

// unavailable says that the provider could not be asked, and logs why.
func (d *Door) unavailable(err error) error {
	d.o.Log.Error("somebody could not sign in", "error", err)
	return &Refusal{http.StatusBadGateway, "You could not be signed in", "Your identity provider could not be asked who you are, or its answer did not hold. Try again; if it stays so, tell your administrator: the log says why."}
}

// mostTo is how long an address may be to which somebody goes on after signing in. It is
// kept for whoever asks, before anybody knows who that is.
const mostTo = 2000

// ours is where to go after signing in: a path of ours, and nothing that a browser
// would take for another site.
func ours(to string) string {
	u, err := url.Parse(to)
	if err != nil || len(to) > mostTo || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(to, "\\\r\n\t") ||
		strings.HasPrefix(u.Path, PathSignIn) || strings.HasPrefix(u.Path, PathSignOut) {
		return "/"
	}
	return u.RequestURI()
}
