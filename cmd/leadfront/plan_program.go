package main

import (
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// programJSON is how far the leaders of one programme are.
type programJSON struct {
	rules.Threshold
	UseCases int `json:"useCases"` // that count
	// Paused: release-all is in force, and nobody is held.
	Paused bool `json:"paused"`
	// Gate is what a leader has to meet, and Qualified how many have.
	Gate      string `json:"gate"`
	Qualified int    `json:"qualified"`
	// CriticalPath are the leaders who block most people, the first ten of them.
	CriticalPath []rules.Blocking `json:"criticalPath"`
	// LeadTime is the median of hours from a leader's completion to that of a report,
	// over so many People; left out where there is nothing to tell.
	LeadTime *leadTimeJSON `json:"leadTime,omitempty"`
	// Comparison of teams whose leader led with others, where it was asked for and no
	// group is small.
	Comparison *rules.Comparison `json:"comparison,omitempty"`
}

type leadTimeJSON struct {
	Hours  float64 `json:"hours"`
	People int     `json:"people"`
}

// mostBlocking is how many leaders of the critical path are shown.
const mostBlocking = 10

// decisionJSON is what one person was, or will be, owed.
type decisionJSON struct {
	Person   string        `json:"person"`
	Program  string        `json:"program"`
	Decision rules.Verdict `json:"decision"`
	Row      int           `json:"row"`
	Because  []reasonJSON  `json:"because"`
}

func programsJSON(r *connector.Report) []programJSON {
	out := []programJSON{}
	for i := range r.Judgement.Programs {
		pj := &r.Judgement.Programs[i]
		j := programJSON{Threshold: pj.Threshold(), Paused: r.Facts.Paused[pj.Program.ID], Gate: pj.Program.Sequence.Gate}
		for _, l := range pj.Leaders {
			if l.Qualified {
				j.Qualified++
			}
		}
		for _, u := range pj.UseCases() {
			if u.Counts {
				j.UseCases++
			}
		}
		j.CriticalPath = append([]rules.Blocking{}, pj.CriticalPath()...)
		j.CriticalPath = j.CriticalPath[:min(len(j.CriticalPath), mostBlocking)]
		if median, n := pj.LeadTime(); n > 0 {
			j.LeadTime = &leadTimeJSON{median.Hours(), n}
		}
		if c, ok := pj.Compare(); ok {
			j.Comparison = &c
		}
		out = append(out, j)
	}
	return out
}

// decisionsJSON are the decisions about everybody, or about that person and whoever
// is below.
func decisionsJSON(r *connector.Report, only string) []decisionJSON {
	name := names(r.Judgement.Index)
	below := rules.Below(r.Judgement.Index.People, only)
	out := []decisionJSON{}
	for i := range r.Judgement.Programs {
		pj := &r.Judgement.Programs[i]
		for n := range pj.Decisions {
			d := pj.Decided(n)
			if only != "" && !below[d.Person] {
				continue
			}
			out = append(out, decisionJSON{d.Person, d.Program, d.Verdict, d.Row, reasonsJSON(d.Because, name)})
		}
	}
	return out
}

// printPrograms says how far the leaders are, and, of another moment, who waits.
func (p *program) printPrograms(plan planJSON, name func(string) string) {
	for _, t := range plan.Programs {
		if t.Paused {
			printf(p.stdout, "%s is PAUSED by release-all: nobody is held until leadfront resume --program %s\n", t.Program, t.Program)
		}
		if t.Gate == rules.GateCompleted {
			printf(p.stdout, "%s: %d of %d leaders have qualified\n", t.Program, t.Qualified, t.Leaders)
		} else {
			printf(p.stdout, "%s\n", t.Sentence(t.UseCases))
		}
		for _, b := range t.CriticalPath[:min(len(t.CriticalPath), 3)] {
			printf(p.stdout, "  %s\n", b.Sentence(name))
		}
	}
	if plan.At.IsZero() {
		return
	}
	counts := map[rules.Verdict]int{}
	for _, d := range plan.Decisions {
		counts[d.Decision]++
		if d.Decision == rules.Wait {
			because := ""
			if len(d.Because) > 0 {
				because = d.Because[0].Text
			}
			printf(p.stdout, "%s in %s: hold: %s\n", name(d.Person), d.Program, because)
		}
	}
	printf(p.stdout, "As of %s: %d on hold, %d clear, %d as they are, %d not concerned.\n", plan.At.UTC().Format(time.RFC3339),
		counts[rules.Wait], counts[rules.Clear], counts[rules.Keep], counts[rules.None])
}
