package store

import (
	"encoding/hex"
	"encoding/json"

	"github.com/leadfront/leadfront/connector/audit"
)

// rowHash is the part of a row's hash that entries keep.
func rowHash(columns []string) string {
	hash := audit.Row(columns...)
	return string(hash[:rowSum])
}

// committedRows are rows of a table that entries of one kind commit to.
type committedRows struct {
	kind   string // of the entries
	what   string // in words
	erased string // where an erasure says how many it has destroyed
	rows   string // gives the columns that are hashed, of the rows of entry ?
	count  int    // how many columns those are
	strays string // counts rows that belong to no entry of the kind ?
}

// evidence compares what was learnt, and what platforms have shown, with the entries
// that commit to it.
func (v *verifier) evidence() error {
	for _, t := range []committedRows{
		{kind: LogLearnt, what: "evidence", erased: "$.evidence", count: 11,
			rows: `SELECT e.source, e.stored, e.statement, e.at, e.kind, e.verb, e.object, a.body, b.body, e.digest, e.more
				FROM evidence e JOIN actor a ON a.id = e.actor JOIN actor b ON b.id = e.authority WHERE e.learnt = ?`,
			strays: `SELECT count(*) FROM evidence e WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.seq = e.learnt AND l.kind = ?)`},
		{kind: LogRows, what: "what platforms have shown", erased: "$.rows", count: 3,
			rows:   `SELECT target, row, body FROM enrolment WHERE first = ?`,
			strays: `SELECT count(*) FROM enrolment e WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.seq = e.first AND l.kind = ?)`},
	} {
		if err := v.table(t); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) table(t committedRows) error {
	pages, err := v.q.QueryContext(v.ctx, `SELECT l.seq, coalesce(c.content, '') FROM log l
		LEFT JOIN log_personal c ON c.seq = l.seq WHERE l.kind = ? ORDER BY l.seq`, t.kind)
	if err != nil {
		return err
	}
	defer pages.Close()
	var lost int64
	for pages.Next() {
		var seq int64
		var content string
		if err := pages.Scan(&seq, &content); err != nil {
			return err
		}
		missing, err := v.page(t, seq, content)
		if err != nil {
			return err
		}
		lost += missing
	}
	if err := pages.Err(); err != nil {
		return err
	}
	return v.gone(t, lost)
}

// gone compares how many rows are missing with how many were erased.
func (v *verifier) gone(t committedRows, lost int64) error {
	var erased, strays int64
	if err := v.q.QueryRowContext(v.ctx, `SELECT coalesce(sum(json_extract(body, ?)), 0) FROM log WHERE kind = ? AND json_valid(body)`,
		t.erased, LogErased).Scan(&erased); err != nil {
		return err
	}
	if err := v.q.QueryRowContext(v.ctx, t.strays, t.kind).Scan(&strays); err != nil {
		return err
	}
	if strays > 0 {
		v.problem(ProblemEvidence, 0, "%d rows of %s belong to no entry of the log", strays, t.what)
	}
	if lost > erased {
		v.problem(ProblemEvidence, 0, "%d rows of %s are gone, and the log knows of %d erased ones", lost, t.what, erased)
	}
	return nil
}

// page compares the rows that one entry commits to, and counts those that are gone.
func (v *verifier) page(t committedRows, seq int64, content string) (missing int64, err error) {
	var committed learnt
	sums, err := []byte(nil), json.Unmarshal([]byte(content), &committed)
	if err == nil {
		sums, err = hex.DecodeString(committed.Rows)
	}
	if err != nil {
		v.problem(ProblemEvidence, seq, "entry %d no longer says which rows it commits to", seq)
		return 0, nil
	}
	left := map[string]int{}
	for ; len(sums) >= rowSum; sums = sums[rowSum:] {
		left[string(sums[:rowSum])]++
		missing++
	}
	rows, err := v.q.QueryContext(v.ctx, t.rows, seq)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		columns, into := make([]string, t.count), make([]any, t.count)
		for i := range columns {
			into[i] = &columns[i]
		}
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		sum := rowHash(columns)
		if left[sum] == 0 {
			v.problem(ProblemEvidence, seq, "a row of %s is not what entry %d commits to: %.60s", t.what, seq, columns[t.count-1])
			continue
		}
		left[sum]--
		missing--
		v.out.Evidence++
	}
	return missing, rows.Err()
}
