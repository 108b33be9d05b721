package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Completions is what an LMS implements that can tell of completions itself: the
// second witness beside the records.
type Completions interface {
	// Completions returns what the platform says of the rows. A row of which it does
	// not tell, because the person is suspended or the course has no criteria, is left
	// out; that is no error.
	Completions(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Witness, error)
}

// witnessEvery is how often the platforms are asked about all leaders. Whoever is
// waited for is asked about whenever the enrolments are read.
const witnessEvery = time.Hour

// testimony is what one target's platform has said, and when about all leaders.
type testimony struct {
	all  time.Time
	rows map[string]rules.Witness
}

// askCompletions asks the platforms about the leaders, and judges again with what
// they say. What one said before stands until it is asked again.
func (l *Loop) askCompletions(ctx context.Context, r *Report) error {
	var said []rules.Witness
	r.Facts.Unwitnessed = map[string]bool{}
	for _, s := range l.LMS {
		can, ok := s.LMS.(Completions)
		if !ok {
			continue
		}
		for _, t := range l.targetsOf(s.Name) {
			if r.Facts.Targets[t.Key()] {
				l.askTestimony(ctx, r, can, t)
			}
			for _, w := range l.said[t.Key()].rows {
				said = append(said, w)
			}
		}
	}
	if r.Facts.Witnesses = said; len(said) > 0 || len(r.Facts.Unwitnessed) > 0 {
		l.plan(r)
	}
	return ctx.Err()
}

func (l *Loop) askTestimony(ctx context.Context, r *Report, can Completions, t rules.Target) {
	known := l.said[t.Key()]
	all := r.At.Sub(known.all) >= witnessEvery
	rows := leadersRows(r, t.Key(), all)
	if len(rows) == 0 {
		return
	}
	answer, err := can.Completions(ctx, t, rows)
	if err != nil {
		r.Facts.Unwitnessed[t.Key()] = known.rows == nil
		if !errors.Is(err, context.Canceled) {
			r.fail(t.LMS, fmt.Errorf("ask for completions: %w", err))
		}
		return
	}
	if known.rows == nil || all {
		known = testimony{all: r.At, rows: map[string]rules.Witness{}}
	}
	for _, w := range answer {
		known.rows[w.Row] = w
	}
	l.said[t.Key()] = known
}

// leadersRows are the rows of leaders in the target: of all, or of those alone who are
// waited for.
func leadersRows(r *Report, target string, all bool) []rules.Enrolment {
	wanted := map[string]bool{}
	for i := range r.Judgement.Programs {
		for _, s := range r.Judgement.Programs[i].Leaders {
			wanted[s.Person] = wanted[s.Person] || all || s.Waiting > 0
		}
	}
	var out []rules.Enrolment
	for i := range r.Facts.Enrolments {
		e := &r.Facts.Enrolments[i]
		if n := r.Judgement.Rows[i]; n >= 0 && e.Target == target && wanted[r.Judgement.Index.People[n].ID] {
			out = append(out, *e)
		}
	}
	return out
}
