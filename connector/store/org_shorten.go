package store

import (
	"database/sql"
	"fmt"
)

// shorten keeps by their differences all organisations that have ruled before this
// one and are still there whole.
func (s *snapshot) shorten(id int64, newer []int64) error {
	whole, err := collect(s.ctx, s.sql, func(rows *sql.Rows) (id int64, err error) {
		return id, rows.Scan(&id)
	}, `SELECT id FROM snapshot WHERE state = 'accepted' AND later = 0 AND id < ? ORDER BY id DESC`, id)
	if err != nil {
		return err
	}
	for _, older := range whole {
		people, err := s.statesOf(older)
		if err == nil {
			err = s.rewrite(older, id, runs(people, newer))
		}
		if err != nil {
			return fmt.Errorf("organisation %d: %w", older, err)
		}
		id, newer = older, people
	}
	return nil
}

// statesOf are the numbers of what HR says about the people of a whole organisation.
func (s *snapshot) statesOf(id int64) ([]int64, error) {
	return collect(s.ctx, s.sql, func(rows *sql.Rows) (state int64, err error) {
		return state, rows.Scan(&state)
	}, `SELECT state FROM snapshot_person WHERE snapshot = ? ORDER BY position`, id)
}

func (s *snapshot) rewrite(id, later int64, all []stretch) error {
	if _, err := s.exec(`DELETE FROM snapshot_person WHERE snapshot = ?`, id); err != nil {
		return err
	}
	for _, r := range all {
		if _, err := s.exec(`INSERT INTO snapshot_person (snapshot, position, state, alike, later_at) VALUES (?, ?, ?, ?, ?)`,
			id, r.position, r.state, r.alike, r.at); err != nil {
			return err
		}
	}
	_, err := s.exec(`UPDATE snapshot SET later = ? WHERE id = ?`, later, id)
	return err
}

// stretch is a row of people: one person, or with alike so many who stand as they do
// in the later organisation from the place at.
type stretch struct {
	position  int
	state     int64
	alike, at int
}

// runs tells older by its differences from newer.
func runs(older, newer []int64) []stretch {
	places := make(map[int64]int, len(newer))
	for i, state := range newer {
		places[state] = i
	}
	var all []stretch
	for i, state := range older {
		if n := len(all) - 1; n >= 0 && all[n].alike > 0 {
			if next := all[n].at + all[n].alike; next < len(newer) && newer[next] == state {
				all[n].alike++
				continue
			}
		}
		r := stretch{position: i, state: state}
		if at, there := places[state]; there {
			r.alike, r.at = 1, at
		}
		all = append(all, r)
	}
	return all
}
