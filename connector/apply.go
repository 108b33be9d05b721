package connector

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// batchSize is how many changes go out between two looks at the latch, unless the
// platform takes more releases at once.
const batchSize = 100

// Writing down what was done is tried settleTries times, each bounded: longer than
// another process may keep the database busy. A stopping daemon does it too.
const (
	settleWithin = 15 * time.Second
	settleTries  = 3
)

// act makes the plan durable, then applies it in batches, and settles each.
func (l *Loop) act(ctx context.Context, r *Report) error {
	c := rules.NewCycle(l.Policy, r.Facts, r.Judgement, r.Plan, r.Refusals, r.used())
	r.Cycle = &c
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.Blind != "" {
		c.Decided, c.Opened, c.Ended = nil, nil, nil
		if len(c.Changes) == 0 {
			return nil
		}
	}
	if r.Hurried {
		c.Opened, c.Ended, c.Standings, c.Rows, c.Read = nil, nil, nil, nil, nil
	}
	changes, err := l.Store.Intend(ctx, c)
	if err != nil {
		return fmt.Errorf("write the plan into the log: %w", err)
	}
	r.Cycle.Changes = changes
	for _, s := range l.LMS {
		for _, t := range l.targetsOf(s.Name) {
			if err := l.applyTarget(ctx, r, s, t, ofTarget(changes, t.Key())); err != nil {
				return err
			}
		}
	}
	return nil
}

// ofTarget are the changes of one target, releases first: whoever may go shall
// not wait for somebody who may not.
func ofTarget(changes []rules.Change, target string) []rules.Change {
	var out []rules.Change
	for _, c := range changes {
		if c.Target == target {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b rules.Change) int { return order(a.Move) - order(b.Move) })
	return out
}

// batches cuts the changes up: releases come first, in batches of the size that the
// platform is best at. Before every batch of holds the latch is looked at.
func batches(changes []rules.Change, size int) [][]rules.Change {
	n := 0
	for n < len(changes) && changes[n].Move != rules.MoveHold {
		n++
	}
	out := slices.Collect(slices.Chunk(changes[:n], max(size, batchSize)))
	return append(out, slices.Collect(slices.Chunk(changes[n:], batchSize))...)
}

func order(m rules.Move) int {
	if m == rules.MoveHold {
		return 1
	}
	return 0
}

func (l *Loop) applyTarget(ctx context.Context, r *Report, s LMSSource, t rules.Target, changes []rules.Change) error {
	dead := "" // why the rest is not tried
	for _, batch := range batches(changes, s.LMS.Capabilities().Batch) {
		if ctx.Err() != nil {
			dead = "stopping"
		}
		l.alive()
		outcomes, err := l.applyBatch(ctx, s, t, batch, dead)
		if err != nil {
			return err
		}
		r.Outcomes = append(r.Outcomes, outcomes...)
		l.shown(outcomes)
		if dead == "" && ctx.Err() == nil && wholeFailed(outcomes) {
			dead = "the target refused the batch before"
			r.fail(s.Name, fmt.Errorf("%s: nothing of a batch of %d could be written: %s", t.Key(), len(batch), outcomes[0].Error))
		}
	}
	return nil
}

// applyBatch performs what operators have asked for meanwhile, looks at the latch
// again, writes what may still be written, and settles it.
func (l *Loop) applyBatch(ctx context.Context, s LMSSource, t rules.Target, batch []rules.Change, dead string) ([]rules.Outcome, error) {
	paused, err := l.latches(ctx, dead == "")
	if err != nil {
		return nil, err
	}
	var outcomes []rules.Outcome
	var now []rules.Change
	for _, c := range batch {
		switch {
		case dead != "":
			outcomes = append(outcomes, rules.Outcome{Change: c, Result: rules.Skipped, Error: dead, At: l.Now()})
		case c.Move == rules.MoveHold && paused[c.Program]:
			outcomes = append(outcomes, rules.Outcome{Change: c, Result: rules.Skipped, Error: "the programme was paused", At: l.Now()})
		default:
			now = append(now, c)
		}
	}
	if len(now) > 0 {
		permitted, done := l.Gate.Permit(ctx)
		outcomes = append(outcomes, s.LMS.Apply(permitted, t, now)...)
		done()
	}
	return outcomes, l.settle(ctx, outcomes)
}

// latches performs what operators have asked for meanwhile and looks at the
// latches anew. A stopping daemon leaves requests for the next one.
func (l *Loop) latches(ctx context.Context, acts bool) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	if acts {
		n, err := l.takeActs(ctx, &Report{})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			l.Kick() // what was asked for is seen by the next cycle, soon
		}
	}
	paused, err := l.Store.Paused(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the latch: %w", err)
	}
	return paused, nil
}

// settle writes down what became of a batch. The time that the platform took does
// not count against it, and a busy database is waited for: what was written to the
// LMS must not be missing in the log.
func (l *Loop) settle(ctx context.Context, outcomes []rules.Outcome) (err error) {
	for range settleTries {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
		err = l.Store.Settle(bounded, outcomes)
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("write down what became of a batch: %w", err)
}

// wholeFailed reports whether there is no sense in a further batch: the target or
// the platform refuses, or gave no answer at all. Rows that are refused by
// themselves, however many, do not keep the others waiting.
func wholeFailed(outcomes []rules.Outcome) bool {
	silent := len(outcomes) > 0
	for _, o := range outcomes {
		if o.Whole {
			return true
		}
		silent = silent && o.Result == rules.Unknown
	}
	return silent
}

// takeActs performs what operators have asked for and returns how much that was.
// A request for a cycle stays open until one has settled.
func (l *Loop) takeActs(ctx context.Context, r *Report) (int, error) {
	acts, err := l.Store.Acts(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for requests of operators: %w", err)
	}
	for _, a := range acts {
		if a.Kind == rules.ActSync {
			r.syncs = append(r.syncs, a)
			continue
		}
		answer, err := l.Perform(ctx, a)
		if err != nil {
			return 0, err
		}
		r.Latched = r.Latched || a.Kind == rules.ActReleaseAll
		l.Log.Info("performed what an operator asked for", "act", string(a.Kind), "program", a.Program, "answer", answer)
	}
	return len(acts), nil
}

// Perform does one act. The organisation of an approval becomes the one that rules
// at once: exactly the snapshot that was approved, whatever the file says by now.
func (l *Loop) Perform(ctx context.Context, a rules.Act) (answer string, err error) {
	if answer, err = l.Store.Perform(ctx, a, l.Now()); err != nil {
		return "", fmt.Errorf("perform %s as %s asked: %w", a.Kind, a.By, err)
	}
	if a.Kind != rules.ActOrgApprove {
		return answer, nil
	}
	l.loaded = false
	approved, err := l.Store.Approved(ctx, a.Digest)
	if err != nil || !approved {
		return answer, err
	}
	org, found, err := l.Store.Snapshot(ctx, a.Digest)
	if err == nil && found {
		err = l.Store.Accept(ctx, org, l.Now())
	}
	if err != nil {
		return "", fmt.Errorf("accept the approved organisation: %w", err)
	}
	return answer, nil
}

// answerSyncs tells those who asked for a cycle that it has settled.
func (l *Loop) answerSyncs(ctx context.Context, r *Report) error {
	for _, a := range r.syncs {
		a.Trouble = r.trouble()
		if _, err := l.Perform(ctx, a); err != nil {
			return err
		}
	}
	return nil
}
