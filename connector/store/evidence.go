package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// quarantineFor is how long a statement that could not be read is kept.
const quarantineFor = 30 * 24 * time.Hour

// Learn implements connector.Store. Evidence whose statement is known is not kept
// twice; when its content differs, the first one stays and the conflict is logged.
func (s *Store) Learn(ctx context.Context, w rules.Walk, page rules.Page, at time.Time) (fresh int, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := s.cache.loadKnown(ctx, t.sql); err != nil {
			return err
		}
		l := learner{tx: t, cache: &s.cache, walk: w, at: at, actors: map[string]int64{}, seen: map[sameID]sameDigest{}}
		for _, e := range page.Evidence {
			if err := l.evidence(e); err != nil {
				return fmt.Errorf("statement %s: %w", e.Statement, err)
			}
		}
		for _, q := range page.Quarantined {
			if err := l.quarantine(q); err != nil {
				return err
			}
		}
		if err := l.keepFresh(); err != nil {
			return err
		}
		fresh = len(l.fresh)
		t.committed = append(t.committed, func() { s.cache.add(l.fresh) })
		return l.progress(page)
	})
	if err != nil {
		return 0, fmt.Errorf("store: keep a page of source %q: %w", w.Source, err)
	}
	return fresh, nil
}

// learner is what one page needs.
type learner struct {
	*tx
	cache  *cache
	walk   rules.Walk
	at     time.Time
	actors map[string]int64      // by body
	seen   map[sameID]sameDigest // of this page
	fresh  []rules.Evidence
}

func (l *learner) evidence(e rules.Evidence) error {
	e.Source = l.walk.Source
	e.Stored, e.Timestamp = plain(e.Stored), plain(e.Timestamp)
	id := identify(e.Source, e.Statement)
	kept, known := l.seen[id]
	if !known {
		kept, known = l.cache.known[id]
	}
	if known {
		return l.compare(e, kept)
	}
	l.seen[id] = shorten(e.Digest)
	l.fresh = append(l.fresh, e)
	return nil
}

// compare notes one statement id with two contents, once per content.
func (l *learner) compare(e rules.Evidence, known sameDigest) error {
	if other := shorten(e.Digest); other == known || other == (sameDigest{}) || known == (sameDigest{}) {
		return nil
	}
	var kept string
	noted, err := l.get(`SELECT kept FROM evidence_conflict WHERE source = ? AND statement = ? AND digest = ?`,
		[]any{e.Source, e.Statement, e.Digest}, []any{&kept})
	if err != nil || noted {
		return err
	}
	if kept, err = l.kept(e); err != nil {
		return err
	}
	if _, err := l.exec(`INSERT INTO evidence_conflict (source, statement, digest, kept, at) VALUES (?, ?, ?, ?, ?)`,
		e.Source, e.Statement, e.Digest, kept, stamp(l.at)); err != nil {
		return err
	}
	_, err = l.log(line{at: l.at, kind: LogConflict,
		public:   map[string]string{"source": e.Source},
		personal: map[string]string{"statement": e.Statement, "kept": kept, "other": e.Digest}})
	return err
}

// kept is the digest of the statement of that id that came first.
func (l *learner) kept(e rules.Evidence) (digest string, err error) {
	for i := range l.fresh {
		if l.fresh[i].Statement == e.Statement {
			return l.fresh[i].Digest, nil
		}
	}
	_, err = l.get(`SELECT digest FROM evidence WHERE source = ? AND statement = ?`,
		[]any{e.Source, e.Statement}, []any{&digest})
	return digest, err
}

// actor is the number of the actor with that body. Most of a first reading are new.
func (l *learner) actor(a rules.Actor, body string) (id int64, err error) {
	if id, ok := l.actors[body]; ok {
		return id, nil
	}
	made, err := l.run(`INSERT INTO actor (value, body) VALUES (?, ?) ON CONFLICT DO NOTHING`, a.Value, body)
	if err != nil {
		return 0, err
	}
	n, err := made.RowsAffected()
	switch {
	case err != nil:
	case n > 0:
		id, err = made.LastInsertId()
	default:
		_, err = l.get(`SELECT id FROM actor WHERE body = ?`, []any{body}, []any{&id})
	}
	l.actors[body] = id
	return id, err
}

func (l *learner) quarantine(q rules.Quarantined) error {
	sum := sha256.Sum256(q.Raw)
	raw := q.Raw
	if raw == nil {
		raw = []byte{} // nil would be NULL
	}
	_, err := l.exec(`INSERT INTO quarantined (source, digest, statement, problem, raw, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, l.walk.Source, hex.EncodeToString(sum[:]), q.Statement, q.Problem, raw, stamp(l.at))
	return err
}
