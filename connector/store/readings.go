package store

import (
	"database/sql"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/leadfront/leadfront/rules"
)

// seenRow is an enrolment as it was kept last.
type seenRow struct {
	id   int64
	body string
}

// readings keeps what the platforms have shown, where it is news: with evidence,
// organisation and configuration it is what decisions can be judged again from.
func (s *Store) readings(c *cycle) error {
	if len(c.Read) == 0 {
		return nil
	}
	if s.cache.rows == nil {
		if err := s.cache.loadRows(c.tx); err != nil {
			return err
		}
	}
	now := map[string]map[string]string{}
	for i := range c.Rows {
		e := c.Rows[i]
		e.Asked = false // who was asked about differs from cycle to cycle
		body, err := encode(e)
		if err != nil {
			return err
		}
		if now[e.Target] == nil {
			now[e.Target] = map[string]string{}
		}
		now[e.Target][e.Row] = s.cache.lasting(e, body)
	}
	for _, target := range slices.Sorted(maps.Keys(c.Read)) {
		if !c.Read[target] {
			continue
		}
		if err := c.reading(&s.cache, target, now[target]); err != nil {
			return err
		}
	}
	return nil
}

// lasting is the body to keep: that a platform was asked about a start this time and
// not the next is no news.
func (c *cache) lasting(e rules.Enrolment, body string) string {
	if e.Start != rules.SignUnknown {
		return body
	}
	last, known := c.rows[e.Target][e.Row]
	if !known {
		return body
	}
	var was jsonText[rules.Enrolment]
	if was.Scan(last.body) != nil {
		return body
	}
	was.v.Start, was.v.StartAt = e.Start, e.StartAt
	if text, err := encode(was.v); err != nil || text != body {
		return body
	}
	return last.body
}

// reading keeps what one target shows differently, under one entry that commits to
// every new row.
func (c *cycle) reading(known *cache, target string, now map[string]string) error {
	last := known.rows[target]
	news, gone := differing(last, now)
	if len(news)+len(gone) == 0 {
		return nil
	}
	var sums []byte
	for _, row := range news {
		sums = append(sums, rowHash([]string{target, row, now[row]})...)
	}
	seq, err := c.log(line{at: c.At, kind: LogRows, target: target, personal: learnt{Rows: hex.EncodeToString(sums)},
		public: map[string]any{"rows": len(now), "count": len(news), "gone": len(gone)}})
	if err != nil {
		return err
	}
	kept := maps.Clone(last)
	if kept == nil {
		kept = map[string]seenRow{}
	}
	for _, row := range gone {
		delete(kept, row)
		if _, err := c.exec(`UPDATE enrolment SET gone = ? WHERE id = ?`, seq, last[row].id); err != nil {
			return err
		}
	}
	for _, row := range news {
		id, err := c.insert(`INSERT INTO enrolment (target, row, body, first) VALUES (?, ?, ?, ?)`, target, row, now[row], seq)
		if err != nil {
			return err
		}
		kept[row] = seenRow{id, now[row]}
	}
	c.committed = append(c.committed, func() { known.rows[target] = kept })
	return nil
}

// differing are the rows that are new or other than before, and those that are no
// longer there as they were.
func differing(last map[string]seenRow, now map[string]string) (news, gone []string) {
	for _, row := range slices.Sorted(maps.Keys(now)) {
		if was, there := last[row]; !there || was.body != now[row] {
			news = append(news, row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(last)) {
		if now[row] != last[row].body {
			gone = append(gone, row)
		}
	}
	return news, gone
}

func (c *cache) loadRows(t *tx) error {
	rows := map[string]map[string]seenRow{}
	_, err := collect(t.ctx, t.sql, func(r *sql.Rows) (_ struct{}, err error) {
		var seen seenRow
		var target, row string
		err = r.Scan(&seen.id, &target, &row, &seen.body)
		if rows[target] == nil {
			rows[target] = map[string]seenRow{}
		}
		rows[target][row] = seen
		return struct{}{}, err
	}, `SELECT id, target, row, body FROM enrolment WHERE gone = 0`)
	if err == nil {
		c.rows = rows
	}
	return err
}
