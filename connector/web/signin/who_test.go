package signin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// TestNeed: who lacks a role cannot tell the page from one that is not there.
func TestNeed(t *testing.T) {
	viewer := signin.Who{Name: "Vera", Roles: map[signin.Role]bool{signin.Viewer: true}}
	for _, test := range []struct {
		name, path string
		who        *signin.Who
		need       []signin.Role
		code       int
		to         string
	}{
		{"nobody", "/people/x?tab=2", nil, nil, http.StatusSeeOther, "/sign-in?to=%2Fpeople%2Fx%3Ftab%3D2"},
		{"nobody at the API", "/api/v1/people", nil, nil, http.StatusUnauthorized, ""},
		{"anybody", "/", &viewer, nil, http.StatusOK, ""},
		{"one of two roles", "/", &viewer, []signin.Role{signin.Operator, signin.Viewer}, http.StatusOK, ""},
		{"no role", "/", &viewer, []signin.Role{signin.Operator}, http.StatusNotFound, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := echo.New()
			e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
				return func(c echo.Context) error {
					if test.who != nil {
						signin.Enter(c, *test.who, nil)
					}
					return next(c)
				}
			})
			e.GET("/*", func(c echo.Context) error { return c.NoContent(http.StatusOK) }, new(signin.Door).Need(test.need...))
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil))
			if w.Code != test.code || w.Header().Get("Location") != test.to {
				t.Errorf("%d to %q, want %d to %q", w.Code, w.Header().Get("Location"), test.code, test.to)
			}
		})
	}
}
