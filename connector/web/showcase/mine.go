package showcase

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/rules"
)

// mineData is what the page of one's own use cases shows.
type mineData struct {
	Going []going
	Live  []shown
	Gone  []going // withdrawals on their way
	Token string
	May   bool // share another one
}

// Own is what the buttons under a use case need.
func (d mineData) Own(ref string) struct{ Ref, Token string } {
	return struct{ Ref, Token string }{ref, d.Token}
}

// going is a use case on its way.
type going struct {
	rules.Outgoing
	Ref   string
	Title string
	By    string // who looked at it
}

// mine shows what the reader has shared, and how far each is.
func (s *Showcase) mine(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	who, _ := signin.Current(c)
	d := mineData{Token: signin.CSRF(c), May: s.mayShare(c, n)}
	gone, onTheWay := withdrawn(n.outgoing), map[string]bool{}
	for _, o := range n.outgoingOf(who.Person) {
		g := going{Outgoing: o, Ref: refIn(o.Object), Title: n.titleOf(&o), By: n.nameOf(o.Looked)}
		onTheWay[g.Ref] = true
		if _, is := gone[o.Object]; is && o.Kind == rules.KindUnshared {
			d.Gone = append(d.Gone, g)
		}
		if o.Kind == rules.KindShared {
			d.Going = append(d.Going, g)
		}
	}
	var live []*Case
	for _, u := range n.Cases {
		if u.Author == who.Person && !onTheWay[u.Ref] {
			live = append(live, u)
		}
	}
	d.Live = s.teasers(live)
	return s.render(c, http.StatusOK, "Your use cases", "mine", d)
}

// outgoingOf is what the person shares or takes back, as far as it is on its way.
func (n *now) outgoingOf(person string) (list []rules.Outgoing) {
	for _, o := range n.outgoing {
		if o.Person == person && person != "" && o.Kind != rules.KindConfirmed {
			list = append(list, o)
		}
	}
	return list
}

// titleOf is the title as the programme reads it.
func (n *now) titleOf(o *rules.Outgoing) string {
	if p, ok := n.Program(o.Program); ok {
		if t := p.Program.Showcase.Heard(o.Said)[rules.PartTitle]; t != "" {
			return t
		}
	}
	return "Without a title"
}

func (n *now) nameOf(person string) string {
	if i, ok := n.Judgement.Index.Find(person); ok {
		return n.Judgement.Index.People[i].Name
	}
	return ""
}

// reviewData is what the page of second looks shows.
type reviewData struct {
	Cases []reviewed
	Token string
}

type reviewed struct {
	shown
	Due time.Time
}

// reviews shows what waits for a second look of the reader.
func (s *Showcase) reviews(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	d := reviewData{Token: signin.CSRF(c)}
	for _, o := range s.toLookAt(c, n) {
		p, _ := n.Program(o.Program) // it is on: toLookAt has asked
		r := reviewed{shown: *s.preview(draftOf(o.Program, p.Program.Showcase.Heard(o.Said))), Due: o.Due}
		r.Ref, r.Name = refIn(o.Object), n.nameOf(o.Person)
		d.Cases = append(d.Cases, r)
	}
	return s.render(c, http.StatusOK, "A second look", "review", d)
}

// mostNote is how many characters the note of a second person may have.
const mostNote = 500

// look takes what the second person says.
func (s *Showcase) look(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	who, _ := signin.Current(c)
	for _, o := range s.toLookAt(c, n) {
		if refIn(o.Object) != c.Param("ref") {
			continue
		}
		pass := c.FormValue("do") == "pass"
		if _, err := s.Outbox.Look(c.Request().Context(), o.Object, who.Person, pass, clip(c.FormValue("note"), mostNote), s.moment()); err != nil {
			return err
		}
		s.Kick()
		return c.Redirect(http.StatusSeeOther, Path+"/review")
	}
	return echo.ErrNotFound
}
