package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/leadfront/leadfront/rules"
)

// Settle implements connector.Store. An outcome that was settled before is no news.
func (s *Store) Settle(ctx context.Context, outcomes []rules.Outcome) error {
	err := s.write(ctx, func(t *tx) error {
		for _, o := range outcomes {
			if err := t.settle(o); err != nil {
				return fmt.Errorf("outcome of intent %d: %w", o.Change.Intent, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep what became of %d changes: %w", len(outcomes), err)
	}
	return nil
}

func (t *tx) settle(o rules.Outcome) error {
	var was string
	var hold int64
	var person string
	found, err := t.get(`SELECT result, coalesce(hold, 0), person FROM change WHERE intent = ?`,
		[]any{o.Change.Intent}, []any{&was, &hold, &person})
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("no change was intended under this number")
	}
	if was != "" {
		return nil
	}
	if _, err := t.exec(`UPDATE change SET result = ?, seen = ?, error = ?, settled = ? WHERE intent = ?`,
		string(o.Result), seenState(o), o.Error, stamp(o.At), o.Change.Intent); err != nil {
		return err
	}
	l := line{at: o.At, kind: LogOutcome, program: o.Change.Program, target: o.Change.Target, person: person,
		public: answered{o.Change.Intent, o.Result, seenState(o)}}
	if o.Error != "" { // which row it was the intent says
		l.personal = map[string]string{"error": o.Error}
	}
	if _, err := t.log(l); err != nil {
		return err
	}
	return t.settleHold(hold, o)
}

// answered is the body of an outcome.
type answered struct {
	Intent int64        `json:"intent"`
	Result rules.Result `json:"result"`
	Seen   string       `json:"seen"`
}

// unanswered settles what an earlier process has intended and never settled: it
// ended in between, so nobody knows whether the platform was written to. Every
// intent has one outcome.
func (c *cycle) unanswered() error {
	open, err := collect(c.ctx, c.sql, func(rows *sql.Rows) (ch rules.Change, err error) {
		return ch, rows.Scan(&ch.Intent, &ch.Program, &ch.Target, &ch.Row, &ch.Move)
	}, `SELECT intent, program, target, row, move FROM change WHERE result = ''`)
	if err != nil {
		return err
	}
	for _, ch := range open {
		if err := c.settle(rules.Outcome{Change: ch, Result: rules.Unknown, At: c.At,
			Error: "the process ended before the answer"}); err != nil {
			return err
		}
	}
	return nil
}

// seenState is empty where nothing was read back.
func seenState(o rules.Outcome) string {
	if o.Result == rules.Done || o.Result == rules.Ineffective {
		return o.Seen.String()
	}
	return ""
}

// settleHold moves the hold of a change. That it is in place, or was lifted, the
// outcome has said. What failed, was skipped or was not answered leaves it as it is:
// the next reading of the LMS tells.
func (t *tx) settleHold(id int64, o rules.Outcome) (err error) {
	at := stamp(o.At)
	switch move := o.Change.Move; {
	case id == 0:
	case move == rules.MoveRelease && o.Result == rules.Done:
		var why string
		if why, err = encode(rules.Reason{Code: rules.CodeReleased, At: o.At}); err == nil {
			_, err = t.exec(`UPDATE hold SET closed = ?, because = ? WHERE id = ? AND closed = ''`, at, why, id)
		}
	case move != rules.MoveHold || o.Result == rules.Failed || o.Result == rules.Skipped:
	case o.Result == rules.Done:
		_, err = t.exec(`UPDATE hold SET sent = 1, ineffective = 0, seen = CASE WHEN seen = '' THEN ? ELSE seen END
			WHERE id = ? AND closed = ''`, at, id)
	default:
		_, err = t.exec(`UPDATE hold SET sent = 1, ineffective = CASE WHEN ? THEN 1 ELSE ineffective END
			WHERE id = ? AND closed = ''`, bit(o.Result == rules.Ineffective), id)
	}
	return err
}
