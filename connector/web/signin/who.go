package signin

import (
	"slices"

	"github.com/labstack/echo/v4"
)

// Role is what somebody may see or do beyond their own page and the showcase, which
// everybody may who is signed in.
type Role string

// The roles. Auditors and operators are viewers too. Nobody is made a leader: a
// leader is whoever leads somebody by the organisation that is in force.
const (
	Viewer   Role = "viewer"   // sees the dashboard and everybody's page
	Leader   Role = "leader"   // sees the people below, and shares use cases
	Auditor  Role = "auditor"  // sees also who asked for what, and why
	Operator Role = "operator" // approves, waives, attests, releases
)

// Who is somebody who is signed in.
type Who struct {
	Subject string // of the identity provider, or the name of a token; never shown to others
	Name    string // as to be shown and written into the audit log
	Email   string // as the identity provider has vouched for; may be empty
	Person  string // HR id; "" for somebody who is not, or not without doubt, in the organisation
	Machine bool   // came with a bearer token
	Roles   map[Role]bool
}

// Is reports whether somebody has one of the roles; without any, whether somebody
// is there at all, which is always so.
func (w Who) Is(roles ...Role) bool {
	return len(roles) == 0 || slices.ContainsFunc(roles, func(r Role) bool { return w.Roles[r] })
}

// The keys under which a request carries who has come, and their form token.
const (
	whoKey   = "leadfront.who"
	tokenKey = "leadfront.csrf"
)

// Current returns who has come with the request. It reports false for somebody who
// has not signed in.
func Current(c echo.Context) (Who, bool) {
	w, ok := c.Get(whoKey).(Who)
	return w, ok
}

// CSRF returns the value of the hidden field FormToken, which every form that is
// posted has to have. It is another one on every page, and empty for who is not
// signed in.
func CSRF(c echo.Context) string {
	token, ok := c.Get(tokenKey).(func() string)
	if !ok || token == nil {
		return ""
	}
	return token()
}

// FormToken is the name of the hidden form field that carries CSRF.
const FormToken = "token"

// Enter has the request come from somebody. It is what the door does itself; tests
// of pages may.
func Enter(c echo.Context, w Who, token func() string) {
	c.Set(whoKey, w)
	c.Set(tokenKey, token)
}

// Refusal is why somebody cannot come in, or cannot do something, in words for them.
type Refusal struct {
	Code  int // of HTTP
	Title string
	Text  string
}

func (r *Refusal) Error() string { return r.Title + ": " + r.Text }
