package store

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// holds applies what a reading of the LMS says about holds of ours.
func (c *cycle) holds() error {
	for _, u := range c.Holds {
		if err := c.updateHold(u); err != nil {
			return fmt.Errorf("hold %d: %w", u.Hold, err)
		}
	}
	return nil
}

func (c *cycle) updateHold(u rules.HoldUpdate) error {
	h, err := c.openHold(u.Hold)
	if err != nil || h == nil {
		return err
	}
	if u.Seen {
		if err := c.seen(*h, c.At); err != nil {
			return err
		}
	}
	if err := c.noteMissing(*h, u); err != nil {
		return err
	}
	if u.Overridden {
		if err := c.override(*h); err != nil {
			return err
		}
	}
	if u.Close {
		return c.close(*h, c.At, u.Because)
	}
	return nil
}

// openHold returns nil for one that is closed already.
func (t *tx) openHold(id int64) (*rules.Hold, error) {
	h := rules.Hold{ID: id}
	found, err := t.get(`SELECT program, target, row, account, person, seen <> '' FROM hold WHERE id = ? AND closed = ''`,
		[]any{id}, []any{&h.Program, &h.Target, &h.Row, &h.Account, &h.Person, &h.Seen})
	if err != nil || !found {
		return nil, err
	}
	return &h, nil
}

// noteMissing notes that the row is gone, or is there again.
func (c *cycle) noteMissing(h rules.Hold, u rules.HoldUpdate) error {
	since := stamp(c.At)
	if u.Found {
		since = ""
	} else if !u.Missing {
		return nil
	}
	_, err := c.exec(`UPDATE hold SET missing = ? WHERE id = ?`, since, h.ID)
	return err
}

// seen notes that the row was read as suspended, the first time that it was.
func (t *tx) seen(h rules.Hold, at time.Time) error {
	if _, err := t.exec(`UPDATE hold SET ineffective = 0 WHERE id = ?`, h.ID); err != nil {
		return err
	}
	n, err := t.exec(`UPDATE hold SET seen = ? WHERE id = ? AND seen = ''`, stamp(at), h.ID)
	if err != nil || n == 0 {
		return err
	}
	return t.holdLine(LogHoldSeen, h, at, nil)
}

func (t *tx) close(h rules.Hold, at time.Time, because rules.Reason) error {
	why, err := encode(because)
	if err != nil {
		return err
	}
	n, err := t.exec(`UPDATE hold SET closed = ?, because = ? WHERE id = ? AND closed = ''`, stamp(at), why, h.ID)
	if err != nil || n == 0 {
		return err
	}
	return t.holdLine(LogHoldClosed, h, at, []rules.Reason{because})
}

func (c *cycle) override(h rules.Hold) error {
	_, err := c.exec(`INSERT INTO override (program, target, row, person, at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (program, target, row) DO UPDATE SET person = ?4, at = ?5`,
		h.Program, h.Target, h.Row, h.Person, stamp(c.At))
	if err != nil {
		return err
	}
	return c.holdLine(LogOverride, h, c.At, nil)
}

func (t *tx) holdLine(kind string, h rules.Hold, at time.Time, because []rules.Reason) error {
	masked, err := t.masked(because)
	if err != nil {
		return err
	}
	_, err = t.log(line{at: at, kind: kind, program: h.Program, target: h.Target, person: h.Person,
		public:   map[string]any{"hold": h.ID, "because": codes(because)},
		personal: enrolled{Row: h.Row, Account: account{ID: h.Account}, Because: masked}})
	return err
}

// opened opens violations. One that is open, or was resolved and is found resolved
// again, is no news.
func (c *cycle) opened() error {
	for _, v := range c.Opened {
		if err := c.openViolation(v); err != nil {
			return fmt.Errorf("violation %s of %s: %w", v.Kind, v.Person, err)
		}
	}
	return nil
}

