package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

type backfillCmd struct {
	Program string    `required:"" help:"Id of the programme."`
	Since   time.Time `format:"2006-01-02" help:"Read from this day on (UTC); left out: from the beginning."`
	signed
}

// Run has the records read again. The walk is durable: whoever runs cycles takes
// it up where it stopped, so the command may be interrupted and nothing is lost.
func (c *backfillCmd) Run(p *program) error {
	a := rules.Act{Kind: rules.ActBackfill, Program: c.Program, Since: c.Since.UTC(), By: c.By, Reason: c.Reason}
	cycle := func(l *connector.Loop, ctx context.Context) (*connector.Report, error) {
		ctx, stop := context.WithCancel(ctx)
		told := make(chan error, 1)
		go func() { told <- p.tellBackfill(ctx) }()
		r, err := l.Cycle(ctx, true)
		stop()
		<-told // what it could not tell is no harm
		return r, err
	}
	if err := p.act(a, cycle); err != nil {
		return err
	}
	return p.tellBackfill(p.ctx)
}

// tellBackfill tells how far reading again has come, until it has come to its end.
func (p *program) tellBackfill(ctx context.Context) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(c, true)
	if err != nil {
		return err
	}
	defer st.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for last := ""; ; {
		text, open, err := backfills(ctx, st)
		if err != nil {
			return err
		}
		if text != last {
			printf(p.stderr, "%s\n", text)
			last = text
		}
		if !open {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// backfills tells of the walks that were asked for, and whether one is under way.
func backfills(ctx context.Context, st *store.Store) (text string, open bool, err error) {
	all, err := st.Walks(ctx)
	for _, w := range all {
		if w.Purpose != rules.Backfill {
			continue
		}
		upTo, state := "", "done"
		if !w.Newest.IsZero() {
			upTo = ", up to " + w.Newest.Format(time.DateTime)
		}
		if w.Done.IsZero() {
			state, open = "under way; if stopped, the next cycle goes on with it", true
		}
		text += fmt.Sprintf("%s: %d statements read again%s, %d of them evidence that was not known; %s. ", w.Source, w.Statements, upTo, w.Fresh, state)
	}
	return strings.TrimSpace(text), open, err
}
