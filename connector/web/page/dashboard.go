package page

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// How much of a list a page shows; it says how much more there is.
const (
	mostBlocking   = 10
	mostMissing    = 10
	mostViolations = 30
)

// smallest is the fewest people of whom a distribution says nothing about one.
const smallest = view.Smallest

// dashboard is what the dashboard shows.
type dashboard struct {
	View     *view.View
	Program  *view.Program
	Staff    bool // who may be named
	Operator bool
	Programs []choice // where there is more than one
	ID       string
	Title    string
	Paused   bool
	Launch   time.Time
	NotYet   bool // launched

	State     rules.Threshold
	Sentence  string
	Completed int // of the leaders, by the gate
	Qualified int
	Gate      string
	Audience  int
	Waiting   int
	Done      int // people who have completed

	Missing     []missing
	MoreMissing int
	Waived      int
	NoAccount   int

	Levels      []view.Level
	Blocking    []blocking
	MoreBlocked int
	Kinds       []violationKind
	Violations  []violation
	MoreOpen    int
	LeadTime    distribution
	Activity    activity
	Targets     []target
	Compare     *rules.Comparison
	Asked       bool // for the comparison
	Findings    []finding
	Open        int // violations
	Approvals   []approval
	Sources     []source
}

// source is one that is read, and whether that is too long ago.
type source struct {
	view.Source
	Stale bool
}

// approval is something that waits for one.
type approval struct {
	Title, Because string
	At             time.Time // zero: not known
	Command        string    // empty: not for the reader
}

// choice is one programme to choose.
type choice struct {
	ID, Title string
	Met       bool
	Current   bool
}

// missing is a leader who has not met the threshold.
type missing struct {
	person
	New  bool
	What []string
}

// person is somebody with the address of their page.
type person struct{ Name, Path string }

// blocking is a leader who is waited for.
type blocking struct {
	person
	OrgPath          string
	Blocked, Waiting int
	Sentence         string
	What             []string
}

// finding is how often the input has a defect.
type finding struct {
	Code  rules.Code
	Count int
	Text  string // of the first one
}

// target is one course in one LMS.
type target struct {
	Key    string
	Read   bool // whole, in the cycle of the judgement
	Holds  int  // ours, open
	Closed bool
}

// showDashboard is for those whose role it is to see how the roll-out goes. Anybody
// else is sent to their own page.
func (p *Pages) showDashboard(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return err
	}
	if !r.Is(signin.Viewer, signin.Auditor, signin.Operator) {
		return c.Redirect(http.StatusSeeOther, PathMe)
	}
	b, ok := r.program(c.QueryParam("program"))
	if !ok {
		return echo.ErrNotFound
	}
	d := p.dashboardOf(r, b)
	if d.Activity, err = p.activity(c.Request().Context(), b); err != nil {
		return err
	}
	return p.Layout.Render(c, http.StatusOK, Page{Title: d.Title, Nav: PathHome, Body: p.dashboard, Data: d})
}

// dashboardOf is the dashboard but for what the log says.
func (p *Pages) dashboardOf(r reader, b *programBoard) dashboard {
	pr := b.Program.Program
	d := dashboard{View: r.view, Program: b.Program, Staff: r.staff(), Operator: r.Is(signin.Operator), ID: pr.ID, Title: pr.Title, Paused: b.Paused, Launch: pr.Launch,
		NotYet: p.Now().Before(pr.Launch), State: b.Threshold, Sentence: b.Threshold.Sentence(counting(b.UseCases)), Gate: pr.Sequence.Gate,
		Audience: b.audience, Waiting: b.Waiting, Waived: len(b.Threshold.Waived), NoAccount: len(b.Threshold.NoAccount),
		Levels: b.Levels, LeadTime: leadTimes(b.LeadTimes), Asked: pr.Compare, Compare: b.Compared}
	if d.Title == "" {
		d.Title = pr.ID
	}
	if len(r.each) > 1 {
		for i := range r.each {
			o := r.each[i].Program.Program
			d.Programs = append(d.Programs, choice{o.ID, cmp.Or(o.Title, o.ID), r.each[i].Threshold.Met, o.ID == pr.ID})
		}
	}
	for _, l := range b.Leaders {
		if l.Qualified {
			d.Qualified++
		}
		if !l.Completed.IsZero() {
			d.Completed++
		}
	}
	for _, root := range b.roots {
		d.Done += b.below[root].Completed
		if !b.Completed(int(root)).IsZero() {
			d.Done++
		}
	}
	d.MoreBlocked = max(0, len(b.CriticalPath)-mostBlocking)
	d.MoreMissing = max(0, len(b.Threshold.Missing)-mostMissing)
	if d.Staff {
		p.nameThem(&d, r, b)
	}
	d.violations(r, b, p.Now())
	d.approvals(r, p.Now())
	d.targets(r, pr)
	return d
}

