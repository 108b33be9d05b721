//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestTheLockFollowsNoLink: init as root, in a folder that somebody else may write
// to, overwrote whatever file the link named.
func TestTheLockFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	must(t, os.WriteFile(victim, []byte("precious"), 0o600))
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o700))
	must(t, os.Symlink(victim, filepath.Join(data, lockFile)))
	if err := Init(t.Context(), data, time.Now()); err == nil {
		t.Error("a link was taken for the lock")
	}
	text, err := os.ReadFile(victim)
	must(t, err)
	equal(t, "the victim", string(text), "precious")
}

// TestTheLockIsItsOwnersAlone: whoever may open it can hold it, and so keep the
// daemon from starting. One of an older version is narrowed.
func TestTheLockIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), lockFile)
	must(t, os.WriteFile(path, []byte("1234567890\n"), 0o640))
	must(t, os.Chmod(path, 0o666))
	lock, err := acquire(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	equal(t, "permissions", info.Mode().Perm(), os.FileMode(0o600))
	text, err := os.ReadFile(path)
	must(t, err)
	equal(t, "process", strings.TrimSpace(string(text)), strconv.Itoa(os.Getpid()))
	must(t, lock.Close())
}
