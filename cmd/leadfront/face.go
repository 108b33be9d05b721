package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/connector/web/act"
	"github.com/leadfront/leadfront/connector/web/api"
	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/connector/web/signin"
)

// face opens what people see, and returns what serves it until its context ends.
func (d *daemon) face(ctx context.Context, c *config.Config) (serve func(context.Context) error, err error) {
	w := c.Web
	door, err := newDoor(w, d)
	if err != nil {
		return nil, err
	}
	layout, err := page.NewLayout(&d.show, d.program.now, navigation())
	if err != nil {
		return nil, err
	}
	show, err := d.showcase(c, layout)
	if err != nil {
		return nil, err
	}
	pages, err := page.New(page.Options{Layout: layout, Views: &d.show, Log: activityLog{d.store}, Now: d.program.now, Privacy: d.privacy})
	if err != nil {
		return nil, err
	}
	d.warm = pages.Warm
	acts, err := act.New(layout, &d.show, desk{d.store}, d.program.now)
	if err != nil {
		return nil, err
	}
	s := web.NewFace(func(e *echo.Echo) {
		e.HTTPErrorHandler = d.faceErrors(layout)
		e.Use(middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1 << 10}))
		door.Mount(e)
		layout.Mount(e)
		pages.Mount(e, door)
		show.Mount(e, door.Need)
		acts.Mount(e, door)
		d.api(show).Mount(e, door)
	}, d.log)
	l, err := web.ListenAnywhere(ctx, w.Listen)
	if err != nil {
		return nil, err
	}
	d.log.Info("people may come", "listen", l.Addr().String(), "url", w.URL)
	return func(ctx context.Context) error { return s.Serve(ctx, l) }, nil
}

// faceErrors answers an error with a page, and has the log say what it was.
func (d *daemon) faceErrors(layout *page.Layout) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		var said *echo.HTTPError
		var refusal *signin.Refusal
		if !errors.As(err, &said) && !errors.As(err, &refusal) && c.Request().Context().Err() == nil {
			d.log.Error("a page could not be shown", "route", c.Path(), "error", err)
		}
		if api.Is(c.Request()) {
			api.Errors(err, c)
			return
		}
		layout.Errors(err, c)
	}
}

// navigation is what every page leads to.
func navigation() []page.Item {
	return append(page.Nav(), page.Item{Label: "Showcase", Path: showcase.Path},
		page.Item{Label: "Act", Path: act.Path, Shown: func(w signin.Who) bool { return w.Is(signin.Operator) }})
}

// newDoor makes the door of a configuration.
func newDoor(w *config.Web, d *daemon) (*signin.Door, error) {
	o := signin.Options{
		URL: w.URL, Roles: w.Roles, Times: w.SignIn.Sessions, Log: d.log,
		Find: func(id, email string) (string, bool) { return d.show.Current().SignedIn(id, email) },
	}
	var err error
	if o.Proxies, err = signin.Prefixes(w.Proxies); err != nil {
		return nil, fmt.Errorf("web.proxies: %w", err)
	}
	if p := w.SignIn.Proxy; p != nil {
		o.Proxy, o.ProxySecret = &p.Headers, p.Secret.Reveal()
	}
	if p := w.SignIn.OIDC; p != nil {
		o.OIDC, o.ClientSecret = &p.Provider, p.ClientSecret.Reveal()
		if o.Client, err = openIDClient(p); err != nil {
			return nil, fmt.Errorf("web.sign_in.oidc: %w", err)
		}
	}
	for _, t := range w.SignIn.Tokens {
		token, err := apiToken(t)
		if err != nil {
			return nil, fmt.Errorf("web.sign_in.tokens: %s: %w", t.Name, err)
		}
		o.Tokens = append(o.Tokens, token)
	}
	return signin.New(o)
}

func openIDClient(p *config.OIDC) (*http.Client, error) {
	return rest.OpenID(p.ClientSecret, append([]string{p.Provider.Issuer}, p.Provider.Origins...)...)
}

// apiToken is a token as the door knows it: by its hash.
func apiToken(t config.Token) (out signin.Token, err error) {
	out.Name, out.Hash = t.Name, sha256.Sum256([]byte(t.Token.Reveal()))
	if t.SHA256 != "" {
		sum, err := hex.DecodeString(t.SHA256)
		if err != nil || len(sum) != len(out.Hash) {
			return out, errors.New("the SHA-256 is none")
		}
		copy(out.Hash[:], sum)
	}
	for _, r := range t.Roles {
		out.Roles = append(out.Roles, signin.Role(r))
	}
	return out, nil
}
