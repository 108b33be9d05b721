package main

import (
	"context"
	"time"

	"github.com/leadfront/leadfront/connector/store"
)

// verifyEvery is how often the daemon verifies its own log, whole.
const verifyEvery = 24 * time.Hour

// mostProblems is how many problems of the audit log are written out.
const mostProblems = 10

// verifyDaily verifies the audit log at the start and once a day, beside the
// cycles, until the context ends. Who owns the folder could still have made all of
// it anew: that is shown only by checkpoints that were kept elsewhere.
func (d *daemon) verifyDaily(ctx context.Context) error {
	tick := time.NewTicker(verifyEvery)
	defer tick.Stop()
	for {
		d.verify(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (d *daemon) verify(ctx context.Context) {
	v, err := d.store.Verify(ctx, store.VerifyOptions{})
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		d.log.Error("the audit log could not be verified", "error", err)
		return
	}
	for _, p := range v.Problems[:min(mostProblems, len(v.Problems))] {
		d.log.Error("the audit log does not verify", "kind", p.Kind, "entry", p.Seq, "problem", p.Text)
	}
	d.log.Debug("the audit log was verified", "entries", v.Entries, "checkpoints", v.Checkpoints, "problems", len(v.Problems))
	d.problems.Store(int64(len(v.Problems)))
	d.metrics.Verified(len(v.Problems), d.program.now())
}
