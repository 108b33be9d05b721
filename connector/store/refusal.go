package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// refusedFor is how long a refused plan is kept to be looked at.
const refusedFor = 30 * 24 * time.Hour

func (c *cycle) refusals() error {
	if len(c.Refusals) == 0 {
		return nil
	}
	if err := c.forget(); err != nil {
		return err
	}
	for _, r := range c.Refusals {
		if err := c.refuse(r); err != nil {
			return fmt.Errorf("refused plan %s: %w", r.Digest, err)
		}
	}
	return nil
}

// forget drops the plans that are too old, and changes that no plan wants any more.
func (c *cycle) forget() error {
	n, err := c.exec(`DELETE FROM refusal WHERE at < ?`, stamp(c.At.Add(-refusedFor)))
	if err != nil || n == 0 {
		return err
	}
	_, err = c.exec(`DELETE FROM refused WHERE NOT EXISTS (SELECT 1 FROM refusal r WHERE r.program = refused.program
		AND r.move = refused.move AND r.number >= refused.first AND (refused.gone = 0 OR r.number < refused.gone))`)
	return err
}

// refuse keeps a refused plan. One that is already kept, and still can be approved,
// stays as it is. The log gets the figures: what a plan wants of whom stands in
// rows that can be erased.
func (c *cycle) refuse(r rules.Refusal) error {
	kept, err := c.get(`SELECT 1 FROM refusal r WHERE r.digest = ? AND r.at > ?
		AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.digest = r.digest AND a.used_seq > r.seq)`,
		[]any{r.Digest, stamp(c.At.Add(-approvable))}, []any{new(int)})
	if err != nil || kept {
		return err
	}
	because, err := encode(r.Because)
	if err != nil {
		return err
	}
	seq, err := c.log(line{at: c.At, kind: LogRefusal, program: r.Program,
		public:   map[string]any{"move": r.Move, "because": r.Because.Code, "changes": len(r.Changes)},
		personal: map[string]any{"digest": r.Digest, "because": r.Because}})
	if err != nil {
		return err
	}
	if _, err := c.exec(`DELETE FROM refusal WHERE digest = ?`, r.Digest); err != nil {
		return err
	}
	number, err := c.insert(`INSERT INTO refusal (digest, at, seq, program, move, because, changes, opens) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Digest, stamp(c.At), seq, r.Program, string(r.Move), because, len(r.Changes), stamp(r.Opens))
	if err != nil {
		return err
	}
	return c.wanted(r, number)
}

// wanted dates the changes: those that the plan before wanted too are left as they
// are, so a plan of ten thousand rows in which one differs costs one.
func (c *cycle) wanted(r rules.Refusal, number int64) error {
	before, err := c.wantedLast(r)
	if err != nil {
		return err
	}
	for i := range r.Changes {
		text, err := encode(r.Changes[i])
		if err != nil {
			return err
		}
		if _, same := before[text]; same {
			delete(before, text)
			continue
		}
		if _, err := c.exec(`INSERT INTO refused (program, move, person, change, first) VALUES (?, ?, ?, ?, ?)`,
			r.Program, string(r.Move), r.Changes[i].Person, text, number); err != nil {
			return err
		}
	}
	for _, id := range before {
		if _, err := c.exec(`UPDATE refused SET gone = ? WHERE id = ?`, number, id); err != nil {
			return err
		}
	}
	return nil
}

// wantedLast are the changes of the last plan of that programme and move.
func (c *cycle) wantedLast(r rules.Refusal) (map[string]int64, error) {
	before := map[string]int64{}
	_, err := collect(c.ctx, c.sql, func(rows *sql.Rows) (_ struct{}, err error) {
		var id int64
		var text string
		err = rows.Scan(&id, &text)
		before[text] = id
		return struct{}{}, err
	}, `SELECT id, change FROM refused WHERE program = ? AND move = ? AND gone = 0`, r.Program, string(r.Move))
	return before, err
}

// refusedChanges are the changes of the plan of that digest, in the order of the
// plan that had each first.
func refusedChanges(ctx context.Context, q querier, digest string) ([]rules.Change, error) {
	return collect(ctx, q, func(rows *sql.Rows) (rules.Change, error) {
		var change jsonText[rules.Change]
		err := rows.Scan(&change)
		return change.v, err
	}, `SELECT c.change FROM refusal r JOIN refused c ON c.program = r.program AND c.move = r.move
		AND c.first <= r.number AND (c.gone = 0 OR c.gone > r.number) WHERE r.digest = ? ORDER BY c.id`, digest)
}
