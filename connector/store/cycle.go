package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Intend implements connector.Store. A cycle in which nothing differs writes
// nothing.
func (s *Store) Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error) {
	changes := slices.Clone(c.Changes)
	err := s.write(ctx, func(t *tx) error {
		k := cycle{tx: t, Cycle: c}
		steps := []func() error{k.decisions, k.standings, k.holds, k.ended, k.opened, k.consumed,
			func() error { return k.changes(changes) }, k.refusals,
			func() error { return s.replace(t, "finding", c.Findings, k.findings) },
			func() error { return s.replace(t, "leader", c.Leaders, k.leaders) },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: keep the cycle of %s: %w", stamp(c.At), err)
	}
	return changes, nil
}

// cycle is one rules.Cycle on its way into the database.
type cycle struct {
	*tx
	rules.Cycle
	approved map[rules.ChangeKey]string // digest of the approval that let it through
}

func (c *cycle) decisions() error {
	for _, d := range c.Decided {
		seq, err := c.log(line{at: c.At, kind: LogDecision, program: d.Program, person: d.Person,
			public: map[string]any{"verdict": d.Verdict, "row": d.Row, "because": codes(d.Because)}, personal: d})
		if err != nil {
			return err
		}
		because, err := encode(d.Because)
		if err != nil {
			return err
		}
		waits, err := encode(d.Waits)
		if err != nil {
			return err
		}
		_, err = c.exec(`INSERT INTO decision (program, person, verdict, row, because, waits, since, seq)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
			ON CONFLICT (program, person) DO UPDATE SET verdict = ?3, row = ?4, because = ?5, waits = ?6, since = ?7, seq = ?8`,
			d.Program, d.Person, string(d.Verdict), d.Row, because, waits, stamp(c.At), seq)
		if err != nil {
			return fmt.Errorf("decision about %s: %w", d.Person, err)
		}
	}
	return nil
}

// standings only ever gain: the first start and the first release stay.
func (c *cycle) standings() error {
	for _, s := range c.Standings {
		if err := c.standing(s); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) standing(s rules.Standing) error {
	_, err := t.exec(`INSERT INTO standing (program, person, started, start_by, released) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (program, person) DO UPDATE SET
			start_by = CASE WHEN ?3 <> '' AND (started = '' OR ?3 < started) THEN ?4 ELSE start_by END,
			started = CASE WHEN ?3 <> '' AND (started = '' OR ?3 < started) THEN ?3 ELSE started END,
			released = CASE WHEN ?5 <> '' AND (released = '' OR ?5 < released) THEN ?5 ELSE released END`,
		s.Program, s.Person, stamp(s.Started), s.StartBy, stamp(s.Released))
	if err != nil {
		return fmt.Errorf("standing of %s: %w", s.Person, err)
	}
	return nil
}

// consumed uses approvals up. What they covered is remembered, so that the guard
// does not count it.
func (c *cycle) consumed() error {
	c.approved = map[rules.ChangeKey]string{}
	for _, digest := range c.Consumed {
		var program, move string
		var changes jsonText[[]rules.ChangeKey]
		found, err := c.get(`SELECT program, move, changes FROM approval WHERE digest = ? AND used = ''`,
			[]any{digest}, []any{&program, &move, &changes})
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("plan %s is not approved, or its approval was used before", digest)
		}
		for _, k := range changes.v {
			c.approved[k] = digest
		}
		if err := c.use(digest, program, rules.Move(move)); err != nil {
			return err
		}
	}
	return nil
}

func (c *cycle) use(digest, program string, move rules.Move) error {
	if _, err := c.exec(`UPDATE approval SET used = ? WHERE digest = ?`, stamp(c.At), digest); err != nil {
		return err
	}
	if move == rules.MoveHold {
		if err := c.enforced(program); err != nil {
			return err
		}
	}
	_, err := c.log(line{at: c.At, kind: LogApprovalUsed, program: program, public: map[string]any{"digest": digest}})
	return err
}

// enforced notes that holds of a programme have begun with approval. Every intended
// hold proves it: the guard lets none through before.
func (c *cycle) enforced(program string) error {
	_, err := c.exec(`INSERT INTO program (id, enforced) VALUES (?1, ?2)
		ON CONFLICT (id) DO UPDATE SET enforced = ?2 WHERE enforced = ''`, program, stamp(c.At))
	return err
}

// refusedFor is how long a refused plan is kept to be looked at.
const refusedFor = 30 * 24 * time.Hour

func (c *cycle) refusals() error {
	if len(c.Refusals) == 0 {
		return nil
	}
	if _, err := c.exec(`DELETE FROM refusal WHERE at < ?`, stamp(c.At.Add(-refusedFor))); err != nil {
		return err
	}
	for _, r := range c.Refusals {
		if err := c.refuse(r); err != nil {
			return fmt.Errorf("refused plan %s: %w", r.Digest, err)
		}
	}
	return nil
}

// refuse keeps a refused plan. One that is already kept, and still can be approved,
// stays as it is.
func (c *cycle) refuse(r rules.Refusal) error {
	because, err := encode(r.Because)
	if err != nil {
		return err
	}
	changes, err := encode(r.Changes)
	if err != nil {
		return err
	}
	n, err := c.exec(`INSERT INTO refusal (digest, at, program, move, because, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (digest) DO UPDATE SET at = ?2, because = ?5, changes = ?6
		WHERE at <= ?7 OR EXISTS (SELECT 1 FROM approval a WHERE a.digest = ?1 AND a.used > refusal.at)`,
		r.Digest, stamp(c.At), r.Program, string(r.Move), because, changes, stamp(c.At.Add(-approvable)))
	if err != nil || n == 0 {
		return err
	}
	_, err = c.log(line{at: c.At, kind: LogRefusal, program: r.Program, public: map[string]any{
		"digest": r.Digest, "move": r.Move, "because": r.Because.Code, "changes": len(r.Changes)}, personal: r})
	return err
}
