package signin

import (
	"cmp"
	"strings"
	"unicode"
)

// claims are what an OpenID provider says of somebody.
type claims map[string]any

// identity is somebody as the identity provider, or the proxy, has vouched for. It is
// what a session keeps; who that is in the organisation is found for each request.
type identity struct {
	Subject string   `json:"subject"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	ID      string   `json:"id"` // HR id
	Groups  []string `json:"groups"`
}

// text returns a claim that is a text, or "".
func (c claims) text(name string) string {
	s, _ := c.find(name).(string)
	return strings.TrimSpace(s)
}

// list returns a claim that is a list of texts, or one text.
func (c claims) list(name string) (out []string) {
	switch v := c.find(name).(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// find returns the claim of that name, or the one that the name is the way to: a
// claim may have dots in its name.
func (c claims) find(name string) any {
	if v, ok := c[name]; ok {
		return v
	}
	head, rest, nested := strings.Cut(name, ".")
	inner, ok := c[head].(map[string]any)
	if !nested || !ok {
		return nil
	}
	return claims(inner).find(rest)
}

// verified says whether the provider vouches for the e-mail. Some write it as text.
func (c claims) verified() bool {
	v := c.find("email_verified")
	return v == true || v == "true"
}

// identify reads who the claims are of.
func (d *Door) identify(c claims) identity {
	i := identity{Subject: c.text("sub"), Groups: c.list(d.o.Roles.Claim)}
	if c.verified() || d.o.OIDC.TrustEmail {
		i.Email = c.text("email")
	}
	if d.o.OIDC.Person != "" {
		i.ID = c.text(d.o.OIDC.Person)
	}
	// An e-mail that nobody vouches for is no name either: it would stand in the log.
	i.Name = cmp.Or(legible(c.text("name")), legible(c.text("preferred_username")), i.Email, i.Subject)
	return i
}

// complete reports whether the claims say all that identify wants to know, so that
// the provider need not be asked for more.
func (d *Door) complete(c claims) bool {
	wanted := []string{"name", d.o.Roles.Claim}
	if d.o.OIDC.Person != "" {
		wanted = append(wanted, d.o.OIDC.Person)
	} else {
		wanted = append(wanted, "email")
	}
	for _, name := range wanted {
		if c.find(name) == nil {
			return false
		}
	}
	return true
}

// mostName is how many characters of a name are shown.
const mostName = 200

// legible is a name that people may have given themselves as it can stand on a page and in
// the log: in one line, and without what would have a reader see another one.
func legible(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	r := []rune(strings.Join(strings.Fields(name), " "))
	return string(r[:min(len(r), mostName)])
}
