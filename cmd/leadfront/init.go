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
}

// Run writes the example where there is no configuration yet, and makes the store
// where there is none.
func (c *initCmd) Run(p *program) error {
	if err := p.writeExample(); err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	err = store.Init(p.ctx, cfg.Data, p.now())
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

func (p *program) writeExample() error {
	if err := os.MkdirAll(filepath.Dir(p.cli.Config), 0o755); err != nil {
		return fmt.Errorf("make the folder of the configuration: %w", err)
	}
	f, err := os.OpenFile(p.cli.Config, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write the example configuration: %w", err)
	}
	_, err = f.WriteString(config.Example)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the example configuration: %w", err)
	}
	printf(p.stdout, "wrote an example configuration to %s\n", p.cli.Config)
	return nil
}
