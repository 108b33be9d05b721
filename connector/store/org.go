package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

const (
	accepted    = "accepted"
	quarantined = "quarantined"
)

// ErrNoDigest says that an organisation has no digest, so that nobody could approve
// it by name.
var ErrNoDigest = errors.New("the organisation has no digest")

// Accept implements connector.Store. An approval of the digest is used up by it, and
// what else was in quarantine is overtaken.
func (s *Store) Accept(ctx context.Context, org rules.Org, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		snap, err := prepareSnapshot(t, org, at)
		if err != nil {
			return err
		}
		equal, err := snap.sameAsLast()
		if err != nil {
			return err
		}
		if err := snap.reading(); err != nil {
			return err
		}
		if equal {
			t.committed = append(t.committed, func() { s.cache.readAgain(snap.org) })
			return nil
		}
		id, err := snap.accept()
		t.committed = append(t.committed, func() { s.cache.rule(rules.Snapshot{ID: id, From: snap.at, Org: snap.org}) })
		return err
	})
	if err != nil {
		return fmt.Errorf("store: accept the organisation of %q: %w", org.Source, err)
	}
	return nil
}

// Quarantine implements connector.Store.
func (s *Store) Quarantine(ctx context.Context, org rules.Org, because []rules.Reason, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		snap, err := prepareSnapshot(t, org, at)
		if err != nil {
			return err
		}
		return snap.quarantine(because)
	})
	if err != nil {
		return fmt.Errorf("store: quarantine the organisation of %q: %w", org.Source, err)
	}
	return nil
}

// Approved implements connector.Store.
func (s *Store) Approved(ctx context.Context, digest string) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, `SELECT count(*) FROM snapshot
		WHERE state = 'quarantined' AND digest = ? AND approved <> ''`, digest).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("store: look for an approval of organisation %s: %w", digest, err)
	}
	return n > 0, nil
}

// snapshot is one organisation on its way into the database.
type snapshot struct {
	*tx
	org     rules.Org
	at      time.Time // not before the entries that are there: organisations rule one after the other
	body    string    // its findings
	content []byte    // hash of people and findings
}

func prepareSnapshot(t *tx, org rules.Org, at time.Time) (*snapshot, error) {
	if org.Digest == "" {
		return nil, ErrNoDigest
	}
	if org.Read.IsZero() {
		org.Read = at
	}
	org.Read, org.Made = plain(org.Read), plain(org.Made)
	body, err := encode(org.Findings)
	if err != nil {
		return nil, err
	}
	people, err := encode(org.People)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(people + "\n" + body))
	return &snapshot{tx: t, org: org, at: t.monotone(at), body: body, content: sum[:]}, nil
}

// sameAsLast compares with the one that rules. The digest is of the bytes that were
// read; a changed mapping of columns makes another organisation of the same bytes.
func (s *snapshot) sameAsLast() (bool, error) {
	var id int64
	var digest, source string
	var content []byte
	found, err := s.get(`SELECT id, source, digest, content FROM snapshot WHERE state = 'accepted'
		ORDER BY id DESC LIMIT 1`, nil, []any{&id, &source, &digest, &content})
	if err != nil || !found || source != s.org.Source || digest != s.org.Digest || string(content) != string(s.content) {
		return false, err
	}
	if _, err := s.exec(`UPDATE snapshot SET read = ?, made = ? WHERE id = ?`, stamp(s.org.Read), stamp(s.org.Made), id); err != nil {
		return true, err
	}
	// HR gives what rules: what was put aside meanwhile is overtaken.
	_, err = s.exec(`DELETE FROM snapshot WHERE state = 'quarantined' AND approved = ''`)
	return true, err
}

// reading moves the date of the source.
func (s *snapshot) reading() error {
	_, err := s.exec(`INSERT INTO source (name, kind, through, read) VALUES (?1, ?2, 1, ?3)
		ON CONFLICT (name) DO UPDATE SET kind = ?2, through = 1, read = ?3`,
		s.org.Source, string(rules.SourceHRIS), stamp(s.org.Read))
	return err
}

