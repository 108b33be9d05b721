package store

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// progressEvery is how many entries lie between two reports of progress.
const progressEvery = 10_000

// entries goes through the log once, from its first entry to its last.
func (v *verifier) entries() error {
	v.compare()
	rows, err := v.q.QueryContext(v.ctx, `SELECT l.seq, l.at, l.kind, l.program, l.target, l.person, l.body, l.commitment,
		l.leaf, c.salt, c.content FROM log l LEFT JOIN log_personal c ON c.seq = l.seq ORDER BY l.seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r logRow
		if err := r.scan(rows); err != nil {
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

func (r *logRow) scan(rows *sql.Rows) error {
	err := rows.Scan(&r.Seq, &r.at, &r.Kind, &r.Program, &r.Target, &r.Person, &r.Body, &r.Commitment, &r.leaf, &r.salt, &r.content)
	r.At, _ = time.Parse(audit.TimeFormat, r.at) // what is no time fits no hash
	return err
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
	rows, err := v.q.QueryContext(v.ctx, `
		SELECT i.seq, count(o.seq) AS n FROM log i
		LEFT JOIN (SELECT seq, json_extract(body, '$.intent') AS intent FROM log WHERE kind = 'outcome' AND json_valid(body)) o
			ON o.intent = i.seq
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

// evidence compares the rows of evidence with the entries that commit to them.
func (v *verifier) evidence() error {
	pages, err := v.q.QueryContext(v.ctx, `SELECT l.seq, coalesce(c.content, '') FROM log l
		LEFT JOIN log_personal c ON c.seq = l.seq WHERE l.kind = ? ORDER BY l.seq`, LogLearnt)
	if err != nil {
		return err
	}
	defer pages.Close()
	for pages.Next() {
		var seq int64
		var content string
		if err := pages.Scan(&seq, &content); err != nil {
			return err
		}
		if err := v.page(seq, content); err != nil {
			return err
		}
	}
	if err := pages.Err(); err != nil {
		return err
	}
	var erased, foreign int64
	err = v.q.QueryRowContext(v.ctx, `SELECT coalesce(sum(json_extract(body, '$.evidence')), 0),
		(SELECT count(*) FROM evidence e WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.seq = e.learnt AND l.kind = ?1))
		FROM log WHERE kind = ?2 AND json_valid(body)`, LogLearnt, LogErased).Scan(&erased, &foreign)
	if err == nil && foreign > 0 {
		v.problem(ProblemEvidence, 0, "%d rows of evidence belong to no entry of the log", foreign)
	}
	if err == nil && v.lost > erased {
		v.problem(ProblemEvidence, 0, "%d rows of evidence are gone, and the log knows of %d erased ones", v.lost, erased)
	}
	return err
}

// page compares the rows that one entry commits to.
func (v *verifier) page(seq int64, content string) error {
	var committed learnt
	sums, err := []byte(nil), json.Unmarshal([]byte(content), &committed)
	if err == nil {
		sums, err = hex.DecodeString(committed.Rows)
	}
	if err != nil {
		v.problem(ProblemEvidence, seq, "entry %d no longer says which evidence it commits to", seq)
		return nil
	}
	left := map[string]bool{}
	for ; len(sums) >= rowSum; sums = sums[rowSum:] {
		left[string(sums[:rowSum])] = true
	}
	rows, err := v.q.QueryContext(v.ctx, `SELECT e.source, e.stored, e.statement, e.at, e.kind, e.verb, e.object,
		a.body, b.body, e.digest, e.more FROM evidence e JOIN actor a ON a.id = e.actor JOIN actor b ON b.id = e.authority
		WHERE e.learnt = ?`, seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r evidenceRow
		into := make([]any, len(r.text))
		for i := range r.text {
			into[i] = &r.text[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if sum := string(r.sum()); left[sum] {
			delete(left, sum)
			v.out.Evidence++
		} else {
			v.problem(ProblemEvidence, seq, "statement %s of %s is not what was learnt under entry %d", r.text[2], r.text[0], seq)
		}
	}
	v.lost += int64(len(left))
	return rows.Err()
}
