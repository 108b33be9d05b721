package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"unique"

	"github.com/leadfront/leadfront/rules"
)

// cache is what the process that holds the lock keeps in memory, because nobody
// else writes it. The mutex of the Store guards it.
type cache struct {
	// known is, of every statement that is kept, a part of its digest: some forty bytes
	// a statement, which is all that reading takes. nil: not read yet.
	known map[sameID]sameDigest
	// evidence is appended to, never changed; it is there from the first judgement on.
	evidence []rules.Evidence
	judged   bool

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

// sameDigest stands for a digest likewise; zero: there is none.
type sameDigest [8]byte

func shorten(digest string) (short sameDigest) {
	if digest != "" {
		sum := sha256.Sum256([]byte(digest))
		copy(short[:], sum[:])
	}
	return short
}

func (c *cache) add(fresh []rules.Evidence) {
	for i := range fresh {
		c.known[identify(fresh[i].Source, fresh[i].Statement)] = shorten(fresh[i].Digest)
		if c.judged {
			c.evidence = append(c.evidence, frugal(fresh[i]))
		}
	}
}

// loadKnown reads which statements are kept.
func (c *cache) loadKnown(ctx context.Context, q querier) error {
	if c.known != nil {
		return nil
	}
	known := map[sameID]sameDigest{}
	_, err := collect(ctx, q, func(rows *sql.Rows) (none struct{}, err error) {
		var source, statement, digest string
		if err = rows.Scan(&source, &statement, &digest); err == nil {
			known[identify(source, statement)] = shorten(digest)
		}
		return none, err
	}, `SELECT source, statement, digest FROM evidence`)
	if err != nil {
		return fmt.Errorf("read which statements are known: %w", err)
	}
	c.known = known
	return nil
}

func (c *cache) loadEvidence(ctx context.Context, q querier) error {
	if c.judged {
		return nil
	}
	all, err := readEvidence(ctx, q)
	if err != nil {
		return err
	}
	c.evidence, c.judged = all, true
	return nil
}

// frugal is the evidence with one copy, in all of memory, of what senders repeat.
func frugal(e rules.Evidence) rules.Evidence {
	for _, s := range [...]*string{&e.Source, &e.Verb, &e.Object, &e.ObjectType, &e.Revision, &e.Platform,
		&e.Actor.HomePage, &e.Authority.HomePage, &e.Authority.Value, &e.Authority.Raw} {
		*s = unique.Make(*s).Value()
	}
	for _, list := range [...]*[]string{&e.Parents, &e.Grouping, &e.Category, &e.For} {
		*list = slices.Clone(*list) // others hold what we were given
		for i, s := range *list {
			(*list)[i] = unique.Make(s).Value()
		}
	}
	if tail := len(e.Actor.Raw) - len(e.Actor.Value); tail >= 0 && e.Actor.Raw[tail:] == e.Actor.Value {
		e.Actor.Value = e.Actor.Raw[tail:] // as in mailto:
	}
	return e
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
