package main

import (
	"errors"
	"strings"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/connector/store"
)

type auditKeysCmd struct{}

// keyJSON is a key of the log for programs.
type keyJSON struct {
	From  int64  `json:"from"` // number of the entry that names it
	Lost  bool   `json:"lost,omitempty"`
	Note  string `json:"note"`   // as tools for signed notes take it
	Value string `json:"public"` // PEM
}

func (c *auditKeysCmd) Run(p *program) error {
	st, err := p.openUnchecked()
	if err != nil {
		return err
	}
	defer st.Close()
	ring, err := st.Keys(p.ctx)
	if err != nil {
		return err
	}
	var all []keyJSON
	for _, k := range ring {
		note, err := audit.VerifierKey(ring.Origin(), k.Public)
		if err != nil {
			return err
		}
		pem, err := audit.PublicPEM(k.Public)
		if err != nil {
			return err
		}
		all = append(all, keyJSON{k.From, k.Lost, note, string(pem)})
	}
	if p.cli.Output == "json" {
		return p.json(all)
	}
	for _, k := range all {
		since := "vouched for by the one before"
		switch {
		case k.From == 1:
			since = "the first"
		case k.Lost:
			since = "NOBODY VOUCHES FOR IT: the one before was lost"
		}
		printf(p.stdout, "# from entry %d on: %s\n%s\n%s", k.From, since, k.Note, k.Value)
	}
	return nil
}

type auditRotateKeyCmd struct {
	Out  string `type:"path" help:"Write the next key into this new file, for a key that is kept elsewhere, such as a credential of systemd."`
	Lost bool   `help:"The present key is lost: go on with another one that nobody vouches for. The log says so for ever."`
	signed
}

// Run changes the key under the lock: the daemon has to be stopped.
func (c *auditRotateKeyCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.By) == "" || strings.TrimSpace(c.Reason) == "" {
		return errors.New("say who asks and why: --by NAME --reason TEXT")
	}
	if cfg.Audit.KeyFile != "" && c.Out == "" {
		return errors.New("the key is kept where audit.key_file says, and is not replaced there: " +
			"give --out FILE, put the next key from FILE in its place, and remove FILE")
	}
	var locked *store.LockedError
	err = store.Rotate(p.ctx, cfg.Data, store.Rotation{KeyFile: cfg.Audit.KeyFile, Out: c.Out, Lost: c.Lost,
		By: c.By, Reason: c.Reason, At: p.now()})
	if errors.As(err, &locked) {
		return errors.Join(err, errors.New("stop it first: a key is changed while nothing is signed"))
	}
	if err != nil {
		return err
	}
	printf(p.stdout, "the log goes on with another key; give auditors the new leadfront.pub from %s\n", cfg.Data)
	if c.Out != "" {
		printf(p.stdout, "the key is in %s: put it where audit.key_file says before the daemon starts, and remove the file\n", c.Out)
	}
	return nil
}
