package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// sentFor is how long what was sent and never read back is remembered: the record
// source may not be read, or may not show it.
const sentFor = 30 * 24 * time.Hour

// Outbox is what people share on its way to the record store. Its methods may be called
// from several goroutines; those that write need the Lock of the store.
type Outbox struct{ s *Store }

// Outbox returns the outbox of the store.
func (s *Store) Outbox() Outbox { return Outbox{s} }

// Enqueue keeps what a person shares until the record store has it. It is durable
// when Enqueue returns.
func (b Outbox) Enqueue(ctx context.Context, o rules.Outgoing) error {
	if err := b.s.write(ctx, func(t *tx) error { return t.enqueue(o) }); err != nil {
		return fmt.Errorf("store: keep what %s shares: %w", o.Person, err)
	}
	return nil
}

// Replace puts next, if there is any, in the place of what its author has shared under
// the object of back. What was not begun to be sent is forgotten as if it had never
// been said; whatever else there may be, in the record store (live) or on its way, is
// taken back first.
func (b Outbox) Replace(ctx context.Context, live bool, back rules.Outgoing, next ...rules.Outgoing) error {
	err := b.s.write(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM outbox WHERE object = ? AND person = ? AND tries = 0`, back.Object, back.Person); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM outbox WHERE object = ? AND person = ? AND state = 'refused'`, back.Object, back.Person); err != nil {
			return err
		}
		begun, err := t.get(`SELECT 1 FROM outbox WHERE object = ? AND person = ?`, []any{back.Object, back.Person}, []any{new(int)})
		if err != nil {
			return err
		}
		if live || begun {
			next = append([]rules.Outgoing{back}, next...)
		}
		for _, o := range next {
			if err := t.enqueue(o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep what %s shares: %w", back.Person, err)
	}
	return nil
}

func (t *tx) enqueue(o rules.Outgoing) error {
	body, err := encode(o.Sharing)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO outbox (statement, person, object, body, state, due) VALUES (?, ?, ?, ?, ?, ?)`,
		o.Statement, o.Person, o.Object, body, string(o.State), stamp(o.Due))
	return err
}

const outgoing = `SELECT o.id, o.body, o.state, o.due, o.tries, o.problem, o.note, o.looked FROM outbox o `

func scanOutgoing(rows *sql.Rows) (o rules.Outgoing, err error) {
	var body jsonText[rules.Sharing]
	var due moment
	err = rows.Scan(&o.ID, &body, &o.State, &due, &o.Tries, &o.Problem, &o.Note, &o.Looked)
	o.Sharing, o.Due = body.v, due.Time
	return o, err
}

// All returns everything that is on its way, oldest first.
func (b Outbox) All(ctx context.Context) ([]rules.Outgoing, error) {
	all, err := collect(ctx, b.s.reader, scanOutgoing, outgoing+`ORDER BY o.id`)
	if err != nil {
		return nil, fmt.Errorf("store: read what people share: %w", err)
	}
	return all, nil
}

// Due returns what is to be sent now, oldest first, at most fifty: of each use case
// only the first, since a taking back and what comes in its place must not overtake
// one another.
func (b Outbox) Due(ctx context.Context, now time.Time) ([]rules.Outgoing, error) {
	all, err := collect(ctx, b.s.reader, scanOutgoing, outgoing+`WHERE o.state IN ('review', 'waiting') AND o.due <= ?
		AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.object = o.object AND e.id < o.id AND e.state IN ('review', 'returned', 'waiting'))
		ORDER BY o.id LIMIT 50`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("store: read what is to be sent: %w", err)
	}
	return all, nil
}

// Begin notes, durably and before it is sent, that an entry is being sent: from now on
// it may be in the record store. It reports false where the entry is no longer there.
func (b Outbox) Begin(ctx context.Context, id int64) (bool, error) {
	n, err := b.update(ctx, `UPDATE outbox SET tries = tries + 1, state = 'waiting' WHERE id = ? AND state IN ('review', 'waiting')`, id)
	return n > 0, err
}

// Sent notes that the record store has the entry.
func (b Outbox) Sent(ctx context.Context, id int64, at time.Time) error {
	_, err := b.update(ctx, `UPDATE outbox SET state = 'sent', due = ?, problem = '' WHERE id = ?`, stamp(at), id)
	return err
}

// Failed notes why an entry could not be sent, and when that is tried again; the zero
// time is never.
func (b Outbox) Failed(ctx context.Context, id int64, problem string, again time.Time) error {
	state := rules.OutgoingWaiting
	if again.IsZero() {
		state = rules.OutgoingRefused
	}
	_, err := b.update(ctx, `UPDATE outbox SET state = ?, due = ?, problem = ? WHERE id = ?`, string(state), stamp(again), problem, id)
	return err
}

// Look notes what a second person says of what is in review under an object: it goes
// on, or back to its author with a note. It reports false where nothing is in review.
func (b Outbox) Look(ctx context.Context, object, by string, pass bool, note string, at time.Time) (bool, error) {
	state := rules.OutgoingReturned
	if pass {
		state = rules.OutgoingWaiting
	}
	n, err := b.update(ctx, `UPDATE outbox SET state = ?, looked = ?, note = ?, due = ? WHERE object = ? AND state = 'review' AND person <> ?`,
		string(state), by, note, stamp(at), object, by)
	return n > 0, err
}

// Tidy forgets what has been read back from the record store.
func (b Outbox) Tidy(ctx context.Context, now time.Time) error {
	var sent int
	err := b.s.reader.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE state = 'sent'`).Scan(&sent)
	if err != nil || sent == 0 {
		return err
	}
	// What was sent is stored after it was; a day allows for the clocks.
	_, err = b.update(ctx, `DELETE FROM outbox WHERE state = 'sent' AND (due < ?1 OR EXISTS (
		SELECT 1 FROM source r JOIN evidence e ON e.source = r.name AND e.stored >= ?2 AND e.statement = outbox.statement))`,
		stamp(now.Add(-sentFor)), stamp(now.Add(-sentFor-24*time.Hour)))
	return err
}

func (b Outbox) update(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = b.s.write(ctx, func(t *tx) error {
		n, err = t.exec(query, args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: note what became of what people share: %w", err)
	}
	return n, nil
}
