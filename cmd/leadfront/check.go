package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/connector/records/scormcloud"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

type checkCmd struct {
	Show bool `help:"Print what each programme's contract comes to, presets expanded, and look at nothing."`
}

// line is one thing that was looked at.
type line = lms.Line

// The results of a check.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkError   = "error"
)

// Run looks at everything and writes nothing. An error makes it fail; a warning
// does not.
func (c *checkCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if c.Show {
		return p.showContracts(cfg.Policy())
	}
	s, err := p.build(cfg)
	if err != nil {
		return err
	}
	lines := []line{{Subject: "configuration", Check: "reads", Result: checkOK, Detail: fmt.Sprintf("%s, %d programmes", cfg.Mode, len(cfg.Programs))}}
	for _, w := range cfg.Warnings {
		lines = append(lines, line{Subject: "configuration", Check: "sense", Result: checkWarning, Detail: w.String()})
	}
	lines = append(lines, checkPresets(cfg)...)
	lines = append(lines, p.checkMachine(s)...)
	lines = append(lines, p.checkStore(s)...)
	var answer []*lrs.Client
	for _, l := range s.lrss {
		found := p.checkLRS(l.Name(), l)
		if found[0].Result == checkOK {
			answer = append(answer, l)
		}
		lines = append(lines, found...)
	}
	for _, c := range s.clouds {
		lines = append(lines, p.checkCloud(c))
	}
	lines = append(lines, p.checkContracts(s.policy.Programs, answer)...)
	lines = append(lines, p.checkHRIS(s)...)
	lines = append(lines, p.checkNotices(s)...)
	for i, m := range s.platforms {
		lines = append(lines, m.Check(p.ctx, targetsIn(s.policy, s.lms[i].Name))...)
	}
	return p.printCheck(lines)
}

