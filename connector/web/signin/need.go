package signin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// Paths that the door serves.
const (
	PathSignIn     = "/sign-in"
	PathCallback   = "/sign-in/callback"
	PathSignOut    = "/sign-out"
	PathSignedOut  = "/signed-out" // rendered by pages
	PathAccount    = "/account"    // rendered by pages
	PathEndSession = "/account/end-session"
)

// Need lets pass who has one of the roles; without any, whoever is signed in. A
// browser that has not signed in is sent to do so, a program gets 401. Who is signed
// in and lacks the role gets the 404 of an address that is not there.
func (d *Door) Need(roles ...Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			w, ok := Current(c)
			switch {
			case ok && w.Is(roles...):
				return next(c)
			case ok:
				return echo.ErrNotFound
			case isAPI(c.Request()):
				c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
				return echo.ErrUnauthorized
			}
			return c.Redirect(http.StatusSeeOther, PathSignIn+"?"+url.Values{"to": {backTo(c.Request())}}.Encode())
		}
	}
}

// isAPI tells requests of programs, which follow no redirect to a page.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// backTo is where somebody who had to sign in first goes on: where they wanted to
// go, unless that was to post something.
func backTo(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return r.URL.RequestURI()
}
