package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/leadfront/leadfront/connector/audit"
)

// The ways in which a store can fail to be what was signed.
const (
	ProblemGap        = "gap"        // entries are missing in the middle, or out of order
	ProblemTail       = "tail"       // entries at the end are missing: cut off, or an older file was put back
	ProblemEntry      = "entry"      // an entry is not what its hash says
	ProblemPersonal   = "personal"   // personal content is not what the entry commits to
	ProblemForked     = "forked"     // the entries are consistent, and not those that were signed
	ProblemCheckpoint = "checkpoint" // a checkpoint is damaged, or signed with another key
	ProblemKey        = "key"        // the log has not the key that was given, or goes on with one that nobody vouches for
	ProblemHead       = "head"       // the head file is missing, damaged or of another log
	ProblemEvidence   = "evidence"   // evidence was changed, added or removed without an erasure
	ProblemOutcome    = "outcome"    // an intent without outcome, an outcome without intent
)

// Problem is one thing that does not verify.
type Problem struct {
	Kind string `json:"kind"`
	Seq  int64  `json:"seq,omitempty"` // the entry, or the first of several; 0: of no entry
	Text string `json:"text"`
}

// Verification is what verifying has shown. The log is sound when there are no
// problems.
type Verification struct {
	Archive     *Archive  `json:"archive,omitempty"` // what was verified, unless it is the store
	Entries     int64     `json:"entries"`
	Erased      int64     `json:"erased"` // entries whose personal part was erased
	Checkpoints int       `json:"checkpoints"`
	Outside     int       `json:"outside"`         // of those, how many came from outside the database
	Evidence    int64     `json:"evidence"`        // rows of evidence and enrolments that are what was logged
	Unanswered  int64     `json:"unanswered"`      // intents at the end whose outcome is still to come
	Root        string    `json:"root"`            // of all entries
	Notes       []string  `json:"notes,omitempty"` // what is sound and still has to be known
	Problems    []Problem `json:"problems"`        // by place in the log; not more than a hundred
}

// VerifyOptions says what to verify against.
type VerifyOptions struct {
	// Outside are checkpoints that were kept elsewhere. Without one, whoever owns the
	// folder could have made everything anew.
	Outside []string
	// Keys are public keys that the log is known by; nil: believe those that it names.
	// One of them vouches for those after it, but for one that took the place of a lost
	// key, and for all that it has signed.
	Keys []ed25519.PublicKey
	// Since is a checkpoint up to which the entries were verified before: of these
	// only the hashes are taken into the tree. Empty: verify all.
	Since string
	// Progress is told now and then how many of how many entries were verified; may
	// be nil.
	Progress func(done, total int64)
}

// mostProblems bounds what is listed: one change can spoil everything behind it.
const mostProblems = 100

// Verify recomputes the log from its rows, in bounded memory, and compares it with
// every checkpoint. It needs neither the lock nor the key; open the store Unchecked,
// or a store that was tampered with does not open. An error says that it could not be
// read.
func (s *Store) Verify(ctx context.Context, o VerifyOptions) (*Verification, error) {
	raw, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("store: verify the log: %w", err)
	}
	defer raw.Rollback()
	v := &verifier{ctx: ctx, q: raw, o: o, out: &Verification{Problems: []Problem{}}}
	for _, step := range []func() error{v.keys, v.checkpoints, v.entries, v.beyond, v.vouched, s.head(v), v.outcomes, v.evidence} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("store: verify the log: %w", err)
		}
	}
	return v.out, nil
}

// verifier is one verification under way.
type verifier struct {
	ctx    context.Context
	q      querier
	o      VerifyOptions
	out    *Verification
	ring   audit.Ring
	named  []bool // by place in the ring: the key before has vouched for it
	marks  []mark // by size
	total  int64
	skip   int64 // entries that were verified before
	tree   audit.Tree
	last   int64 // number of the entry before
	good   int64 // size of the last checkpoint that the entries fit
	forked bool
}

// mark is a checkpoint to compare with.
type mark struct {
	audit.Checkpoint
	by    int // place of its key
	where string
}

func (v *verifier) problem(kind string, seq int64, format string, args ...any) {
	if len(v.out.Problems) < mostProblems {
		v.out.Problems = append(v.out.Problems, Problem{kind, seq, fmt.Sprintf(format, args...)})
	}
}

// checkpoints collects what to compare with.
func (v *verifier) checkpoints() error {
	if len(v.ring) == 0 {
		return nil
	}
	for i, text := range v.o.Outside {
		v.mark(text, fmt.Sprintf("checkpoint %d of those kept outside", i+1), -1)
	}
	v.out.Outside = len(v.marks)
	if v.o.Since != "" {
		v.mark(v.o.Since, "the checkpoint to begin at", -1)
		if n := len(v.marks); n > v.out.Outside {
			v.skip = v.marks[n-1].Size
		}
	}
	rows, err := v.q.QueryContext(v.ctx, `SELECT size, note FROM checkpoint ORDER BY size`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var size int64
		var text string
		if err := rows.Scan(&size, &text); err != nil {
			return err
		}
		v.mark(text, fmt.Sprintf("the checkpoint of %d entries", size), size)
	}
	slices.SortStableFunc(v.marks, func(a, b mark) int { return int(min(1, max(-1, a.Size-b.Size))) })
	return rows.Err()
}

// mark reads one checkpoint, which has to be of that size unless that is negative.
func (v *verifier) mark(text, where string, size int64) {
	c, by, err := v.ring.Checkpoint(text, v.ring.Origin())
	if err == nil && size >= 0 && c.Size != size {
		err = fmt.Errorf("it speaks of %d entries", c.Size)
	}
	if err != nil {
		v.problem(ProblemCheckpoint, max(size, 0), "%s does not hold: %v", where, err)
		return
	}
	v.marks = append(v.marks, mark{c, by, where})
}

// head compares with the head file as it is now, before the first row is read: a
// daemon that goes on writing is then ahead of it and never behind.
func (s *Store) head(v *verifier) func() error {
	text, err := os.ReadFile(filepath.Join(s.dir, headFile))
	return func() error {
		if len(v.ring) == 0 {
			return nil
		}
		if err != nil {
			v.problem(ProblemHead, 0, "the head file cannot be read: %v", err)
			return nil
		}
		head, err := v.ring.Head(text)
		if err != nil {
			v.problem(ProblemHead, 0, "the head file does not hold: %v", err)
			return nil
		}
		e, _, err := entryAt(v.ctx, v.q, head.Seq)
		switch {
		case errors.Is(err, errNoEntry):
			v.problem(ProblemTail, v.last+1, "entries %d to %d are missing: the head file says that the log had them", v.last+1, head.Seq)
		case err != nil:
			return err
		case e.Leaf() != head.Leaf:
			v.problem(ProblemForked, head.Seq, "entry %d is not the one that the head file speaks of", head.Seq)
		}
		return nil
	}
}
