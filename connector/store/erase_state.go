package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// scrub is what is left of a row of a state about somebody who was erased; the
// person becomes the pseudonym. Tables that are not named here lose the row.
var scrub = []struct{ table, set string }{
	{"decision", `because = '[]', waits = '[]'`},
	{"standing", `start_by = ''`},
	{"hold", `row = ?1, account = '', because = ''`},
	{"change", `row = ?1, account = '{}', because = '[]', error = ''`},
	{"violation", `subject = 'erased-' || id, evidence = '[]', because = '[]', ending = '', stable_id = ''`},
	{"waiver", `reason = ''`},
	{"attest", `reason = ''`},
	{"leader", `completed = ''`},
	{"requirement", `statements = '[]'`},
	{"override", ``}, {"finding", ``}, {"refused", ``}, {"outbox", ``}, {"notice", ``},
}

// states gives the person's rows the pseudonym, and drops what would tell them.
func (e *eraser) states() error {
	if err := e.allKnown(); err != nil {
		return err
	}
	for _, s := range scrub {
		var err error
		if s.set == "" {
			_, err = e.exec(`DELETE FROM `+s.table+` WHERE person = ?`, e.who)
		} else {
			_, err = e.exec(`UPDATE `+s.table+` SET person = ?1, `+s.set+` WHERE person = ?2`, e.pseudonym, e.who)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", s.table, err)
		}
	}
	if _, err := e.exec(`UPDATE outbox SET looked = '', note = '' WHERE looked = ?`, e.who); err != nil {
		return err
	}
	_, err := e.exec(`DELETE FROM use_case WHERE author = ?`, e.who)
	return err
}

// allKnown fails when a later schema has a table about people that nobody has taught
// to be erased.
func (e *eraser) allKnown() error {
	tables, err := names(e.ctx, e.sql, `SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.name = 'person'`)
	for name := range tables {
		known := slices.ContainsFunc(scrub, func(s struct{ table, set string }) bool { return s.table == name })
		if err == nil && !known && !slices.Contains([]string{"log", "person_state"}, name) {
			err = fmt.Errorf("this version does not know how to erase somebody from table %s", name)
		}
	}
	return err
}

// mentioned are the columns in which others' rows name people.
var mentioned = []struct{ table, column string }{
	{"decision", "because"}, {"decision", "waits"}, {"change", "because"},
	{"violation", "because"}, {"violation", "ending"}, {"hold", "because"},
}

// mentions puts the pseudonym where others' rows name the person.
func (e *eraser) mentions() error {
	quoted, err := encode(e.who)
	if err != nil {
		return err
	}
	for _, m := range mentioned {
		texts, err := collect(e.ctx, e.sql, func(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) },
			`SELECT DISTINCT `+m.column+` FROM `+m.table+` WHERE instr(`+m.column+`, ?) > 0`, quoted)
		if err != nil {
			return err
		}
		for _, text := range texts {
			now, err := e.renamed(text)
			if err != nil {
				return fmt.Errorf("column %s of %s: %w", m.column, m.table, err)
			}
			if _, err := e.exec(`UPDATE `+m.table+` SET `+m.column+` = ? WHERE `+m.column+` = ?`, now, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// renamed is the JSON of a reason, of reasons or of ids with the pseudonym.
func (e *eraser) renamed(text string) (string, error) {
	rename := func(id *string) {
		if *id == e.who {
			*id = e.pseudonym
		}
	}
	if strings.HasPrefix(text, "{") {
		var one jsonText[rules.Reason]
		err := one.Scan(text)
		rename(&one.v.Person)
		if err != nil {
			return "", err
		}
		return encode(one.v)
	}
	var ids jsonText[[]string]
	if ids.Scan(text) == nil {
		for i := range ids.v {
			rename(&ids.v[i])
		}
		return encode(ids.v)
	}
	var list jsonText[[]rules.Reason]
	err := list.Scan(text)
	for i := range list.v {
		rename(&list.v[i].Person)
	}
	if err != nil {
		return "", err
	}
	return encode(list.v)
}

// requests forgets what operators have asked for about the person.
func (e *eraser) requests() error {
	_, err := e.exec(`UPDATE request SET act = '{}', answer = CASE WHEN id = ?1 THEN answer ELSE '' END
		WHERE id = ?1 OR json_extract(act, '$.person') = ?2`, e.act.ID, e.who)
	return err
}

// Trace is what an erasure has to find: the person as HR has ever given them, the
// accounts that were ever written to, and all identifiers in the evidence.
type Trace struct {
	People   []rules.Person
	Accounts []rules.Account
	Actors   map[int64]rules.Actor
}

// Trace collects what is known of a person, who has to be in the store.
func (s *Store) Trace(ctx context.Context, person string) (t Trace, err error) {
	t.People, err = collect(ctx, s.reader, func(rows *sql.Rows) (rules.Person, error) {
		var body jsonText[rules.Person]
		err := rows.Scan(&body)
		return body.v, err
	}, `SELECT body FROM person_state WHERE person = ? ORDER BY id`, person)
	if err == nil {
		t.Accounts, err = collect(ctx, s.reader, func(rows *sql.Rows) (rules.Account, error) {
			var account jsonText[rules.Account]
			err := rows.Scan(&account)
			return account.v, err
		}, `SELECT DISTINCT account FROM change WHERE person = ?`, person)
	}
	if err == nil {
		t.Actors, err = readActors(ctx, s.reader)
	}
	if err != nil {
		return t, fmt.Errorf("store: collect what is known of person %s: %w", person, err)
	}
	return t, nil
}
