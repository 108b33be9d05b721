package store

import (
	"encoding/hex"
	"fmt"

	"github.com/leadfront/leadfront/rules"
)

// keepFresh keeps what a page has brought, under the number of one entry that
// commits to every row of it: when leadfront learnt something, and that it was this,
// can be checked later, also of the rows that are left when some were erased.
func (l *learner) keepFresh() error {
	if len(l.fresh) == 0 {
		return nil
	}
	rows := make([]evidenceRow, len(l.fresh))
	sums := make([]byte, 0, len(rows)*rowSum)
	for i, e := range l.fresh {
		row, err := l.row(e)
		if err != nil {
			return fmt.Errorf("statement %s: %w", e.Statement, err)
		}
		rows[i] = row
		sums = append(sums, rowHash(row.text[:])...)
	}
	seq, err := l.log(line{at: l.at, kind: LogLearnt, target: l.walk.Source,
		public: map[string]any{"source": l.walk.Source, "count": len(rows)}, personal: learnt{Rows: hex.EncodeToString(sums)}})
	if err != nil {
		return err
	}
	for i, row := range rows {
		l.fresh[i].Learnt = seq
		if err := l.keep(row, seq); err != nil {
			return fmt.Errorf("statement %s: %w", row.text[2], err)
		}
	}
	return nil
}

// learnt is the personal part of an entry about a page: the sums of its rows, one
// after the other.
type learnt struct {
	Rows string `json:"rows"` // hex
}

// rowSum is how many bytes of a row's hash are kept.
const rowSum = 20

// evidenceRow is a row of evidence as its columns hold it: source, stored,
// statement, at, kind, verb, object, body of the actor, body of the authority,
// digest, more.
type evidenceRow struct {
	text             [11]string
	actor, authority rules.Actor
}

func (l *learner) row(e rules.Evidence) (evidenceRow, error) {
	actor, err := encode(e.Actor)
	if err != nil {
		return evidenceRow{}, err
	}
	authority, err := encode(e.Authority)
	if err != nil {
		return evidenceRow{}, err
	}
	more, err := encode(restOf(e))
	return evidenceRow{text: [11]string{e.Source, stamp(e.Stored), e.Statement, stamp(e.Timestamp), e.Kind.String(),
		e.Verb, e.Object, actor, authority, e.Digest, more}, actor: e.Actor, authority: e.Authority}, err
}

func (l *learner) keep(r evidenceRow, seq int64) error {
	actor, err := l.actor(r.actor, r.text[7])
	if err != nil {
		return err
	}
	authority, err := l.actor(r.authority, r.text[8])
	if err != nil {
		return err
	}
	_, err = l.exec(`INSERT INTO evidence (source, stored, statement, at, kind, verb, object, actor, authority, digest, more, learnt)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.text[0], r.text[1], r.text[2], r.text[3], r.text[4], r.text[5],
		r.text[6], actor, authority, r.text[9], r.text[10], seq)
	return err
}
