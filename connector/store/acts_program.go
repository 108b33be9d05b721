package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

func (p performer) waive() (string, error) {
	a := p.act
	if a.Waiver != rules.MayStart && a.Waiver != rules.NeedNotLead {
		return no("a waiver is %s or %s, not %q", rules.MayStart, rules.NeedNotLead, a.Waiver), nil
	}
	if !a.Expires.After(p.at) {
		return no("a waiver needs an expiry that lies ahead: --until DATE"), nil
	}
	if answer, err := p.unknownProgram(); answer != "" || err != nil {
		return answer, err
	}
	var present bool
	found, err := p.get(`SELECT present FROM person WHERE id = ?`, []any{a.Person}, []any{&present})
	if err != nil {
		return "", err
	}
	// A cohort goes on waiting for a leader whose row HR has lost; this is the way out.
	if !found || !present && a.Waiver != rules.NeedNotLead {
		return no("person %q is not in the organisation that rules; the HR id is wanted, `leadfront explain` shows it", a.Person), nil
	}
	id, err := p.insert(`INSERT INTO waiver (kind, program, person, reason, granted_by, starts, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, string(a.Waiver), a.Program, a.Person, a.Reason, a.By, stamp(p.at), stamp(a.Expires))
	if err != nil {
		return "", err
	}
	_, err = p.log(line{at: p.at, kind: LogWaiverAdded, program: a.Program, person: a.Person,
		public: map[string]any{"waiver": id, "kind": a.Waiver, "expires": stamp(a.Expires)}, personal: p.why(nil)})
	answer := fmt.Sprintf("waiver %d: %s for %s in %s until %s", id, a.Waiver, a.Person, a.Program, stamp(a.Expires))
	if a.Waiver == rules.MayStart {
		answer += "; whoever was released by it stays clear afterwards"
	}
	return answer, err
}

func (p performer) revoke() (string, error) {
	var program, person string
	var revoked moment
	found, err := p.get(`SELECT program, person, revoked FROM waiver WHERE id = ?`, []any{p.act.Number},
		[]any{&program, &person, &revoked})
	if err != nil {
		return "", err
	}
	if !found {
		return no("there is no waiver %d", p.act.Number), nil
	}
	if !revoked.IsZero() {
		return no("waiver %d was revoked on %s", p.act.Number, stamp(revoked.Time)), nil
	}
	if _, err := p.exec(`UPDATE waiver SET revoked = ? WHERE id = ?`, stamp(p.at), p.act.Number); err != nil {
		return "", err
	}
	_, err = p.log(line{at: p.at, kind: LogWaiverRevoked, program: program, person: person,
		public: map[string]any{"waiver": p.act.Number}, personal: p.why(nil)})
	return fmt.Sprintf("waiver %d is revoked", p.act.Number), err
}

// pause latches the programme; lifting the holds is the work of the cycles.
func (p performer) pause() (string, error) {
	if answer, err := p.unknownProgram(); answer != "" || err != nil {
		return answer, err
	}
	n, err := p.exec(`INSERT INTO program (id, paused) VALUES (?1, ?2)
		ON CONFLICT (id) DO UPDATE SET paused = ?2 WHERE paused = ''`, p.act.Program, stamp(p.at))
	if err != nil {
		return "", err
	}
	if n == 0 {
		return no("programme %s is paused already; its holds are being lifted", p.act.Program), nil
	}
	open, err := p.releaseHeld()
	if err != nil {
		return "", err
	}
	_, err = p.log(line{at: p.at, kind: LogPaused, program: p.act.Program,
		public: map[string]any{"holds": open}, personal: p.why(nil)})
	return fmt.Sprintf("programme %s is paused; the next cycles lift its %d holds. `leadfront resume` ends the pause",
		p.act.Program, open), err
}

// resume ends a pause. The first holds after it ask for approval again.
// releaseHeld has whoever is on hold in the programme stand as released, at once:
// a resume before the LMS could be reached leaves nobody behind.
func (p performer) releaseHeld() (open int, err error) {
	people, err := collect(p.ctx, p.sql, func(rows *sql.Rows) (who string, err error) {
		return who, rows.Scan(&who)
	}, `SELECT person FROM hold WHERE program = ? AND closed = ''`, p.act.Program)
	for _, who := range people {
		if err == nil && who != "" {
			err = p.noteStanding(rules.Standing{Program: p.act.Program, Person: who, Released: p.at}, p.at)
		}
	}
	return len(people), err
}

func (p performer) resume() (string, error) {
	n, err := p.exec(`UPDATE program SET paused = '', enforced = '' WHERE id = ? AND paused <> ''`, p.act.Program)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return no("programme %q is not paused", p.act.Program), nil
	}
	_, err = p.log(line{at: p.at, kind: LogResumed, program: p.act.Program, public: struct{}{}, personal: p.why(nil)})
	return fmt.Sprintf("programme %s goes on; whoever was released stays clear, and new holds ask for approval first",
		p.act.Program), err
}

// unknownProgram answers for a programme that is neither in the configuration that
// was logged last nor has anything here.
func (p performer) unknownProgram() (string, error) {
	known, err := p.programs()
	if err != nil || slices.Contains(known, p.act.Program) {
		return "", err
	}
	if len(known) == 0 {
		return no("there is no programme %q; no configuration was loaded yet", p.act.Program), nil
	}
	return no("there is no programme %q; there are: %s", p.act.Program, strings.Join(known, ", ")), nil
}

func (p performer) programs() ([]string, error) {
	var configured jsonText[[]string]
	if _, err := p.get(`SELECT programs FROM configuration ORDER BY id DESC LIMIT 1`, nil, []any{&configured}); err != nil {
		return nil, err
	}
	here, err := names(p.ctx, p.sql, `SELECT id FROM program UNION SELECT program FROM hold WHERE closed = ''`)
	for _, name := range configured.v {
		here[name] = true
	}
	all := make([]string, 0, len(here))
	for name := range here {
		all = append(all, name)
	}
	slices.Sort(all)
	return all, err
}

// backfill has the records read again. The reading is the work of the cycles.
func (p performer) backfill() (string, error) {
	if answer, err := p.unknownProgram(); answer != "" || err != nil {
		return answer, err
	}
	sources, err := collect(p.ctx, p.sql, func(rows *sql.Rows) (name string, err error) {
		return name, rows.Scan(&name)
	}, `SELECT name FROM source WHERE kind = ? ORDER BY name`, string(rules.SourceRecords))
	if err != nil {
		return "", err
	}
	if len(sources) == 0 {
		return no("no record source has been read yet; the first reading begins at the beginning"), nil
	}
	for _, name := range sources {
		if err := p.begin(rules.Walk{Source: name, Purpose: rules.Backfill}, p.act.Since, p.at); err != nil {
			return "", err
		}
	}
	_, err = p.log(line{at: p.at, kind: LogBackfill, program: p.act.Program,
		public: map[string]any{"since": stamp(p.act.Since), "sources": sources}, personal: p.why(nil)})
	from := "the beginning"
	if !p.act.Since.IsZero() {
		from = stamp(p.act.Since)
	}
	return fmt.Sprintf("%s will be read again from %s", strings.Join(sources, ", "), from), err
}
