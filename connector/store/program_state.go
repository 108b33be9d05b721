package store

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// gatesOpened reads which gates of cohorts were opened.
func (r reading) gatesOpened() (err error) {
	r.f.Gates, err = collect(r.ctx, r.q, func(rows *sql.Rows) (g rules.Gate, err error) {
		var at moment
		err = rows.Scan(&g.Program, &g.Unit, &at)
		g.At = at.Time
		return g, err
	}, `SELECT program, unit, opened FROM gate ORDER BY program, unit`)
	return err
}

func (r reading) attests() (err error) {
	r.f.Attests, err = collect(r.ctx, r.q, func(rows *sql.Rows) (a rules.Attest, err error) {
		var done, at moment
		err = rows.Scan(&a.ID, &a.Program, &a.Person, &done, &a.By, &a.Reason, &at)
		a.Done, a.At = done.Time, at.Time
		return a, err
	}, `SELECT id, program, person, done, attested_by, reason, at FROM attest ORDER BY id`)
	return err
}

// gates remembers those that this cycle has opened.
func (c *cycle) gates() error {
	for _, g := range c.Gates {
		n, err := c.exec(`INSERT INTO gate (program, unit, opened) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			g.Program, g.Unit, stamp(g.At))
		if err == nil && n > 0 {
			_, err = c.log(line{at: c.At, kind: LogGateOpened, program: g.Program, public: map[string]any{"unit": g.Unit}})
		}
		if err != nil {
			return fmt.Errorf("gate of %s %s: %w", g.Program, g.Unit, err)
		}
	}
	return nil
}

func (c *cycle) requirements() error {
	for _, l := range c.Leaders {
		for _, r := range l.Requirements {
			statements, err := encode(r.Statements)
			if err != nil {
				return err
			}
			if _, err := c.exec(`INSERT INTO requirement (program, person, name, met, statements, witness) VALUES (?, ?, ?, ?, ?, ?)`,
				l.Program, l.Person, r.Name, stamp(r.At), statements, r.By); err != nil {
				return fmt.Errorf("requirement %s of leader %s: %w", r.Name, l.Person, err)
			}
		}
	}
	return nil
}

func (c *cycle) useCases() error {
	for i := range c.UseCases {
		u := &c.UseCases[i]
		body, err := encode(u)
		if err != nil {
			return err
		}
		if _, err := c.exec(`INSERT INTO use_case (program, statement, author, level, at, state, counts, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, u.Program, u.Statement, u.Author, u.Level, stamp(u.At), string(u.State),
			bit(u.Counts), body); err != nil {
			return fmt.Errorf("use case %s: %w", u.Statement, err)
		}
	}
	return nil
}

// attest keeps somebody's word that a person has completed the course.
func (p performer) attest() (string, error) {
	a := p.act
	if a.Done.IsZero() || a.Done.After(p.at) {
		return no("say when the course was completed, a day or instant that has passed: --done DATE"), nil
	}
	if answer, err := p.unknownProgram(); answer != "" || err != nil {
		return answer, err
	}
	var present bool
	found, err := p.get(`SELECT present FROM person WHERE id = ?`, []any{a.Person}, []any{&present})
	if err != nil {
		return "", err
	}
	if !found || !present {
		return no("person %q is not in the organisation that rules; the HR id is wanted, `leadfront explain` shows it", a.Person), nil
	}
	id, err := p.insert(`INSERT INTO attest (program, person, done, attested_by, reason, at) VALUES (?, ?, ?, ?, ?, ?)`,
		a.Program, a.Person, stamp(a.Done), a.By, a.Reason, stamp(p.at))
	if err != nil {
		return "", err
	}
	_, err = p.log(line{at: p.at, kind: LogAttested, program: a.Program, person: a.Person,
		public: map[string]any{"attest": id, "done": stamp(a.Done)}, personal: p.why(nil)})
	return fmt.Sprintf("attested: %s completed the course of %s on %s", a.Person, a.Program, stamp(a.Done)), err
}

// disown gives up the holds of a person without a write: what is suspended stays so,
// and is nobody's of ours.
func (p performer) disown() (string, error) {
	holds, err := collect(p.ctx, p.sql, func(rows *sql.Rows) (h rules.Hold, err error) {
		return h, rows.Scan(&h.ID, &h.Program, &h.Target, &h.Row, &h.Account, &h.Person)
	}, `SELECT id, program, target, row, account, person FROM hold
		WHERE closed = '' AND person = ? AND (program = ? OR ? = '') ORDER BY id`, p.act.Person, p.act.Program, p.act.Program)
	if err != nil {
		return "", err
	}
	if len(holds) == 0 {
		return no("no hold of leadfront's is in place on person %q; the HR id is wanted", p.act.Person), nil
	}
	var targets []string
	for _, h := range holds {
		if err := p.close(h, p.at, rules.Reason{Code: rules.CodeDisowned}); err != nil {
			return "", err
		}
		if _, err := p.log(line{at: p.at, kind: LogDisowned, program: h.Program, target: h.Target, person: h.Person,
			public: map[string]any{"hold": h.ID}, personal: p.why(nil)}); err != nil {
			return "", err
		}
		targets = append(targets, h.Target)
	}
	return fmt.Sprintf("the hold on %s in %s is no longer leadfront's; nothing was written, the enrolment stays as it is",
		p.act.Person, strings.Join(targets, ", ")), nil
}
