package signin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Roles says who may see and do more than their own page and the showcase, by the
// groups that the identity provider, or the proxy, names. Groups are compared letter
// by letter. Nobody is made a leader here: the organisation says who leads.
type Roles struct {
	// Claim is the claim of OpenID Connect that holds the groups: its name, or the
	// way to it, as in realm_access.roles; groups.
	Claim    string   `yaml:"claim"`
	Viewer   []string `yaml:"viewer"` // "*": whoever is signed in
	Auditor  []string `yaml:"auditor"`
	Operator []string `yaml:"operator"`
}

// SetDefaults fills in what may be left out.
func (r *Roles) SetDefaults() { r.Claim = "groups" }

// Validate returns what is wrong.
func (r *Roles) Validate() error {
	var errs []error
	for key, groups := range map[string][]string{"viewer": r.Viewer, "auditor": r.Auditor, "operator": r.Operator} {
		for i, g := range groups {
			if g == "" || g == "*" && key != "viewer" {
				errs = append(errs, fmt.Errorf("%s[%d]: %q is no group: whoever is signed in can be viewer and nothing else", key, i, g))
			}
		}
	}
	return errors.Join(errs...)
}

// of are the roles of somebody in the groups.
func (r *Roles) of(groups []string) map[Role]bool {
	in := func(list []string) bool {
		return slices.Contains(list, "*") || slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(list, g) })
	}
	return withViewer(map[Role]bool{Viewer: in(r.Viewer), Auditor: in(r.Auditor), Operator: in(r.Operator)})
}

// withViewer makes auditors and operators viewers, and drops the roles that nobody has.
func withViewer(roles map[Role]bool) map[Role]bool {
	out := map[Role]bool{}
	for role, has := range roles {
		if has {
			out[role], out[Viewer] = true, true
		}
	}
	return out
}

// OIDC is an OpenID provider; see OpenID Connect Core 1.0. leadfront is a
// confidential client of it and uses the authorization code flow with PKCE; its
// redirect URI is web.url followed by /sign-in/callback.
type OIDC struct {
	// Issuer is the address of the provider, letter by letter as it names itself.
	Issuer   string `yaml:"issuer"`
	ClientID string `yaml:"client_id"`
	// Scopes are asked for beside openid; profile, email.
	Scopes []string `yaml:"scopes"`
	// Person is the claim that holds the HR id. Left out: people are found by their
	// e-mail, as statements are.
	Person string `yaml:"person"`
	// TrustEmail takes the e-mail of a provider that does not say email_verified.
	// Only where nobody can enter one there by themselves.
	TrustEmail bool `yaml:"trust_email"`
	// Origins are further addresses that the provider answers at: of its keys, its
	// tokens, its user information. Nothing is sent anywhere else.
	Origins []string `yaml:"origins"`
}

// SetDefaults fills in what may be left out.
func (o *OIDC) SetDefaults() { o.Scopes = []string{"profile", "email"} }

// Validate returns what is wrong.
func (o *OIDC) Validate() error {
	errs := []error{secure("issuer", o.Issuer)}
	if o.ClientID == "" {
		errs = append(errs, errors.New("client_id is required: the id of leadfront at the provider"))
	}
	for i, s := range o.Scopes {
		if s == "" || strings.ContainsAny(s, " \t\"\\") {
			errs = append(errs, fmt.Errorf("scopes[%d]: %q is no scope", i, s))
		}
	}
	for i, origin := range o.Origins {
		errs = append(errs, secure(fmt.Sprintf("origins[%d]", i), origin))
	}
	return errors.Join(errs...)
}

// Proxy is a reverse proxy that has people sign in and says in headers who has. It is
// believed at the addresses of web.proxies alone; a request with its headers from any
// other is refused.
type Proxy struct {
	User    string `yaml:"user"`     // header with the name that somebody signs in with; X-Forwarded-User
	Name    string `yaml:"name"`     // header with the name to be shown; X-Forwarded-Preferred-Username
	Email   string `yaml:"email"`    // header with the e-mail; X-Forwarded-Email
	Groups  string `yaml:"groups"`   // header with the groups, between commas; X-Forwarded-Groups
	Person  string `yaml:"person"`   // header with the HR id; left out: people are found by their e-mail
	SignOut string `yaml:"sign_out"` // address at which the proxy signs people out; left out: it does not
}

// SetDefaults fills in what may be left out: what oauth2-proxy sends.
func (p *Proxy) SetDefaults() {
	p.User, p.Name = "X-Forwarded-User", "X-Forwarded-Preferred-Username"
	p.Email, p.Groups = "X-Forwarded-Email", "X-Forwarded-Groups"
}

// Validate returns what is wrong.
func (p *Proxy) Validate() error {
	var errs []error
	if p.User == "" {
		errs = append(errs, errors.New("user is required: the header that says who has signed in"))
	}
	if p.SignOut != "" {
		errs = append(errs, secure("sign_out", p.SignOut))
	}
	return errors.Join(errs...)
}

// headers are the names of the headers in which the proxy says who has come.
func (p *Proxy) headers() []string {
	return slices.DeleteFunc([]string{p.User, p.Name, p.Email, p.Groups, p.Person}, func(h string) bool { return h == "" })
}

// Times says how long somebody stays signed in.
type Times struct {
	Idle     time.Duration `yaml:"idle"`     // without a request; 30m
	Lifetime time.Duration `yaml:"lifetime"` // at all; 12h
}

// SetDefaults fills in what may be left out.
func (t *Times) SetDefaults() { t.Idle, t.Lifetime = 30*time.Minute, 12*time.Hour }

// Validate returns what is wrong.
func (t *Times) Validate() error {
	if t.Idle <= 0 || t.Lifetime < t.Idle || t.Lifetime > 30*24*time.Hour {
		return errors.New("lifetime: must be at least idle and at most 30d, and idle longer than 0")
	}
	return nil
}

// Prefixes reads addresses and ranges of addresses.
func Prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address such as 10.0.0.5 nor a range such as 10.0.0.0/30", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if p.Bits() == 0 {
			return nil, fmt.Errorf("%q is everybody: name the proxy itself", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// secure is an error for an address at which secrets would cross a network in the
// clear, or that is none.
func secure(key, address string) error {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return fmt.Errorf("%s is required", key)
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("%s: is no address like https://id.corp.example", key)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s: must begin with https://", key)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
