package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// program is how far one programme is, as plan -o json has it.
type program struct {
	rules.Threshold
	Title        string            `json:"title"`
	Launch       time.Time         `json:"launch"`
	UseCases     int               `json:"useCases"` // that count
	Paused       bool              `json:"paused"`
	Gate         string            `json:"gate"`
	Qualified    int               `json:"qualified"`
	CriticalPath []rules.Blocking  `json:"criticalPath"` // who blocks most, the first ten
	LeadTime     *leadTime         `json:"leadTime,omitempty"`
	Comparison   *rules.Comparison `json:"comparison,omitempty"`
}

type leadTime struct {
	Hours  float64 `json:"hours"`
	People int     `json:"people"`
}

const mostBlocking = 10

// programs name people to auditors and operators alone, as the pages do.
func (a *API) programs(c echo.Context, v *view.View) (out []item, err error) {
	who, _ := signin.Current(c)
	list := v.Programs()
	for i := range list {
		out = append(out, item{list[i].Program.ID, func() any {
			p := newProgram(&list[i])
			if !who.Is(signin.Auditor, signin.Operator) {
				p.CriticalPath, p.Missing, p.Waived, p.NoAccount = []rules.Blocking{}, nil, nil, nil
			}
			return p
		}})
	}
	return out, nil
}

func newProgram(pr *view.Program) program {
	p := program{Threshold: pr.Threshold, Title: pr.Program.Title, Launch: pr.Program.Launch, Paused: pr.Paused, Gate: pr.Program.Sequence.Gate,
		CriticalPath: append([]rules.Blocking{}, pr.CriticalPath[:min(len(pr.CriticalPath), mostBlocking)]...)}
	for _, l := range pr.Leaders {
		if l.Qualified {
			p.Qualified++
		}
	}
	for i := range pr.UseCases {
		if pr.UseCases[i].Counts {
			p.UseCases++
		}
	}
	if median, n := pr.LeadTime(); n >= view.Smallest {
		p.LeadTime = &leadTime{median.Hours(), n}
	}
	if c, ok := pr.Compare(); ok {
		p.Comparison = &c
	}
	return p
}

// person is somebody in the organisation.
type person struct {
	ID         string `json:"id"`  // of HR
	Ref        string `json:"ref"` // of the page and of the address here
	Name       string `json:"name"`
	Manager    string `json:"manager,omitempty"`
	Level      int    `json:"level"` // -1: under no listed top
	Status     string `json:"status"`
	Department string `json:"department,omitempty"`
	// Decisions are there for a single person alone.
	Decisions []decision `json:"decisions,omitempty"`
}

func newPerson(v *view.View, n int) person {
	x := v.Judgement.Index
	p := &x.People[n]
	return person{ID: p.ID, Ref: v.Refs.Of(n), Name: p.Name, Manager: p.Manager, Level: x.Level(n), Status: p.Status.String(), Department: p.Department}
}

func (a *API) people(_ echo.Context, v *view.View) ([]item, error) {
	out := make([]item, v.Judgement.Index.Len())
	for n := range out {
		out[n] = item{v.Judgement.Index.People[n].ID, func() any { return newPerson(v, n) }}
	}
	return out, nil
}

// person answers with one person and what they are owed.
func (a *API) person(c echo.Context) error {
	v := a.o.Views.Current()
	if v == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "The first cycle has not settled yet.")
	}
	n, ok := v.Refs.Find(c.Param("ref"))
	if !ok {
		return echo.ErrNotFound
	}
	p := newPerson(v, n)
	for i := range v.Judgement.Programs {
		p.Decisions = append(p.Decisions, newDecision(v, &v.Judgement.Programs[i], n))
	}
	return answer(c, p)
}

// decision is what one person is owed, as plan -o json has it.
type decision struct {
	Person   string        `json:"person"`
	Program  string        `json:"program"`
	Decision rules.Verdict `json:"decision"`
	Row      int           `json:"row"`
	Because  []reason      `json:"because"`
}

// reason is a reason with its sentence.
type reason struct {
	rules.Reason
	Text string `json:"text"`
}

func newDecision(v *view.View, pj *rules.ProgramJudgement, n int) decision {
	d := pj.Decided(n)
	out := decision{Person: d.Person, Program: d.Program, Decision: d.Verdict, Row: d.Row, Because: []reason{}}
	for _, b := range d.Because {
		out.Because = append(out.Because, reason{b, b.Sentence(v.Name)})
	}
	return out
}

