package connector

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often the daemon looks for requests of operators.
const lookEvery = time.Second

// mostFailures is how many cycles in a row may fail before the daemon gives up:
// another process may keep the database busy for a while.
const mostFailures = 5

// Kick makes the daemon run a cycle soon. Kicks are coalesced: any number of them
// between two cycles are one. It never blocks.
func (l *Loop) Kick() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// Look makes the daemon read the records within about a second, and nothing else
// that is not due. Looks are coalesced, however many there are. It never blocks.
func (l *Loop) Look() {
	select {
	case l.look <- struct{}{}:
	default:
	}
}

// Halt makes Run return nil when the cycle under way has settled, so that another
// loop can take over. It never blocks.
func (l *Loop) Halt() {
	select {
	case l.halt <- struct{}{}:
	default:
	}
}

// alive tells whoever watches that the loop gets on.
func (l *Loop) alive() {
	if l.Alive != nil {
		l.Alive()
	}
}

// errHalted ends waiting when the loop is to end.
var errHalted = errors.New("halted")

// Run runs cycles until the context ends or Halt, which are no errors. Each source is read
// when it is due; an operator's request or a kick reads all of them at once. What
// cannot be logged is not done: a cycle that the store keeps from ending is tried
// again, and ends the daemon when it goes on so.
func (l *Loop) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	all, failures := true, 0
	l.hurried = true
	for {
		l.alive()
		r, err := l.Cycle(ctx, all)
		if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
			return nil
		}
		if failures = l.failed(r, err, failures); failures > mostFailures {
			return err
		}
		if failures > 0 {
			all = true
			pause(ctx, tick.C, failures*failures)
			continue
		}
		all, err = l.wait(ctx, tick.C)
		switch {
		case errors.Is(err, errHalted), err == nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
	}
}

// failed notes a cycle that the store kept from ending, and counts such in a row.
func (l *Loop) failed(r *Report, err error, before int) int {
	if err == nil {
		return 0
	}
	l.Log.Error("the cycle could not be ended; what cannot be logged is not done", "error", err, "in a row", before+1)
	if r.Err = err; l.Settled != nil {
		l.Settled(r)
	}
	return before + 1
}

// pause waits for so many ticks, or for the end of the context.
func pause(ctx context.Context, tick <-chan time.Time, ticks int) {
	for range ticks {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}

// wait returns when something is to be done: a kick or a request (all), or a
// source that is due; with errHalted when nothing is to be done any more.
func (l *Loop) wait(ctx context.Context, tick <-chan time.Time) (all bool, err error) {
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case <-l.halt:
			return false, errHalted
		case <-l.kick:
			return true, nil
		case <-l.look:
			if l.pushed() {
				return false, nil
			}
			continue
		case <-tick:
		}
		l.alive()
		acts, err := l.Store.Acts(ctx)
		switch {
		case ctx.Err() != nil:
			return false, nil
		case err != nil:
			return false, err
		case len(acts) > 0:
			return true, nil
		case l.somethingDue():
			return false, nil
		}
	}
}

// pushed makes the records due, and reports whether they are to be read at once.
// Further pushes are seen by the next tick: a storm of them is two readings a second
// at most.
func (l *Loop) pushed() bool {
	now := l.Now()
	for _, s := range l.Records {
		l.due[s.Name] = now
	}
	if now.Sub(l.looked) < lookEvery {
		return false
	}
	l.looked = now
	return true
}

func (l *Loop) somethingDue() bool {
	now := l.Now()
	if l.isDue(l.HRIS.Name, now) || l.lmsDue(now) {
		return true
	}
	for _, s := range l.Records {
		if l.isDue(s.Name, now) {
			return true
		}
	}
	return false
}
