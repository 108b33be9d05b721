package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// voice speaks to the person, or of them.
type voice struct{ you, have, are, your string }

// short says in a sentence or two where somebody stands and what comes next, naming
// nobody: leaders by their role.
func short(p *view.Program, n int, self bool) string {
	v := voice{"They", "have", "are", "their"}
	if self {
		v = voice{"You", "have", "are", "your"}
	}
	reasons := p.Reasons(n)
	var r rules.Reason
	if len(reasons) > 0 {
		r = reasons[0]
	}
	switch p.Decisions[n].Row {
	case 0, 1, 6, 8:
		return v.nothing(p, r)
	case 2:
		return fmt.Sprintf("%s completed the course on %s.", v.you, date(r.At))
	case 4:
		return fmt.Sprintf("%s %s started. Nobody is held in mid-course.", v.you, v.have)
	case 10:
		return v.waits(p, reasons)
	}
	return fmt.Sprintf("%s can start now: %s.", v.you, v.because(p, n, r))
}

// because is why somebody may start.
func (v voice) because(p *view.Program, n int, r rules.Reason) string {
	switch p.Decisions[n].Row {
	case 3:
		return "an exemption is in force"
	case 5:
		return fmt.Sprintf("%s were let in on %s, and that stays", strings.ToLower(v.you), date(r.At))
	case 7:
		return fmt.Sprintf("%s %s at the top of the organisation, and everybody else waits for those above to go first", strings.ToLower(v.you), v.are)
	case 11:
		return fmt.Sprintf("%s %s waited for as long as the programme allows", strings.ToLower(v.you), v.have)
	}
	switch r.Code {
	case rules.CodeCohortQualified, rules.CodeCohortOpen:
		return "enough leaders have gone first"
	case rules.CodeNoLeaderLeft:
		return "nobody is left above who would have to go first"
	}
	return v.your + " leader has gone first"
}

// nothing is said where nothing is decided about somebody.
func (v voice) nothing(p *view.Program, r rules.Reason) string {
	switch r.Code {
	case rules.CodePaused:
		return "The programme is paused. Nobody waits."
	case rules.CodeEnded:
		return fmt.Sprintf("The programme ended on %s.", date(r.At))
	case rules.CodeNotLaunched:
		return fmt.Sprintf("The programme begins on %s.", date(r.At))
	case rules.CodeInactive:
		return fmt.Sprintf("By what HR says %s %s not active, so this programme does not concern %s.", strings.ToLower(v.you), v.are, v.whom())
	case rules.CodeOutsideAudience:
		return fmt.Sprintf("This programme is not for %s.", v.whom())
	case rules.CodeDoubt:
		return fmt.Sprintf("It is not clear who leads %s, so nothing changes for now. HR can put that right: the manager in the HR system is missing, unknown or part of a circle.", v.whom())
	case rules.CodeNotMatched:
		return fmt.Sprintf("No account of the learning platform could be matched to %s, so nothing changes for now. Whoever looks after the platform can put that right.", v.whom())
	case rules.CodeUnread, rules.CodeStale:
		return fmt.Sprintf("The learning records are not complete at the moment, so nothing changes for %s until they are.", v.whom())
	}
	return fmt.Sprintf("Something is not known that would decide about %s, so nothing changes for now: %s.", v.whom(), r.Sentence(func(string) string { return "somebody" }))
}

func (v voice) whom() string {
	if v.you == "You" {
		return "you"
	}
	return "them"
}

// waits says for what somebody waits.
func (v voice) waits(p *view.Program, reasons []rules.Reason) string {
	what := v.gate(p)
	for _, r := range reasons {
		if r.Code == rules.CodeCohortWaiting {
			return fmt.Sprintf("%s can start as soon as enough leaders have %s: %s.", v.you, what, r.Detail)
		}
	}
	switch {
	case p.Program.Sequence.Scope == rules.ScopeChain:
		return fmt.Sprintf("%s can start as soon as everybody who leads %s, up the line, has %s.", v.you, v.whom(), what)
	default:
		return fmt.Sprintf("%s can start as soon as %s leader has %s.", v.you, v.your, what)
	}
}

// gate is what a leader must have done, in words.
func (v voice) gate(p *view.Program) string {
	words := []string{"completed the same course"}
	if p.Program.Sequence.Gate == rules.GateThreshold {
		words = append(words, "shared a use case")
	}
	for _, name := range p.Program.Sequence.Require {
		switch {
		case name == rules.RequireUseCase && p.Program.Sequence.Gate == rules.GateThreshold:
		case name == rules.RequireUseCase:
			words = append(words, "shared a use case")
		case name == rules.RequirePlaybook:
			words = append(words, "read the coaching playbook")
		default:
			words = append(words, "completed “"+name+"”")
		}
	}
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func date(t time.Time) string { return t.UTC().Format("2 January 2006") }