// decisions are those of everybody, or of one programme, or of one verdict.
func (a *API) decisions(c echo.Context, v *view.View) (out []item, err error) {
	program, verdict := c.QueryParam("program"), c.QueryParam("decision")
	for i := range v.Judgement.Programs {
		pj := &v.Judgement.Programs[i]
		if program != "" && pj.Program.ID != program {
			continue
		}
		for n := range pj.Decisions {
			if verdict == "" || string(pj.Decisions[n].Verdict()) == verdict {
				out = append(out, item{pj.Program.ID + "\x00" + v.Judgement.Index.People[n].ID, func() any { return newDecision(v, pj, n) }})
			}
		}
	}
	return out, nil
}

// violation is one as plan -o json has it.
type violation struct {
	rules.Violation
	ID       string `json:"id"`
	Severity string `json:"severity"`
	State    string `json:"state"`
}

func (a *API) violations(_ echo.Context, v *view.View) (out []item, err error) {
	for i := range v.Judgement.Programs {
		for _, x := range v.Judgement.Programs[i].Violations {
			one := violation{x, x.ID(), x.Kind.Severity(), "open"}
			if x.Resolved {
				one.State = "resolved"
			}
			out = append(out, item{one.ID, func() any { return one }})
		}
	}
	return out, nil
}

// plan is one that waits for an approval.
type plan struct {
	Program string     `json:"program"`
	Move    rules.Move `json:"move"`
	Count   int        `json:"count"`
	Digest  string     `json:"digest"`
	Because reason     `json:"because"`
}

func (a *API) plans(c echo.Context, v *view.View) (out []item, err error) {
	who, _ := signin.Current(c)
	for _, f := range v.Refusals {
		out = append(out, item{f.Digest, func() any {
			because := reason{f.Because, f.Because.Sentence(v.Name)}
			if !who.Is(signin.Auditor, signin.Operator) {
				because.Person, because.Text = "", f.Because.Sentence(func(string) string { return "somebody" })
			}
			return plan{f.Program, f.Move, len(f.Changes), f.Digest, because}
		}})
	}
	return out, nil
}

// waiver is an exemption as waive list -o json has it.
type waiver struct {
	Number  int64            `json:"number"`
	Kind    rules.WaiverKind `json:"kind"`
	Program string           `json:"program"`
	Person  string           `json:"person"`
	From    time.Time        `json:"from"`
	Expires time.Time        `json:"expires"`
	Revoked time.Time        `json:"revoked,omitzero"`
	State   string           `json:"state"`
	By      string           `json:"by"`
	Reason  string           `json:"reason"`
}

func (a *API) waivers(c echo.Context, _ *view.View) (out []item, err error) {
	list, err := a.o.Waivers(c.Request().Context())
	if err != nil {
		return nil, fmt.Errorf("list the exemptions: %w", err)
	}
	for _, w := range list {
		state := "expired"
		switch {
		case !w.Revoked.IsZero():
			state = "revoked"
		case w.InForce(a.o.Now()):
			state = "in force"
		}
		out = append(out, item{fmt.Sprintf("%020d", w.ID), func() any {
			return waiver{w.ID, w.Kind, w.Program, w.Person, w.From, w.Expires, w.Revoked, state, w.By, w.Reason}
		}})
	}
	return out, nil
}

// UseCase is one of the showcase, as everybody may see it.
type UseCase struct {
	Ref       string    `json:"ref"` // of its page
	Programs  []string  `json:"programs"`
	Author    string    `json:"author"` // name
	Level     int       `json:"level"`  // of the author at the time; -1: not known
	Title     string    `json:"title"`
	Tool      string    `json:"tool,omitempty"`
	Topic     string    `json:"topic,omitempty"`
	Link      string    `json:"link,omitempty"`
	Prompt    string    `json:"prompt"` // Markdown, as it was written; Output and Result too
	Output    string    `json:"output"`
	Result    string    `json:"result"`
	At        time.Time `json:"at"`
	Confirmed bool      `json:"confirmed"`
	Counts    bool      `json:"counts"`
}

func (a *API) showcase(c echo.Context, v *view.View) (out []item, err error) {
	list, err := a.o.Showcase(c.Request().Context(), v)
	if err != nil {
		return nil, fmt.Errorf("list the use cases: %w", err)
	}
	for _, u := range list {
		out = append(out, item{u.Ref, func() any { return u }})
	}
	return out, nil
}
