package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/leadfront/leadfront/connector/audit"
)

const (
	dbFile   = "leadfront.db"
	ownKey   = "leadfront.key"
	pubFile  = "leadfront.pub"
	headFile = "leadfront.head"
	lockFile = "leadfront.lock"
)

// ErrNone says that there is no store in the folder.
var ErrNone = errors.New("there is no store here; make one with `leadfront init`")

// ErrExists says that there is a store in the folder already.
var ErrExists = errors.New("there is a store here already; it was left alone")

// Options says how a store is opened.
type Options struct {
	// ReadOnly opens the database without any right to write it: for reading
	// commands beside a daemon, also under a user who may only read the files.
	ReadOnly bool
	// Unchecked opens for reading also what was rolled back or tampered with: for
	// whoever wants to know what is wrong with it.
	Unchecked bool
	// KeyFile is the key that signs; empty: leadfront.key in the folder.
	KeyFile string
}

// Store is one open store. Its methods may be called from several goroutines. It
// implements connector.Store; the methods that write need the Lock, but for
// Request.
type Store struct {
	dir       string
	keyFile   string
	readOnly  bool
	unchecked bool
	writer    *sql.DB // one connection; nil when opened for reading
	reader    *sql.DB

	mu    sync.Mutex // one writing method at a time; guards what follows
	lock  *flock.Flock
	key   audit.Key
	tail  audit.Head // of the log as this process left it
	at    time.Time  // of that entry
	cache cache
}

// Init makes a store in the folder: database, key, and the public key as the first
// entry of the log. It returns ErrExists, and changes nothing, where there is one.
func Init(ctx context.Context, dir string, at time.Time) error { return InitWithKey(ctx, dir, "", at) }

// InitWithKey is Init with the key in a file of its own: one that is there is taken,
// otherwise it is made. Empty: leadfront.key in the folder.
func InitWithKey(ctx context.Context, dir, keyFile string, at time.Time) (err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("store: make the folder: %w", err)
	}
	lock, err := acquire(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := empty(dir); err != nil {
		return err
	}
	// Made aside and moved, the database last: a store is there whole or not at all.
	aside, err := os.MkdirTemp(dir, ".init-")
	if err != nil {
		return fmt.Errorf("store: make the store: %w", err)
	}
	defer os.RemoveAll(aside)
	files := []string{pubFile, headFile, dbFile}
	if keyFile == "" {
		files = append([]string{ownKey}, files...)
	}
	key, err := firstKey(keyPath(aside, keyFile))
	if err != nil {
		return err
	}
	if err := build(ctx, aside, key, at); err != nil {
		return fmt.Errorf("store: make the store: %w", err)
	}
	for _, name := range files {
		if err := os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("store: make the store: %w", err)
		}
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("store: make the store: %w", err)
	}
	// Once opened, the WAL files are there, and an auditor can read from now on.
	s, err := Open(ctx, dir, Options{KeyFile: keyFile})
	if err != nil {
		return err
	}
	return s.Close()
}

// empty is an error where there is a store, or what is left of one.
func empty(dir string) error {
	var left []string
	for _, name := range []string{dbFile, ownKey, pubFile, headFile, dbFile + "-wal", dbFile + "-shm"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			left = append(left, name)
		}
	}
	switch {
	case len(left) == 0:
		return nil
	case left[0] == dbFile:
		return fmt.Errorf("store: %s: %w", filepath.Join(dir, dbFile), ErrExists)
	}
	return fmt.Errorf("store: %s has no %s, but what is left of a store: %s; restore the database, or remove these files first",
		dir, dbFile, strings.Join(left, ", "))
}

// Open opens the store in the folder. It refuses where there is none (ErrNone),
// where the database is newer than this program (ErrNewer), and where an older
// database was put back (ErrRolledBack). An older schema is brought up to date, but
// not when opened for reading.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	path := filepath.Join(dir, dbFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("store: %s: %w", dir, ErrNone)
	} else if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{dir: dir, keyFile: keyPath(dir, o.KeyFile), readOnly: o.ReadOnly || o.Unchecked, unchecked: o.Unchecked}
	if err := s.connect(path); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	if err := s.inspect(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(path string) (err error) {
	if s.reader, err = open(path, read); err != nil || s.readOnly {
		return err
	}
	s.writer, err = open(path, write)
	return err
}

// inspect looks at the store before anybody relies on it.
func (s *Store) inspect(ctx context.Context) error {
	if s.writer != nil {
		// First of all, so that the WAL files stay whoever closes last.
		if err := s.writer.PingContext(ctx); err != nil {
			return fmt.Errorf("store: open %s for writing: %w", filepath.Join(s.dir, dbFile), err)
		}
	}
	have, want, err := version(ctx, s.reader)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if have < want && s.readOnly {
		return fmt.Errorf("store: the database has schema %d and this program reads %d; "+
			"start the daemon of this version first", have, want)
	}
	if have < want {
		return nil // Lock migrates and then checks the head.
	}
	if s.unchecked {
		return nil
	}
	ring, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	return s.checkHead(ctx, ring)
}

// Close lets go of the store and of the lock. What was acknowledged is durable
// without it.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	// Last, because only the last connection of all moves the WAL into the database,
	// and only one that may write can.
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}
