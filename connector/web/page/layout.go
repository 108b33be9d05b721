package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
)

// Layout is what all pages have in common: navigation, freshness, footer, styles. It
// may be used by any number of goroutines.
type Layout struct {
	views  view.Views
	now    func() time.Time
	nav    []Item
	frame  *template.Template
	assets assets
}

// Item is one entry of the navigation.
type Item struct {
	Label string
	Path  string
	// Shown says who sees it, of a zero Who where nobody has signed in; nil: everybody.
	// It opens nothing: what a page is for, its route says.
	Shown func(signin.Who) bool
}

// NewLayout prepares the frame.
func NewLayout(views view.Views, now func() time.Time, nav []Item) (*Layout, error) {
	l := &Layout{views: views, now: now, nav: nav}
	var err error
	if l.assets, err = loadAssets(); err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	if l.frame, err = l.Parse("frame.html", ownTemplates, "templates/frame.html"); err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	return l, nil
}

// Page is what is rendered within the layout.
type Page struct {
	Title string // of the document; the page has its own h1
	Nav   string // Path of the item of the navigation that it belongs to; empty: none
	Body  *template.Template
	Data  any
	Feeds []Feed // that the page is also there as
	// Wide gives the page the whole width of the window, for tables.
	Wide bool
	// Bare leaves the navigation out: for signing in.
	Bare bool
}

// Feed is another form of the same page.
type Feed struct {
	Title string
	Type  string // media type
	Path  string
}

// frameData is what the frame shows.
type frameData struct {
	Page
	Content template.HTML // of Body, which has escaped what it was given
	Items   []frameItem
	Who     *signin.Who // nil: nobody has signed in
	Token   string      // of the form that signs out
	Style   string
	View    *view.View
	Trouble []view.Source // sources that are stale or could not be read
}

// The addresses and the name that the frame needs of the door.
func (frameData) PathSignIn() string  { return signin.PathSignIn }
func (frameData) PathSignOut() string { return signin.PathSignOut }
func (frameData) PathAccount() string { return signin.PathAccount }
func (frameData) FormToken() string   { return signin.FormToken }

type frameItem struct {
	Item
	Current bool
}

// Render writes the page. Nothing is written where a template fails.
func (l *Layout) Render(c echo.Context, status int, p Page) error {
	var content, whole bytes.Buffer
	if err := p.Body.Execute(&content, p.Data); err != nil {
		return fmt.Errorf("render %s: %w", c.Path(), err)
	}
	d := l.around(c, p)
	d.Content = template.HTML(content.String()) // which html/template has escaped
	if err := l.frame.Execute(&whole, d); err != nil {
		return fmt.Errorf("render the frame of %s: %w", c.Path(), err)
	}
	return c.HTMLBlob(status, whole.Bytes())
}

// around is what the frame shows beside the page.
func (l *Layout) around(c echo.Context, p Page) frameData {
	d := frameData{Page: p, Style: l.assets.style, View: l.views.Current()}
	if d.View != nil {
		for _, s := range d.View.Sources {
			if s.Problem != "" || s.Stale(l.now()) {
				d.Trouble = append(d.Trouble, s)
			}
		}
	}
	if p.Bare {
		return d
	}
	who, in := signin.Current(c)
	if in {
		d.Who, d.Token = &who, signin.CSRF(c)
	}
	for _, item := range l.nav {
		if item.Shown == nil || item.Shown(who) {
			d.Items = append(d.Items, frameItem{item, item.Path == p.Nav})
		}
	}
	return d
}

// Errors answers errors of handlers: the same page for what is not there and for
// what is not for whoever asks, and not a word about what is inside.
func (l *Layout) Errors(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	code, said := explain(err)
	if l.Render(c, code, Page{Title: said.Title, Body: l.frame.Lookup("error"), Data: said}) != nil && !c.Response().Committed {
		_ = c.String(code, http.StatusText(code)+"\n") // the client has gone; nobody is left to tell
	}
}

// explain is an error in the words of a page. The door says itself why it refuses:
// nothing is told by that of what there is behind it.
func explain(err error) (code int, said problem) {
	var refusal *signin.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code, problem{refusal.Title, refusal.Text}
	}
	code = http.StatusInternalServerError
	var he *echo.HTTPError
	if errors.As(err, &he) {
		code = he.Code
	}
	if code == http.StatusForbidden {
		code = http.StatusNotFound
	}
	return code, problemOf(code)
}

// problem is an error in the words of a page.
type problem struct{ Title, Text string }

func problemOf(code int) problem {
	switch code {
	case http.StatusNotFound:
		return problem{"There is nothing here for you", "Either there is no such page, or it is not for your eyes. If somebody gave you the link, ask them."}
	case http.StatusMethodNotAllowed:
		return problem{"That cannot be done here", "The page is there and does not take what was sent to it."}
	case http.StatusTooManyRequests:
		return problem{"Too many requests", "Please wait a minute and try again."}
	case http.StatusServiceUnavailable:
		return problem{"Nothing has been decided yet", "The first cycle has not settled: sources are still being read, the organisation waits for approval, or a source cannot be read. The page fills itself when it has; leadfront check says what is in the way."}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return problem{"That was not understood", "Please go back and check what you entered."}
	}
	return problem{"Something went wrong", "It is not your fault, and it is in the log. Please try again."}
}
