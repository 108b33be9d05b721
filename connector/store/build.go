package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// build makes the files of a new store in a folder of its own.
func build(ctx context.Context, dir string, key audit.Key, at time.Time) (err error) {
	if err := writePublic(dir, key); err != nil {
		return err
	}
	path := filepath.Join(dir, dbFile)
	// Made here for its mode: SQLite gives its -wal and -shm the same. The group may
	// read, which is how an auditor gets in.
	if err := replaceFile(path, nil, 0o640); err != nil {
		return err
	}
	db, err := open(path, create)
	if err != nil {
		return err
	}
	s := &Store{dir: dir, writer: db, key: key}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := migrate(ctx, db); err != nil {
		return err
	}
	return s.begin(ctx, at)
}

// begin writes the first entry.
func (s *Store) begin(ctx context.Context, at time.Time) error {
	raw, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer raw.Rollback()
	t := newTx(ctx, raw, audit.Head{}, time.Time{})
	body, err := audit.NewKeyBody(s.key)
	if err != nil {
		return err
	}
	if _, err := t.log(line{at: at, kind: LogKey, public: body}); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return err
	}
	s.tail, s.at = t.head, t.at
	return s.keepHead()
}

// writePublic writes the public half, for auditors to take.
func writePublic(dir string, key audit.Key) error {
	public, err := key.PublicPEM()
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, pubFile), public, 0o644)
}

// syncDir makes renames in the folder durable. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
