package act

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

//go:embed templates
var templates embed.FS

// Desk is where acts are asked for, and where what waits for them lies. Its methods may
// be called from many goroutines.
type Desk interface {
	// Request has an act done by whoever runs the cycles. It is durable on return.
	Request(ctx context.Context, a rules.Act) (id int64, err error)
	// Answer returns what became of a request, which begins with Refused for one that
	// was not done. Done is false while it waits.
	Answer(ctx context.Context, id int64) (answer string, done bool, err error)
	// Waivers returns all exemptions ever granted.
	Waivers(ctx context.Context) ([]rules.Waiver, error)
	// Organisations returns those that wait for an approval.
	Organisations(ctx context.Context) ([]Organisation, error)
	// Organisation returns one that waits; found is false where there is none.
	Organisation(ctx context.Context, digest string) (org rules.Org, found bool, err error)
}

// Refused begins the answer to an act that was not done.
const Refused = "refused: "

// Organisation is one that waits for an approval.
type Organisation struct {
	Digest   string
	Since    time.Time
	People   int
	Because  []rules.Reason
	Approved bool // and will rule when it is read again
}

// Path is where the acts are.
const Path = "/act"

// Room has the pages.
type Room struct {
	layout *page.Layout
	views  view.Views
	desk   Desk
	now    func() time.Time
	bodies map[string]*template.Template
}

// New prepares the pages.
func New(layout *page.Layout, views view.Views, desk Desk, now func() time.Time) (*Room, error) {
	r := &Room{layout: layout, views: views, desk: desk, now: now, bodies: map[string]*template.Template{}}
	for _, name := range []string{"desk.html", "confirm.html", "done.html"} {
		t, err := layout.Parse(name, templates, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("prepare the pages of acts: %w", err)
		}
		r.bodies[name] = t
	}
	return r, nil
}

// Mount serves the pages to operators. What has changed something is seen by its own
// address, so that loading a page again does nothing again.
func (r *Room) Mount(e *echo.Echo, door *signin.Door) {
	g := e.Group(Path, door.Need(signin.Operator))
	g.GET("", r.show)
	g.POST("", r.take)
	g.GET("/:request", r.answer)
}

func (r *Room) render(c echo.Context, status int, title, body string, data any) error {
	return r.layout.Render(c, status, page.Page{Title: title, Nav: Path, Body: r.bodies[body], Data: data})
}

// show is the desk: what waits, and what can be asked for.
func (r *Room) show(c echo.Context) error {
	d, err := r.onDesk(c)
	if err != nil {
		return err
	}
	return r.render(c, http.StatusOK, "Act", "desk.html", d)
}

// take shows what an act would do or, when that was seen, asks for it.
func (r *Room) take(c echo.Context) error {
	who, _ := signin.Current(c) // Need has seen to it
	a, wrong := read(c, r.now())
	a.By = signature(who)
	if wrong != "" {
		return r.wrong(c, wrong)
	}
	p, wrong, err := r.prepare(c.Request().Context(), a)
	switch {
	case err != nil:
		return err
	case wrong != "":
		return r.wrong(c, wrong)
	}
	p.CSRF, p.FormToken, p.Seen = signin.CSRF(c), signin.FormToken, p.seen()
	seen := c.FormValue("seen")
	switch {
	case seen == "":
		return r.render(c, http.StatusOK, p.Title, "confirm.html", p)
	case seen != p.Seen:
		p.Changed = true
		return r.render(c, http.StatusConflict, p.Title, "confirm.html", p)
	case a.Reason == "":
		p.Unexplained = true
		return r.render(c, http.StatusUnprocessableEntity, p.Title, "confirm.html", p)
	}
	a.At = r.now()
	id, err := r.desk.Request(c.Request().Context(), a)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", a.Kind, err)
	}
	return c.Redirect(http.StatusSeeOther, Path+"/"+strconv.FormatInt(id, 10))
}

// wrong shows the desk again, with what cannot be done.
func (r *Room) wrong(c echo.Context, text string) error {
	d, err := r.onDesk(c)
	if err != nil {
		return err
	}
	d.Wrong = text
	return r.render(c, http.StatusUnprocessableEntity, "Act", "desk.html", d)
}

// done is what became of an act.
type done struct {
	Number  int64
	Done    bool
	Refused bool
	Answer  string
}

// answer shows what became of a request, and looks again by itself until it is done.
func (r *Room) answer(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("request"), 10, 64)
	if err != nil || id <= 0 {
		return echo.ErrNotFound
	}
	text, ok, err := r.desk.Answer(c.Request().Context(), id)
	if err != nil {
		return echo.ErrNotFound.WithInternal(err)
	}
	d := done{Number: id, Done: ok}
	d.Answer, d.Refused = strings.CutPrefix(text, Refused)
	if !ok {
		c.Response().Header().Set("Refresh", "2")
	}
	return r.render(c, http.StatusOK, "What became of it", "done.html", d)
}

// signature is who acts, as the audit log keeps it: the name, which somebody may have
// chosen, and in the only parentheses who they are to the identity provider.
func signature(w signin.Who) string {
	name := strings.TrimSpace(strings.NewReplacer("(", "", ")", "").Replace(w.Name))
	if w.Email != "" && w.Email != w.Name {
		return name + " (" + w.Email + ")"
	}
	if name == "" || name == w.Subject {
		return w.Subject
	}
	return name + " (" + w.Subject + ")"
}