// nameThem fills in what names people.
func (p *Pages) nameThem(d *dashboard, r reader, b *programBoard) {
	name := r.view.Name
	for _, m := range b.Threshold.Missing[:min(len(b.Threshold.Missing), mostMissing)] {
		one := missing{person: r.link(m.Person), New: m.New}
		for _, because := range m.Missing {
			one.What = append(one.What, strings.TrimSpace(because.Sentence(func(string) string { return "" })))
		}
		d.Missing = append(d.Missing, one)
	}
	for _, block := range b.CriticalPath[:min(len(b.CriticalPath), mostBlocking)] {
		one := blocking{person: r.link(block.Person), Blocked: block.Blocked, Waiting: block.Waiting, Sentence: block.Sentence(name)}
		if n, ok := r.view.Judgement.Index.Find(block.Person); ok {
			one.OrgPath = orgPath(r.view, n, b)
			for _, q := range b.Requirements(n) {
				if q.At.IsZero() {
					one.What = append(one.What, asked(q.Name))
				}
			}
		}
		d.Blocking = append(d.Blocking, one)
	}
	at := map[rules.Code]int{}
	for _, f := range r.view.Findings {
		if f.Program != "" && f.Program != d.ID {
			continue
		}
		if _, ok := at[f.Code]; !ok {
			at[f.Code] = len(d.Findings)
			d.Findings = append(d.Findings, finding{Code: f.Code, Text: rules.Reason{Code: f.Code, Detail: f.Detail, Person: f.Person}.Sentence(name)})
		}
		d.Findings[at[f.Code]].Count++
	}
	slices.SortStableFunc(d.Findings, func(a, b finding) int { return cmp.Compare(b.Count, a.Count) })
}

// link is somebody with the address of their page, as far as they have one.
func (r reader) link(id string) person {
	if n, ok := r.view.Judgement.Index.Find(id); ok {
		return person{r.view.Name(id), PathPerson(r.view, n)}
	}
	return person{Name: id}
}

func counting(list []rules.UseCase) int {
	n := 0
	for i := range list {
		if list[i].Counts {
			n++
		}
	}
	return n
}

// approvals are the plans of the programme, and the organisation, that somebody has to
// approve before they are in force.
func (d *dashboard) approvals(r reader, now time.Time) {
	for _, f := range r.view.Refusals {
		if f.Program != d.ID {
			continue
		}
		one := approval{Title: fmt.Sprintf("%s × %s:", Count(len(f.Changes)), f.Move), Because: f.Because.Sentence(nil)}
		if d.Staff {
			one.Command = "leadfront approve " + f.Digest + " --by NAME --reason TEXT"
		}
		d.Approvals = append(d.Approvals, one)
	}
	if q := r.view.Quarantine; q != nil {
		one := approval{Title: "Another organisation:", At: q.Since}
		if q.People > 0 {
			one.Title = fmt.Sprintf("Another organisation, of %s:", plural(q.People, "person", "people"))
		}
		for i, because := range sentences(q.Because, func(string) string { return "somebody" }) {
			if i > 0 {
				one.Because += "; "
			}
			one.Because += because
		}
		if d.Staff {
			one.Command = fmt.Sprintf("leadfront org approve %.12s --by NAME --reason TEXT", q.Digest)
		}
		d.Approvals = append(d.Approvals, one)
	}
	for _, s := range r.view.Sources {
		d.Sources = append(d.Sources, source{s, s.Stale(now)})
	}
}

// targets says where the programme runs.
func (d *dashboard) targets(r reader, pr *rules.Program) {
	for _, t := range pr.Targets {
		one := target{Key: t.Key(), Closed: t.Closed, Read: r.view.Facts.Targets[t.Key()]}
		for i := range r.view.Facts.Holds {
			if h := &r.view.Facts.Holds[i]; h.Target == one.Key && h.Program == pr.ID {
				one.Holds++
			}
		}
		d.Targets = append(d.Targets, one)
	}
}

// asked is a requirement of leaders in words.
func asked(name string) string {
	switch name {
	case rules.RequireCourse:
		return "the course"
	case rules.RequireUseCase:
		return "a use case"
	case rules.RequirePlaybook:
		return "the coaching playbook"
	}
	return name
}
