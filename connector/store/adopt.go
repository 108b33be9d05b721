package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Adoption takes over from a lost database what its log said and the LMS confirms.
type Adoption struct {
	Recovered        // Holds are only those whose rows read as suspended now
	Export    string // names the export: its file name and its SHA-256
	By        string
	Reason    string
}

// Adopt makes the holds ours again, in one transaction, each with an entry, and keeps
// who must never be held again and whose row somebody re-activated. A hold that is
// open here already is left as it is. It needs the lock.
func (s *Store) Adopt(ctx context.Context, a Adoption, at time.Time) (adopted int, err error) {
	err = s.write(ctx, func(t *tx) error {
		for _, standing := range a.Standings {
			if err := t.noteStanding(standing, at); err != nil {
				return err
			}
		}
		for _, o := range a.Overrides {
			if _, err := t.exec(`INSERT INTO override (program, target, row, person, at) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (program, target, row) DO NOTHING`, o.Program, o.Target, o.Row, o.Person, stamp(o.At)); err != nil {
				return err
			}
		}
		for _, h := range a.Holds {
			fresh, err := t.adopt(h, a, at)
			if err != nil {
				return fmt.Errorf("the hold on enrolment %s in %s: %w", h.Row, h.Target, err)
			}
			if fresh {
				adopted++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: adopt what %s says: %w", a.Export, err)
	}
	return adopted, nil
}

func (t *tx) adopt(h rules.Hold, a Adoption, at time.Time) (fresh bool, err error) {
	there, err := t.get(`SELECT 1 FROM hold WHERE program = ? AND target = ? AND row = ? AND closed = ''`,
		[]any{h.Program, h.Target, h.Row}, []any{new(int)})
	if err != nil || there {
		return false, err
	}
	seq, err := t.log(line{at: at, kind: LogAdopted, program: h.Program, target: h.Target, person: h.Person,
		public: map[string]any{"intent": h.Intent, "at": stamp(h.Intended)},
		personal: adopted{enrolled: enrolled{Row: h.Row, Account: account{ID: h.Account}},
			why: why{a.By, a.Reason, map[string]string{"export": a.Export}}}})
	if err != nil {
		return false, err
	}
	_, err = t.exec(`INSERT INTO hold (program, target, row, account, person, intended, intent, seen, sent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`, h.Program, h.Target, h.Row, h.Account, h.Person, stamp(h.Intended), seq, stamp(at))
	return true, err
}

// adopted is the personal part of an adoption.
type adopted struct {
	enrolled
	why
}
