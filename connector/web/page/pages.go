package page

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// Addresses of the pages.
const (
	PathHome    = "/"
	PathMe      = "/me" // one's own page: what an LMS can link to
	PathOrg     = "/org"
	PathPrivacy = "/privacy"
)

// PathPerson is the page of the person of that number.
func PathPerson(v *view.View, n int) string { return "/people/" + v.Refs.Of(n) }

// Log is what the pages ask of the audit log. Its methods may be called by any number
// of goroutines.
type Log interface {
	// Activity counts the changes of the programme that were made since then, in
	// steps: those of one step have the same beginning, the step of a day, an hour or
	// a minute. Oldest first; steps in which nothing was done are left out.
	Activity(ctx context.Context, program string, since time.Time, step time.Duration) ([]Activity, error)
}

// Activity is what was done in one step of time.
type Activity struct {
	From     time.Time
	Holds    int
	Releases int // and first admissions
}

// Options is what the pages are made of; all of it is required.
type Options struct {
	Layout  *Layout
	Views   view.Views
	Log     Log
	Now     func() time.Time
	Privacy func() Privacy // of the configuration in force
}

// Pages are the pages of this room.
type Pages struct {
	Options
	boards
	dashboard, person, org, privacy, nobody, account, signedOut *template.Template
}

// New prepares the pages.
func New(o Options) (*Pages, error) {
	p := &Pages{Options: o}
	for name, to := range map[string]**template.Template{"dashboard": &p.dashboard, "person": &p.person, "org": &p.org, "privacy": &p.privacy, "nobody": &p.nobody,
		"account": &p.account, "signedOut": &p.signedOut} {
		t, err := o.Layout.Parse(name+".html", ownTemplates, "templates/parts/*.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("prepare the page %s: %w", name, err)
		}
		*to = t
	}
	return p, nil
}

// Mount serves the pages behind the door. Only what is said of privacy is there for
// everybody.
func (p *Pages) Mount(e *echo.Echo, door *signin.Door) {
	e.GET(PathHome, p.showDashboard, door.Need())
	e.GET(PathMe, p.showMe, door.Need())
	e.GET("/people/:ref", p.showPerson, door.Need())
	e.GET(PathOrg, p.showOrg, door.Need())
	e.GET(PathOrg+"/:ref", p.showOrg, door.Need())
	e.GET(PathPrivacy, p.showPrivacy)
	p.mountAccount(e, door)
}

// Nav are the items of the navigation that lead to the pages.
func Nav() []Item {
	return []Item{
		{Label: "Progress", Path: PathHome, Shown: func(w signin.Who) bool { return w.Is(signin.Viewer) }},
		{Label: "Organisation", Path: PathOrg, Shown: func(w signin.Who) bool { return w.Is(signin.Leader, signin.Auditor, signin.Operator) }},
		{Label: "Your page", Path: PathMe, Shown: func(w signin.Who) bool { return w.Person != "" }},
	}
}

// reader is who looks at a page, at which state.
type reader struct {
	signin.Who
	*board
	self int // number of the reader; -1: not in the organisation
}

// reader fails with 503 before the first cycle has decided.
func (p *Pages) reader(c echo.Context) (reader, error) {
	v := p.Views.Current()
	if v == nil {
		return reader{}, echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	who, _ := signin.Current(c)
	r := reader{Who: who, board: p.of(v), self: -1}
	if n, ok := v.Judgement.Index.Find(who.Person); ok && who.Person != "" {
		r.self = n
	}
	return r, nil
}

// staff may see everybody.
func (r reader) staff() bool { return r.Is(signin.Auditor, signin.Operator) }

// leads reports whether the reader leads the person of that number, in any programme.
func (r reader) leads(n int) bool {
	for i := range r.each {
		if r.self >= 0 && above(r.each[i].Program, r.self, n) {
			return true
		}
	}
	return false
}

// sees reports whether the page of that person is for the reader.
func (r reader) sees(n int) bool { return r.staff() || r.self == n || r.leads(n) }

// name is what the reader may read of a person in a sentence: who may not see somebody
// reads what they are to the person whom the page is about.
func (r reader) name(about int, p *view.Program) func(id string) string {
	if r.staff() {
		return r.view.Name
	}
	x := r.view.Judgement.Index
	return func(id string) string {
		n, ok := x.Find(id)
		switch {
		case !ok:
			return "somebody who has left"
		case n == about:
			return "this person"
		case r.sees(n) && x.People[n].Name != "" && n != r.self:
			return x.People[n].Name
		case n == r.self:
			return "you yourself"
		case n == p.LeaderOf(about):
			return "the leader"
		case above(p, n, about):
			return "a leader further up"
		}
		return "a leader"
	}
}

// plainName is the name of a person, for whoever may see them.
func plainName(x *rules.Index, n int) string {
	if x.People[n].Name != "" {
		return x.People[n].Name
	}
	return x.People[n].ID
}
