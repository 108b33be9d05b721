package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// answerWithin is how long a command waits for a daemon to do what it asked for.
const answerWithin = 5 * time.Minute

// follow is what a command does after its act when no daemon is there to do it.
type follow func(*connector.Loop, context.Context) (*connector.Report, error)

// thenCycle applies what an act has made possible.
func thenCycle(l *connector.Loop, ctx context.Context) (*connector.Report, error) {
	return l.Cycle(ctx, true)
}

// act has an operator's act done: by the daemon, through a durable request, when
// one is running, and otherwise here, under the lock.
func (p *program) act(a rules.Act, then follow) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	a.At = p.now()
	st, err := p.openStore(c, false)
	if err != nil {
		return err
	}
	defer st.Close()
	if a.Kind == rules.ActApprove || a.Kind == rules.ActOrgApprove {
		if a.Digest, err = p.wholeDigest(st, a); err != nil {
			return err
		}
	}
	var locked *store.LockedError
	switch err := st.Lock(p.ctx); {
	case errors.As(err, &locked):
		return p.request(st, a, locked)
	case err != nil:
		return err
	}
	s, err := p.build(c)
	if err != nil {
		return err
	}
	return p.perform(s, st, a, then)
}

// perform does the act under the lock, and what follows from it.
func (p *program) perform(s *site, st *store.Store, a rules.Act, then follow) error {
	if err := s.begin(p.ctx, p, st); err != nil {
		return err
	}
	l, err := s.loop(p, st, p.logger(s.config.Log, false), nil)
	if err != nil {
		return err
	}
	if a.Kind != rules.ActSync {
		answer, err := l.Perform(p.ctx, a)
		if err != nil {
			return err
		}
		if then != nil && p.cli.Output == "json" && !strings.HasPrefix(answer, store.RefusedPrefix) {
			answer = "" // one document: that of the cycle
		}
		if err := p.said(answer); err != nil {
			return err
		}
	}
	if then == nil {
		return nil
	}
	told := p.progress()
	l.Reading = told.reading
	r, err := then(l, p.ctx)
	told.end()
	if err != nil {
		return err
	}
	return p.cycleReport(r)
}

// request asks the daemon and waits for its answer.
func (p *program) request(st *store.Store, a rules.Act, locked *store.LockedError) error {
	id, err := st.Request(p.ctx, a)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, answerWithin)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		answer, done, err := st.Answer(ctx, id)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if done {
			return p.said(answer)
		}
		select {
		case <-ctx.Done():
			if p.ctx.Err() != nil {
				return fmt.Errorf("request %d is written down and will be done, but was not waited for: %w; %w", id, p.ctx.Err(), locked)
			}
			return fmt.Errorf("request %d is written down and will be done, but was not answered within %s; %w", id, answerWithin, locked)
		case <-tick.C:
		}
	}
}

// said prints an answer; a refusal is an error.
func (p *program) said(answer string) error {
	if why, refused := strings.CutPrefix(answer, store.RefusedPrefix); refused {
		return errors.New(why)
	}
	switch {
	case answer == "":
		return nil
	case p.cli.Output == "json":
		return p.json(map[string]string{"answer": answer})
	}
	printf(p.stdout, "%s\n", answer)
	return nil
}

// wholeDigest finds the one digest that begins as given.
func (p *program) wholeDigest(st *store.Store, a rules.Act) (string, error) {
	var all []string
	if a.Kind == rules.ActOrgApprove {
		held, err := st.HeldOrgs(p.ctx)
		if err != nil {
			return "", err
		}
		for _, h := range held {
			all = append(all, h.Digest)
		}
	} else {
		refused, err := st.Refused(p.ctx, p.now())
		if err != nil {
			return "", err
		}
		for _, r := range refused {
			all = append(all, r.Digest)
		}
	}
	var found []string
	for _, d := range all {
		if strings.HasPrefix(d, strings.ToLower(a.Digest)) {
			found = append(found, d)
		}
	}
	if len(a.Digest) < 6 || len(found) > 1 {
		return "", fmt.Errorf("digest %q does not name one plan or organisation; give more of it", a.Digest)
	}
	if len(found) == 0 {
		return a.Digest, nil // the store says what is wrong with it
	}
	return found[0], nil
}

// signed is what every act of an operator has.
type signed struct {
	By     string `required:"" help:"Who asks for it: a name for the audit log."`
	Reason string `required:"" help:"Why: for the audit log."`
}

type approveCmd struct {
	Digest string `arg:"" help:"Digest of the refused plan, as plan and the log show it."`
	Only   string `placeholder:"PERSON" help:"HR id: approve only what concerns this person and everybody below; the rest goes on asking."`
	signed
}

func (c *approveCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActApprove, Digest: c.Digest, Person: c.Only, By: c.By, Reason: c.Reason}, thenCycle)
}

type releaseAllCmd struct {
	Program string `required:"" help:"Id of the programme."`
	signed
}

func (c *releaseAllCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActReleaseAll, Program: c.Program, By: c.By, Reason: c.Reason}, (*connector.Loop).Release)
}

type resumeCmd struct {
	Program string `required:"" help:"Id of the programme."`
	signed
}

func (c *resumeCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActResume, Program: c.Program, By: c.By, Reason: c.Reason}, nil)
}

type syncCmd struct{}

func (c *syncCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActSync, By: "sync", Reason: "asked for"}, thenCycle)
}
