package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/connector/web/signin"
)

// Web is what people see: the pages and the API. Left out, neither is served.
type Web struct {
	// URL is the address that people know it by, such as
	// https://leadfront.corp.example. Required. http:// is for this machine alone.
	URL string `yaml:"url"`
	// Listen is where pages and API are served, without TLS; 127.0.0.1:9465. Metrics
	// and health are not served there, so a reverse proxy may pass all of it on.
	Listen string `yaml:"listen"`
	// Proxies are the addresses of reverse proxies, such as 10.0.0.5 or 10.0.0.0/30.
	// Beside this machine, nobody else may connect.
	Proxies []string     `yaml:"proxies"`
	SignIn  SignIn       `yaml:"sign_in"` // required
	Roles   signin.Roles `yaml:"roles"`
	// Showcase says who sees the use cases of leaders, and how one is added.
	Showcase showcase.Config `yaml:"showcase"`
}

// SignIn says how people and programs show who they are: at least one way, and one
// way at most for people.
type SignIn struct {
	OIDC     *OIDC        `yaml:"oidc"`
	Proxy    *SignInProxy `yaml:"proxy"`
	Tokens   []Token      `yaml:"tokens"`
	Sessions signin.Times `yaml:"sessions"` // of OpenID Connect
}

// OIDC is the OpenID provider with the secret of leadfront there.
type OIDC struct {
	Provider     signin.OIDC `yaml:",inline"`
	ClientSecret rest.Secret `yaml:"client_secret"`
}

// SignInProxy is what a reverse proxy says of people. The secret is what it sends as
// X-Leadfront-Proxy-Secret: without one, each program at its address could say it.
type SignInProxy struct {
	Headers signin.Proxy `yaml:",inline"`
	Secret  rest.Secret  `yaml:"secret"`
}

// Token lets a program read the API: the token itself, of 32 characters at least, or
// its SHA-256 in hex.
type Token struct {
	Name   string      `yaml:"name"` // for the log
	Token  rest.Secret `yaml:"token"`
	SHA256 string      `yaml:"sha256"`
	Roles  []string    `yaml:"roles"` // of viewer, auditor
}

// SetDefaults fills in what may be left out.
func (w *Web) SetDefaults() {
	w.Listen = "127.0.0.1:9465"
	w.SignIn.Sessions.SetDefaults()
	w.Roles.SetDefaults()
}

// Validate returns what is wrong.
func (s *SignIn) Validate() error {
	switch {
	case s.OIDC == nil && s.Proxy == nil && len(s.Tokens) == 0:
		return errors.New("needs oidc, proxy or tokens: nobody could sign in otherwise")
	case s.OIDC != nil && s.Proxy != nil:
		return errors.New("has oidc and proxy: people sign in one way or the other")
	}
	return nil
}

// Validate returns what is wrong.
func (o *OIDC) Validate() error {
	if o.ClientSecret == "" {
		return errors.New("client_secret: is required: leadfront is a confidential client")
	}
	return nil
}

// Validate returns what is wrong.
func (t *Token) Validate() error {
	var errs []error
	if t.Name == "" {
		errs = append(errs, errors.New("name: is required: it stands in the log"))
	}
	sum, err := hex.DecodeString(t.SHA256)
	switch {
	case (t.Token == "") == (t.SHA256 == ""):
		errs = append(errs, errors.New("needs token or sha256, and not both"))
	case t.Token != "" && len(t.Token) < 32:
		errs = append(errs, errors.New("token: needs at least 32 characters, such as `openssl rand -hex 32` makes"))
	case t.SHA256 != "" && (err != nil || len(sum) != 32):
		errs = append(errs, errors.New("sha256: is no SHA-256 in hex, such as `printf %s \"$TOKEN\" | sha256sum` prints"))
	}
	if len(t.Roles) == 0 {
		errs = append(errs, errors.New("roles is required: viewer or auditor"))
	}
	for i, r := range t.Roles {
		if !slices.Contains([]signin.Role{signin.Viewer, signin.Auditor}, signin.Role(r)) {
			errs = append(errs, fmt.Errorf("roles[%d]: %q is not a role of a program: viewer or auditor", i, clip(r)))
		}
	}
	return errors.Join(errs...)
}

// checkWeb checks what is served to people.
func (d *decoder) checkWeb(c *Config) {
	w := c.Web
	if w == nil {
		return
	}
	d.checkURL(w.URL)
	proxies, err := signin.Prefixes(w.Proxies)
	d.require("web.proxies", err == nil, "%v", err)
	if host, ok := d.listenHost("web.listen", w.Listen); ok && !isLoopback(host) {
		d.require("web.listen", len(proxies) > 0, "%q is reachable from other machines: give the addresses of the reverse proxies that may come, or use 127.0.0.1", clip(w.Listen))
	}
	d.require("web.listen", w.Listen != c.Listen && w.Listen != c.Admin, "is the address of listen or admin: it needs its own")
	_, given := d.places["web.sign_in"]
	d.require("web.sign_in", given, "is required: how people show who they are")
	d.checkSignIn(&w.SignIn, proxies)
}

func (d *decoder) checkURL(address string) {
	u, err := url.Parse(address)
	d.require("web.url", address != "", "is required: the address that people know leadfront by, such as https://leadfront.corp.example")
	d.require("web.url", err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.User == nil && u.RawQuery == "" && u.Fragment == "",
		"must be a scheme and a host, such as https://leadfront.corp.example")
	if err == nil && u.Scheme != "https" {
		d.require("web.url", u.Scheme == "http" && isLoopback(u.Hostname()), "must begin with https://: browsers keep no session otherwise")
	}
}

func (d *decoder) checkSignIn(s *SignIn, proxies []netip.Prefix) {
	if p := s.Proxy; p != nil {
		d.require("web.sign_in.proxy", len(proxies) > 0, "needs web.proxies: the addresses at which the proxy is believed")
		if p.Secret == "" && slices.ContainsFunc(proxies, func(r netip.Prefix) bool { return r.Addr().IsLoopback() }) {
			d.warn("web.sign_in.proxy", "every program on this machine can say that it is somebody: give a secret, and have the proxy send it as %s", signin.HeaderSecret)
		}
	}
	for i, t := range s.Tokens {
		same := func(o Token) bool { return o.Name == t.Name }
		d.require(fmt.Sprintf("web.sign_in.tokens[%d].name", i), !slices.ContainsFunc(s.Tokens[:i], same), "%q is given twice", clip(t.Name))
	}
}
