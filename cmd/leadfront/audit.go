package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/connector/store"
)

// exitTampered is the exit code of audit verify and audit check-proof where
// something is not what was signed; 1 is that it could not be found out.
const exitTampered = 3

type auditCmd struct {
	Verify         auditVerifyCmd         `cmd:"" help:"Recompute the whole log and compare it with every checkpoint. Exit 0: sound, 3: it is not what was signed, 1: failure."`
	Prove          auditProveCmd          `cmd:"" help:"Prove that an entry is in the log: to be checked without the database."`
	CheckProof     auditCheckProofCmd     `cmd:"" name:"check-proof" help:"Check a proof with the public key alone. Exit 0: it holds, 3: it does not, 1: failure."`
	Archive        auditArchiveCmd        `cmd:"" help:"Write the entries of a period into a file that verifies by itself; the log keeps them."`
	Export         auditExportCmd         `cmd:"" help:"Write the log as CSV or JSON Lines."`
	Erase          auditEraseCmd          `cmd:"" help:"Destroy the personal data of somebody who has left; the log still verifies."`
	Replay         auditReplayCmd         `cmd:"" help:"Judge every decision again by what was logged before it. Exit 0: all the same, 3: some differ, 1: failure."`
	Keys           auditKeysCmd           `cmd:"" help:"Show the public keys of the log, in the forms that tools want."`
	RotateKey      auditRotateKeyCmd      `cmd:"" name:"rotate-key" help:"Go on with another key, which the present one vouches for; the daemon has to be stopped."`
	AcceptRestored auditAcceptRestoredCmd `cmd:"" name:"accept-restored" help:"Go on with a database that was restored without its head file; the log says so."`
}

// openUnchecked opens the store also when it was tampered with.
func (p *program) openUnchecked() (*store.Store, error) {
	c, err := p.load()
	if err != nil {
		return nil, err
	}
	return store.Open(p.ctx, c.Data, store.Options{Unchecked: true})
}

type auditVerifyCmd struct {
	Archive     string   `arg:"" optional:"" type:"existingfile" help:"What audit archive wrote: verified without database and configuration. Otherwise the store is verified."`
	Checkpoints []string `type:"existingfile" help:"Files with checkpoints that were kept outside, such as the file of audit.checkpoint_file."`
	Key         []string `type:"existingfile" help:"Public key (PEM) that the log is known by; otherwise those that it names are believed."`
	Since       string   `type:"existingfile" help:"File with one checkpoint up to which the log was verified before."`
}

func (c *auditVerifyCmd) Run(p *program) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	told := p.progress()
	o.Progress = func(done, total int64) { told.at("entries verified", done, total) }
	v, err := c.verify(p, o)
	told.end()
	if err != nil {
		return err
	}
	return p.verified(v)
}

// verify verifies the archive that was named, or else the store.
func (c *auditVerifyCmd) verify(p *program, o store.VerifyOptions) (*store.Verification, error) {
	if c.Archive != "" {
		return verifyArchive(p, c.Archive, o)
	}
	st, err := p.openUnchecked()
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return st.Verify(p.ctx, o)
}

// verified says what verifying has shown.
func (p *program) verified(v *store.Verification) error {
	if p.cli.Output == "json" {
		if err := p.json(v); err != nil {
			return err
		}
	} else {
		p.printVerification(v)
	}
	if len(v.Problems) > 0 {
		return code(exitTampered)
	}
	return nil
}

func (c *auditVerifyCmd) options() (o store.VerifyOptions, err error) {
	for _, path := range c.Checkpoints {
		text, err := os.ReadFile(path)
		if err != nil {
			return o, fmt.Errorf("read the checkpoints: %w", err)
		}
		o.Outside = append(o.Outside, audit.SplitCheckpoints(string(text))...)
	}
	if c.Since != "" {
		text, err := os.ReadFile(c.Since)
		if err != nil {
			return o, fmt.Errorf("read the checkpoint to begin at: %w", err)
		}
		o.Since = string(text)
	}
	for _, path := range c.Key {
		key, err := readPublic(path)
		if err != nil {
			return o, err
		}
		o.Keys = append(o.Keys, key)
	}
	return o, nil
}

func readPublic(path string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the public key: %w", err)
	}
	key, err := audit.ParsePublic(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func (p *program) printVerification(v *store.Verification) {
	if a := v.Archive; a != nil {
		printf(p.stdout, "archive of log %s: entries %d to %d, %s to %s; %d of them with an erased personal part\n",
			a.Origin, a.First, a.Last, a.From, a.Until, v.Erased)
	} else {
		printf(p.stdout, "%d entries, %d of them with an erased personal part; %d rows of evidence as they were learnt; %d intents still under way\n",
			v.Entries, v.Erased, v.Evidence, v.Unanswered)
	}
	printf(p.stdout, "compared with %d checkpoints, of which %d were kept outside\n", v.Checkpoints, v.Outside)
	for _, note := range v.Notes {
		printf(p.stdout, "NOTE: %s\n", note)
	}
	for _, x := range v.Problems {
		printf(p.stdout, "NOT SOUND (%s): %s\n", x.Kind, x.Text)
	}
	switch {
	case len(v.Problems) > 0:
	case v.Outside == 0:
		printf(p.stdout, "sound by itself. Whoever owns the folder could have made all of it anew: --checkpoints FILE compares with what was kept outside\n")
	default:
		printf(p.stdout, "sound\n")
	}
}

type auditProveCmd struct {
	Seq int64 `arg:"" help:"Number of the entry."`
}

func (c *auditProveCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	proof, err := st.Prove(p.ctx, c.Seq)
	if err != nil {
		return err
	}
	return p.json(proof)
}

type auditCheckProofCmd struct {
	Proof string `arg:"" type:"existingfile" help:"What audit prove wrote."`
	Key   string `required:"" type:"existingfile" help:"Public key of the log (leadfront.pub), from where you trust it."`
}

func (c *auditCheckProofCmd) Run(p *program) error {
	key, err := readPublic(c.Key)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.Proof)
	if err != nil {
		return fmt.Errorf("read the proof: %w", err)
	}
	var proof audit.Proof
	if err := json.Unmarshal(text, &proof); err != nil {
		return fmt.Errorf("%s is not what audit prove writes: %w", c.Proof, err)
	}
	checkpoint, err := proof.Check(key)
	if errors.Is(err, audit.ErrProof) || errors.Is(err, audit.ErrCheckpoint) {
		printf(p.stdout, "NOT PROVEN: %v\n", err)
		return code(exitTampered)
	}
	if err != nil {
		return err
	}
	printf(p.stdout, "proven: entry %d (%s, %s) is in the log %s of %d entries, signed %s\n", proof.Entry.Seq, proof.Entry.Kind,
		proof.Entry.At, checkpoint.Origin, checkpoint.Size, checkpoint.At.UTC().Format(time.RFC3339))
	return nil
}
