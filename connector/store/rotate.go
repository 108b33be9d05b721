package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// Rotation is a change of the key that signs the log.
type Rotation struct {
	KeyFile string // where the key is; empty: leadfront.key in the folder
	// Out is where the next key is written, for a key that is kept elsewhere and that
	// this program may not replace; empty: in the place of the present one.
	Out string
	// Lost: the present key is gone, and nobody can vouch for the next one.
	Lost       bool
	By, Reason string
	At         time.Time
}

// Rotate makes the log go on with another key. An entry names it, and the last thing
// that the present key signs is the checkpoint that ends with this entry. Killed at
// any moment, the next start either knows nothing of it or brings it to its end. No
// other process may hold the lock.
func Rotate(ctx context.Context, dir string, r Rotation) (err error) {
	s, err := Open(ctx, dir, Options{KeyFile: r.KeyFile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if r.Lost {
		err = s.lockWithoutKey(ctx)
	} else {
		err = s.Lock(ctx)
	}
	if err != nil {
		return err
	}
	return s.rotate(ctx, r)
}

// ErrNotLost says that the key is there.
var ErrNotLost = errors.New("the key that the log goes on with is there: it need not be replaced unvouched for")

// lockWithoutKey takes the lock for a store whose key is gone.
func (s *Store) lockWithoutKey(ctx context.Context) error {
	ring, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	for _, path := range []string{s.keyFile, next(s.keyFile)} {
		if key, err := loadKey(path); err == nil && ring.Last().Equal(key.Public()) {
			return fmt.Errorf("store: %s: %w", path, ErrNotLost)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lock, err := acquire(filepath.Join(s.dir, lockFile))
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(ctx, s.writer), s.checkHead(ctx, ring)); err != nil {
		return errors.Join(err, lock.Close())
	}
	s.lock = lock
	return nil
}

func (s *Store) rotate(ctx context.Context, r Rotation) error {
	origin, err := s.Origin(ctx)
	if err != nil {
		return err
	}
	place := next(s.keyFile)
	if r.Out != "" {
		place = r.Out
		if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("store: %s is there already: name a file that is not", place)
		}
	}
	key, err := makeKey(place)
	if err != nil {
		return err
	}
	if err := s.write(ctx, func(t *tx) error { return t.rotate(s, key, origin, r) }); err != nil {
		return fmt.Errorf("store: change the key of the log: %w", err)
	}
	if r.Out != "" {
		return writePublic(s.dir, key)
	}
	return s.install(key)
}

// rotate names the next key, under the signature of the present one. What comes
// after is signed by the next.
func (t *tx) rotate(s *Store, key audit.Key, origin string, r Rotation) error {
	body, err := audit.NewKeyBody(key)
	if err != nil {
		return err
	}
	kind, signs := LogKeyChanged, s.key
	if r.Lost {
		kind, signs = LogKeyLost, key
	}
	if _, err := t.log(line{at: r.At, kind: kind, public: body, personal: why{By: r.By, Reason: r.Reason}}); err != nil {
		return err
	}
	if _, err := t.checkpoint(signs, origin, r.At); err != nil {
		return err
	}
	t.committed = append(t.committed, func() { s.key = key })
	return nil
}

// lostKey is what has to be known of a log whose key was lost.
func lostKey(from int64) string {
	return fmt.Sprintf("the key was lost and replaced at entry %d: nothing but the log itself says that this was so. "+
		"Compare what lies before with checkpoints that were kept outside", from)
}
