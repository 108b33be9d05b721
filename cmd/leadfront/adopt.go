package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

type adoptCmd struct {
	Program    string `help:"Id of the programme whose closed gate is to let in whoever is enrolled."`
	FromExport string `placeholder:"FILE" help:"After the database was lost: take over the holds that this log (audit export --format jsonl) says are ours, as far as the LMS shows them."`
	Apply      bool   `help:"Do it; without, it is only shown, and the exit code is 2 if there is something to do."`
	By         string `help:"Who asks for it: a name for the audit log; with --apply."`
	Reason     string `help:"Why: for the audit log; with --apply."`
}

// adoptedJSON is one enrolment that is to be let through the gate.
type adoptedJSON struct {
	Target  string `json:"target"`
	Row     string `json:"row"`
	Account string `json:"account"`
	Matched string `json:"matched"` // the value by which accounts are matched; may be empty
}

// Run takes over the holds of a lost database, or lets whoever is enrolled through the gates of a programme's closed targets,
// before the gates are switched on in the LMS: nobody who is in loses access then.
// It is a release-all that is taken back at once, as only additions follow from one
// on a closed target.
func (c *adoptCmd) Run(p *program) error {
	if c.Apply && (c.By == "" || c.Reason == "") {
		return errors.New("adopt --apply writes: say --by NAME and --reason TEXT")
	}
	if (c.Program == "") == (c.FromExport == "") {
		return errors.New("say --program ID, to let people through a closed gate, or --from-export FILE, to take over the holds of a lost database")
	}
	if c.FromExport != "" {
		return c.recover(p)
	}
	return c.admit(p)
}

// admit lets whoever is enrolled through the gates of a programme's closed targets.
func (c *adoptCmd) admit(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	s, err := p.build(cfg)
	if err != nil {
		return err
	}
	targets, err := s.closedTargets(c.Program)
	if err != nil {
		return err
	}
	waiting, err := p.notReleased(s, targets)
	if err != nil {
		return err
	}
	if c.Apply {
		return c.apply(p, s)
	}
	if err := p.printAdopted(waiting); err != nil {
		return err
	}
	if len(waiting) > 0 {
		return code(exitChanges)
	}
	return nil
}

// closedTargets are the targets of a programme, all of which must be closed by
// default: a release-all lifts holds on the others.
func (s *site) closedTargets(program string) ([]rules.Target, error) {
	for _, pr := range s.policy.Programs {
		if pr.ID != program {
			continue
		}
		for _, t := range pr.Targets {
			for i := range s.lms {
				if s.lms[i].Name == t.LMS && !s.lms[i].LMS.Capabilities().Closed {
					return nil, fmt.Errorf("%s lets everybody in until held: there is nothing to adopt", t.Key())
				}
			}
		}
		return pr.Targets, nil
	}
	return nil, fmt.Errorf("there is no programme %q in the configuration", program)
}

// notReleased reads who is enrolled and not let through the gate yet.
func (p *program) notReleased(s *site, targets []rules.Target) ([]adoptedJSON, error) {
	waiting := []adoptedJSON{}
	for _, t := range targets {
		for i := range s.lms {
			if s.lms[i].Name != t.LMS {
				continue
			}
			rows, err := s.lms[i].LMS.Enrolments(p.ctx, t)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if r.State == rules.RowActive && !r.Released && r.Barred != rules.BarredRole {
					waiting = append(waiting, adoptedJSON{t.Key(), r.Row, r.Account.ID, matched(s.policy.Match[t.LMS], r.Account)})
				}
			}
		}
	}
	return waiting, nil
}

func matched(field string, a rules.Account) string {
	switch field {
	case rules.MatchEmail:
		return a.Email
	case rules.MatchUsername:
		return a.Username
	}
	return a.IDNumber
}

func (p *program) printAdopted(waiting []adoptedJSON) error {
	if p.cli.Output == "json" {
		return p.json(waiting)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, a := range waiting {
		printf(w, "add\t%s\t%s\t%s\n", a.Target, a.Account, a.Matched)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printf(p.stdout, "%d people are enrolled and not in yet; --apply --by NAME --reason TEXT adds them\n", len(waiting))
	return nil
}

// apply does it under the lock, and takes the pause back whatever came of it.
func (c *adoptCmd) apply(p *program, s *site) error {
	st, err := p.openStore(s.config, false)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Lock(p.ctx); err != nil {
		return fmt.Errorf("adopt needs the store for itself; stop the daemon for a moment: %w", err)
	}
	if err := s.begin(p.ctx, p, st); err != nil {
		return err
	}
	l, err := s.loop(p, st, p.logger(s.config.Log, false), nil)
	if err != nil {
		return err
	}
	a := rules.Act{Kind: rules.ActReleaseAll, Program: c.Program, By: c.By, Reason: "adopt: " + c.Reason, At: p.now()}
	answer, err := l.Perform(p.ctx, a)
	if err != nil {
		return err
	}
	if why, no := strings.CutPrefix(answer, store.RefusedPrefix); no {
		return errors.New(why)
	}
	r, err := l.Release(p.ctx)
	a.Kind = rules.ActResume
	if _, undo := l.Perform(p.ctx, a); undo != nil {
		return errors.Join(err, fmt.Errorf("the programme is still paused; run `leadfront resume`: %w", undo))
	}
	if err != nil {
		return err
	}
	return p.cycleReport(r)
}
