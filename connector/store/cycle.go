package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Intend implements connector.Store. A cycle in which nothing differs writes
// nothing.
func (s *Store) Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error) {
	changes := slices.Clone(c.Changes)
	err := s.write(ctx, func(t *tx) error {
		k := cycle{tx: t, Cycle: c}
		steps := []func() error{k.unanswered, k.basis, func() error { return s.readings(&k) }, k.sources, k.decisions, k.standings, k.gates, k.holds, k.ended, k.opened, k.consumed,
			func() error { return k.changes(changes) }, k.refusals,
			func() error { return s.replace(t, "finding", c.Findings, k.findings) },
			func() error { return s.replace(t, "leader", c.Leaders, k.leaders) },
			func() error { return s.replace(t, "requirement", c.Leaders, k.requirements) },
			func() error { return s.replace(t, "use_case", c.UseCases, k.useCases) },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: keep the cycle of %s: %w", stamp(c.At), err)
	}
	return changes, nil
}

// cycle is one rules.Cycle on its way into the database.
type cycle struct {
	*tx
	rules.Cycle
	approved map[rules.ChangeKey]string // digest of the approval that let it through
	config   int64                      // log entry of the configuration that it rests on
	org      int64                      // and of the organisation; 0: there is none
	read     int64                      // and of when the sources were read; 0: it decides nothing
	begun    map[string]bool            // programmes whose holds are known to have begun
	part     map[string]bool            // whether an approval was of a part of a plan alone, by digest
}

// basis finds what the cycle rests on. Entries name it by the numbers of other
// entries: a hash of a configuration or an organisation would let somebody who
// guesses at a person check the guess for ever.
func (c *cycle) basis() (err error) {
	if c.config, err = c.lastOf(LogConfig); err != nil {
		return err
	}
	c.org, err = c.lastOf(LogSnapshotAccepted)
	return err
}

func (c *cycle) decisions() error {
	for _, d := range c.Decided {
		seq, err := c.decided(d)
		if err != nil {
			return err
		}
		because, err := encode(d.Because)
		if err != nil {
			return err
		}
		waits, err := encode(d.Waits)
		if err != nil {
			return err
		}
		_, err = c.exec(`INSERT INTO decision (program, person, verdict, row, because, waits, since, seq, waited)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
			ON CONFLICT (program, person) DO UPDATE SET verdict = ?3, row = ?4, because = ?5, waits = ?6, since = ?7, seq = ?8, waited = ?9`,
			d.Program, d.Person, string(d.Verdict), d.Row, because, waits, stamp(c.At), seq, stamp(c.waited(d)))
		if err != nil {
			return fmt.Errorf("decision about %s: %w", d.Person, err)
		}
	}
	return nil
}

// waited is when the person was last decided to wait.
func (c *cycle) waited(d rules.Decided) time.Time {
	if d.Verdict == rules.Wait {
		return c.At
	}
	return d.Waited
}

func (c *cycle) decided(d rules.Decided) (seq int64, err error) {
	var personal decidedBy
	if personal.Because, err = c.masked(d.Because); err != nil {
		return 0, err
	}
	if personal.Waits, err = c.references(d.Waits); err != nil {
		return 0, err
	}
	return c.log(line{at: c.At, kind: LogDecision, program: d.Program, person: d.Person, personal: personal,
		public: map[string]any{"verdict": d.Verdict, "row": d.Row, "because": codes(d.Because), "config": c.config, "org": c.org, "readings": c.read}})
}

// sourceRead is how a source had been read.
type sourceRead struct {
	Name    string           `json:"name"`
	Kind    rules.SourceKind `json:"kind"`
	Read    string           `json:"read"`             // the last whole and accepted reading; empty: never
	MaxAge  string           `json:"max_age"`          // how old it may be; 0s: any age
	Through bool             `json:"through"`          // records: read to the end at least once
	Behind  []string         `json:"behind,omitempty"` // programmes whose history is not read yet
}

// readSources is the body of an entry about readings.
type readSources struct {
	Sources   []sourceRead    `json:"sources"`
	Platforms map[string]bool `json:"platforms"` // by target: whether it was read in this cycle
}

// sources logs on which readings the decisions and changes of the cycle rest.
func (c *cycle) sources() (err error) {
	if len(c.Sources) == 0 || len(c.Decided)+len(c.Changes) == 0 {
		return nil
	}
	body := readSources{Platforms: c.Read}
	for _, s := range c.Sources {
		body.Sources = append(body.Sources, sourceRead{s.Name, s.Kind, stamp(s.Read), s.Limit.String(), s.Through, s.Behind})
	}
	c.read, err = c.log(line{at: c.At, kind: LogReadings, public: body})
	return err
}

// decidedBy is the personal part of a decision: the entry itself says of whom and
// what it is.
type decidedBy struct {
	Because []rules.Reason `json:"because,omitempty"`
	Waits   []string       `json:"waits,omitempty"`
}

// consumed uses approvals up. What they covered is remembered, so that the guard
// does not count it.
func (c *cycle) consumed() error {
	c.approved = map[rules.ChangeKey]string{}
	for _, digest := range c.Consumed {
		var program, move string
		var seq int64
		var part bool
		var changes jsonText[[]rules.ChangeKey]
		found, err := c.get(`SELECT program, move, changes, seq, part FROM approval WHERE digest = ? AND used = ''`,
			[]any{digest}, []any{&program, &move, &changes, &seq, &part})
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("plan %s is not approved, or its approval was used before", digest)
		}
		for _, k := range changes.v {
			c.approved[k] = digest
		}
		if err := c.use(digest, program, seq); err != nil {
			return err
		}
		if !part && rules.Move(move) == rules.MoveHold {
			if err := c.enforced(program); err != nil {
				return err
			}
		}
	}
	return nil
}

// use marks an approval as used. Whether it was used before or after something else
// is told by the order of the log: clocks go back.
func (c *cycle) use(digest, program string, approval int64) error {
	seq, err := c.log(line{at: c.At, kind: LogApprovalUsed, program: program,
		public: map[string]any{"approval": approval}, personal: map[string]string{"digest": digest}})
	if err != nil {
		return err
	}
	_, err = c.exec(`UPDATE approval SET used = ?, used_seq = ? WHERE digest = ?`, stamp(c.At), seq, digest)
	return err
}

// enforced notes that holds of a programme have begun with approval. Every new hold
// proves it but one of an approved part: the guard lets none through before.
func (c *cycle) enforced(program string) error {
	if c.begun[program] {
		return nil
	}
	if c.begun == nil {
		c.begun = map[string]bool{}
	}
	c.begun[program] = true
	_, err := c.exec(`INSERT INTO program (id, enforced) VALUES (?1, ?2)
		ON CONFLICT (id) DO UPDATE SET enforced = ?2 WHERE enforced = ''`, program, stamp(c.At))
	return err
}
