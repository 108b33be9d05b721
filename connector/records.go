package connector

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// againFor is how long a cycle of the daemon reads history again before it goes on
// with the rest: the next cycle takes it up where it stopped.
const againFor = 15 * time.Second

// readRecords pulls one source to its end for now, and then reads again what has
// to be read again.
func (l *Loop) readRecords(ctx context.Context, r *Report, s RecordSource) error {
	l.due[s.Name] = r.At.Add(s.Every)
	w := rules.Walk{Source: s.Name, Purpose: rules.Follow, Contracts: l.contracts}
	cursor, err := l.Store.Cursor(ctx, w)
	if err != nil {
		return fmt.Errorf("find where to go on in %s: %w", s.Name, err)
	}
	statements, whole, err := l.walk(ctx, r, s, w, cursor, time.Time{})
	if err != nil || !whole {
		return err
	}
	r.read(s.Name, rules.SourceRecords, statements)
	if err := l.readAgain(ctx, r, s); err != nil {
		return err
	}
	return l.sweep(ctx, r, s)
}

// walk reads from the cursor to the end, or until the given instant where there is
// one. Each page is learnt together with the walk's cursor, so whatever stops the
// walk, the next one goes on from there.
func (l *Loop) walk(ctx context.Context, r *Report, s RecordSource, w rules.Walk, cursor string, until time.Time) (statements int, whole bool, err error) {
	var notes []rules.Finding
	for page, err := range s.Records.Pages(ctx, cursor) {
		if err != nil {
			r.fail(s.Name, err)
			return statements, false, ctx.Err()
		}
		l.alive()
		page.Evidence = l.marks.Mark(page.Evidence)
		fresh, err := l.Store.Learn(ctx, w, page, l.Now())
		if err != nil {
			return statements, false, fmt.Errorf("learn a page of %s: %w", s.Name, err)
		}
		statements += page.Statements
		if l.Reading != nil {
			l.Reading(s.Name, statements)
		}
		notes = append(notes, page.Notes...)
		r.learnt(w, page, fresh)
		// What follows the last page is not asked for.
		if page.Last {
			break
		}
		if !until.IsZero() && !l.Now().Before(until) {
			return statements, false, ctx.Err()
		}
		if urgent, err := l.urgent(ctx); urgent || err != nil {
			l.due[s.Name] = r.At // goes on from its cursor in the next cycle
			return statements, false, err
		}
	}
	if w.Purpose == rules.Follow {
		l.notes[s.Name] = notes
	}
	return statements, true, ctx.Err()
}

// urgent reports whether an operator waits for something that needs no reading: a
// long walk is left for it, above all for release-all.
func (l *Loop) urgent(ctx context.Context) (bool, error) {
	acts, err := l.Store.Acts(ctx)
	if err != nil {
		return false, fmt.Errorf("look for requests of operators: %w", err)
	}
	return slices.ContainsFunc(acts, func(a rules.Act) bool { return a.Kind == rules.ActReleaseAll }), nil
}

// readAgain reads history for the programmes whose contract has changed, then what
// an operator has asked for, then, now and then, everything.
func (l *Loop) readAgain(ctx context.Context, r *Report, s RecordSource) error {
	history, err := l.Store.History(ctx, s.Name)
	if err != nil {
		return fmt.Errorf("find which contracts %s was read for: %w", s.Name, err)
	}
	states, err := l.Store.Walks(ctx)
	if err != nil {
		return fmt.Errorf("find what of %s is to be read again: %w", s.Name, err)
	}
	until := time.Time{}
	if l.hurried {
		until = l.Now().Add(againFor)
	}
	if whole, err := l.catchUp(ctx, r, s, l.behind(history), until); err != nil || !whole {
		return err
	}
	if st := stateOf(states, s.Name, rules.Backfill); st != nil && st.Done.IsZero() {
		whole, err := l.again(ctx, r, s, rules.Walk{Source: s.Name, Purpose: rules.Backfill}, st.Since, until)
		if err != nil || !whole {
			return err
		}
	}
	return l.rescan(ctx, r, s, stateOf(states, s.Name, rules.Rescan), until)
}

// catchUp reads history for the programmes that are behind, all of them at once.
func (l *Loop) catchUp(ctx context.Context, r *Report, s RecordSource, behind []string, until time.Time) (bool, error) {
	if len(behind) == 0 {
		return true, nil
	}
	w := rules.Walk{Source: s.Name, Purpose: rules.CatchUp, Contracts: map[string]string{}}
	for _, id := range behind {
		w.Contracts[id] = l.contracts[id]
	}
	whole, err := l.again(ctx, r, s, w, time.Time{}, until)
	r.Fresh = r.Fresh || whole // what kept those programmes from being judged is over
	return whole, err
}

// rescan reads everything again when it is time. The first reading counts as one.
func (l *Loop) rescan(ctx context.Context, r *Report, s RecordSource, st *rules.WalkState, until time.Time) error {
	w := rules.Walk{Source: s.Name, Purpose: rules.Rescan}
	switch {
	case s.Rescan <= 0:
		return nil
	case st == nil:
		_, err := l.Store.Learn(ctx, w, rules.Page{Last: true}, l.Now())
		return err
	case !st.Done.IsZero() && l.Now().Sub(st.Done) < s.Rescan:
		return nil
	case !st.Done.IsZero():
		if err := l.Store.Begin(ctx, w, time.Time{}, l.Now()); err != nil {
			return err
		}
	}
	_, err := l.again(ctx, r, s, w, time.Time{}, until)
	return err
}

// again takes up a walk beside the one that follows, and reports whether it came
// to its end. What is left is for the next cycle, which is due at once.
func (l *Loop) again(ctx context.Context, r *Report, s RecordSource, w rules.Walk, since, until time.Time) (bool, error) {
	cursor, err := l.Store.Cursor(ctx, w)
	if err != nil {
		return false, fmt.Errorf("find where to go on with reading %s again: %w", s.Name, err)
	}
	if source, ok := s.Records.(Rereader); ok && cursor == "" {
		cursor = source.From(since, w.Purpose == rules.Rescan)
	}
	failed := len(r.Sources)
	_, whole, err := l.walk(ctx, r, s, w, cursor, until)
	if !whole {
		r.Behind = true
		if len(r.Sources) == failed {
			l.due[s.Name] = r.At
		}
	}
	return whole, err
}

// behind lists the programmes for whose contract the history has not been read.
func (l *Loop) behind(history map[string]string) []string {
	var out []string
	for i := range l.Policy.Programs {
		if id := l.Policy.Programs[i].ID; history[id] != l.contracts[id] {
			out = append(out, id)
		}
	}
	return out
}

func stateOf(states []rules.WalkState, source string, p rules.Purpose) *rules.WalkState {
	for i := range states {
		if states[i].Source == source && states[i].Purpose == p {
			return &states[i]
		}
	}
	return nil
}
