package connector

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often the daemon looks for requests of operators.
const lookEvery = time.Second

// Kick makes the daemon run a cycle soon. Kicks are coalesced: any number of them
// between two cycles are one. It never blocks.
func (l *Loop) Kick() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// Run runs cycles until the context ends, which is no error. Each source is read
// when it is due; an operator's request or a kick reads all of them at once. An
// error of the store ends it: what cannot be logged may not be done.
func (l *Loop) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	all := true
	for {
		if _, err := l.Cycle(ctx, all); err != nil {
			if errors.Is(err, context.Canceled) && ctx.Err() != nil {
				return nil
			}
			return err
		}
		var err error
		if all, err = l.wait(ctx, tick.C); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// wait returns when something is to be done: a kick or a request (all), or a
// source that is due.
func (l *Loop) wait(ctx context.Context, tick <-chan time.Time) (all bool, err error) {
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case <-l.kick:
			return true, nil
		case <-tick:
		}
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
