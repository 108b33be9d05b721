package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// tx is one writing transaction. It lives for one call of write, which is why it
// may carry that call's context.
type tx struct {
	ctx     context.Context
	sql     *sql.Tx
	prepare map[string]*sql.Stmt
	refs    map[string]string // of people, by HR id
	head    audit.Head        // of the log, with what this transaction added
	at      time.Time         // of that entry
	// committed is done once the transaction is durable, still under the mutex.
	committed []func()
}

// write runs fn in one transaction: all of it is durable when write returns nil,
// and nothing of it has happened when fn fails. The single exception is a head file
// that cannot be written after the commit; see keepHead.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return ErrNotLocked
	}
	raw, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer raw.Rollback()
	t := newTx(ctx, raw, s.tail, s.at)
	if err := fn(t); err != nil {
		return interrupted(ctx, err)
	}
	if err := raw.Commit(); err != nil {
		// It may have been committed all the same: what is cached, and where the log
		// ends, is read again.
		s.cache = cache{}
		return errors.Join(fmt.Errorf("commit: %w", err), s.readTail(context.WithoutCancel(ctx), s.tail))
	}
	for _, f := range t.committed {
		f()
	}
	if t.head == s.tail {
		return nil
	}
	s.tail, s.at = t.head, t.at
	return s.keepHead()
}

// interrupted lets the error of a transaction whose context has ended say so:
// database/sql rolls back beneath it, and what fails then has many words for that.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

func newTx(ctx context.Context, raw *sql.Tx, head audit.Head, at time.Time) *tx {
	return &tx{ctx: ctx, sql: raw, prepare: map[string]*sql.Stmt{}, refs: map[string]string{}, head: head, at: at}
}

// monotone is the instant, or that of the last entry of the log where the clock
// has gone back since: the order of the log and that of its instants agree.
func (t *tx) monotone(at time.Time) time.Time {
	if at.Before(t.at) {
		return t.at
	}
	return plain(at)
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if st, ok := t.prepare[query]; ok {
		return st, nil
	}
	st, err := t.sql.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.prepare[query] = st
	return st, nil
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.run(query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// insert runs a statement and returns the number of the row it made.
func (t *tx) insert(query string, args ...any) (int64, error) {
	r, err := t.run(query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

func (t *tx) run(query string, args ...any) (sql.Result, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(t.ctx, args...)
}

// get scans the only row; found is false where there is none.
func (t *tx) get(query string, args, into []any) (found bool, err error) {
	st, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// lastOf is the number of the last entry of that kind; 0: there is none.
func (t *tx) lastOf(kind string) (seq int64, err error) {
	_, err = t.get(`SELECT coalesce(max(seq), 0) FROM log WHERE kind = ?`, []any{kind}, []any{&seq})
	return seq, err
}

// ref returns the log's reference for a person, and makes one for a new person.
func (t *tx) ref(person string) (string, error) {
	if person == "" {
		return "", nil
	}
	if ref, ok := t.refs[person]; ok {
		return ref, nil
	}
	var ref string
	found, err := t.get(`SELECT ref FROM person WHERE id = ?`, []any{person}, []any{&ref})
	if err != nil {
		return "", err
	}
	if !found {
		drawn, err := audit.Draw(rand.Reader, audit.RefSize)
		if err != nil {
			return "", err
		}
		ref = fmt.Sprintf("%x", drawn)
		if _, err := t.exec(`INSERT INTO person (id, ref) VALUES (?, ?)`, person, ref); err != nil {
			return "", err
		}
	}
	t.refs[person] = ref
	return ref, nil
}

// querier is what a pool and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect reads every row of a query.
func collect[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
