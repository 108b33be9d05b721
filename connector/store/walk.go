package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Cursor implements connector.Store.
func (s *Store) Cursor(ctx context.Context, w rules.Walk) (string, error) {
	find := s.besideCursor
	if w.Purpose == rules.Follow {
		find = s.followCursor
	}
	cursor, err := find(ctx, w)
	if err != nil {
		return "", fmt.Errorf("store: find where to go on with source %q: %w", w.Source, err)
	}
	return cursor, nil
}

// followCursor: a first reading that was begun for other contracts starts again.
// Once the source has been read to its end, another contract is for a walk of its
// own to catch up with.
func (s *Store) followCursor(ctx context.Context, w rules.Walk) (string, error) {
	var contract, cursor string
	var through bool
	err := s.reader.QueryRowContext(ctx, `SELECT contract, cursor, through FROM source WHERE name = ?`, w.Source).
		Scan(&contract, &cursor, &through)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !through && contract != w.Digest() {
		return "", nil
	}
	return cursor, err
}

func (s *Store) besideCursor(ctx context.Context, w rules.Walk) (string, error) {
	var contract, cursor string
	err := s.reader.QueryRowContext(ctx, `SELECT contract, cursor FROM walk WHERE source = ? AND purpose = ? AND done = ''`,
		w.Source, string(w.Purpose)).Scan(&contract, &cursor)
	if errors.Is(err, sql.ErrNoRows) || err == nil && contract != w.Digest() {
		return "", nil
	}
	return cursor, err
}

// Begin implements connector.Store.
func (s *Store) Begin(ctx context.Context, w rules.Walk, since, at time.Time) error {
	err := s.write(ctx, func(t *tx) error { return t.begin(w, since, at) })
	if err != nil {
		return fmt.Errorf("store: begin to read source %q again: %w", w.Source, err)
	}
	return nil
}

func (t *tx) begin(w rules.Walk, since, at time.Time) error {
	_, err := t.exec(`INSERT INTO walk (source, purpose, contract, since, cursor, begun) VALUES (?1, ?2, ?3, ?4, '', ?5)
		ON CONFLICT (source, purpose) DO UPDATE SET contract = ?3, since = ?4, cursor = '', begun = ?5, done = '',
			statements = 0, fresh = 0, newest = ''`,
		w.Source, string(w.Purpose), w.Digest(), stamp(since), stamp(at))
	return err
}

// Walks implements connector.Store.
func (s *Store) Walks(ctx context.Context) ([]rules.WalkState, error) {
	all, err := collect(ctx, s.reader, func(rows *sql.Rows) (w rules.WalkState, err error) {
		var since, newest, begun, done moment
		err = rows.Scan(&w.Source, &w.Purpose, &since, &w.Statements, &w.Fresh, &newest, &begun, &done)
		w.Since, w.Newest, w.Begun, w.Done = since.Time, newest.Time, begun.Time, done.Time
		return w, err
	}, `SELECT source, purpose, since, statements, fresh, newest, begun, done FROM walk ORDER BY source, purpose`)
	if err != nil {
		return nil, fmt.Errorf("store: list what is being read again: %w", err)
	}
	return all, nil
}

// progress moves the cursor of the walk, in the transaction of its page.
func (l *learner) progress(page rules.Page) error {
	if _, err := l.exec(`DELETE FROM quarantined WHERE at < ?`, stamp(l.at.Add(-quarantineFor))); err != nil {
		return err
	}
	if err := l.emitters(page); err != nil {
		return err
	}
	if l.walk.Purpose != rules.Follow {
		return l.besides(page)
	}
	return l.follow(page)
}

func (l *learner) follow(page rules.Page) error {
	var through bool
	contract := l.walk.Digest()
	if _, err := l.get(`SELECT through FROM source WHERE name = ?`, []any{l.walk.Source}, []any{&through}); err != nil {
		return err
	}
	read := ""
	if page.Last {
		read = stamp(l.at)
	}
	_, err := l.exec(`INSERT INTO source (name, kind, contract, cursor, through, read) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (name) DO UPDATE SET kind = ?2, cursor = ?4, contract = ?3, through = ?5 OR through,
			read = CASE WHEN ?6 <> '' THEN ?6 ELSE read END`,
		l.walk.Source, string(rules.SourceRecords), contract, page.Cursor, bit(page.Last), read)
	if err != nil || through || !page.Last {
		return err
	}
	return l.histories() // the first reading is everybody's history
}

