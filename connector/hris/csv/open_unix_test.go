//go:build unix

package csv_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris/csv"
)

// orgWithin reads the file, in a time in which it cannot be waiting for anybody.
func orgWithin(t *testing.T, c csv.Config) error {
	t.Helper()
	source, err := csv.New(c, nil, later)
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() { _, err := source.Org(context.Background()); read <- err }()
	select {
	case err := <-read:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting after 10 s")
		return nil
	}
}

// TestFIFOsAreRefused: whoever opens one waits for its writer, beyond the reach of
// any context, so that the daemon could not even be stopped.
func TestFIFOsAreRefused(t *testing.T) {
	for _, marker := range []string{"", "sha256", "done"} {
		c := smallConfig()
		c.Marker, c.Path = marker, filepath.Join(t.TempDir(), "people.csv")
		fifo := c.Path
		if marker != "" {
			write(t, c.Path, small)
			fifo += "." + marker
		}
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
		ahead := time.Now().Add(time.Minute)
		if err := os.Chtimes(fifo, ahead, ahead); err != nil {
			t.Fatal(err)
		}
		if err := orgWithin(t, c); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("marker %q: %v", marker, err)
		}
	}
}
