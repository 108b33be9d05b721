package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// RefusedPlan is a plan that the guard did not let through and that can still be
// approved.
type RefusedPlan struct {
	rules.Refusal
	At       time.Time // when it was refused
	Expires  time.Time // when it can no longer be approved
	Approved bool      // and not used yet
}

// Refused returns the refused plans of the last 24 hours, oldest first, without
// those whose approval was used.
func (s *Store) Refused(ctx context.Context, now time.Time) ([]RefusedPlan, error) {
	all, err := refusedPlans(ctx, s.reader, now)
	if err != nil {
		return nil, fmt.Errorf("store: list the refused plans: %w", err)
	}
	return all, nil
}

// stillRefused selects the plans that can be approved: of the last 24 hours, and
// without those whose approval was used since.
const stillRefused = `FROM refusal r LEFT JOIN approval a ON a.digest = r.digest
	WHERE r.at > ?1 AND (a.digest IS NULL OR a.used = '' OR a.used_seq <= r.seq) ORDER BY r.at, r.digest`

func refusedPlans(ctx context.Context, q querier, now time.Time) ([]RefusedPlan, error) {
	all, err := collect(ctx, q, func(rows *sql.Rows) (p RefusedPlan, err error) {
		var at moment
		var because jsonText[rules.Reason]
		err = rows.Scan(&p.Digest, &at, &p.Program, &p.Move, &because, &p.Approved)
		p.At, p.Expires, p.Because = at.Time, at.Add(approvable), because.v
		return p, err
	}, `SELECT r.digest, r.at, r.program, r.move, r.because, a.digest IS NOT NULL AND a.used = '' AND a.expires > ?2 `+
		stillRefused, stamp(now.Add(-approvable)), stamp(now))
	for i := range all {
		if err == nil {
			all[i].Changes, err = refusedChanges(ctx, q, all[i].Digest)
		}
	}
	return all, err
}

// Waivers returns all waivers ever granted, oldest first.
func (s *Store) Waivers(ctx context.Context) ([]rules.Waiver, error) {
	all, err := readWaivers(ctx, s.reader)
	if err != nil {
		return nil, fmt.Errorf("store: list the waivers: %w", err)
	}
	return all, nil
}

// Unreadable is a statement in quarantine.
type Unreadable struct {
	rules.Quarantined
	Source string
	At     time.Time
}

// Quarantined returns the statements that could not be read in the last 30 days,
// newest first, at most limit.
func (s *Store) Quarantined(ctx context.Context, limit int) ([]Unreadable, error) {
	all, err := collect(ctx, s.reader, func(rows *sql.Rows) (u Unreadable, err error) {
		var at moment
		err = rows.Scan(&u.Source, &u.Statement, &u.Problem, &u.Raw, &at)
		u.At = at.Time
		return u, err
	}, `SELECT source, statement, problem, raw, at FROM quarantined ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list the statements in quarantine: %w", err)
	}
	return all, nil
}

// Findings returns the findings of the last cycle.
func (s *Store) Findings(ctx context.Context) ([]rules.Finding, error) {
	all, err := collect(ctx, s.reader, func(rows *sql.Rows) (f rules.Finding, err error) {
		return f, rows.Scan(&f.Program, &f.Person, &f.Code, &f.Detail)
	}, `SELECT program, person, code, detail FROM finding ORDER BY rowid`)
	if err != nil {
		return nil, fmt.Errorf("store: list the findings: %w", err)
	}
	return all, nil
}

// Configuration is what the log keeps of a configuration.
type Configuration struct {
	Hash     string   // hex, of what Redacted says
	Decides  string   // digest of what of it decides: rules.Policy.Decides
	Redacted string   // without secrets
	Programs []string // ids; what release-all and waive know programmes by
}

// Config logs the configuration, once per change. It has to be called before acts
// are performed, so that they know which programmes there are.
func (s *Store) Config(ctx context.Context, c Configuration, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		var last string
		if _, err := t.get(`SELECT hash FROM configuration ORDER BY id DESC LIMIT 1`, nil, []any{&last}); err != nil || last == c.Hash {
			return err
		}
		programs, err := encode(c.Programs)
		if err != nil {
			return err
		}
		id, err := t.insert(`INSERT INTO configuration (at, hash, decides, programs, redacted) VALUES (?, ?, ?, ?, ?)`,
			stamp(at), c.Hash, c.Decides, programs, c.Redacted)
		if err != nil {
			return err
		}
		// The text names people: tops, placeholders, paths. So would its hash, to
		// somebody who guesses.
		_, err = t.log(line{at: at, kind: LogConfig, public: map[string]any{"configuration": id, "programs": c.Programs},
			personal: c.Redacted})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: log the configuration: %w", err)
	}
	return nil
}

// Figures are sizes for the metrics.
type Figures struct {
	LogEntries  int64
	Evidence    int64
	Conflicts   int64 // statement ids that came with two contents
	Quarantined int64 // statements that could not be read
	Requests    int64 // acts that wait
	DBBytes     int64
	WALBytes    int64 // grows while a reader keeps a transaction open
}

// Figures returns the sizes of now.
func (s *Store) Figures(ctx context.Context) (Figures, error) {
	var f Figures
	err := s.reader.QueryRowContext(ctx, `SELECT (SELECT max(seq) FROM log), (SELECT count(*) FROM evidence),
		(SELECT count(*) FROM evidence_conflict), (SELECT count(*) FROM quarantined),
		(SELECT count(*) FROM request WHERE done = '')`).
		Scan(&f.LogEntries, &f.Evidence, &f.Conflicts, &f.Quarantined, &f.Requests)
	if err == nil {
		f.DBBytes, err = size(filepath.Join(s.dir, dbFile))
	}
	if err == nil {
		f.WALBytes, err = size(filepath.Join(s.dir, dbFile+"-wal"))
	}
	if err != nil {
		return Figures{}, fmt.Errorf("store: measure the store: %w", err)
	}
	return f, nil
}

func size(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