func (l *learner) besides(page rules.Page) error {
	done := ""
	if page.Last {
		done = stamp(l.at)
	}
	_, err := l.exec(`INSERT INTO walk (source, purpose, contract, since, cursor, statements, fresh, newest, begun, done)
		VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (source, purpose) DO UPDATE SET cursor = ?4, done = ?9,
			statements = ?5 + CASE WHEN contract = ?3 AND done = '' THEN statements ELSE 0 END,
			fresh = ?6 + CASE WHEN contract = ?3 AND done = '' THEN fresh ELSE 0 END,
			begun = CASE WHEN contract = ?3 AND done = '' THEN begun ELSE ?8 END,
			newest = CASE WHEN ?7 > newest THEN ?7 ELSE newest END, contract = ?3`,
		l.walk.Source, string(l.walk.Purpose), l.walk.Digest(), page.Cursor, page.Statements, len(l.fresh),
		stamp(page.Newest), stamp(l.at), done)
	if err != nil || !page.Last || l.walk.Purpose != rules.CatchUp {
		return err
	}
	return l.histories()
}

// histories notes that the history of the walk's programmes has been read to its
// end, for their contracts.
func (l *learner) histories() error {
	for program, contract := range l.walk.Contracts {
		if _, err := l.exec(`INSERT INTO history (source, program, contract, read) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (source, program) DO UPDATE SET contract = ?3, read = ?4`,
			l.walk.Source, program, contract, stamp(l.at)); err != nil {
			return err
		}
	}
	return nil
}

// maxEmitters bounds who is remembered of one source: an LRS that lets everybody
// vouch for themselves would fill the table.
const maxEmitters = 100

func (l *learner) emitters(page rules.Page) error {
	for name, newest := range page.Emitters {
		if _, err := l.exec(`INSERT INTO emitter (source, emitter, newest)
			SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM emitter WHERE source = ?1) < ?4
				OR EXISTS (SELECT 1 FROM emitter WHERE source = ?1 AND emitter = ?2)
			ON CONFLICT (source, emitter) DO UPDATE SET newest = ?3 WHERE newest < ?3`,
			l.walk.Source, name, stamp(newest), maxEmitters); err != nil {
			return err
		}
	}
	return nil
}

// Emitter is who vouches for statements of a source.
type Emitter struct {
	Source, Name string
	Newest       time.Time // stored of the last one
}

// Emitters returns who vouches for the statements of the sources, the longest
// silent first.
func (s *Store) Emitters(ctx context.Context) ([]Emitter, error) {
	all, err := readEmitters(ctx, s.reader)
	if err != nil {
		return nil, fmt.Errorf("store: list the emitters: %w", err)
	}
	return all, nil
}

func readEmitters(ctx context.Context, q querier) ([]Emitter, error) {
	return collect(ctx, q, func(rows *sql.Rows) (e Emitter, err error) {
		var newest moment
		err = rows.Scan(&e.Source, &e.Name, &newest)
		e.Newest = newest.Time
		return e, err
	}, `SELECT source, emitter, newest FROM emitter ORDER BY newest`)
}

// History implements connector.Store.
func (s *Store) History(ctx context.Context, source string) (map[string]string, error) {
	all, err := readHistories(ctx, s.reader)
	if err != nil {
		return nil, fmt.Errorf("store: read which contracts source %q was read for: %w", source, err)
	}
	return all[source], nil
}

// readHistories gives the contracts by source and programme.
func readHistories(ctx context.Context, q querier) (map[string]map[string]string, error) {
	type row struct{ source, program, contract string }
	rows, err := collect(ctx, q, func(rows *sql.Rows) (h row, err error) {
		return h, rows.Scan(&h.source, &h.program, &h.contract)
	}, `SELECT source, program, contract FROM history`)
	all := map[string]map[string]string{}
	for _, h := range rows {
		if all[h.source] == nil {
			all[h.source] = map[string]string{}
		}
		all[h.source][h.program] = h.contract
	}
	return all, err
}

// histories gives the sources the contracts for which they were read.
func (r reading) histories() error {
	all, err := readHistories(r.ctx, r.q)
	for i := range r.f.Sources {
		r.f.Sources[i].History = all[r.f.Sources[i].Name]
	}
	return err
}

// maxUnreadable bounds the findings about statements that cannot be read.
const maxUnreadable = 20

// unreadable are the findings about statements in quarantine, one per problem.
func (r reading) unreadable() error {
	all, err := collect(r.ctx, r.q, func(rows *sql.Rows) (f rules.Finding, err error) {
		var source, problem string
		var n int
		err = rows.Scan(&source, &problem, &n)
		return rules.Finding{Code: rules.CodeMalformedStatement, Detail: fmt.Sprintf("%d in %s: %s", n, source, problem)}, err
	}, `SELECT source, problem, count(*) AS n FROM quarantined GROUP BY source, problem ORDER BY n DESC, source, problem LIMIT ?`, maxUnreadable)
	r.f.Noted = append(r.f.Noted, all...)
	return err
}
