package showcase

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/rules"
)

// formData is what the form shows.
type formData struct {
	Draft    draft
	Wrong    map[string]string // by field
	Preview  *shown            // nil: none was asked for
	Programs []*rules.Program
	Edit     string // reference of what is edited; empty: it is new
	Review   string // how long a second person may look at it; empty: nobody does
	Note     string // why a second person gave it back
	Token    string
	Trouble  string // why the reader cannot share at all
}

// mine is what the reader has shared under a reference: in the showcase, or still on
// its way.
type mine struct {
	live    *Case
	pending *rules.Outgoing
	program string // id
	object  string // IRI
	draft   draft
}

// own finds what the reader has shared under a reference; false: nothing.
func (n *now) own(person, ref string) (m mine, ok bool) {
	if person == "" {
		return m, false
	}
	for _, o := range n.outgoingOf(person) {
		if refIn(o.Object) == ref {
			m.pending = &o
			if o.Kind != rules.KindShared {
				m.pending = nil // taken back
			}
		}
	}
	if u, found := n.Find(ref); found && u.Own && u.Author == person {
		m.live, m.program, m.object = u, u.Program, u.Object
		m.draft = draftOf(u.Program, map[string]string{rules.PartTitle: u.Title, rules.PartPrompt: u.Prompt, rules.PartOutput: u.Output,
			rules.PartResult: u.Result, rules.PartTool: u.Tool, rules.PartTopic: u.Topic, rules.PartLink: u.Link})
	}
	if o := m.pending; o != nil {
		if p, found := n.Program(o.Program); found {
			m.program, m.object, m.draft = o.Program, o.Object, draftOf(o.Program, p.Program.Showcase.Heard(o.Said))
		}
	}
	return m, m.program != ""
}

// start is what every page of the form begins with: who shares what.
func (s *Showcase) start(c echo.Context) (n *now, who signin.Who, d formData, m mine, err error) {
	if n, err = s.current(c); err != nil {
		return n, who, d, m, err
	}
	who, _ = signin.Current(c)
	d = formData{Programs: n.programs(who.Person), Edit: c.Param("ref"), Token: signin.CSRF(c)}
	if s.Config.Review > 0 {
		d.Review = page.Span(s.Config.Review)
	}
	if d.Edit != "" {
		var ok bool
		if m, ok = n.own(who.Person, d.Edit); !ok {
			return n, who, d, m, echo.ErrNotFound
		}
		d.Draft = m.draft
		if m.pending != nil {
			d.Note = m.pending.Note
		}
	}
	switch _, known := n.actor(who.Person); {
	case len(d.Programs) == 0:
		d.Trouble = "Use cases are shared by people who lead somebody. As far as HR says, you do not lead anybody at present."
	case !known:
		d.Trouble = "HR has no e-mail address of yours, or one that somebody else has too, so that the record store would not know whose use case it is. Please have HR put that right."
	}
	return n, who, d, m, nil
}

// form shows the form, empty or with what is edited.
func (s *Showcase) form(c echo.Context) error {
	_, _, d, _, err := s.start(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "Share a use case", "form", d)
}

// post previews or shares what is in the form.
func (s *Showcase) post(c echo.Context) error {
	n, who, d, m, err := s.start(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	d.Draft = readDraft(form)
	if d.Edit != "" {
		d.Draft.Program = m.program
	}
	p := chosen(d.Programs, d.Draft.Program)
	if d.Trouble != "" || p == nil {
		return s.render(c, http.StatusUnprocessableEntity, "Share a use case", "form", d)
	}
	d.Wrong = d.Draft.wrong()
	switch {
	case form.Get("do") != "share":
		delete(d.Wrong, "own_work") // to be said when it is shared
		delete(d.Wrong, "consent")
		d.Preview = s.preview(d.Draft)
		if d.Wrong["link"] != "" {
			d.Preview.Link = ""
		}
		return s.render(c, http.StatusOK, "Share a use case", "form", d)
	case len(d.Wrong) > 0:
		return s.render(c, http.StatusUnprocessableEntity, "Share a use case", "form", d)
	}
	return s.keep(c, n, author{person: who.Person, program: p}, d, m)
}

// chosen is the programme of that id, or the only one.
func chosen(list []*rules.Program, id string) *rules.Program {
	for _, p := range list {
		if p.ID == id || id == "" && len(list) == 1 {
			return p
		}
	}
	return nil
}

func (s *Showcase) preview(d draft) *shown {
	return &shown{Case: &Case{Title: d.Title, Tool: d.Tool, Topic: d.Topic, Link: d.Link},
		Prompt: s.md.HTML(d.Prompt), Output: s.md.HTML(d.Output), Result: s.md.HTML(d.Result)}
}

// keep puts what is shared into the outbox.
func (s *Showcase) keep(c echo.Context, n *now, a author, d formData, m mine) error {
	a.actor, _ = n.actor(a.person) // known: there is no trouble
	if m.object == "" {
		m.object = s.Base + Path + "/" + newRef()
	}
	back, next := a.share(d.Draft, m.object, s.Now(), s.Config.Review)
	if err := s.Outbox.Replace(c.Request().Context(), m.live != nil, back, next); err != nil {
		return err
	}
	s.Kick()
	return c.Redirect(http.StatusSeeOther, Path+"/mine")
}

// withdraw takes back what the reader has shared. It is hidden at once.
func (s *Showcase) withdraw(c echo.Context) error {
	n, who, d, m, err := s.start(c)
	if err != nil {
		return err
	}
	p, ok := n.Program(m.program)
	actor, known := n.actor(who.Person)
	if !ok || !known {
		return s.render(c, http.StatusUnprocessableEntity, "Share a use case", "form", d)
	}
	a := author{person: who.Person, actor: actor, program: p.Program}
	if err := s.Outbox.Replace(c.Request().Context(), m.live != nil, a.say(rules.KindUnshared, m.object, s.moment())); err != nil {
		return err
	}
	s.Kick()
	return c.Redirect(http.StatusSeeOther, Path+"/mine")
}

// confirm says that the reader, who is led by the author, has seen the use case.
func (s *Showcase) confirm(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	who, _ := signin.Current(c)
	u, ok := n.Find(c.Param("ref"))
	actor, known := n.actor(who.Person)
	if !ok || !u.Own || !known || !n.leads(u.Program, u.Author, who.Person) {
		return echo.ErrNotFound
	}
	if p, ok := n.Program(u.Program); ok && !u.Confirmed && !n.confirming(who.Person, u.Object) {
		a := author{person: who.Person, actor: actor, program: p.Program}
		if err := s.Outbox.Enqueue(c.Request().Context(), a.say(rules.KindConfirmed, u.Object, s.moment())); err != nil {
			return err
		}
		s.Kick()
	}
	return c.Redirect(http.StatusSeeOther, Path+"/"+u.Ref)
}

// moment is now, as statements have it.
func (s *Showcase) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
