package page

import (
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// get asks a server of one handler, with the layout's error page.
func get(t *testing.T, l *Layout, path string, h echo.HandlerFunc) *httptest.ResponseRecorder {
	t.Helper()
	e := echo.New()
	e.HTTPErrorHandler = l.Errors
	l.Mount(e)
	if h != nil {
		e.GET(path, h)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// TestLayoutSaysWhereOneIs: the frame escapes what others wrote, marks the page's item
// of the navigation, and names sources that are not up to date.
func TestLayoutSaysWhereOneIs(t *testing.T) {
	var latest view.Latest
	latest.Publish(&view.View{At: noon, Mode: rules.Observe, Sources: []view.Source{
		{Name: "main", Read: noon.Add(-time.Minute), MaxAge: time.Hour}, {Name: "hr", Read: noon.Add(-3 * time.Hour), MaxAge: time.Hour}}})
	nav := []Item{{Label: "Progress", Path: "/"}, {Label: "Showcase", Path: "/showcase"},
		{Label: "Act", Path: "/act", Shown: func(w signin.Who) bool { return w.Is(signin.Operator) }}}
	l, err := NewLayout(&latest, at(noon), nav)
	if err != nil {
		t.Fatal(err)
	}
	body := template.Must(template.New("x").Parse(`<h1>{{.}}</h1>`))
	w := get(t, l, "/here", func(c echo.Context) error {
		signin.Enter(c, signin.Who{Name: "Ada <Lovelace>", Person: "7"}, func() string { return "t0ken" })
		return l.Render(c, http.StatusOK, Page{Title: "A & B", Nav: "/showcase", Body: body, Data: "<script>"})
	})
	for _, want := range []string{"<title>A &amp; B · leadfront</title>", "<h1>&lt;script&gt;</h1>",
		`<a href="/showcase" aria-current="page">`, `<a href="/account">Ada &lt;Lovelace&gt;</a>`, `value="t0ken"`,
		"Not up to date: hr (read 3 hours ago)", `<html lang="en">`, "nothing is written"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page has no %s:\n%s", want, w.Body)
		}
	}
	for _, no := range []string{`href="/act"`, "style=", "<script", "main (read"} {
		if strings.Contains(w.Body.String(), no) {
			t.Errorf("the page has %s:\n%s", no, w.Body)
		}
	}
}

// TestUnknownAndForbiddenLookAlike: nobody learns from an error what there is.
func TestUnknownAndForbiddenLookAlike(t *testing.T) {
	l, err := NewLayout(new(view.Latest), at(noon), nil)
	if err != nil {
		t.Fatal(err)
	}
	unknown := get(t, l, "/x", func(echo.Context) error { return echo.ErrNotFound })
	forbidden := get(t, l, "/x", func(echo.Context) error { return echo.ErrForbidden })
	if unknown.Code != http.StatusNotFound || forbidden.Code != unknown.Code || forbidden.Body.String() != unknown.Body.String() {
		t.Errorf("%d and %d; they are to be the same page", unknown.Code, forbidden.Code)
	}
	broken := get(t, l, "/x", func(echo.Context) error { return errors.New("/etc/secret cannot be read") })
	if broken.Code != http.StatusInternalServerError || strings.Contains(broken.Body.String(), "secret") {
		t.Errorf("%d\n%s", broken.Code, broken.Body)
	}
}

// TestStyleIsOneImmutableFile: the page links to it, and it is there.
func TestStyleIsOneImmutableFile(t *testing.T) {
	l, err := NewLayout(new(view.Latest), at(noon), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := get(t, l, l.assets.style, nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
