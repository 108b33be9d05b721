package main

import (
	"errors"
	"strings"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

type auditEraseCmd struct {
	Person string `arg:"" help:"HR id of somebody who is no longer in the organisation."`
	signed
}

// Run finds the identifiers of the person in the evidence, by the same rules that
// judge it, and has them and everything else destroyed.
func (c *auditEraseCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	trace, err := st.Trace(p.ctx, c.Person)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	act := rules.Act{Kind: rules.ActErase, Person: c.Person, By: c.By, Reason: c.Reason}
	// Each state of the person by itself: two that share an address are nobody's.
	for i := range trace.People {
		one := trace.People[i : i+1]
		owners := make([]rules.AccountOwner, len(trace.Accounts))
		for k, a := range trace.Accounts {
			owners[k] = rules.AccountOwner{Account: a}
		}
		ids := rules.NewIdentities(cfg.Policy().Identity, one, owners)
		for id, actor := range trace.Actors {
			if n, how := ids.Resolve(actor); n == 0 && how.OK() {
				act.Actors = append(act.Actors, id)
			}
		}
	}
	return p.act(act, nil)
}

type auditAcceptRestoredCmd struct{ signed }

func (c *auditAcceptRestoredCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.By) == "" || strings.TrimSpace(c.Reason) == "" {
		return errors.New("say who asks and why: --by NAME --reason TEXT")
	}
	if err := store.AcceptRestored(p.ctx, cfg.Data, cfg.Audit.KeyFile, c.By, c.Reason, p.now()); err != nil {
		return err
	}
	printf(p.stdout, "the log goes on from what was restored; what lay behind it is lost\n")
	return nil
}
