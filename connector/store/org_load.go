package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// HeldOrg is an organisation in quarantine.
type HeldOrg struct {
	Digest   string
	Source   string
	At       time.Time // when it was put there
	Read     time.Time
	People   int
	Because  []rules.Reason
	Approved bool // it will be accepted when it is read again
}

// HeldOrgs returns the organisations in quarantine, oldest first.
func (s *Store) HeldOrgs(ctx context.Context) ([]HeldOrg, error) {
	all, err := collect(ctx, s.reader, func(rows *sql.Rows) (h HeldOrg, err error) {
		var at, read moment
		var because jsonText[[]rules.Reason]
		err = rows.Scan(&h.Digest, &h.Source, &at, &read, &h.People, &because, &h.Approved)
		h.At, h.Read, h.Because = at.Time, read.Time, because.v
		return h, err
	}, `SELECT digest, source, at, read, people, because, approved <> '' FROM snapshot
		WHERE state = 'quarantined' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("store: list the organisations in quarantine: %w", err)
	}
	return all, nil
}

// Snapshot returns the organisation of that digest, accepted or in quarantine, the
// newest one when several were read from the same bytes. Found is false where there
// is none.
func (s *Store) Snapshot(ctx context.Context, digest string) (org rules.Org, found bool, err error) {
	all, err := readSnapshots(ctx, s.reader, `WHERE s.id = (SELECT max(id) FROM snapshot WHERE digest = ?)`, digest)
	if err != nil {
		return rules.Org{}, false, fmt.Errorf("store: read organisation %s: %w", digest, err)
	}
	if len(all) == 0 {
		return rules.Org{}, false, nil
	}
	return all[0].Org, true, nil
}

func acceptedSnapshots(ctx context.Context, q querier) ([]rules.Snapshot, error) {
	all, err := readSnapshots(ctx, q, `WHERE s.state = 'accepted'`)
	if err != nil {
		return nil, fmt.Errorf("read the organisations: %w", err)
	}
	return all, nil
}

func readSnapshots(ctx context.Context, q querier, where string, args ...any) ([]rules.Snapshot, error) {
	scan := func(rows *sql.Rows) (snap rules.Snapshot, err error) {
		var at, read, made moment
		var findings jsonText[[]rules.Finding]
		var people int
		err = rows.Scan(&snap.ID, &snap.Org.Source, &snap.Org.Digest, &at, &read, &made, &people, &findings)
		snap.From, snap.Org.Read, snap.Org.Made, snap.Org.Findings = at.Time, read.Time, made.Time, findings.v
		snap.Org.People = make([]rules.Person, 0, people)
		return snap, err
	}
	all, err := collect(ctx, q, scan, `SELECT s.id, s.source, s.digest, s.at, s.read, s.made, s.people, s.body
		FROM snapshot s `+where+` ORDER BY s.id`, args...)
	if err != nil {
		return nil, err
	}
	states := map[int64]rules.Person{} // shared between snapshots
	for i := range all {
		if all[i].Org.People, err = readPeople(ctx, q, all[i].ID, states, all[i].Org.People); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readPeople(ctx context.Context, q querier, id int64, states map[int64]rules.Person, into []rules.Person) ([]rules.Person, error) {
	rows, err := q.QueryContext(ctx, `SELECT p.id, p.body FROM snapshot_person sp JOIN person_state p ON p.id = sp.state
		WHERE sp.snapshot = ? ORDER BY sp.position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var state int64
		var body sql.RawBytes
		if err := rows.Scan(&state, &body); err != nil {
			return nil, err
		}
		p, ok := states[state]
		if !ok {
			var text jsonText[rules.Person]
			if err := text.Scan(string(body)); err != nil {
				return nil, err
			}
			p = text.v
			states[state] = p
		}
		into = append(into, p)
	}
	return into, rows.Err()
}
