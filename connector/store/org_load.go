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
	const newest = `(SELECT max(id) FROM snapshot WHERE digest = ?)`
	list, err := readSnapshots(ctx, s.reader, `WHERE s.id = `+newest+`
		OR s.state = 'accepted' AND s.id > (SELECT id FROM snapshot WHERE id = `+newest+` AND later <> 0)`, digest, digest)
	if err != nil {
		return rules.Org{}, false, fmt.Errorf("store: read organisation %s: %w", digest, err)
	}
	if len(list) == 0 {
		return rules.Org{}, false, nil
	}
	list[0].Org.People = rules.PeopleOf(list, 0)
	return list[0].Org, true, nil
}

// acceptedSnapshots returns all that have ruled, the last one whole, the others by
// their differences.
func acceptedSnapshots(ctx context.Context, q querier) ([]rules.Snapshot, error) {
	list, err := readSnapshots(ctx, q, `WHERE s.state = 'accepted'`)
	if err != nil {
		return nil, fmt.Errorf("read the organisations: %w", err)
	}
	return list, nil
}

func readSnapshots(ctx context.Context, q querier, where string, args ...any) ([]rules.Snapshot, error) {
	scan := func(rows *sql.Rows) (snap rules.Snapshot, err error) {
		var at, read, made moment
		var findings jsonText[[]rules.Finding]
		err = rows.Scan(&snap.ID, &snap.Org.Source, &snap.Org.Digest, &at, &read, &made, &findings)
		snap.From, snap.Org.Read, snap.Org.Made, snap.Org.Findings = at.Time, read.Time, made.Time, findings.v
		return snap, err
	}
	list, err := collect(ctx, q, scan, `SELECT s.id, s.source, s.digest, s.at, s.read, s.made, s.body
		FROM snapshot s `+where+` ORDER BY s.id`, args...)
	if err != nil {
		return nil, err
	}
	var later []*rules.Person
	for i := len(list) - 1; i >= 0; i-- {
		people, err := readPeople(ctx, q, list[i].ID, later)
		if err != nil {
			return nil, err
		}
		if i == len(list)-1 {
			list[i].Org.People = make([]rules.Person, len(people))
			for k, p := range people {
				list[i].Org.People[k] = *p
			}
		} else {
			list[i].Was = rules.Before(people, later)
		}
		later = people
	}
	return rules.Shorten(list), nil
}

// readPeople reads an organisation, which may be kept by its differences from the
// later one.
func readPeople(ctx context.Context, q querier, id int64, later []*rules.Person) ([]*rules.Person, error) {
	rows, err := q.QueryContext(ctx, `SELECT sp.alike, sp.later_at, iif(sp.alike = 0, p.body, '')
		FROM snapshot_person sp JOIN person_state p ON p.id = sp.state
		WHERE sp.snapshot = ? ORDER BY sp.position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	people := make([]*rules.Person, 0, len(later))
	for rows.Next() {
		var alike, at int
		var body sql.RawBytes
		if err := rows.Scan(&alike, &at, &body); err != nil {
			return nil, err
		}
		if alike > 0 {
			if at+alike > len(later) {
				return nil, fmt.Errorf("organisation %d refers to %d people of the one after it, which has %d", id, at+alike, len(later))
			}
			people = append(people, later[at:at+alike]...)
			continue
		}
		var one jsonText[rules.Person]
		if err := one.Scan(string(body)); err != nil {
			return nil, err
		}
		people = append(people, &one.v)
	}
	return people, rows.Err()
}
