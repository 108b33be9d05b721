package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// ErrNotRestored says that the head fits the database, so that there is nothing to
// accept.
var ErrNotRestored = errors.New("the head file fits the database: it was not rolled back, nothing was changed")

// AcceptRestored goes on with a database that is older than its head file, or has
// none: an entry says by whom and why, and what the head had said. The log itself
// has to verify. What lay behind its end is lost; checkpoints that have left the
// machine will name it for ever.
func AcceptRestored(ctx context.Context, dir, keyFile, by, reason string, at time.Time) (err error) {
	s, err := Open(ctx, dir, Options{Unchecked: true})
	if err != nil {
		return err
	}
	v, err := s.Verify(ctx, VerifyOptions{})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if err := restorable(v); err != nil {
		return fmt.Errorf("store: %s: %w", dir, err)
	}
	s = &Store{dir: dir, keyFile: keyPath(dir, keyFile)}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.lock, err = acquire(filepath.Join(dir, lockFile)); err != nil {
		return err
	}
	if err := s.connect(filepath.Join(dir, dbFile)); err != nil {
		return fmt.Errorf("store: open %s: %w", dir, err)
	}
	return s.goOn(ctx, by, reason, at)
}

// restorable is an error unless a rolled-back end is all that is wrong.
func restorable(v *Verification) error {
	rolledBack := false
	for _, p := range v.Problems {
		switch p.Kind {
		case ProblemTail, ProblemHead:
			rolledBack = true
		case ProblemForked: // by the head alone: it speaks of the way that was given up
			if p.Seq == 0 || len(v.Problems) > 1 {
				return fmt.Errorf("the log does not verify: %s", p.Text)
			}
			rolledBack = true
		default:
			return fmt.Errorf("the log does not verify: %s", p.Text)
		}
	}
	if !rolledBack {
		return ErrNotRestored
	}
	return nil
}

// goOn writes the entry and the head.
func (s *Store) goOn(ctx context.Context, by, reason string, at time.Time) error {
	if err := s.readKey(); err != nil {
		return err
	}
	ring, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	if err := s.fits(ring); err != nil {
		return err
	}
	was := map[string]any{"head": 0}
	if text, err := os.ReadFile(filepath.Join(s.dir, headFile)); err == nil {
		if head, err := ring.Head(text); err == nil {
			was = map[string]any{"head": head.Seq, "leaf": head.Leaf.String()}
		}
	}
	if err := s.readTail(ctx, audit.Head{}); err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.log(line{at: at, kind: LogRestored, public: was, personal: why{By: by, Reason: reason}})
		return err
	})
}
