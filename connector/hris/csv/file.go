package csv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrUnsettled means that the file may still be in the making: try again later.
var ErrUnsettled = errors.New("the file may still be in the making")

const (
	markerSHA256 = "sha256"
	markerDone   = "done"
	rowsMark     = "{rows}"
	chunk        = 1 << 20
)

type rawFile struct {
	path     string // or address
	data     []byte
	modified time.Time
}

// newest returns the file of the pattern that was changed last; of equally old
// ones the last by name.
func newest(pattern string) (string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		return pattern, nil
	}
	files, err := filepath.Glob(pattern)
	if err != nil {
		return "", fmt.Errorf("is not a pattern: %w", err)
	}
	best, at := "", time.Time{}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return "", fmt.Errorf("cannot be found: %w", err)
		}
		if info.Mode().IsRegular() && !info.ModTime().Before(at) {
			best, at = f, info.ModTime()
		}
	}
	if best == "" {
		return "", errors.New("matches no file: has HR exported one?")
	}
	return best, nil
}

// readSettled reads the file when it has been unchanged for long enough, and
// looks again afterwards, because a copy that keeps the old date of its original
// grows while it is being read.
func readSettled(ctx context.Context, c *Config, now time.Time) (rawFile, error) {
	f, before, err := openRegular(c.Path)
	if err != nil {
		return rawFile{}, err
	}
	defer f.Close()
	if err := settled(before, c, now); err != nil {
		return rawFile{}, err
	}
	data, err := readAll(ctx, f, c.MaxBytes)
	if err != nil {
		return rawFile{}, err
	}
	after, err := os.Stat(c.Path)
	if err != nil {
		return rawFile{}, fmt.Errorf("went away while it was read: %w", err)
	}
	size := int64(len(data))
	if !os.SameFile(before, after) || before.Size() != size || after.Size() != size || !after.ModTime().Equal(before.ModTime()) {
		return rawFile{}, fmt.Errorf("%w: it changed while it was read", ErrUnsettled)
	}
	return rawFile{c.Path, data, after.ModTime()}, checkMarker(ctx, c, data, after.ModTime())
}

// openRegular opens the file and looks at what it has opened, not at what had its
// name a moment before.
func openRegular(path string) (*os.File, os.FileInfo, error) {
	f, err := openAtOnce(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil, fmt.Errorf("cannot be found: %w", err)
	case err != nil:
		return nil, nil, fmt.Errorf("cannot be read: %w", err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("cannot be read: %w", err)
	case !info.Mode().IsRegular():
		err = errors.New("is not a regular file")
	}
	if err != nil {
		_ = f.Close() // nothing was written to it
		return nil, nil, err
	}
	return f, info, nil
}

func settled(info os.FileInfo, c *Config, now time.Time) error {
	age := now.Sub(info.ModTime())
	switch {
	case info.Size() == 0:
		return errors.New("is empty; export it again")
	case info.Size() > c.MaxBytes:
		return fmt.Errorf("has %d bytes, more than max_bytes %d", info.Size(), c.MaxBytes)
	case c.Stable > 0 && age < 0:
		return fmt.Errorf("%w: its date lies %s ahead; compare the clocks of both machines", ErrUnsettled, -age.Round(time.Second))
	case age < c.Stable:
		return fmt.Errorf("%w: it changed %s ago, and is read when unchanged for %s", ErrUnsettled, age.Round(time.Second), c.Stable)
	}
	return nil
}

func readAll(ctx context.Context, f *os.File, limit int64) ([]byte, error) {
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() <= limit {
		b.Grow(int(info.Size()) + bytes.MinRead)
	}
	for ctx.Err() == nil {
		_, err := io.CopyN(&b, f, chunk)
		switch {
		case int64(b.Len()) > limit:
			return nil, fmt.Errorf("has more than max_bytes %d", limit)
		case errors.Is(err, io.EOF):
			return b.Bytes(), nil
		case err != nil:
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
	}
	return nil, ctx.Err()
}

func checkMarker(ctx context.Context, c *Config, data []byte, modified time.Time) error {
	if c.Marker == "" {
		return nil
	}
	path := c.Path + "." + c.Marker
	f, info, err := openRegular(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: its marker is missing: %w", ErrUnsettled, err)
	case err != nil:
		return fmt.Errorf("marker %s: %w", path, err)
	}
	defer f.Close()
	if c.Marker == markerDone {
		if info.ModTime().Before(modified) {
			return fmt.Errorf("%w: its marker %s is older than the file", ErrUnsettled, path)
		}
		return nil
	}
	marker, err := readAll(ctx, f, 4<<10)
	if err != nil {
		return fmt.Errorf("marker %s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	told, _, _ := strings.Cut(strings.TrimSpace(string(marker)), " ")
	if !strings.EqualFold(told, hex.EncodeToString(sum[:])) {
		return fmt.Errorf("does not have the digest that %s tells: it is not whole, or the marker is of another file", path)
	}
	return nil
}
