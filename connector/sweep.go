package connector

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadfront/leadfront/rules"
)

// sweepAtOnce is how many statements are asked for in one cycle: a sweep is never
// urgent, and holds nobody up.
const sweepAtOnce = 20

// lookBack is what is known in mid-sweep of one record source.
type lookBack struct {
	queue   []string // statements that are still to be asked for
	missing []string // of those asked for, statements that are gone
}

// sweep asks the source, every now and then, for the statements that decisions
// rest on: a voiding that was never seen is found that way. A statement that is
// merely gone is told of and stands, because a void is a statement, and an LRS
// that was reset or thinned out is none.
func (l *Loop) sweep(ctx context.Context, r *Report, s RecordSource) error {
	source, ok := s.Records.(Rereader)
	if !ok || s.Sweep <= 0 {
		return nil
	}
	b, err := l.sweeping(ctx, s)
	if b == nil || err != nil {
		return err
	}
	l.alive()
	some := b.queue[:min(sweepAtOnce, len(b.queue))]
	fates, err := source.Fates(ctx, some)
	if err != nil || len(fates) != len(some) {
		return ctx.Err() // the next cycle asks again; that the source is lost shows by itself
	}
	b.queue = b.queue[len(some):]
	w := rules.Walk{Source: s.Name, Purpose: rules.Sweep}
	page := rules.Page{Statements: len(some), Last: len(b.queue) == 0, Evidence: l.voids(some, fates)}
	for i, fate := range fates {
		if fate == rules.FateMissing {
			b.missing = append(b.missing, some[i])
		}
	}
	fresh, err := l.Store.Learn(ctx, w, page, l.Now())
	if err != nil {
		return fmt.Errorf("learn what a sweep of %s has found: %w", s.Name, err)
	}
	r.learnt(w, page, fresh)
	return ctx.Err()
}

// sweeping is the sweep that is under way, or that begins now; nil: none is due.
func (l *Loop) sweeping(ctx context.Context, s RecordSource) (*lookBack, error) {
	if b := l.back[s.Name]; b != nil && len(b.queue) > 0 {
		return b, nil
	}
	due, err := l.sweepDue(ctx, s)
	if err != nil || !due {
		return nil, err
	}
	l.back[s.Name] = &lookBack{queue: l.restsOn(s.Name)}
	return l.back[s.Name], nil
}

// sweepDue reports whether the last sweep lies far enough back, and something has
// been judged that could be swept.
func (l *Loop) sweepDue(ctx context.Context, s RecordSource) (bool, error) {
	if l.judged == nil {
		return false, nil
	}
	states, err := l.Store.Walks(ctx)
	if err != nil {
		return false, fmt.Errorf("find when %s was last swept: %w", s.Name, err)
	}
	st := stateOf(states, s.Name, rules.Sweep)
	return st == nil || st.Done.IsZero() || l.Now().Sub(st.Done) >= s.Sweep, nil
}

// restsOn lists the statements of the source that completions rest on.
func (l *Loop) restsOn(source string) []string {
	rests := map[string]bool{}
	for i := range l.judged.Judgement.Programs {
		for _, record := range l.judged.Judgement.Programs[i].Records {
			if record == nil {
				continue
			}
			for _, id := range record.Evidence {
				rests[id] = true
			}
		}
	}
	var out []string
	for i := range l.judged.Facts.Evidence {
		if e := &l.judged.Facts.Evidence[i]; e.Source == source && rests[e.Statement] {
			out = append(out, e.Statement)
		}
	}
	slices.Sort(out)
	return out
}

// voids are evidence of voidings that only their effect shows.
func (l *Loop) voids(statements []string, fates []rules.Fate) []rules.Evidence {
	var out []rules.Evidence
	now := l.Now()
	for i, fate := range fates {
		if fate == rules.FateVoided {
			out = append(out, rules.Evidence{Statement: "sweep-" + statements[i], Kind: rules.KindVoided, Voids: statements[i],
				Verb: "http://adlnet.gov/expapi/verbs/voided", Stored: now, Timestamp: now})
		}
	}
	return out
}

// missing is the finding about statements that the last sweep did not find.
func (l *Loop) missing(source string) []rules.Finding {
	b := l.back[source]
	if b == nil || len(b.missing) == 0 {
		return nil
	}
	return []rules.Finding{{Code: rules.CodeStatementMissing, Detail: fmt.Sprintf("%d that decisions rest on are gone from %s, the first %s",
		len(b.missing), source, b.missing[0])}}
}
