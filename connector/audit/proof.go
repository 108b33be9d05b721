package audit

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that an entry is in the log that a checkpoint speaks of. With the
// public key alone it can be checked; the database is not needed.
type Proof struct {
	Entry      ProvenEntry `json:"entry"`
	Checkpoint string      `json:"checkpoint"` // a signed note
	Hashes     []string    `json:"hashes"`     // hex; the audit path of RFC 6962, section 2.1.1
	// Keys prove the entries that name the keys after the first one, oldest first: who
	// has one of the keys can trust those after it.
	Keys []Proof `json:"keys,omitempty"`
}

// ProvenEntry is an entry with its fields as they are hashed.
type ProvenEntry struct {
	Seq        int64  `json:"seq"`
	At         string `json:"at"`
	Kind       string `json:"kind"`
	Program    string `json:"program"`
	Target     string `json:"target"`
	Person     string `json:"person"`
	Body       string `json:"body"`
	Commitment string `json:"commitment"` // hex; empty: none
}

// Leaves gives the hashes of leaves: those from first on, so many.
type Leaves func(first, count int64) ([]Hash, error)

// Prove makes the proof that the entry is in the tree of the checkpoint, which has
// to be of that size. Every leaf is read once; memory is that of one block of them.
func Prove(e Entry, size int64, checkpoint string, leaves Leaves) (Proof, error) {
	path, err := tlog.ProveRecord(size, e.Seq-1, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return subtrees(indexes, leaves)
	}))
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry %d in a log of %d: %w", e.Seq, size, err)
	}
	p := Proof{Checkpoint: checkpoint, Entry: Proven(e)}
	for _, h := range path {
		p.Hashes = append(p.Hashes, hex.EncodeToString(h[:]))
	}
	return p, nil
}

// block is how many leaves are read at once.
const block = 1 << 12

// subtrees computes the hashes of complete subtrees from their leaves: the log
// keeps leaves only.
func subtrees(indexes []int64, leaves Leaves) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		first, count := n<<level, int64(1)<<level
		var t Tree
		for done := int64(0); done < count; done += block {
			want := min(block, count-done)
			got, err := leaves(first+done, want)
			if err != nil {
				return nil, err
			}
			if int64(len(got)) != want {
				return nil, fmt.Errorf("the log ends before entry %d", first+done+want)
			}
			for _, h := range got {
				t.Add(h)
			}
		}
		out[i] = tlog.Hash(t.Root())
	}
	return out, nil
}

// ErrProof says that a proof does not show what it claims.
var ErrProof = errors.New("the proof does not hold")

// Check checks the proof with a public key of the log: the one that has signed its
// checkpoint, or an earlier one from which the proof's Keys lead there. It returns
// the checkpoint, so that it can be compared with one that came another way.
func (p Proof) Check(key ed25519.PublicKey) (Checkpoint, error) {
	trust := Ring{{Public: key}}
	for _, link := range p.Keys {
		if link.Entry.Kind != KindKeyChanged {
			continue // nobody vouches for it
		}
		if c, err := link.check(trust); err != nil || c.Size != link.Entry.Seq {
			continue // of a key before the one that is trusted
		}
		next, err := PublicOf(Entry{Seq: link.Entry.Seq, Body: link.Entry.Body})
		if err != nil {
			return Checkpoint{}, fmt.Errorf("%w: %w", ErrProof, err)
		}
		trust = append(trust, RingKey{Public: next, From: link.Entry.Seq})
	}
	return p.check(trust)
}

// origin is the log that a checkpoint claims to be of; its signature covers the name.
func origin(checkpoint string) string {
	name, _, _ := strings.Cut(checkpoint, "\n")
	return name
}

func (p Proof) check(trust Ring) (Checkpoint, error) {
	c, _, err := trust.Checkpoint(p.Checkpoint, origin(p.Checkpoint))
	if err != nil {
		return c, err
	}
	e, err := p.Entry.Entry()
	if err != nil {
		return c, err
	}
	var path tlog.RecordProof
	for _, text := range p.Hashes {
		h, err := hex.DecodeString(text)
		if err != nil || len(h) != Size {
			return c, fmt.Errorf("%w: %q is no hash", ErrProof, text)
		}
		path = append(path, tlog.Hash(h))
	}
	if e.Seq < 1 || e.Seq > c.Size {
		return c, fmt.Errorf("%w: the checkpoint covers entries 1 to %d", ErrProof, c.Size)
	}
	if err := tlog.CheckRecord(path, c.Size, tlog.Hash(c.Root), e.Seq-1, tlog.Hash(e.Leaf())); err != nil {
		return c, fmt.Errorf("%w: entry %d is not what the checkpoint covers", ErrProof, e.Seq)
	}
	return c, nil
}

// Proven is the entry with its fields as they are hashed.
func Proven(e Entry) ProvenEntry {
	return ProvenEntry{e.Seq, e.At.UTC().Format(TimeFormat), e.Kind, e.Program, e.Target, e.Person, e.Body,
		hex.EncodeToString(e.Commitment)}
}

// Entry is the entry again.
func (p ProvenEntry) Entry() (Entry, error) {
	at, err := time.Parse(TimeFormat, p.At)
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %q is no time of the log", ErrProof, p.At)
	}
	commitment, err := hex.DecodeString(p.Commitment)
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %q is no commitment", ErrProof, p.Commitment)
	}
	return Entry{p.Seq, at, p.Kind, p.Program, p.Target, p.Person, p.Body, commitment}, nil
}
