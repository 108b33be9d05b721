package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

type planCmd struct {
	Only string `placeholder:"PERSON" help:"HR id or e-mail address: show only what concerns this person and everybody below."`
	At   string `help:"As of another moment, past or to come: a day (its beginning, UTC) or an instant in RFC 3339."`
}

// planJSON is a plan for programs.
type planJSON struct {
	Digest      string          `json:"digest"`
	Only        string          `json:"only,omitempty"` // HR id: the plan is that of this person and whoever is below
	Mode        rules.Mode      `json:"mode"`
	Holds       int             `json:"holds"`
	Releases    int             `json:"releases"`
	Changes     []changeJSON    `json:"changes"`
	Refused     []refusalJSON   `json:"refused"`
	Violations  []violationJSON `json:"violations"`
	Findings    []rules.Finding `json:"findings"`
	Quarantined string          `json:"quarantined,omitempty"`
	Unread      []sourceJSON    `json:"unread"` // sources that could not be read
	// Programs say how far the leaders are.
	Programs []programJSON `json:"programs"`
	// At and Decisions are there when another moment was asked for.
	At        time.Time      `json:"at,omitzero"`
	Decisions []decisionJSON `json:"decisions,omitempty"`
}

type changeJSON struct {
	Person  string       `json:"person"`
	Program string       `json:"program"`
	Target  string       `json:"target"`
	Move    rules.Move   `json:"move"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	Cause   rules.Cause  `json:"cause"`
	Because []reasonJSON `json:"because"`
	// Stopped says what keeps it from being done now: "mode", "guard" or "window", and
	// Opens when the window opens that is waited for.
	Stopped string    `json:"stopped,omitempty"`
	Opens   time.Time `json:"opens,omitzero"`
}

type refusalJSON struct {
	Program string     `json:"program"`
	Move    rules.Move `json:"move"`
	Count   int        `json:"count"`
	Digest  string     `json:"digest"`
	Because reasonJSON `json:"because"`
}

type violationJSON struct {
	rules.Violation
	ID       string `json:"id"`
	Severity string `json:"severity"`
	State    string `json:"state"`
}

// Run shows what a cycle would do now.
func (c *planCmd) Run(p *program) error {
	r, err := p.dryAt(c.At)
	if err != nil {
		return err
	}
	who := ""
	if c.Only != "" {
		if who, err = only(r, c.Only); err != nil {
			return err
		}
	}
	plan := newPlanJSON(r)
	plan.Only = who
	if c.At != "" {
		plan.At, plan.Decisions = r.At, decisionsJSON(r, who)
	}
	if p.cli.Output == "json" {
		if err := p.json(plan); err != nil {
			return err
		}
	} else {
		p.printPlan(r, plan)
	}
	switch {
	case r.Failed() != nil:
		return code(exitFailure)
	case len(plan.Changes) > 0:
		return code(exitChanges)
	}
	return nil
}

// dry makes a plan beside whatever daemon may be running.
func (p *program) dry() (*connector.Report, error) { return p.dryAt("") }

// dryAt is what would be done at another moment; an empty one is now.
func (p *program) dryAt(at string) (*connector.Report, error) {
	var moment time.Time
	if at != "" {
		var err error
		if moment, err = instant("--at", at); err != nil {
			return nil, err
		}
	}
	c, err := p.load()
	if err != nil {
		return nil, err
	}
	st, err := p.openStore(c, true)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	s, err := p.build(c)
	if err != nil {
		return nil, err
	}
	l, err := s.loop(p, st, p.logger(c.Log, false), nil)
	if err != nil {
		return nil, err
	}
	if at != "" {
		return l.PlanAt(p.ctx, moment)
	}
	told := p.progress()
	defer told.end()
	l.Reading = told.reading
	return l.Dry().Plan(p.ctx)
}

func newPlanJSON(r *connector.Report) planJSON {
	name := names(r.Judgement.Index)
	out := planJSON{Digest: rules.Digest(r.Wanted.Changes), Mode: r.Mode, Refused: []refusalJSON{},
		Violations: []violationJSON{}, Findings: r.Cycle.Findings, Quarantined: r.Quarantined, Unread: []sourceJSON{}}
	if out.Findings == nil {
		out.Findings = []rules.Finding{}
	}
	for _, f := range r.Refusals {
		out.Refused = append(out.Refused, refusalJSON{f.Program, f.Move, len(f.Changes), f.Digest, reasonJSON{f.Because, f.Because.Sentence(name)}})
	}
	out.Changes = changesJSON(r)
	for _, c := range out.Changes {
		if c.Move == rules.MoveHold {
			out.Holds++
		} else {
			out.Releases++
		}
	}
	out.Programs = programsJSON(r)
	for i := range r.Judgement.Programs {
		if r.Blind != "" {
			break
		}
		for _, v := range r.Judgement.Programs[i].Violations {
			out.Violations = append(out.Violations, newViolationJSON(v))
		}
	}
	for _, s := range r.Sources {
		if s.Err != nil {
			out.Unread = append(out.Unread, sourceJSON{Name: s.Name, Error: s.Err.Error()})
		}
	}
	return out
}

// changesJSON are the changes that are wanted, with what keeps each from being done.
func changesJSON(r *connector.Report) []changeJSON {
	name, stopped, opens := names(r.Judgement.Index), stoppedBy(r), r.Opens()
	out := []changeJSON{}
	for i := range r.Wanted.Changes {
		c := &r.Wanted.Changes[i]
		out = append(out, changeJSON{Person: c.Person, Program: c.Program, Target: c.Target, Move: c.Move, From: c.From.String(),
			To: c.To.String(), Cause: c.Cause, Because: reasonsJSON(c.Because, name), Stopped: stopped[c.Key()], Opens: opens[c.Key()]})
	}
	return out
}

// stoppedBy says of every change that is wanted and not let through by what.
func stoppedBy(r *connector.Report) map[rules.ChangeKey]string {
	by := map[rules.ChangeKey]string{}
	for i := range r.Wanted.Changes {
		by[r.Wanted.Changes[i].Key()] = "mode"
	}
	for _, f := range r.Refusals {
		for i := range f.Changes {
			by[f.Changes[i].Key()] = "guard"
		}
	}
	for _, w := range r.Windows {
		for i := range w.Waiting {
			by[w.Waiting[i].Key()] = "window"
		}
	}
	for i := range r.Plan.Changes {
		delete(by, r.Plan.Changes[i].Key())
	}
	return by
}

// stoppedText says what keeps a change from being done now.
func stoppedText(c changeJSON) string {
	if !c.Opens.IsZero() {
		return c.Stopped + ", next one " + day(c.Opens) + " UTC"
	}
	return c.Stopped
}

func newViolationJSON(v rules.Violation) violationJSON {
	state := "open"
	if v.Resolved {
		state = "resolved"
	}
	return violationJSON{v, v.ID(), v.Kind.Severity(), state}
}

// printFindings names some of each kind: while no organisation rules every account is
// nobody's, and one list of them would hide all else.
func (p *program) printFindings(list []rules.Finding, name func(string) string) {
	const most = 10
	count := map[rules.Code]int{}
	for _, f := range list {
		if count[f.Code]++; count[f.Code] <= most {
			printf(p.stdout, "finding %s: %s %s\n", f.Code, name(f.Person), rules.Reason{Code: f.Code, Detail: f.Detail}.Sentence(name))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(count)) {
		if n := count[code] - most; n > 0 {
			printf(p.stdout, "finding %s: and %d more; -o json lists all\n", code, n)
		}
	}
}

func (p *program) printPlan(r *connector.Report, plan planJSON) {
	name := names(r.Judgement.Index)
	for _, s := range plan.Unread {
		printf(p.stdout, "NOT READ %s: %s\n", s.Name, s.Error)
	}
	if r.Blind != "" {
		printf(p.stdout, "%s\n", undecided(r.Blind))
		return
	}
	if r.Quarantined != "" {
		printf(p.stdout, "The organisation %.12s waits for approval: %s\n  leadfront org approve %.12s --by NAME --reason TEXT\n",
			r.Quarantined, sentences(r.QuarantinedBecause, nil), r.Quarantined)
	}
	p.printPrograms(plan, name)
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for i, c := range plan.Changes {
		if i == 0 {
			fmt.Fprintln(w, "MOVE\tPERSON\tTARGET\tFROM\tTO\tBECAUSE")
		}
		stopped := ""
		if c.Stopped != "" {
			stopped = " [not now: " + stoppedText(c) + "]"
		}
		printf(w, "%s\t%s\t%s\t%s\t%s\t%s%s\n", c.Move, name(c.Person), c.Target, c.From, c.To, sentences(r.Wanted.Changes[i].Because, name), stopped)
	}
	w.Flush()
	for _, v := range plan.Violations {
		printf(p.stdout, "violation %s by %s, %s: %s\n", v.Kind, name(v.Person), v.State, sentences(v.Because, name))
	}
	p.printFindings(plan.Findings, name)
	p.printRefusals(r.Refusals, plan.Only)
	if len(plan.Changes) == 0 {
		printf(p.stdout, "Nothing to do (%s).\n", plan.Mode)
		return
	}
	printf(p.stdout, "Plan %s (%s): %d holds, %d releases.\n", plan.Digest, plan.Mode, plan.Holds, plan.Releases)
}
