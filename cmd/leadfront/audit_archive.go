package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/leadfront/leadfront/connector/store"
)

type auditArchiveCmd struct {
	File   string `arg:"" type:"path" help:"The archive to be made; a file that is there is left alone."`
	From   string `help:"First day (2026-01-01) or instant (RFC 3339); from the first entry when left out."`
	Until  string `help:"Last day, which is included, or the instant before which it ends; to the last checkpoint when left out."`
	Public bool   `help:"Without personal content: no erasure ever concerns it."`
}

// Run makes the archive aside, verifies it as whoever gets it will, and only then
// gives it its name.
func (c *auditArchiveCmd) Run(p *program) (err error) {
	period, err := (&auditExportCmd{From: c.From, Until: c.Until}).selection()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: an archive is not written over", c.File)
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	aside := c.File + ".part"
	defer func() {
		if gone := os.Remove(aside); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	if err := writeArchive(p, st, aside, store.ArchiveOptions{From: period.From, Until: period.Until, Public: c.Public}); err != nil {
		return err
	}
	v, err := verifyArchive(p, aside, store.VerifyOptions{})
	if err != nil {
		return err
	}
	if len(v.Problems) == 0 {
		if err := os.Rename(aside, c.File); err != nil {
			return fmt.Errorf("name the archive: %w", err)
		}
	}
	return p.verified(v)
}

func writeArchive(p *program, st *store.Store, path string, o store.ArchiveOptions) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make the archive: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	if _, err := st.Archive(p.ctx, out, o); err != nil {
		return err
	}
	if err := errors.Join(out.Flush(), f.Sync()); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

// verifyArchive verifies a file with nothing else at hand.
func verifyArchive(p *program, path string, o store.VerifyOptions) (*store.Verification, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	v, err := store.VerifyArchive(p.ctx, f, info.Size(), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}
