package act

import (
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// desk is what waits, and what can be asked for.
type desk struct {
	Plans         []plan
	Organisations []Organisation
	Waivers       []waiver // in force
	Programs      []view.Program
	View          *view.View
	Person        string // HR id that the forms begin with
	Today         string
	Wrong         string

	CSRF, FormToken string
}

type plan struct {
	rules.Refusal
	Title string
	Why   string
}

type waiver struct {
	rules.Waiver
	Name string
}

// MayStart and NeedNotLead are the kinds of exemptions.
func (desk) MayStart() rules.WaiverKind { return rules.MayStart }

// NeedNotLead is the other kind.
func (desk) NeedNotLead() rules.WaiverKind { return rules.NeedNotLead }

// onDesk gathers it. A page of a person may lead here with their reference.
func (r *Room) onDesk(c echo.Context) (desk, error) {
	ctx, v := c.Request().Context(), r.views.Current()
	d := desk{View: v, Today: r.now().UTC().Format(time.DateOnly), CSRF: signin.CSRF(c), FormToken: signin.FormToken}
	var err error
	if d.Organisations, err = r.desk.Organisations(ctx); err != nil {
		return d, fmt.Errorf("list the organisations that wait: %w", err)
	}
	if v == nil {
		return d, nil
	}
	d.Programs = v.Programs()
	for _, f := range v.Refusals {
		title := f.Program
		if pr, ok := v.Program(f.Program); ok {
			title = pr.Program.Title
		}
		d.Plans = append(d.Plans, plan{f, title, f.Because.Sentence(v.Name)})
	}
	list, err := r.desk.Waivers(ctx)
	if err != nil {
		return d, fmt.Errorf("list the exemptions: %w", err)
	}
	for _, w := range list {
		if w.InForce(r.now()) {
			d.Waivers = append(d.Waivers, waiver{w, v.Name(w.Person)})
		}
	}
	if n, ok := v.Refs.Find(c.QueryParam("person")); ok {
		d.Person = v.Judgement.Index.People[n].ID
	}
	return d, nil
}
