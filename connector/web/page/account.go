package page

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// account is what the door knows of who has come.
type account struct {
	signin.Who
	Roles    []string
	Sessions []signin.Session
	Others   bool // there are more than the one of the request
	Token    string
	CSRF     string
	EndPath  string
	SignedAt string // where to sign out afterwards
}

// mountAccount serves what the door leaves to pages.
func (p *Pages) mountAccount(e *echo.Echo, door *signin.Door) {
	e.GET(signin.PathAccount, func(c echo.Context) error {
		who, _ := signin.Current(c)
		d := account{Who: who, Sessions: door.Sessions(c), Token: signin.FormToken, CSRF: signin.CSRF(c), EndPath: signin.PathEndSession}
		for _, r := range []signin.Role{signin.Leader, signin.Viewer, signin.Auditor, signin.Operator} {
			if who.Is(r) {
				d.Roles = append(d.Roles, string(r))
			}
		}
		d.Others = slices.ContainsFunc(d.Sessions, func(s signin.Session) bool { return !s.Current })
		return p.Layout.Render(c, http.StatusOK, Page{Title: "Your account", Body: p.account, Data: d})
	}, door.Need())
	e.GET(signin.PathSignedOut, func(c echo.Context) error {
		return p.Layout.Render(c, http.StatusOK, Page{Title: "Signed out", Body: p.signedOut, Data: account{SignedAt: door.SignOutAt()}, Bare: true})
	})
}
