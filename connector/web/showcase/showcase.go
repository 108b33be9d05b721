package showcase

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

//go:embed templates
var templates embed.FS

// Path is where the showcase is.
const Path = "/showcase"

// Outbox keeps what people share until the record store has it. What a method was
// given is durable when it returns; any number of goroutines may call them.
type Outbox interface {
	// All returns everything that is on its way, oldest first.
	All(ctx context.Context) ([]rules.Outgoing, error)
	// Enqueue keeps one more.
	Enqueue(ctx context.Context, o rules.Outgoing) error
	// Replace puts next in the place of what its author has shared under the object of
	// back; back is sent first where there is anything to be taken back.
	Replace(ctx context.Context, live bool, back rules.Outgoing, next ...rules.Outgoing) error
	// Look notes what a second person says of what is in review; false: nothing is.
	Look(ctx context.Context, object, by string, pass bool, note string, at time.Time) (bool, error)
}

// Options are what a Showcase needs.
type Options struct {
	Config Config
	Base   string // address under which leadfront is reached, without a slash at its end
	Layout *page.Layout
	Views  view.Views
	Outbox Outbox // nil: nothing can be shared here
	Kick   func() // has the outbox sent; it does not wait
	Now    func() time.Time
}

// Showcase serves the pages. Any number of goroutines may use it.
type Showcase struct {
	Options
	md   *Markdown
	tpl  map[string]*template.Template
	mu   sync.Mutex // guards what follows
	of   *view.View
	last *Catalogue
}

// New prepares the pages.
func New(o Options) (*Showcase, error) {
	s := &Showcase{Options: o, md: NewMarkdown(), tpl: map[string]*template.Template{}}
	for _, name := range []string{"list", "case", "gone", "fragment", "form", "mine", "review"} {
		t, err := o.Layout.Parse(name+".html", templates, "templates/"+name+".html", "templates/parts.html")
		if err != nil {
			return nil, fmt.Errorf("prepare the showcase: %w", err)
		}
		s.tpl[name] = t
	}
	return s, nil
}

// Mount serves the showcase. What is not open to everybody asks the door.
func (s *Showcase) Mount(e *echo.Echo, need func(...signin.Role) echo.MiddlewareFunc) {
	var guard []echo.MiddlewareFunc
	if !s.Config.Open {
		guard = append(guard, need())
	}
	read := e.Group(Path, guard...)
	read.GET("", s.list)
	read.GET("/feed.atom", s.feed("application/atom+xml; charset=utf-8", (*Feed).Atom))
	read.GET("/feed.json", s.feed("application/feed+json; charset=utf-8", (*Feed).JSON))
	read.GET("/fragment", s.fragment)
	read.GET("/:ref", s.show)
	if s.Outbox == nil {
		return
	}
	own := e.Group(Path, need())
	own.GET("/new", s.form)
	own.POST("/new", s.post)
	own.GET("/mine", s.mine)
	own.GET("/review", s.reviews)
	own.POST("/review/:ref", s.look)
	own.GET("/:ref/edit", s.form)
	own.POST("/:ref/edit", s.post)
	own.POST("/:ref/withdraw", s.withdraw)
	own.POST("/:ref/confirm", s.confirm)
}

// now is what one request is about.
type now struct {
	*view.View
	*Catalogue
	outgoing []rules.Outgoing
}

// current is the catalogue of the last settled cycle, without what its author has
// withdrawn since.
func (s *Showcase) current(c echo.Context) (*now, error) {
	v := s.Views.Current()
	if v == nil {
		return nil, echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	return s.at(c.Request().Context(), v)
}

func (s *Showcase) at(ctx context.Context, v *view.View) (n *now, err error) {
	n = &now{View: v, Catalogue: s.catalogue(v)}
	if s.Outbox == nil {
		return n, nil
	}
	if n.outgoing, err = s.Outbox.All(ctx); err != nil {
		return nil, err
	}
	n.Catalogue = n.Catalogue.Without(n.outgoing)
	return n, nil
}

// Cases are those of a view that the pages show now.
func (s *Showcase) Cases(ctx context.Context, v *view.View) ([]*Case, error) {
	n, err := s.at(ctx, v)
	if err != nil {
		return nil, err
	}
	return n.Cases, nil
}

func (s *Showcase) catalogue(v *view.View) *Catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != v {
		s.of, s.last = v, NewCatalogue(v.Facts, v.Judgement)
	}
	return s.last
}

// withdrawn are the objects of what its author has taken back, with nothing to come in
// its place, and when.
func withdrawn(list []rules.Outgoing) map[string]time.Time {
	out := map[string]time.Time{}
	for _, o := range list {
		switch {
		case o.Kind == rules.KindUnshared && (o.State == rules.OutgoingWaiting || o.State == rules.OutgoingSent):
			out[o.Object] = o.At
		case o.Kind == rules.KindShared:
			delete(out, o.Object)
		}
	}
	return out
}

// Without is the catalogue without what its authors have withdrawn, though that is still
// on its way to the record store.
func (c *Catalogue) Without(outgoing []rules.Outgoing) *Catalogue {
	objects := withdrawn(outgoing)
	if len(objects) == 0 {
		return c
	}
	out := &Catalogue{Gone: maps.Clone(c.Gone), Coverage: c.Coverage, byRef: map[string]*Case{}}
	for _, u := range c.Cases {
		if at, gone := objects[u.Object]; gone && u.Own && !at.Before(u.At) {
			out.Gone[u.Ref] = at
			continue
		}
		out.Cases = append(out.Cases, u)
		out.byRef[u.Ref] = u
	}
	return out
}

func (s *Showcase) render(c echo.Context, status int, title, name string, data any) error {
	return s.Layout.Render(c, status, page.Page{Title: title, Nav: Path, Body: s.tpl[name], Data: data, Feeds: []page.Feed{
		{Title: feedTitle, Type: "application/atom+xml", Path: Path + "/feed.atom"}, {Title: feedTitle, Type: "application/feed+json", Path: Path + "/feed.json"}}})
}

// refIn is the reference at the end of an object of ours.
func refIn(object string) string { return object[strings.LastIndexByte(object, '/')+1:] }
