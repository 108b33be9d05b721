package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

type explainCmd struct {
	Person  string `arg:"" help:"HR id or e-mail address."`
	Program string `help:"Id of the programme; all of them when left out."`
	At      string `help:"As of another moment, past or to come: a day (its beginning, UTC) or an instant in RFC 3339."`
}

// explainJSON is everything that decides about one person in one programme.
type explainJSON struct {
	Person   string        `json:"person"`
	Name     string        `json:"name,omitempty"`
	Program  string        `json:"program"`
	Chain    []linkJSON    `json:"chain"`
	Rows     []rowJSON     `json:"rows"`
	Decision rules.Verdict `json:"decision"`
	Missing  []reasonJSON  `json:"missing"`
	// Requirements are what the programme asks of this person as a leader; empty for
	// whoever leads nobody.
	Requirements []rules.Requirement `json:"requirements"`
	Statements   []statementJSON     `json:"statements"`
	Enrolment    []enrolmentJSON     `json:"enrolment"`
	Violations   []violationJSON     `json:"violations"`
	// Changes are what a cycle would do now about this person, and what keeps it from it.
	Changes []changeJSON `json:"changes"`
}

// linkJSON is one step of the way up.
type linkJSON struct {
	Leader    string     `json:"leader,omitempty"`
	Away      []string   `json:"away,omitempty"`
	Doubt     rules.Code `json:"doubt,omitempty"`
	Completed time.Time  `json:"completed,omitzero"`
	Top       bool       `json:"top,omitempty"`
	text      string
}

type rowJSON struct {
	Row       int          `json:"row"`
	Condition string       `json:"condition"`
	Result    string       `json:"result"`
	Because   []reasonJSON `json:"because"`
}

