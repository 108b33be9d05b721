package store

import (
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// standings only ever gain: the first start and the first release stay.
func (c *cycle) standings() error {
	for _, s := range c.Standings {
		if err := c.noteStanding(s, c.At); err != nil {
			return err
		}
	}
	return nil
}

// noteStanding keeps what is new of a standing, and logs it.
func (t *tx) noteStanding(s rules.Standing, at time.Time) error {
	news, err := t.keepStanding(s)
	if err != nil || !news {
		return err
	}
	_, err = t.log(line{at: at, kind: LogStanding, program: s.Program, person: s.Person,
		public:   map[string]string{"started": stamp(s.Started), "released": stamp(s.Released)},
		personal: map[string]string{"statement": s.StartBy}})
	return err
}

func (t *tx) keepStanding(s rules.Standing) (news bool, err error) {
	n, err := t.exec(`INSERT INTO standing (program, person, started, start_by, released) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (program, person) DO UPDATE SET
			start_by = CASE WHEN ?3 <> '' AND (started = '' OR ?3 < started) THEN ?4 ELSE start_by END,
			started = CASE WHEN ?3 <> '' AND (started = '' OR ?3 < started) THEN ?3 ELSE started END,
			released = CASE WHEN ?5 <> '' AND (released = '' OR ?5 < released) THEN ?5 ELSE released END
		WHERE ?3 <> '' AND (started = '' OR ?3 < started) OR ?5 <> '' AND (released = '' OR ?5 < released)`,
		s.Program, s.Person, stamp(s.Started), s.StartBy, stamp(s.Released))
	if err != nil {
		return false, fmt.Errorf("standing of %s: %w", s.Person, err)
	}
	return n > 0, nil
}
