package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

// eraser destroys what is known of one person. The log stays as it is: what it
// commits to is destroyed with its salts, and the reference that it names the person
// by leads to a pseudonym.
type eraser struct {
	performer
	who, ref, pseudonym string
	entries, evidence   int64
	rows                int64
}

// erase is for people who have left: of whoever HR still names, the next reading
// would bring everything back, and an open hold would have lost its person.
func (p performer) erase() (string, error) {
	e := &eraser{performer: p, who: p.act.Person}
	var present bool
	found, err := p.get(`SELECT ref, present FROM person WHERE id = ?`, []any{e.who}, []any{&e.ref, &present})
	if err != nil {
		return "", err
	}
	if !found {
		return no("nothing is known of person %q; the HR id is wanted, `leadfront explain` shows it", e.who), nil
	}
	if present {
		return no("person %q is in the organisation that rules: the next reading of HR would bring everything back. Erase after they have left", e.who), nil
	}
	if answer, err := e.stillNeeded(); answer != "" || err != nil {
		return answer, err
	}
	drawn, err := audit.Draw(rand.Reader, 6)
	if err != nil {
		return "", err
	}
	e.pseudonym = fmt.Sprintf("erased-%x", drawn)
	for _, step := range []func() error{e.statements, e.shown, e.content, e.org, e.mentions, e.states, e.requests, e.mapping} {
		if err := step(); err != nil {
			return "", err
		}
	}
	if _, err := p.log(line{at: p.at, kind: LogErased, person: e.pseudonym, personal: p.why(nil),
		public: map[string]any{"entries": e.entries, "evidence": e.evidence, "rows": e.rows}}); err != nil {
		return "", err
	}
	return fmt.Sprintf("erased: %s stands for the person from now on; the personal part of %d entries and %d rows of evidence are gone",
		e.pseudonym, e.entries, e.evidence), nil
}

// stillNeeded answers where something that is going on needs the person.
func (e *eraser) stillNeeded() (string, error) {
	var holds, reports int
	_, err := e.get(`SELECT (SELECT count(*) FROM hold WHERE person = ?1 AND closed = ''),
		(SELECT count(*) FROM person WHERE manager = ?1 AND present)`, []any{e.who}, []any{&holds, &reports})
	switch {
	case err != nil:
		return "", err
	case holds > 0:
		return no("person %q is still on hold in %d enrolments: release them first", e.who, holds), nil
	case reports > 0:
		return no("%d people in the organisation that rules still have %q as their manager: correct that in HR first", reports, e.who), nil
	}
	return "", nil
}

// statements destroys the evidence, and who it was about.
func (e *eraser) statements() (err error) {
	for _, id := range e.act.Actors {
		if _, err = e.exec(`DELETE FROM log_personal WHERE seq IN (SELECT l.seq FROM log l JOIN log_personal c ON c.seq = l.seq
			WHERE l.kind = ? AND json_extract(c.content, '$.statement') IN (SELECT statement FROM evidence WHERE actor = ?))`,
			LogConflict, id); err != nil {
			return err
		}
		if _, err = e.exec(`DELETE FROM evidence_conflict WHERE (source, statement) IN
			(SELECT source, statement FROM evidence WHERE actor = ?)`, id); err != nil {
			return err
		}
		n, err := e.exec(`DELETE FROM evidence WHERE actor = ?`, id)
		if err != nil {
			return err
		}
		e.evidence += n
		if _, err := e.exec(`DELETE FROM actor WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM evidence WHERE authority = ?1)`, id); err != nil {
			return err
		}
	}
	// Statements that could not be read may be anybody's.
	_, err = e.exec(`DELETE FROM quarantined WHERE EXISTS (SELECT 1 FROM person p WHERE p.id = ? AND p.email <> ''
		AND instr(lower(CAST(raw AS TEXT)), lower(p.email)) > 0)`, e.who)
	return err
}

// shown destroys what platforms have shown of the person's accounts.
func (e *eraser) shown() (err error) {
	e.rows, err = e.exec(`DELETE FROM enrolment WHERE
		json_extract(body, '$.Account.IDNumber') = ?1
		OR EXISTS (SELECT 1 FROM person p WHERE p.id = ?1 AND p.email <> '' AND lower(p.email) = lower(json_extract(body, '$.Account.Email')))
		OR EXISTS (SELECT 1 FROM change c WHERE c.person = ?1 AND c.target = enrolment.target AND (c.row = enrolment.row
			OR json_extract(c.account, '$.ID') = json_extract(body, '$.Account.ID')))`, e.who)
	return err
}

// content destroys what the log commits to in the entries about the person.
func (e *eraser) content() (err error) {
	e.entries, err = e.exec(`DELETE FROM log_personal WHERE seq IN (SELECT seq FROM log WHERE person = ?)`, e.ref)
	return err
}

// org leaves of the person in earlier organisations what those need to be an
// organisation: who led whom, and when.
func (e *eraser) org() error {
	type state struct {
		id   int64
		body jsonText[rules.Person]
	}
	all, err := collect(e.ctx, e.sql, func(rows *sql.Rows) (s state, err error) {
		return s, rows.Scan(&s.id, &s.body)
	}, `SELECT id, body FROM person_state WHERE person = ?1 OR json_extract(body, '$.manager') = ?1`, e.who)
	if err != nil {
		return err
	}
	for _, s := range all {
		was := s.body.v
		now := was
		if was.ID == e.who {
			now = rules.Person{ID: e.pseudonym, Manager: was.Manager, Status: was.Status, Department: was.Department}
		}
		if now.Manager == e.who {
			now.Manager = e.pseudonym
		}
		text, err := encode(now)
		if err != nil {
			return err
		}
		hash := audit.Row(fmt.Sprint(s.id), text) // two states may have become alike
		if _, err := e.exec(`UPDATE person_state SET hash = ?, person = ?, body = ? WHERE id = ?`, hash[:], now.ID, text, s.id); err != nil {
			return err
		}
	}
	return nil
}

// mapping makes the pseudonym the one whom the reference of the log stands for.
func (e *eraser) mapping() error {
	_, err := e.exec(`UPDATE person SET id = ?, name = '', email = '', manager = '', department = '', status = '' WHERE id = ?`,
		e.pseudonym, e.who)
	delete(e.refs, e.who)
	if err == nil {
		_, err = e.exec(`UPDATE person SET manager = ? WHERE manager = ?`, e.pseudonym, e.who)
	}
	return err
}

// wipe makes sure that what was erased is in no file any more: the WAL still has it
// until it is truncated, which a reader can hold up. The answer says which.
func (s *Store) wipe(ctx context.Context, request int64, answer string) (string, error) {
	s.mu.Lock()
	s.cache = cache{}
	var busy, pages, moved int
	err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	s.mu.Unlock()
	if err != nil {
		return "", fmt.Errorf("empty the WAL file after the erasure: %w", err)
	}
	if busy == 0 {
		return answer, nil
	}
	answer += ". NOT YET out of the -wal file: somebody keeps the database open for reading; end that and stop the daemon once"
	if request == 0 {
		return answer, nil
	}
	return answer, s.write(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE request SET answer = ? WHERE id = ?`, answer, request)
		return err
	})
}
