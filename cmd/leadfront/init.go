package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/store"
)

type initCmd struct {
	IfMissing bool `help:"No error where there is a store already."`
	known
}

// Run writes a configuration where there is none yet, the example with what is said and
// found of the site, and makes the store where there is none. On a terminal, and
// without flags, it asks.
func (c *initCmd) Run(p *program) error {
	if err := p.writeConfig(c.known); err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	err = store.InitWithKey(p.ctx, cfg.Data, cfg.Audit.KeyFile, p.now())
	if errors.Is(err, store.ErrExists) && c.IfMissing {
		return nil
	}
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if err != nil {
		return err
	}
	printf(p.stdout, "made the store and its key in %s\n", cfg.Data)
	printf(p.stdout, "edit %s, then: leadfront -c %s check\n", p.cli.Config, p.cli.Config)
	return nil
}

func (p *program) writeConfig(k known) error {
	if _, err := os.Lstat(p.cli.Config); err == nil {
		if !k.empty() {
			return fmt.Errorf("%s: %w", p.cli.Config, errConfigThere)
		}
		return nil
	}
	v := p.interviewer(k)
	text, what := config.Example, "an example configuration"
	if v.in != nil || !k.empty() {
		var err error
		if text, err = v.write(); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		what = "a configuration"
	}
	return p.writeNew(text, what)
}

// writeNew writes the configuration, unless somebody was faster.
func (p *program) writeNew(text, what string) error {
	if err := os.MkdirAll(filepath.Dir(p.cli.Config), 0o755); err != nil {
		return fmt.Errorf("make the folder of the configuration: %w", err)
	}
	f, err := os.OpenFile(p.cli.Config, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	printf(p.stdout, "wrote %s to %s\n", what, p.cli.Config)
	return nil
}