type statementJSON struct {
	ID     string    `json:"id"`
	Source string    `json:"source"`
	Kind   string    `json:"kind"`
	Object string    `json:"object,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Stored time.Time `json:"stored,omitzero"`
	Voided bool      `json:"voided,omitempty"`
	Proves string    `json:"proves,omitempty"` // "completed" or "started", where it is what proves it
}

type enrolmentJSON struct {
	Target string `json:"target"`
	Row    string `json:"row"`
	State  string `json:"state"`
	Ours   bool   `json:"ours"` // the hold is leadfront's
	Barred string `json:"barred,omitempty"`
}

// Run explains one person: the same facts and the same sentences as plan and log.
func (c *explainCmd) Run(p *program) error {
	r, err := p.dryAt(c.At)
	if err != nil {
		return err
	}
	n, err := findPerson(r.Judgement.Index, c.Person)
	if err != nil {
		return err
	}
	var all []explainJSON
	for i := range r.Judgement.Programs {
		if pj := &r.Judgement.Programs[i]; c.Program == "" || pj.Program.ID == c.Program {
			all = append(all, explained(r, pj, n))
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("there is no programme %q in the configuration", c.Program)
	}
	if r.Blind != "" {
		return errors.New(undecided(r.Blind) + " What was decided last is in v_decisions of the database")
	}
	p.warnUnread(r)
	switch {
	case p.cli.Output != "json":
		for i := range all {
			p.printExplained(&all[i], names(r.Judgement.Index))
		}
		return nil
	case len(all) == 1:
		return p.json(all[0])
	}
	return p.json(all)
}

func (p *program) warnUnread(r *connector.Report) {
	for _, s := range r.Sources {
		if s.Err != nil {
			printf(p.stderr, "warning: %s could not be read, so this rests on what was known before: %v\n", s.Name, s.Err)
		}
	}
}

// findPerson finds somebody by HR id or address.
func findPerson(x *rules.Index, who string) (int, error) {
	if n, ok := x.Find(who); ok {
		return n, nil
	}
	found := -1
	for i := range x.People {
		if !strings.EqualFold(x.People[i].Email, who) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%q is the address of more than one person; give the HR id", who)
		}
		found = i
	}
	if found < 0 {
		if x.Len() == 0 {
			return 0, fmt.Errorf("no organisation has been accepted yet: leadfront sync reads one, leadfront org approve accepts it")
		}
		return 0, fmt.Errorf("nobody in the organisation has the HR id or address %q", who)
	}
	return found, nil
}

func explained(r *connector.Report, pj *rules.ProgramJudgement, n int) explainJSON {
	x := r.Judgement.Index
	name := names(x)
	out := explainJSON{Person: x.People[n].ID, Name: x.People[n].Name, Program: pj.Program.ID, Decision: pj.Decisions[n].Verdict(),
		Missing: reasonsJSON(pj.Missing(n), name), Chain: chain(x, pj, n), Rows: []rowJSON{},
		Statements: statements(r, pj, n), Enrolment: []enrolmentJSON{}, Violations: []violationJSON{}, Changes: []changeJSON{}}
	if out.Requirements = []rules.Requirement{}; pj.Leads(n) {
		out.Requirements = pj.Requirements(n)
	}
	for _, row := range pj.Table(n) {
		out.Rows = append(out.Rows, rowJSON{row.Row, row.Condition, row.Result, reasonsJSON(row.Because, name)})
	}
	for _, e := range r.Judgement.Enrolments(n, r.Facts) {
		out.Enrolment = append(out.Enrolment, enrolmentJSON{e.Target, e.Row, e.State.String(), ours(r.Facts.Holds, &e), e.Barred})
	}
	for _, v := range pj.Violations {
		if v.Person == x.People[n].ID {
			out.Violations = append(out.Violations, newViolationJSON(v))
		}
	}
	for _, c := range changesJSON(r) {
		if c.Person == out.Person && c.Program == out.Program {
			out.Changes = append(out.Changes, c)
		}
	}
	return out
}

func ours(holds []rules.Hold, e *rules.Enrolment) bool {
	for _, h := range holds {
		if h.Target == e.Target && h.Row == e.Row {
			return true
		}
	}
	return false
}

func chain(x *rules.Index, pj *rules.ProgramJudgement, n int) []linkJSON {
	out := []linkJSON{}
	for _, c := range pj.Chain(n) {
		l := linkJSON{Doubt: c.Doubt}
		for _, a := range c.Away {
			l.Away = append(l.Away, x.People[a].ID)
		}
		if c.Leader >= 0 {
			l.Leader, l.Top = x.People[c.Leader].ID, x.Top(c.Leader)
			l.Completed = pj.Completed(c.Leader)
		}
		l.text = c.Sentence(x, l.Completed, names(x))
		out = append(out, l)
	}
	return out
}

func statements(r *connector.Report, pj *rules.ProgramJudgement, n int) []statementJSON {
	voided := rules.Voided(r.Facts.Evidence)
	proves := map[string]string{}
	if rec := pj.Records[n]; rec != nil {
		if rec.StartedBy != "" {
			proves[rec.StartedBy] = "started"
		}
		for _, id := range rec.Evidence {
			proves[id] = "completed"
		}
	}
	out := []statementJSON{}
	for _, e := range r.Judgement.Evidence(n, r.Facts) {
		out = append(out, statementJSON{ID: e.Statement, Source: e.Source, Kind: e.Kind.String(), Object: e.Object,
			At: e.Timestamp, Stored: e.Stored, Voided: voided(&e), Proves: proves[e.Statement]})
	}
	return out
}

func (p *program) printExplained(e *explainJSON, name func(string) string) {
	w := p.stdout
	printf(w, "%s in %s: %s\n", name(e.Person), e.Program, strings.ToUpper(string(e.Decision)))
	for _, row := range e.Rows {
		if row.Result != "yes" {
			continue
		}
		printf(w, "  by row %d of the decision table (%s):\n", row.Row, row.Condition)
		for _, b := range row.Because {
			printf(w, "    %s\n", b.Text)
		}
	}
	fmt.Fprintln(w, "  way up:")
	for _, l := range e.Chain {
		printf(w, "    %s\n", l.text)
	}
	if len(e.Chain) == 0 {
		fmt.Fprintln(w, "    nobody: a listed top of the organisation")
	}
	if len(e.Missing) > 0 {
		fmt.Fprintln(w, "  missing for this person's own completion:")
		for _, m := range e.Missing {
			printf(w, "    %s\n", m.Text)
		}
	}
	p.printRequirements(e.Requirements)
	p.printEnrolments(e.Enrolment)
	for _, c := range e.Changes {
		when := "by the next cycle"
		if c.Stopped != "" {
			when = "not now: " + stoppedText(c)
		}
		printf(w, "    %s in %s: %s to %s, %s\n", c.Move, c.Target, c.From, c.To, when)
	}
	p.printStatements(e.Statements)
	for _, v := range e.Violations {
		printf(w, "  violation %s, %s: %s\n", v.Kind, v.State, sentences(v.Because, name))
	}
}

// printRequirements says how somebody who leads has met what is asked.
func (p *program) printRequirements(list []rules.Requirement) {
	if len(list) > 0 {
		fmt.Fprintln(p.stdout, "  asked of this person as a leader:")
	}
	for _, r := range list {
		by := strings.Join(r.Statements, " ")
		if r.By != "" {
			by = r.By
		}
		if r.At.IsZero() {
			by = "not yet"
		}
		printf(p.stdout, "    %-10s %s  %s\n", r.Name, day(r.At), by)
	}
}

func (p *program) printEnrolments(list []enrolmentJSON) {
	w := p.stdout
	fmt.Fprintln(w, "  enrolment:")
	for _, en := range list {
		hold := ""
		if en.Ours {
			hold = ", a hold of leadfront's"
		}
		if en.Barred != "" {
			hold += ", never written: " + en.Barred
		}
		printf(w, "    %s: %s%s\n", en.Target, en.State, hold)
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "    none that is matched to this person")
	}
}

func (p *program) printStatements(list []statementJSON) {
	w := p.stdout
	fmt.Fprintln(w, "  statements:")
	for _, s := range list {
		note := s.Proves
		if s.Voided {
			note = "voided"
		}
		printf(w, "    %s  %-11s %s  %s\n", day(s.At), s.Kind, s.ID, note)
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "    none")
	}
}
