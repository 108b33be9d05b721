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
	b := l.back[s.Name]
	if b == nil || len(b.queue) == 0 {
		due, err := l.sweepDue(ctx, s)
		if err != nil || !due {
			return err
		}
		b = &lookBack{queue: l.restsOn(s.Name)}
		l.back[s.Name] = b
	}
	some := b.queue[:min(sweepAtOnce, len(b.queue))]
	var fates []rules.Fate
	if len(some) > 0 {
		var err error
		if fates, err = source.Fates(ctx, some); err != nil || len(fates) != len(some) {
			return ctx.Err() // the next cycle asks again; that the source is lost shows by itself
		}
	}
	b.queue = b.queue[len(some):]
	page := rules.Page{Statements: len(some), Last: len(b.queue) == 0}
	for i, fate := range fates {
		switch fate {
		case rules.FateVoided:
			page.Evidence = append(page.Evidence, l.void(some[i]))
		case rules.FateMissing:
			b.missing = append(b.missing, some[i])
		}
	}
	w := rules.Walk{Source: s.Name, Purpose: rules.Sweep}
	fresh, err := l.Store.Learn(ctx, w, page, l.Now())
	if err != nil {
		return fmt.Errorf("learn what a sweep of %s has found: %w", s.Name, err)
	}
	r.learnt(w, page, fresh)
	return ctx.Err()
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

// void is the evidence of a voiding that only its effect shows.
func (l *Loop) void(statement string) rules.Evidence {
	now := l.Now()
	return rules.Evidence{Statement: "sweep-" + statement, Kind: rules.KindVoided, Voids: statement,
		Verb: "http://adlnet.gov/expapi/verbs/voided", Stored: now, Timestamp: now}
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
