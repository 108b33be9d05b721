package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/leadfront/leadfront/connector/audit"
)

// ErrRolledBack says that the database is older than its head file, or another one.
var ErrRolledBack = errors.New("the database was rolled back or replaced: it does not hold what its head file says; " +
	"bring back the database that belongs to leadfront.head, or, if an older backup was restored on purpose, " +
	"restore the leadfront.head of the same backup, and remove leadfront.db-wal and leadfront.db-shm before the " +
	"database is copied; where no head fits, `leadfront audit accept-restored` goes on from what is there")

// Keys are the public keys of the log.
func (s *Store) Keys(ctx context.Context) (audit.Ring, error) {
	ring, err := logKeys(ctx, s.reader)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return ring, nil
}

// logKeys are the public keys that the log names.
func logKeys(ctx context.Context, q querier) (audit.Ring, error) {
	named, err := collect(ctx, q, func(rows *sql.Rows) (e audit.Entry, err error) {
		e, leaf, err := scanEntry(rows)
		if err == nil && string(leaf) != string(sum(e)) {
			err = fmt.Errorf("entry %d, which names a key, is not what it hashes to: %w", e.Seq, ErrRolledBack)
		}
		return e, err
	}, `SELECT seq, at, kind, program, target, person, body, commitment, leaf FROM log
		WHERE kind IN (?, ?, ?) ORDER BY seq`, LogKey, LogKeyChanged, LogKeyLost)
	if err != nil {
		return nil, fmt.Errorf("read the keys of the log: %w", err)
	}
	var ring audit.Ring
	for i, e := range named {
		if (e.Kind == LogKey) != (i == 0) || i == 0 && e.Seq != 1 {
			return nil, fmt.Errorf("the log does not begin with its key: %w", ErrRolledBack)
		}
		public, err := audit.PublicOf(e)
		if err != nil {
			return nil, err
		}
		ring = append(ring, audit.RingKey{Public: public, From: e.Seq, Lost: e.Kind == LogKeyLost})
	}
	if len(ring) == 0 {
		return nil, fmt.Errorf("the log does not begin with its key: %w", ErrRolledBack)
	}
	return ring, nil
}

// checkHead compares the head file with the log. The log may be longer: the process
// may have been killed between its commit and the head. It may never be shorter, and
// never say something else at that place.
func (s *Store) checkHead(ctx context.Context, ring audit.Ring) error {
	path := filepath.Join(s.dir, headFile)
	// Before the log is read: beside a running daemon both grow.
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("store: read the head of the log: %w; without it a rolled-back database cannot be told; "+
			"restore the file", err)
	}
	head, err := ring.Head(text)
	if err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	e, leaf, err := entryAt(ctx, s.reader, head.Seq)
	if errors.Is(err, errNoEntry) {
		return fmt.Errorf("store: entry %d of the log is missing: %w", head.Seq, ErrRolledBack)
	}
	if err != nil {
		return fmt.Errorf("store: read entry %d of the log: %w", head.Seq, err)
	}
	if e.Leaf() != head.Leaf || string(leaf) != string(head.Leaf[:]) {
		return fmt.Errorf("store: entry %d of the log is another one: %w", head.Seq, ErrRolledBack)
	}
	s.at = e.At
	return s.readTail(ctx, head)
}

// readTail finds where to append. What follows the head is not signed: it must at
// least be entries that are what they hash to, without gaps.
func (s *Store) readTail(ctx context.Context, head audit.Head) error {
	last := head
	err := eachEntry(ctx, s.reader, head.Seq, func(e audit.Entry, leaf []byte) error {
		if e.Seq != last.Seq+1 || string(leaf) != string(sum(e)) {
			return fmt.Errorf("store: entry %d of the log, behind its head, is not what it hashes to: %w", e.Seq, ErrRolledBack)
		}
		last, s.at = audit.Head{Seq: e.Seq, Leaf: e.Leaf()}, e.At
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: read the end of the log: %w", err)
	}
	s.tail = last
	return nil
}

// keepHead writes the head file, after the commit: written before it, a crash
// between the two would look like a rollback. When it fails the entries are durable
// all the same, and the caller gets an error: nothing may be written to an LMS while
// the log's head cannot be kept.
func (s *Store) keepHead() error {
	text, err := s.key.Sign(s.tail)
	if err == nil {
		err = replaceFile(filepath.Join(s.dir, headFile), text, 0o640)
	}
	if err != nil {
		return fmt.Errorf("the log is kept, but its head file could not be written: %w", err)
	}
	return nil
}

func sum(e audit.Entry) []byte {
	leaf := e.Leaf()
	return leaf[:]
}

// replaceFile puts whole new content in the place of a file, durably.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	aside := path + ".new"
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	if err := os.Rename(aside, path); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	return syncDir(filepath.Dir(path))
}