func (c *cycle) openViolation(v rules.Violation) error {
	var n int
	_, err := c.get(`SELECT count(*) FROM violation WHERE program = ? AND person = ? AND kind = ? AND subject = ?
		AND (state = 'open' OR (state = 'resolved' AND ?))`,
		[]any{v.Program, v.Person, string(v.Kind), v.Subject, v.Resolved}, []any{&n})
	if err != nil || n > 0 {
		return err
	}
	evidence, err := encode(v.Evidence)
	if err != nil {
		return err
	}
	because, err := encode(v.Because)
	if err != nil {
		return err
	}
	if _, err := c.exec(`INSERT INTO violation (program, person, kind, subject, at, opened, state, evidence, because, again, stable_id)
		VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?)`, v.Program, v.Person, string(v.Kind), v.Subject, stamp(v.At),
		stamp(c.At), evidence, because, v.Again, v.ID()); err != nil {
		return err
	}
	if err := c.violationLine(LogViolationOpened, v, v.Because); err != nil || !v.Resolved {
		return err
	}
	return c.endViolation(rules.Ended{Violation: v, State: resolved})
}

const (
	resolved  = "resolved"
	retracted = "retracted"
)

func (c *cycle) ended() error {
	for _, e := range c.Ended {
		if err := c.endViolation(e); err != nil {
			return fmt.Errorf("end of violation %s of %s: %w", e.Violation.Kind, e.Violation.Person, err)
		}
	}
	return nil
}

func (c *cycle) endViolation(e rules.Ended) error {
	kind := LogViolationResolved
	if e.State == retracted {
		kind = LogViolationRetracted
	}
	v, ending := e.Violation, ""
	var because []rules.Reason
	if e.Because.Code != "" {
		because = []rules.Reason{e.Because}
		text, err := encode(e.Because)
		if err != nil {
			return err
		}
		ending = text
	}
	n, err := c.exec(`UPDATE violation SET state = ?, ended = ?, ending = ? WHERE program = ? AND person = ?
		AND kind = ? AND subject = ? AND state = 'open'`, e.State, stamp(c.At), ending, v.Program, v.Person,
		string(v.Kind), v.Subject)
	if err != nil || n == 0 {
		return err
	}
	return c.violationLine(kind, v, because)
}

func (c *cycle) violationLine(kind string, v rules.Violation, because []rules.Reason) error {
	person := v.Person
	masked, err := c.masked(because)
	if err != nil {
		return err
	}
	v.Because, v.Person = masked, ""
	_, err = c.log(line{at: c.At, kind: kind, program: v.Program, person: person,
		public: map[string]any{"kind": v.Kind, "because": codes(because)}, personal: v})
	return err
}

// replace writes a state of now in the place of the last one, if it differs.
func (s *Store) replace(t *tx, table string, state any, insert func() error) error {
	text, err := encode(state)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text))
	if last, ok := s.cache.states[table]; ok && last == sum {
		return nil
	}
	if _, err := t.exec(`DELETE FROM ` + table); err != nil {
		return err
	}
	t.committed = append(t.committed, func() {
		if s.cache.states == nil {
			s.cache.states = map[string][sha256.Size]byte{}
		}
		s.cache.states[table] = sum
	})
	return insert()
}

func (c *cycle) findings() error {
	for _, f := range c.Findings {
		if _, err := c.exec(`INSERT INTO finding (program, person, code, detail) VALUES (?, ?, ?, ?)`,
			f.Program, f.Person, string(f.Code), f.Detail); err != nil {
			return err
		}
	}
	return nil
}

func (c *cycle) leaders() error {
	for _, l := range c.Leaders {
		if _, err := c.exec(`INSERT INTO leader (program, person, level, reports, waiting, completed, qualified, waived)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, l.Program, l.Person, l.Level, l.Reports, l.Waiting, stamp(l.Completed),
			bit(l.Qualified), bit(l.Waived)); err != nil {
			return fmt.Errorf("leader %s: %w", l.Person, err)
		}
	}
	return nil
}
