package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Notices are the messages to leaders, learners and operators. Its methods may be called
// from several goroutines; those that write need the Lock of the store.
type Notices struct{ s *Store }

// Notices returns the notices of the store.
func (s *Store) Notices() Notices { return Notices{s} }

// Since returns the notices that were decided since then and those on their way,
// oldest first.
func (n Notices) Since(ctx context.Context, since time.Time) ([]rules.Notice, error) {
	all, err := collect(ctx, n.s.reader, scanNotice, `SELECT id, kind, person, channel, about, at, due, state, tries, lost, problem
		FROM notice WHERE at >= ? OR state IN ('waiting', 'sending') ORDER BY id`, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("store: read the notices: %w", err)
	}
	return all, nil
}

func scanNotice(rows *sql.Rows) (n rules.Notice, err error) {
	var about jsonText[[]string]
	var at, due moment
	err = rows.Scan(&n.ID, &n.Kind, &n.Person, &n.Channel, &about, &at, &due, &n.State, &n.Tries, &n.Lost, &n.Problem)
	n.About, n.At, n.Due = about.v, at.Time, due.Time
	return n, err
}

// Released returns the releases that were carried out since then, oldest first.
func (n Notices) Released(ctx context.Context, since time.Time) ([]rules.Released, error) {
	all, err := collect(ctx, n.s.reader, func(rows *sql.Rows) (r rules.Released, err error) {
		var at moment
		err = rows.Scan(&r.Program, &r.Person, &at)
		r.At = at.Time
		return r, err
	}, `SELECT program, person, settled FROM change WHERE at >= ?1 AND settled >= ?1 AND result = ?2 AND move IN (?3, ?4)
		ORDER BY settled, intent`, stamp(since), string(rules.Done), string(rules.MoveRelease), string(rules.MoveAdd))
	if err != nil {
		return nil, fmt.Errorf("store: read who was released: %w", err)
	}
	return all, nil
}

// Enqueue keeps notices until they are settled, all or none, and gives them their
// numbers. It is durable when Enqueue returns.
func (n Notices) Enqueue(ctx context.Context, list []rules.Notice) error {
	err := n.s.write(ctx, func(t *tx) error {
		for i := range list {
			m := &list[i]
			about, err := encode(m.About)
			if err != nil {
				return err
			}
			if m.ID, err = t.insert(`INSERT INTO notice (kind, person, channel, about, at, due, state) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				string(m.Kind), m.Person, m.Channel, about, stamp(m.At), stamp(m.Due), string(m.State)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep notices: %w", err)
	}
	return nil
}

// Note keeps how far a notice is: its state, tries and problem. One that has come to its
// end is logged with it; of one that was overtaken there is nothing to log. It reports
// false where the notice is no longer there: its receiver was erased.
func (n Notices) Note(ctx context.Context, m rules.Notice, at time.Time) (there bool, err error) {
	err = n.s.write(ctx, func(t *tx) error {
		rows, err := t.exec(`UPDATE notice SET state = ?, due = ?, tries = ?, lost = ?, problem = ? WHERE id = ?`,
			string(m.State), stamp(m.Due), m.Tries, m.Lost, m.Problem, m.ID)
		if there = rows > 0; err != nil || !there {
			return err
		}
		switch m.State {
		case rules.NoticeSent, rules.NoticeFailed, rules.NoticeUnknown:
			_, err = t.log(noticeLine(&m, at))
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: note what became of notice %d: %w", m.ID, err)
	}
	return there, nil
}

// noticeLine is the entry of a notice. What it was about may name sources and digests,
// and the problem what a mail server says of its receiver: both are personal.
func noticeLine(m *rules.Notice, at time.Time) line {
	return line{at: at, kind: LogNotice, person: m.Person,
		public: struct {
			Notice  rules.NoticeKind  `json:"notice"`
			Channel string            `json:"channel"`
			Result  rules.NoticeState `json:"result"`
			Tries   int               `json:"tries"`
		}{m.Kind, m.Channel, m.State, m.Tries},
		personal: struct {
			About   []string `json:"about"`
			Problem string   `json:"problem,omitempty"`
		}{m.About, m.Problem}}
}

// Tidy forgets notices that came to their end before then.
func (n Notices) Tidy(ctx context.Context, before time.Time) error {
	err := n.s.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM notice WHERE at < ? AND state NOT IN ('waiting', 'sending')`, stamp(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: forget old notices: %w", err)
	}
	return nil
}