func targetsIn(policy rules.Policy, lms string) []rules.Target {
	var out []rules.Target
	for _, pr := range policy.Programs {
		for _, t := range pr.Targets {
			if t.LMS == lms && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

func (p *program) checkStore(s *site) []line {
	l := line{Subject: "store", Check: "opens", Result: checkOK, Detail: s.config.Data}
	st, err := p.openStore(s.config, true)
	if err != nil {
		l.Result, l.Detail, l.Do = checkError, err.Error(), "see connector/store/README.md"
		if errors.Is(err, store.ErrNone) {
			l.Do = "leadfront init"
		}
		return []line{l}
	}
	defer st.Close()
	lines := append([]line{l}, p.checkEmitters(st)...)
	facts, err := st.Facts(p.ctx, p.now())
	if err != nil {
		return append(lines, line{Subject: "store", Check: "reads", Result: checkError, Detail: err.Error()})
	}
	if err := s.orphans(facts.Holds); err != nil {
		lines = append(lines, line{Subject: "store", Check: "holds", Result: checkError, Detail: err.Error(), Do: "put the programme back"})
	}
	for id := range facts.Paused {
		lines = append(lines, line{Subject: "programme " + id, Check: "pause", Result: checkWarning,
			Detail: "release-all is in force: nobody is held", Do: "leadfront resume --program " + id + " ends it"})
	}
	if n := len(facts.Holds); n > 0 && s.config.Mode == rules.Observe {
		lines = append(lines, line{Subject: "store", Check: "holds", Result: checkWarning,
			Detail: fmt.Sprintf("%d holds of ours are in place while the mode only observes", n), Do: "leadfront release-all, or another mode"})
	}
	return lines
}

func (p *program) checkLRS(name string, l *lrs.Client) []line {
	subject := "lrs " + name
	f, err := l.Check(p.ctx)
	if err != nil {
		return []line{{Subject: subject, Check: "answers", Result: checkError, Detail: err.Error(), Do: "check url, username and password, and that the LRS is up"}}
	}
	lines := []line{{Subject: subject, Check: "answers", Result: checkOK, Detail: fmt.Sprintf("xAPI %s, %d statements in the first page", f.Version, f.Statements)}}
	add := func(check, detail, do string) {
		lines = append(lines, line{Subject: subject, Check: check, Result: checkWarning, Detail: detail, Do: do})
	}
	if !f.ConsistentThrough {
		add("consistent-through", "the LRS sends no X-Experience-API-Consistent-Through", "overlap_without_header must be longer than its slowest write")
	}
	if f.Skew > time.Minute || f.Skew < -time.Minute {
		add("clock", fmt.Sprintf("its clock and ours differ by %s", f.Skew), "set both by NTP")
	}
	if f.Clamped() {
		add("page size", fmt.Sprintf("it gives %d statements a page where %d were asked for", f.Statements, f.Limit), "raise its limit: small pages make the first reading slow")
	}
	if f.Quarantined > 0 {
		add("statements", fmt.Sprintf("%d of the first page cannot be read, the first because %s", f.Quarantined, f.FirstProblem), "tell whoever sends them")
	}
	return lines
}

// checkPresets warns of presets that nobody has tried on real statements.
func checkPresets(c *config.Config) []line {
	var lines []line
	for i := range c.Programs {
		pr := &c.Programs[i]
		if preset, ok := lrs.PresetOf(pr.Course.Emitter); ok && preset.DocumentationOnly() {
			lines = append(lines, line{Subject: "program " + pr.ID, Check: "emitter", Result: checkWarning,
				Detail: preset.Name + " rests on documentation only", Do: "leadfront inspect FILE, with statements of your own"})
		}
	}
	return lines
}

func (p *program) checkCloud(c *scormcloud.Client) line {
	subject := "scorm_cloud " + c.Name()
	n, err := c.Check(p.ctx)
	if err != nil {
		return line{Subject: subject, Check: "answers", Result: checkError, Detail: err.Error(), Do: "check username (the application's id) and password (its secret)"}
	}
	return line{Subject: subject, Check: "answers", Result: checkOK, Detail: fmt.Sprintf("%d registrations in the first page", n)}
}

// checkEmitters tells who vouches for statements, the longest silent first.
func (p *program) checkEmitters(st *store.Store) []line {
	all, err := st.Emitters(p.ctx)
	if err != nil {
		return []line{{Subject: "store", Check: "emitters", Result: checkError, Detail: err.Error()}}
	}
	var lines []line
	for _, e := range all {
		lines = append(lines, line{Subject: "records " + e.Source, Check: "emitter", Result: checkOK,
			Detail: fmt.Sprintf("%s: last statement stored %s ago", e.Name, p.now().Sub(e.Newest).Round(time.Minute))})
	}
	return lines
}

func (p *program) printCheck(lines []line) error {
	failed := slices.ContainsFunc(lines, func(l line) bool { return l.Result == checkError })
	if p.cli.Output == "json" {
		if err := p.json(lines); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		for _, l := range lines {
			printf(w, "%s\t%s\t%s\t%s\n", strings.ToUpper(l.Result), l.Subject, l.Check, l.Detail)
			if l.Do != "" {
				printf(w, "\t\t\t→ %s\n", l.Do)
			}
		}
		w.Flush()
	}
	if failed {
		return code(exitFailure)
	}
	return nil
}

// showContracts prints what completes the course of each programme.
func (p *program) showContracts(policy rules.Policy) error {
	if p.cli.Output == "json" {
		out := map[string]rules.Course{}
		for _, pr := range policy.Programs {
			out[pr.ID] = pr.Course
		}
		return p.json(out)
	}
	for _, pr := range policy.Programs {
		printf(p.stdout, "%s is completed by any of:\n", pr.ID)
		for _, r := range pr.Course.CompleteWhen {
			printf(p.stdout, "  %s\n", ruleText(r))
		}
		for _, e := range pr.Course.Editions {
			printf(p.stdout, "on edition %s: %s\n", e.Name, strings.Join(append(slices.Clone(e.Activities), e.PublisherIDs...), ", "))
			for _, c := range e.Components {
				printf(p.stdout, "  and %s\n", componentText(c))
			}
		}
		for _, n := range pr.Course.NotEquivalent {
			printf(p.stdout, "never by %s\n", n)
		}
	}
	return nil
}

func ruleText(r rules.CompleteRule) string {
	if r.Components {
		return "meeting all components of an edition"
	}
	text := r.Verb
	if r.Profile != "" {
		text += ", a " + r.Profile + " defined statement"
	}
	if r.Completion != nil {
		text += fmt.Sprintf(", result.completion %v", *r.Completion)
	}
	if r.Success != nil {
		text += fmt.Sprintf(", result.success %v", *r.Success)
	}
	return text
}

func componentText(c rules.Component) string {
	if len(c.AnyOf) > 0 {
		var list []string
		for _, a := range c.AnyOf {
			list = append(list, componentText(a))
		}
		return "any of (" + strings.Join(list, "; ") + ")"
	}
	text := c.Activity + c.PublisherID
	switch {
	case c.Passed:
		text += " passed"
	case c.Completed:
		text += " completed"
	}
	if c.MinScore != nil {
		text += fmt.Sprintf(", score at least %g", *c.MinScore)
	}
	return text
}
