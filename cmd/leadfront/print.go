package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// json prints a value for programs.
func (p *program) json(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// day is a moment for people to read.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// names turns HR ids into what an operator reads: the name, and the id.
func names(x *rules.Index) func(string) string {
	return func(id string) string {
		if x == nil {
			return id
		}
		if n, ok := x.Find(id); ok && x.People[n].Name != "" {
			return x.People[n].Name + " (" + id + ")"
		}
		return id
	}
}

// sentences are reasons in words, in one line.
func sentences(because []rules.Reason, name func(string) string) string {
	var out []string
	for _, r := range because {
		out = append(out, r.Sentence(name))
	}
	return strings.Join(out, "; ")
}

// reasonJSON is a reason with its sentence.
type reasonJSON struct {
	rules.Reason
	Text string `json:"text"`
}

func reasonsJSON(because []rules.Reason, name func(string) string) []reasonJSON {
	out := []reasonJSON{}
	for _, r := range because {
		out = append(out, reasonJSON{r, r.Sentence(name)})
	}
	return out
}

// cycleReport prints what a cycle did. A source that could not be read, or a
// change that could not be made, makes the command fail after everything is said.
func (p *program) cycleReport(r *connector.Report) error {
	failed := r.Failed() != nil
	for _, o := range r.Outcomes {
		failed = failed || o.Result != rules.Done
	}
	if p.cli.Output == "json" {
		if err := p.json(cycleJSON(r)); err != nil {
			return err
		}
	} else {
		p.printCycle(r)
	}
	if failed {
		return code(exitFailure)
	}
	return nil
}

func (p *program) printCycle(r *connector.Report) {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, s := range r.Sources {
		state := fmt.Sprintf("read, %d %s", s.Count, unit(s.Kind))
		if s.Err != nil {
			state = "NOT READ: " + s.Err.Error()
		}
		printf(w, "%s\t%s\n", s.Name, state)
	}
	w.Flush()
	if r.Quarantined != "" {
		printf(p.stdout, "The organisation %.12s waits for approval: %s\n", r.Quarantined, sentences(r.QuarantinedBecause, nil))
		printf(p.stdout, "  leadfront org approve %.12s --by NAME --reason TEXT\n", r.Quarantined)
	}
	if r.Judgement == nil {
		return
	}
	if r.Blind != "" {
		printf(p.stdout, "%s\n", undecided(r.Blind))
	}
	name := names(r.Judgement.Index)
	for i := range r.Judgement.Programs {
		pj := &r.Judgement.Programs[i]
		count := map[rules.Verdict]int{}
		for _, d := range pj.Decisions {
			count[d.Verdict()]++
		}
		if r.Facts.Paused[pj.Program.ID] {
			printf(p.stdout, "%s is PAUSED by release-all: nobody is held until leadfront resume --program %s\n", pj.Program.ID, pj.Program.ID)
		}
		printf(p.stdout, "%s (%s): %d clear, %d hold, %d keep, %d none\n", pj.Program.ID, r.Mode, count[rules.Clear], count[rules.Wait], count[rules.Keep], count[rules.None])
	}
	for _, o := range r.Outcomes {
		printf(p.stdout, "%s %s in %s: %s %s\n", o.Change.Move, name(o.Change.Person), o.Change.Target, o.Result, o.Error)
	}
	p.printRefusals(r.Refusals, "")
	if r.Cycle != nil {
		for _, v := range r.Cycle.Opened {
			printf(p.stdout, "violation %s by %s: %s\n", v.Kind, name(v.Person), sentences(v.Because, name))
		}
	}
}

// printRefusals says what is to be approved: the whole, or the part of one person and
// whoever is below.
func (p *program) printRefusals(list []rules.Refusal, only string) {
	if only != "" {
		only = " --only " + only
	}
	for _, f := range list {
		printf(p.stdout, "refused: %d × %s in %s: %s\n  leadfront approve %s%s --by NAME --reason TEXT\n",
			len(f.Changes), f.Move, f.Program, f.Because.Sentence(nil), f.Digest, only)
	}
}

// undecided says why what is known of people's records cannot be relied on.
func undecided(lms string) string {
	return "Nothing was decided and the log was left as it is: accounts of " + lms + " say who statements are about, and it could not be read."
}

func unit(k rules.SourceKind) string {
	switch k {
	case rules.SourceHRIS:
		return "people"
	case rules.SourceLMS:
		return "enrolments"
	}
	return "statements"
}

// sourceJSON is how reading one source went.
type sourceJSON struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Error string `json:"error,omitempty"`
}

type outcomeJSON struct {
	Person string       `json:"person"`
	Move   rules.Move   `json:"move"`
	Target string       `json:"target"`
	Result rules.Result `json:"result"`
	Error  string       `json:"error,omitempty"`
}

// cycleJSON is a cycle for programs.
func cycleJSON(r *connector.Report) any {
	out := struct {
		At          time.Time     `json:"at"`
		Mode        rules.Mode    `json:"mode"`
		Sources     []sourceJSON  `json:"sources"`
		Learnt      int           `json:"learnt"`
		Quarantined string        `json:"quarantined,omitempty"`
		Outcomes    []outcomeJSON `json:"outcomes"`
		Plan        *planJSON     `json:"plan,omitempty"`
	}{At: r.At, Mode: r.Mode, Learnt: r.Learnt, Quarantined: r.Quarantined, Sources: []sourceJSON{}, Outcomes: []outcomeJSON{}}
	for _, s := range r.Sources {
		j := sourceJSON{Name: s.Name, Count: s.Count}
		if s.Err != nil {
			j.Error = s.Err.Error()
		}
		out.Sources = append(out.Sources, j)
	}
	for _, o := range r.Outcomes {
		out.Outcomes = append(out.Outcomes, outcomeJSON{o.Change.Person, o.Change.Move, o.Change.Target, o.Result, o.Error})
	}
	if r.Judgement != nil {
		plan := newPlanJSON(r)
		out.Plan = &plan
	}
	return out
}
