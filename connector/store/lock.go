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

// Derive makes a key of 32 bytes for another purpose out of the signing key, the same
// one each time. It needs the Lock.
func (s *Store) Derive(purpose string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return nil, fmt.Errorf("store: derive a key: %w", ErrNotLocked)
	}
	key, err := s.key.Derive(purpose)
	if err != nil {
		return nil, fmt.Errorf("store: derive a key: %w", err)
	}
	return key, nil
}

// become does what only the holder of the lock may do at its start.
func (s *Store) become(ctx context.Context) error {
	if err := s.readKey(); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	ring, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	if err := s.fits(ring); err != nil {
		return err
	}
	if err := s.checkHead(ctx, ring); err != nil {
		return err
	}
	// A head that cannot be written is found now, before anything is logged.
	return s.keepHead()
}

// acquire takes the lock file, which its owner alone may open: whoever can open it
// can hold it.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("store: lock %s: %w", path, err)
	}
	if !got {
		_ = lock.Close()
		return nil, &LockedError{Path: path, PID: holder(path)}
	}
	if err := sign(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("store: write %s: %w", path, err), lock.Close())
	}
	return lock, nil
}

// sign writes down whose the lock is, in the very file that is locked.
func sign(lock *flock.Flock) (err error) {
	f, err := os.OpenFile(lock.Path(), os.O_WRONLY|noFollow, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	held, err := lock.Stat()
	if err != nil {
		return err
	}
	if here, err := f.Stat(); err != nil || !os.SameFile(held, here) {
		return errors.Join(errors.New("it is no longer the file that was locked"), err)
	}
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	pid := []byte(strconv.Itoa(os.Getpid()) + "\n")
	if _, err := f.WriteAt(pid, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(pid)))
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
