package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// window is what the guard counts over, and approvable how long a refused plan can
// be approved.
const (
	window     = 24 * time.Hour
	approvable = 24 * time.Hour
)

// Facts implements connector.Store. It gives what the store knows: everything but
// Now, Mode and what is read from the LMS, and the sources without their limits.
// All of it is of one moment.
func (s *Store) Facts(ctx context.Context, now time.Time) (rules.Facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return rules.Facts{}, fmt.Errorf("store: read the facts: %w", err)
	}
	defer raw.Rollback()
	f := rules.Facts{Now: now}
	r := reading{ctx: ctx, q: raw, now: now, f: &f}
	for _, step := range []func() error{
		func() error { return s.history(ctx, raw, &f) }, r.sources, r.histories, r.unreadable, r.standings, r.waivers, r.attests, r.gatesOpened, r.holds, r.overrides,
		r.latches, r.pauses, r.policy, r.decided, r.violations, r.totals, r.approvals,
	} {
		if err := step(); err != nil {
			return rules.Facts{}, fmt.Errorf("store: read the facts: %w", interrupted(ctx, err))
		}
	}
	return f, nil
}

// history gives evidence and organisations, out of memory in the process that holds
// the lock.
func (s *Store) history(ctx context.Context, q querier, f *rules.Facts) (err error) {
	if s.lock == nil {
		if f.Evidence, err = readEvidence(ctx, q); err != nil {
			return err
		}
		f.Snapshots, err = acceptedSnapshots(ctx, q)
		return err
	}
	if err := s.cache.loadEvidence(ctx, q); err != nil {
		return err
	}
	if s.cache.snapshots == nil {
		if s.cache.snapshots, err = acceptedSnapshots(ctx, q); err != nil {
			return err
		}
	}
	// Clipped: what is learnt later is appended behind them.
	f.Evidence, f.Snapshots = slices.Clip(s.cache.evidence), slices.Clip(s.cache.snapshots)
	return nil
}

// reading fills facts from one transaction.
type reading struct {
	ctx context.Context
	q   querier
	now time.Time
	f   *rules.Facts
}

func (r reading) sources() (err error) {
	r.f.Sources, err = collect(r.ctx, r.q, func(rows *sql.Rows) (s rules.Source, err error) {
		var read moment
		err = rows.Scan(&s.Name, &s.Kind, &read, &s.Through)
		s.Read = read.Time
		return s, err
	}, `SELECT name, kind, read, through FROM source ORDER BY name`)
	return err
}

func (r reading) standings() (err error) {
	r.f.Standings, err = collect(r.ctx, r.q, func(rows *sql.Rows) (s rules.Standing, err error) {
		var started, released moment
		err = rows.Scan(&s.Program, &s.Person, &started, &s.StartBy, &released)
		s.Started, s.Released = started.Time, released.Time
		return s, err
	}, `SELECT program, person, started, start_by, released FROM standing`)
	return err
}

func (r reading) waivers() (err error) {
	r.f.Waivers, err = readWaivers(r.ctx, r.q)
	return err
}

func readWaivers(ctx context.Context, q querier) ([]rules.Waiver, error) {
	return collect(ctx, q, func(rows *sql.Rows) (w rules.Waiver, err error) {
		var from, expires, revoked moment
		err = rows.Scan(&w.ID, &w.Kind, &w.Program, &w.Person, &w.Reason, &w.By, &from, &expires, &revoked)
		w.From, w.Expires, w.Revoked = from.Time, expires.Time, revoked.Time
		return w, err
	}, `SELECT id, kind, program, person, reason, granted_by, starts, expires, revoked FROM waiver ORDER BY id`)
}

func (r reading) holds() (err error) {
	r.f.Holds, err = collect(r.ctx, r.q, func(rows *sql.Rows) (h rules.Hold, err error) {
		var at, missing moment
		err = rows.Scan(&h.ID, &h.Program, &h.Target, &h.Row, &h.Account, &h.Person, &at, &h.Intent, &h.Seen, &h.Ineffective,
			&h.Sent, &missing, &h.Releasing)
		h.Intended, h.Missing = at.Time, missing.Time
		return h, err
	}, `SELECT id, program, target, row, account, person, intended, intent, seen <> '', ineffective, sent, missing,
		EXISTS (SELECT 1 FROM change c WHERE c.hold = hold.id AND c.move = ? AND c.result IN ('', ?))
		FROM hold WHERE closed = '' ORDER BY id`, string(rules.MoveRelease), string(rules.Unknown))
	return err
}

func (r reading) overrides() (err error) {
	r.f.Overrides, err = collect(r.ctx, r.q, func(rows *sql.Rows) (o rules.Override, err error) {
		var at moment
		err = rows.Scan(&o.Program, &o.Target, &o.Row, &o.Person, &at)
		o.At = at.Time
		return o, err
	}, `SELECT program, target, row, person, at FROM override`)
	return err
}

func (r reading) latches() (err error) {
	if r.f.Paused, err = pausedPrograms(r.ctx, r.q); err != nil {
		return err
	}
	r.f.Enforced, err = names(r.ctx, r.q, `SELECT id FROM program WHERE enforced <> ''`)
	return err
}

