package store

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/leadfront/leadfront/rules"
)

// cache is what the process that holds the lock keeps in memory, because nobody
// else writes it. The mutex of the Store guards it.
type cache struct {
	loaded   bool
	evidence []rules.Evidence // appended to, never changed
	byID     map[sameID]int   // place in evidence

	rows      map[string]map[string]seenRow // of the platforms, by target and row; nil: not read yet
	snapshots []rules.Snapshot              // nil: not read yet
	states    map[string][sha256.Size]byte  // of findings and leaders, as last written
}

// sameID stands for the id of a statement in one source: a part of its hash, because
// a million ids as text would take their room twice.
type sameID [16]byte

func identify(source, statement string) sameID {
	sum := sha256.Sum256([]byte(source + "\x00" + statement))
	return sameID(sum[:16])
}

func (c *cache) digest(id sameID) (digest string, known bool) {
	i, known := c.byID[id]
	if !known {
		return "", false
	}
	return c.evidence[i].Digest, true
}

func (c *cache) add(fresh []rules.Evidence) {
	for _, e := range fresh {
		c.byID[identify(e.Source, e.Statement)] = len(c.evidence)
		c.evidence = append(c.evidence, e)
	}
}

func (c *cache) loadEvidence(ctx context.Context, q querier) error {
	if c.loaded {
		return nil
	}
	all, err := readEvidence(ctx, q)
	if err != nil {
		return err
	}
	c.byID = make(map[sameID]int, len(all))
	c.evidence = make([]rules.Evidence, 0, len(all)+len(all)/4)
	c.add(all)
	c.loaded = true
	return nil
}

// rule adds the organisation that rules from now on, in a copy.
func (c *cache) rule(snap rules.Snapshot) {
	if c.snapshots != nil {
		c.snapshots = rules.Shorten(append(c.snapshots, snap))
	}
}

// readAgain moves the date of the last organisation, in a copy: facts that were
// handed out keep theirs.
func (c *cache) readAgain(org rules.Org) {
	if n := len(c.snapshots); n > 0 {
		c.snapshots = slices.Clone(c.snapshots)
		c.snapshots[n-1].Org.Read, c.snapshots[n-1].Org.Made = org.Read, org.Made
	}
}
