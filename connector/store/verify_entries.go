package store

import (
	"database/sql"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// progressEvery is how many entries lie between two reports of progress.
const progressEvery = 10_000

// entries goes through the log once, from its first entry to its last.
func (v *verifier) entries() error {
	v.compare()
	rows, err := v.q.QueryContext(v.ctx, verifiable+` ORDER BY l.seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanLogRow(rows)
		if err != nil {
			return err
		}
		v.entry(&r)
		if v.o.Progress != nil && (r.Seq%progressEvery == 0 || r.Seq == v.total) {
			v.o.Progress(r.Seq, v.total)
		}
	}
	v.out.Entries, v.out.Root = v.tree.Size(), v.tree.Root().String()
	return rows.Err()
}

// logRow is an entry with what was kept beside it.
type logRow struct {
	audit.Entry
	at      string
	leaf    []byte
	salt    []byte
	content sql.NullString
}

// verifiable reads what scanLogRow scans.
const verifiable = `SELECT l.seq, l.at, l.kind, l.program, l.target, l.person, l.body, l.commitment,
	l.leaf, c.salt, c.content FROM log l LEFT JOIN log_personal c ON c.seq = l.seq`

func scanLogRow(rows *sql.Rows) (r logRow, err error) {
	err = rows.Scan(&r.Seq, &r.at, &r.Kind, &r.Program, &r.Target, &r.Person, &r.Body, &r.Commitment, &r.leaf, &r.salt, &r.content)
	r.At, _ = time.Parse(audit.TimeFormat, r.at) // what is no time fits no hash
	return r, err
}

func (v *verifier) entry(r *logRow) {
	if r.Seq != v.last+1 {
		v.problem(ProblemGap, v.last+1, "entries %d to %d are missing", v.last+1, r.Seq-1)
	}
	v.last = r.Seq
	leaf := r.Leaf()
	switch {
	case r.Seq <= v.skip && len(r.leaf) == audit.Size:
		leaf = audit.Hash(r.leaf)
	case string(r.leaf) != string(leaf[:]):
		v.problem(ProblemEntry, r.Seq, "entry %d (%s) is not what its hash says: it was changed", r.Seq, r.Kind)
	}
	v.tree.Add(leaf)
	v.personal(r)
	v.compare()
}

// personal checks content against the entry that commits to it.
func (v *verifier) personal(r *logRow) {
	switch {
	case len(r.Commitment) > 0 && !r.content.Valid:
		v.out.Erased++
	case !r.content.Valid:
	case !audit.Keeps(r.Commitment, r.salt, r.content.String):
		v.problem(ProblemPersonal, r.Seq, "the personal content of entry %d (%s) is not what the entry commits to", r.Seq, r.Kind)
	}
}

// compare compares the tree with the checkpoints of its size. Only the first that
// does not fit is a problem of its own: it spoils all behind it.
func (v *verifier) compare() {
	for len(v.marks) > 0 && v.marks[0].Size <= v.tree.Size() {
		m := v.marks[0]
		v.marks = v.marks[1:]
		switch {
		case m.Size < v.tree.Size():
		case m.Root == v.tree.Root():
			v.out.Checkpoints++
			v.good = m.Size
			if next := m.by + 1; next < len(v.ring) && v.ring[next].From == m.Size {
				v.named[next] = true
			}
		case !v.forked:
			v.forked = true
			v.problem(ProblemForked, v.good+1, "%s, signed %s, does not fit: between entries %d and %d the log is not the one that was signed",
				m.where, m.At.UTC().Format(time.RFC3339), v.good+1, m.Size)
		}
	}
}

// beyond is about checkpoints of more entries than there are.
func (v *verifier) beyond() error {
	if n := len(v.marks); n > 0 {
		m := v.marks[n-1]
		v.problem(ProblemTail, v.last+1, "entries %d to %d are missing: %s, signed %s, covers them. The end was cut off, or an older file was put back",
			v.last+1, m.Size, m.where, m.At.UTC().Format(time.RFC3339))
	}
	return nil
}

// outcomes checks that each intent has one outcome, and each outcome an intent.
// Intents behind the last checkpoint may still be under way.
func (v *verifier) outcomes() error {
	// Materialized, and cast, so that SQLite makes an index of it: otherwise each intent
	// would be looked for among all outcomes.
	rows, err := v.q.QueryContext(v.ctx, `
		WITH o AS MATERIALIZED (SELECT seq, CAST(json_extract(body, '$.intent') AS INTEGER) AS intent FROM log
			WHERE kind = 'outcome' AND json_valid(body))
		SELECT i.seq, count(o.seq) AS n FROM log i LEFT JOIN o ON o.intent = i.seq
		WHERE i.kind = 'intent' GROUP BY i.seq HAVING n <> 1
		UNION ALL
		SELECT o.seq, -1 FROM log o WHERE o.kind = 'outcome' AND NOT EXISTS (SELECT 1 FROM log i
			WHERE i.kind = 'intent' AND i.seq = CASE WHEN json_valid(o.body) THEN json_extract(o.body, '$.intent') END)`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq, n int64
		if err := rows.Scan(&seq, &n); err != nil {
			return err
		}
		switch {
		case n < 0:
			v.problem(ProblemOutcome, seq, "entry %d is the outcome of no intent", seq)
		case n == 0:
			v.out.Unanswered++
		default:
			v.problem(ProblemOutcome, seq, "intent %d has %d outcomes", seq, n)
		}
	}
	return rows.Err()
}
