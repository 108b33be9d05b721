package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/leadfront/leadfront/connector/audit"
)

// keyPath is where the key that signs is: beside the database unless told otherwise.
func keyPath(dir, told string) string {
	if told == "" {
		return filepath.Join(dir, ownKey)
	}
	return told
}

// next is where the next key waits until the log has named it.
func next(keyPath string) string { return keyPath + ".next" }

// firstKey takes the key that is in the file, or makes one.
func firstKey(path string) (audit.Key, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	return makeKey(path)
}

// makeKey makes a key in a file that only its owner reads.
func makeKey(path string) (audit.Key, error) {
	key, err := audit.NewKey(rand.Reader)
	if err != nil {
		return audit.Key{}, fmt.Errorf("store: %w", err)
	}
	text, err := key.PrivatePEM()
	if err == nil {
		err = replaceFile(path, text, 0o600)
	}
	if err != nil {
		return audit.Key{}, fmt.Errorf("store: write the signing key: %w", err)
	}
	return key, nil
}

func loadKey(path string) (audit.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return audit.Key{}, fmt.Errorf("store: read the signing key: %w", err)
	}
	key, err := audit.ParseKey(text)
	if err != nil {
		return audit.Key{}, fmt.Errorf("store: %s: %w", path, err)
	}
	return key, nil
}

// readKey reads the key that signs.
func (s *Store) readKey() (err error) {
	s.key, err = loadKey(s.keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; bring it back from where a copy is kept. A credential of systemd is handed to the service alone: "+
			"leave the work to the daemon, or run the command by systemd-run --pty --property=LoadCredential=… "+
			"Where it is lost for good: `leadfront audit rotate-key --lost`", err)
	}
	return err
}

// fits checks that the key is the one that the log goes on with. A change of keys
// that was killed after the log had named the next one is brought to its end.
func (s *Store) fits(ring audit.Ring) error {
	if ring.Last().Equal(s.key.Public()) {
		return nil
	}
	waiting, err := loadKey(next(s.keyFile))
	if err != nil || !ring.Last().Equal(waiting.Public()) {
		return fmt.Errorf("store: %s is not the key that the log goes on with since its entry %d; put that one there",
			s.keyFile, ring[len(ring)-1].From)
	}
	return s.install(waiting)
}

// install puts the key that waits in the place of the one before, which is gone then.
func (s *Store) install(key audit.Key) error {
	s.key = key
	err := os.Rename(next(s.keyFile), s.keyFile)
	if err == nil {
		err = syncDir(filepath.Dir(s.keyFile))
	}
	if err == nil {
		err = writePublic(s.dir, key)
	}
	if err != nil {
		return fmt.Errorf("store: put the next key in its place: %w", err)
	}
	return nil
}
