package page

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// mostRows is how many people one page of the organisation lists.
const mostRows = 100

// org is one node of the organisation: a leader, and whom they lead.
type org struct {
	View     *view.View
	ID       string // of the programme
	Title    string
	Programs []choice
	Up       []row // the way up, the top first, as far as the reader may see it
	Self     *row  // nil: the top of the organisation
	Rows     []row
	From, To int // of so many
	Of       int
	Path     string // of this page
	Next     int    // page; 0: none
	Back     int
}

// row is one person with everybody below.
type row struct {
	person
	OrgPath string // empty: leads nobody
	Role    string // a leader, or not
	State   state
	Level   int
	below
	Direct int
}

// state is where somebody stands, in a word and a class of the style sheet.
type state struct{ Word, Class string }

// orgPath is the node of the person in the organisation of a programme.
func orgPath(v *view.View, n int, b *programBoard) string {
	path := PathOrg + "/" + v.Refs.Of(n)
	if len(v.Judgement.Programs) > 1 {
		path += "?program=" + b.Program.Program.ID
	}
	return path
}

// showOrg shows staff everybody, and leaders whom they lead.
func (p *Pages) showOrg(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return err
	}
	b, ok := r.program(c.QueryParam("program"))
	if !ok {
		return echo.ErrNotFound
	}
	node := -1
	if ref := c.Param("ref"); ref != "" {
		if node, ok = r.view.Refs.Find(ref); !ok || !r.sees(node) {
			return echo.ErrNotFound
		}
	} else if !r.staff() {
		if r.self < 0 || len(b.under(r.self)) == 0 {
			return echo.ErrNotFound
		}
		return c.Redirect(http.StatusSeeOther, orgPath(r.view, r.self, b))
	}
	number, _ := strconv.Atoi(c.QueryParam("page"))
	o := r.org(b, node, max(1, number))
	return p.Layout.Render(c, http.StatusOK, Page{Title: "Organisation", Nav: PathOrg, Body: p.org, Data: o})
}

// org is the node of that number, or the top where it is negative.
func (r reader) org(b *programBoard, node, number int) org {
	pr := b.Program.Program
	o := org{View: r.view, ID: pr.ID, Title: pr.Title, Path: PathOrg}
	list := b.roots
	if node >= 0 {
		self := r.row(b, node)
		o.Self, o.Path, list = &self, PathOrg+"/"+r.view.Refs.Of(node), b.under(node)
		for at := b.LeaderOf(node); at >= 0 && r.sees(at); at = b.LeaderOf(at) {
			o.Up = append([]row{r.row(b, at)}, o.Up...)
		}
	}
	for _, other := range r.each {
		if t := other.Program.Program; len(r.each) > 1 {
			o.Programs = append(o.Programs, choice{ID: t.ID, Title: t.Title, Current: t.ID == pr.ID})
		}
	}
	list = b.byWaiting(list)
	o.Of = len(list)
	from := min((number-1)*mostRows, o.Of)
	to := min(from+mostRows, o.Of)
	o.From, o.To = from+1, to
	if number > 1 {
		o.Back = number - 1
	}
	if to < o.Of {
		o.Next = number + 1
	}
	for _, n := range list[from:to] {
		o.Rows = append(o.Rows, r.row(b, int(n)))
	}
	return o
}

func (r reader) row(b *programBoard, n int) row {
	x := r.view.Judgement.Index
	out := row{person: person{plainName(x, n), PathPerson(r.view, n)}, Level: x.Level(n), below: b.below[n], State: stateOf(b.Program, n), Direct: len(b.under(n))}
	if r.staff() {
		out.Name = r.view.Name(x.People[n].ID)
	}
	if out.Direct > 0 {
		out.OrgPath = orgPath(r.view, n, b)
	}
	return out
}

// stateOf says where somebody stands in a programme.
func stateOf(p *view.Program, n int) state {
	d := p.Decisions[n]
	switch {
	case d.Row == 2:
		return state{"completed", "good"}
	case d.Verdict() == rules.Wait:
		return state{"waits", "warn"}
	case d.Verdict() == rules.Keep:
		return state{"not decided", "bad"}
	case d.Verdict() == rules.None:
		return state{"not concerned", ""}
	case d.Row == 4:
		return state{"has started", "accent"}
	}
	return state{"may start", "accent"}
}