// pauses are read from the log, which alone remembers those that are over.
func (r reading) pauses() error {
	type entry struct {
		program, kind string
		at            moment
	}
	all, err := collect(r.ctx, r.q, func(rows *sql.Rows) (e entry, err error) {
		return e, rows.Scan(&e.program, &e.kind, &e.at)
	}, `SELECT program, kind, at FROM log WHERE kind IN (?, ?) ORDER BY seq`, LogPaused, LogResumed)
	last := map[string]int{} // by program: its place
	for _, e := range all {
		if e.kind == LogPaused {
			last[e.program] = len(r.f.Pauses)
			r.f.Pauses = append(r.f.Pauses, rules.Pause{Program: e.program, From: e.at.Time})
		} else if i, ok := last[e.program]; ok && r.f.Pauses[i].To.IsZero() {
			r.f.Pauses[i].To = e.at.Time
		}
	}
	return err
}

// Paused implements connector.Store.
func (s *Store) Paused(ctx context.Context) (map[string]bool, error) {
	paused, err := pausedPrograms(ctx, s.reader)
	if err != nil {
		return nil, fmt.Errorf("store: read which programmes are paused: %w", err)
	}
	return paused, nil
}

func pausedPrograms(ctx context.Context, q querier) (map[string]bool, error) {
	return names(ctx, q, `SELECT id FROM program WHERE paused <> ''
		UNION SELECT program FROM request WHERE done = '' AND kind = ?`, string(rules.ActReleaseAll))
}

func names(ctx context.Context, q querier, query string, args ...any) (map[string]bool, error) {
	all, err := collect(ctx, q, func(rows *sql.Rows) (name string, err error) {
		return name, rows.Scan(&name)
	}, query, args...)
	set := make(map[string]bool, len(all))
	for _, name := range all {
		set[name] = true
	}
	return set, err
}

// policy is what decides by the configuration that rules, and since when that is so:
// another mode or interval decides nothing.
func (r reading) policy() error {
	_, err := collect(r.ctx, r.q, func(rows *sql.Rows) (since moment, err error) {
		err = rows.Scan(&r.f.Policy, &since)
		r.f.PolicySince = since.Time
		return since, err
	}, `SELECT c.decides, (SELECT min(s.at) FROM configuration s WHERE s.id > coalesce(
			(SELECT max(o.id) FROM configuration o WHERE o.decides <> c.decides), 0))
		FROM configuration c ORDER BY c.id DESC LIMIT 1`)
	return err
}

func (r reading) decided() (err error) {
	because, waits := alike[[]rules.Reason]{}, alike[[]string]{}
	r.f.Decided, err = collect(r.ctx, r.q, func(rows *sql.Rows) (d rules.Decided, err error) {
		var why, whom string
		var since, waited moment
		if err := rows.Scan(&d.Program, &d.Person, &d.Verdict, &d.Row, &why, &whom, &since, &waited); err != nil {
			return d, err
		}
		d.At, d.Waited = since.Time, waited.Time
		if d.Because, err = because.parse(why); err != nil {
			return d, err
		}
		d.Waits, err = waits.parse(whom)
		return d, err
	}, `SELECT program, person, verdict, row, because, waits, since, waited FROM decision`)
	return err
}

func (r reading) violations() (err error) {
	r.f.Open, err = collect(r.ctx, r.q, func(rows *sql.Rows) (v rules.Violation, err error) {
		var at moment
		var evidence jsonText[[]string]
		var because jsonText[[]rules.Reason]
		err = rows.Scan(&v.Program, &v.Person, &v.Kind, &v.Subject, &at, &evidence, &because, &v.Again)
		v.At, v.Evidence, v.Because = at.Time, evidence.v, because.v
		return v, err
	}, `SELECT program, person, kind, subject, at, evidence, because, again FROM violation WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return err
	}
	r.f.Over, err = collect(r.ctx, r.q, func(rows *sql.Rows) (k rules.ViolationKey, err error) {
		return k, rows.Scan(&k.Program, &k.Person, &k.Kind, &k.Subject)
	}, `SELECT program, person, kind, subject FROM violation WHERE state = 'resolved'`)
	return err
}

// totals counts rows of enrolments, not attempts: what is sent again because its
// answer was lost is one change.
func (r reading) totals() (err error) {
	r.f.Totals, err = collect(r.ctx, r.q, func(rows *sql.Rows) (t rules.Total, err error) {
		return t, rows.Scan(&t.Program, &t.Move, &t.Cause, &t.Count)
	}, `SELECT program, move, cause, count(*) FROM (
			SELECT DISTINCT program, move, cause, target, row FROM change WHERE at > ?
			AND (approved = '' OR approved IN (SELECT digest FROM approval WHERE part = 1)))
		GROUP BY program, move, cause`, stamp(r.now.Add(-window)))
	return err
}

func (r reading) approvals() (err error) {
	r.f.Approvals, err = collect(r.ctx, r.q, func(rows *sql.Rows) (a rules.Approval, err error) {
		var at, expires moment
		var changes jsonText[[]rules.ChangeKey]
		err = rows.Scan(&a.Digest, &a.Part, &changes, &a.By, &a.Reason, &at, &expires)
		a.Changes, a.At, a.Expires = changes.v, at.Time, expires.Time
		return a, err
	}, `SELECT digest, part, changes, approved_by, reason, at, expires FROM approval WHERE used = '' AND expires > ?
		ORDER BY at, digest`, stamp(r.now))
	if err != nil {
		return err
	}
	r.f.Refused, err = collect(r.ctx, r.q, func(rows *sql.Rows) (digest string, err error) {
		return digest, rows.Scan(&digest)
	}, `SELECT r.digest `+stillRefused, stamp(r.now.Add(-approvable)))
	return err
}
