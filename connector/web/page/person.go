package page

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// personPage is why somebody is where they are, in every programme.
type personPage struct {
	View    *view.View
	Name    string
	Self    bool
	Staff   bool
	OrgPath string // empty: leads nobody, or is not for the reader
	ActPath string // where an operator exempts or vouches for them; else empty
	Courses []course
}

// course is one programme from the point of view of one person.
type course struct {
	ID, Title string
	State     state
	Headline  string
	Notes     []string
	Lead      *leading     // nil: leads nobody
	Full      *explanation // nil: not for the reader
}

// leading is what somebody owes to those who wait for them.
type leading struct {
	Reports, Waiting, Blocked int
	Tasks                     []task
	Open                      bool // something of what opens the gate is still to be done
	Waived                    bool
}

// task is one thing that is asked of a leader.
type task struct {
	Text string
	Path string    // where it is done; empty: not known
	Done time.Time // zero: not yet
	More []string  // what exactly is missing
	Gate bool      // people wait for it
}

// showMe sends people to their own page, which has an address that nobody guesses. An
// LMS can link to it from wherever it says that somebody has to wait.
func (p *Pages) showMe(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return err
	}
	if r.self >= 0 {
		return c.Redirect(http.StatusSeeOther, PathPerson(r.view, r.self))
	}
	return p.Layout.Render(c, http.StatusOK, Page{Title: "Your page", Body: p.nobody, Data: r.Who})
}

// showPerson is for the person, whoever leads them, and staff.
func (p *Pages) showPerson(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return err
	}
	n, ok := r.view.Refs.Find(c.Param("ref"))
	if !ok || !r.sees(n) {
		return echo.ErrNotFound
	}
	nav := ""
	if n == r.self {
		nav = PathMe
	}
	d := r.person(n)
	return p.Layout.Render(c, http.StatusOK, Page{Title: d.Name, Nav: nav, Body: p.person, Data: d})
}

func (r reader) person(n int) personPage {
	x := r.view.Judgement.Index
	d := personPage{View: r.view, Name: plainName(x, n), Self: n == r.self, Staff: r.staff()}
	if r.Is(signin.Operator) {
		d.ActPath = "/act?person=" + r.view.Refs.Of(n)
	}
	if d.Staff {
		d.Name = r.view.Name(x.People[n].ID)
	}
	for _, b := range r.each {
		pr := b.Program.Program
		one := course{ID: pr.ID, Title: pr.Title, State: stateOf(b.Program, n), Headline: short(b.Program, n, d.Self)}
		if one.Title == "" {
			one.Title = pr.ID
		}
		one.Notes = r.notes(b, n, d.Self)
		if b.Leads(n) {
			one.Lead = lead(b, n)
			d.OrgPath = orgPath(r.view, n, b)
		}
		if d.Staff || d.Self {
			one.Full = r.explain(b.Program, n)
		}
		d.Courses = append(d.Courses, one)
	}
	return d
}

// notes are what follows from the headline for the person's own enrolment.
func (r reader) notes(b *programBoard, n int, self bool) []string {
	held := false
	for i := range r.view.Facts.Holds {
		h := &r.view.Facts.Holds[i]
		held = held || (h.Program == b.Program.Program.ID && h.Person == r.view.Judgement.Index.People[n].ID)
	}
	verdict, whose := b.Decisions[n].Verdict(), "The"
	if self {
		whose = "Your"
	}
	switch {
	case held && verdict == rules.Wait:
		return []string{whose + " enrolment is kept and suspended until then. Nothing is lost, and it opens by itself: there is nothing to ask for and nothing to do."}
	case held && verdict == rules.Clear && r.view.Mode.Writes():
		return []string{whose + " enrolment is about to be opened: usually within a few minutes."}
	case verdict == rules.Wait && !r.view.Mode.Writes():
		return []string{"leadfront only observes at the moment: nobody is really held."}
	}
	return nil
}

// lead is what a leader still has to do, and for how many.
func lead(b *programBoard, n int) *leading {
	x := b.Program.Program
	out := &leading{}
	id := ""
	for i := range b.Leaders {
		if l := &b.Leaders[i]; l.Person == b.id(n) {
			out.Reports, out.Waiting, out.Waived, id = l.Reports, l.Waiting, l.Waived, l.Person
		}
	}
	if at, ok := b.blocking[id]; ok {
		out.Blocked = b.CriticalPath[at].Blocked
	}
	shares := false
	for _, q := range b.Requirements(n) {
		shares = shares || q.Name == rules.RequireUseCase
		t := taskOf(x, q.Name)
		t.Done, t.Gate = q.At, true
		if q.Name == rules.RequireCourse {
			for _, m := range b.Missing(n) {
				if m.Code != rules.CodeCourseMissing {
					t.More = append(t.More, m.Sentence(func(string) string { return "" }))
				}
			}
		}
		out.Open = out.Open || q.At.IsZero()
		out.Tasks = append(out.Tasks, t)
	}
	if !shares {
		t := taskOf(x, rules.RequireUseCase)
		t.Done = firstShare(b.UseCases, id)
		out.Tasks = append(out.Tasks, t)
	}
	return out
}

// firstShare is when the author's first use case that counts was shared.
func firstShare(list []rules.UseCase, author string) (at time.Time) {
	for i := range list {
		if u := &list[i]; u.Author == author && u.Counts && (at.IsZero() || u.At.Before(at)) {
			at = u.At
		}
	}
	return at
}

// taskOf says what a requirement asks for, and where that is done.
func taskOf(p *rules.Program, name string) task {
	switch name {
	case rules.RequireCourse:
		return task{Text: "Complete the course itself, the same one as everybody", Path: address(p.Course)}
	case rules.RequireUseCase:
		return task{Text: "Share a use case of your own: the prompt, what came out, and what it was good for", Path: "/showcase/new"}
	}
	for _, c := range p.Contracts {
		if c.ID != name {
			continue
		}
		if name == rules.RequirePlaybook {
			return task{Text: "Read the coaching playbook, so that you can help when they begin", Path: address(c.Course)}
		}
		return task{Text: "Complete “" + name + "”", Path: address(c.Course)}
	}
	return task{Text: "Complete “" + name + "”"}
}

// address is where a course is taken, where its identifier is an address.
func address(c rules.Course) string {
	for _, e := range c.Editions {
		for _, iri := range e.Activities {
			if strings.HasPrefix(iri, "https://") || strings.HasPrefix(iri, "http://") {
				return iri
			}
		}
	}
	return ""
}
