package page

import (
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// explanation is everything that decides about somebody in one programme: what
// `leadfront explain` says.
type explanation struct {
	Verdict      rules.Verdict
	Row          int
	Condition    string
	Because      []string
	Way          []string // up; empty: a listed top
	Missing      []string
	Requirements []requirement // empty: leads nobody
	Enrolments   []enrolment
	Statements   []statement
	More         int // statements that are not listed
	Violations   []violation
}

type requirement struct {
	Name string
	At   time.Time
	By   string
}

type enrolment struct {
	Target, State, Barred string
	Ours                  bool
}

type statement struct {
	At           time.Time
	Kind, ID     string
	Note, Source string
}

// mostStatements is how many statements a page lists, the newest ones.
const mostStatements = 50

func (r reader) explain(p *view.Program, n int) *explanation {
	name := r.name(n, p)
	x := r.view.Judgement.Index
	out := &explanation{Verdict: p.Decisions[n].Verdict(), Row: int(p.Decisions[n].Row), Missing: sentences(p.Missing(n), name)}
	for _, row := range p.Table(n) {
		if row.Result == "yes" {
			out.Condition, out.Because = row.Condition, sentences(row.Because, name)
		}
	}
	for _, c := range p.Chain(n) {
		completed := time.Time{}
		if c.Leader >= 0 {
			completed = p.Completed(c.Leader)
		}
		out.Way = append(out.Way, c.Sentence(x, completed, name))
	}
	if p.Leads(n) {
		for _, q := range p.Requirements(n) {
			out.Requirements = append(out.Requirements, requirement{asked(q.Name), q.At, strings.Join(append(q.Statements, q.By), " ")})
		}
	}
	for _, e := range r.view.Judgement.Enrolments(n, r.view.Facts) {
		ours := slices.ContainsFunc(r.view.Facts.Holds, func(h rules.Hold) bool { return h.Target == e.Target && h.Row == e.Row })
		out.Enrolments = append(out.Enrolments, enrolment{e.Target, e.State.String(), e.Barred, ours})
	}
	for _, v := range p.Violations {
		if v.Person == x.People[n].ID {
			one := violation{Kind: v.Kind, Severity: v.Kind.Severity(), At: v.At, Because: sentences(v.Because, name)}
			out.Violations = append(out.Violations, one)
		}
	}
	r.statements(out, p, n)
	return out
}

// statements lists what the records say of somebody, the newest first.
func (r reader) statements(out *explanation, p *view.Program, n int) {
	list := r.evidence(n)
	slices.SortStableFunc(list, func(a, b *rules.Evidence) int { return b.Timestamp.Compare(a.Timestamp) })
	out.More = max(0, len(list)-mostStatements)
	rec := p.Records[n]
	for _, e := range list[:len(list)-out.More] {
		one := statement{At: e.Timestamp, Kind: e.Kind.String(), ID: e.Statement, Source: e.Source}
		switch {
		case r.voided(e):
			one.Note = "voided"
		case rec != nil && e.Statement == rec.StartedBy:
			one.Note = "shows the start"
		case rec != nil && slices.Contains(rec.Evidence, e.Statement):
			one.Note = "shows the completion"
		}
		out.Statements = append(out.Statements, one)
	}
}

func sentences(because []rules.Reason, name func(string) string) []string {
	var out []string
	for _, r := range because {
		out = append(out, r.Sentence(name))
	}
	return out
}
