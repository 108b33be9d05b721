package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
	"github.com/leadfront/leadfront/connector/audit"
)

// LockedError says that another process runs the cycles of this store.
type LockedError struct {
	Path string
	PID  int // 0: it did not say
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("%s already runs the cycles of this store (lock %s)", who, e.Path)
}

// ErrNotLocked says that a method that writes was called without the Lock.
var ErrNotLocked = errors.New("the store is not locked by this process")

// Lock makes this process the one that writes. It does not wait: it returns a
// *LockedError while another one is, and nil when it has the lock already. The lock lasts until Close or the end of the
// process, however that comes.
func (s *Store) Lock(ctx context.Context) error {
	if s.readOnly {
		return errors.New("store: a store that was opened for reading cannot be locked")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock != nil {
		return nil
	}
	// A separate file: SQLite has locks of its own on the database. The object is
	// kept in the Store because a file that is garbage-collected is unlocked.
	lock, err := acquire(filepath.Join(s.dir, lockFile))
	if err != nil {
		return err
	}
	if err := s.become(ctx); err != nil {
		return errors.Join(err, lock.Close())
	}
	s.lock = lock
	return nil
}

// Locked reports whether this Store holds the lock.
func (s *Store) Locked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lock != nil
}

// become does what only the holder of the lock may do at its start.
func (s *Store) become(ctx context.Context) error {
	text, err := os.ReadFile(filepath.Join(s.dir, keyFile))
	if err != nil {
		return fmt.Errorf("store: read the signing key: %w", err)
	}
	if s.key, err = audit.ParseKey(text); err != nil {
		return fmt.Errorf("store: %s: %w", filepath.Join(s.dir, keyFile), err)
	}
	if err := migrate(ctx, s.writer); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	public, err := s.publicKey(ctx)
	if err != nil {
		return err
	}
	if !public.Equal(s.key.Public()) {
		return fmt.Errorf("store: %s is not the key that this log began with; restore the right one",
			filepath.Join(s.dir, keyFile))
	}
	if err := s.checkHead(ctx, public); err != nil {
		return err
	}
	// A head that cannot be written is found now, before anything is logged.
	return s.keepHead()
}

func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetPermissions(0o640))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("store: lock %s: %w", path, err)
	}
	if !got {
		_ = lock.Close()
		return nil, &LockedError{Path: path, PID: holder(path)}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o640); err != nil {
		return nil, errors.Join(fmt.Errorf("store: write %s: %w", path, err), lock.Close())
	}
	return lock, nil
}

func holder(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