func (s *snapshot) accept() (id int64, err error) {
	approved, err := s.exec(`DELETE FROM snapshot WHERE state = 'quarantined' AND digest = ? AND approved <> ''`, s.org.Digest)
	if err != nil {
		return 0, err
	}
	overtaken, err := s.exec(`DELETE FROM snapshot WHERE state = 'quarantined'`)
	if err != nil {
		return 0, err
	}
	id, people, err := s.insertAs(accepted, nil)
	if err != nil {
		return 0, err
	}
	if err := s.shorten(id, people); err != nil {
		return 0, err
	}
	if approved+overtaken > 0 {
		if _, err := s.exec(`DELETE FROM person_state WHERE id NOT IN (SELECT state FROM snapshot_person)`); err != nil {
			return 0, err
		}
	}
	if err := s.directory(); err != nil {
		return 0, err
	}
	return id, s.logAs(LogSnapshotAccepted, map[string]any{"snapshot": id, "source": s.org.Source,
		"people": len(s.org.People), "approved": approved > 0})
}

func (s *snapshot) quarantine(because []rules.Reason) error {
	var content []byte
	found, err := s.get(`SELECT content FROM snapshot WHERE state = 'quarantined' AND digest = ?`,
		[]any{s.org.Digest}, []any{&content})
	if err != nil || found && string(content) == string(s.content) {
		return err
	}
	if found { // the same bytes, read in another way: what was approved is not this
		if _, err := s.exec(`DELETE FROM snapshot WHERE state = 'quarantined' AND digest = ?`, s.org.Digest); err != nil {
			return err
		}
	}
	id, _, err := s.insertAs(quarantined, because)
	if err != nil {
		return err
	}
	return s.logAs(LogSnapshotQuarantined, map[string]any{"snapshot": id, "source": s.org.Source,
		"people": len(s.org.People), "because": codes(because)})
}

func (s *snapshot) logAs(kind string, public map[string]any) error {
	// Hashes go with a salt: whoever knows all but one row could guess that one.
	_, err := s.log(line{at: s.at, kind: kind, public: public,
		personal: map[string]string{"digest": s.org.Digest, "content": hex.EncodeToString(s.content)}})
	return err
}

// insertAs writes the organisation whole, and returns its number and those of what HR
// says about its people.
func (s *snapshot) insertAs(state string, because []rules.Reason) (id int64, people []int64, err error) {
	why, err := encode(because)
	if err != nil {
		return 0, nil, err
	}
	id, err = s.insert(`INSERT INTO snapshot (state, source, digest, content, at, read, made, people, body, because)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, state, s.org.Source, s.org.Digest, s.content, stamp(s.at),
		stamp(s.org.Read), stamp(s.org.Made), len(s.org.People), s.body, why)
	if err != nil {
		return 0, nil, err
	}
	people = make([]int64, len(s.org.People))
	for i, p := range s.org.People {
		if people[i], err = s.state(p); err == nil {
			_, err = s.exec(`INSERT INTO snapshot_person (snapshot, position, state) VALUES (?, ?, ?)`, id, i, people[i])
		}
		if err != nil {
			return 0, nil, fmt.Errorf("person %s: %w", p.ID, err)
		}
	}
	return id, people, nil
}

// state keeps what HR says about a person, once for all snapshots that say the same.
func (s *snapshot) state(p rules.Person) (int64, error) {
	body, err := encode(p)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256([]byte(body))
	var id int64
	found, err := s.get(`SELECT id FROM person_state WHERE hash = ?`, []any{sum[:]}, []any{&id})
	if err != nil || found {
		return id, err
	}
	return s.insert(`INSERT INTO person_state (hash, person, body) VALUES (?, ?, ?)`, sum[:], p.ID, body)
}

// directory gives the references of the log their present names.
func (s *snapshot) directory() error {
	if _, err := s.exec(`UPDATE person SET present = 0 WHERE present`); err != nil {
		return err
	}
	for _, p := range s.org.People {
		ref, err := audit.Draw(rand.Reader, audit.RefSize)
		if err != nil {
			return err
		}
		_, err = s.exec(`INSERT INTO person (id, ref, name, email, manager, department, status, present)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
			ON CONFLICT (id) DO UPDATE SET name = ?3, email = ?4, manager = ?5, department = ?6, status = ?7, present = 1`,
			p.ID, hex.EncodeToString(ref), p.Name, p.Email, p.Manager, p.Department, p.Status.String())
		if err != nil {
			return fmt.Errorf("person %s: %w", p.ID, err)
		}
	}
	return nil
}
