package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Activity is how many changes were made in one step of time.
type Activity struct {
	From     time.Time // of the step
	Holds    int
	Releases int // and first admissions
}

// Activity counts the changes of a programme that were made since then, in steps of a
// day, an hour or a minute, oldest first. Steps without any are left out.
func (s *Store) Activity(ctx context.Context, program string, since time.Time, step time.Duration) ([]Activity, error) {
	layout := map[time.Duration]string{24 * time.Hour: "2006-01-02", time.Hour: "2006-01-02T15", time.Minute: "2006-01-02T15:04"}[step]
	if layout == "" {
		return nil, fmt.Errorf("store: count changes: a step of %s is none of a day, an hour and a minute", step)
	}
	all, err := collect(ctx, s.reader, func(rows *sql.Rows) (a Activity, err error) {
		var from string
		if err = rows.Scan(&from, &a.Holds, &a.Releases); err == nil {
			a.From, err = time.Parse(layout, from)
		}
		return a, err
	}, `SELECT substr(at, 1, ?) AS step, sum(move = 'hold'), sum(move <> 'hold') FROM change
		WHERE at >= ? AND program = ? AND result = 'done' GROUP BY step ORDER BY step`, len(layout), stamp(since), program)
	if err != nil {
		return nil, fmt.Errorf("store: count changes: %w", err)
	}
	return all, nil
}
