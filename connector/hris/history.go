package hris

import (
	"time"

	"github.com/leadfront/leadfront/rules"
)

// era is where a row stands in time. Of two rows of one person the later era in
// this order counts.
type era uint8

const (
	past era = iota
	future
	present
)

// span is the time of the row that counts for a person.
type span struct {
	era         era
	from, until time.Time
}

func (s span) dated() bool { return !s.from.IsZero() || !s.until.IsZero() }

// InForce reports whether the row holds at now. What a row says that does not is
// history or plan: its words need not be known.
func (row *Row) InForce(now time.Time) bool {
	return !row.From.After(now) && (row.Until.IsZero() || row.Until.After(now))
}

func (r *Roster) spanOf(row *Row) span {
	s := span{present, row.From, row.Until}
	switch {
	case row.From.After(r.now):
		s.era = future
	case !row.InForce(r.now):
		s.era = past
	}
	return s
}

func (r *Roster) setSpan(at int32, s span) {
	if s.dated() {
		r.spans[at] = s
	} else {
		delete(r.spans, at)
	}
}

// succeed decides between two rows of one id of which at least one has dates: the
// row in force counts, else the next to come, else the last one. Two in force at
// once are merged like any two rows.
func (r *Roster) succeed(at int32, row *Row, mine span) {
	have := span{era: present}
	if s, ok := r.spans[at]; ok {
		have = s
	}
	takes := mine.era > have.era
	if mine.era == have.era {
		switch mine.era {
		case present:
			r.merge(at, &row.Person, row.Number)
			return
		case future:
			takes = mine.from.Before(have.from)
		case past:
			takes = mine.until.After(have.until)
		}
	}
	if takes {
		r.people[at], r.numbers[at] = row.Person, int32(row.Number)
		r.setSpan(at, mine)
	}
}

// endSpans states as inactive whose every row has ended or has yet to begin: that
// is what the dates say.
func (r *Roster) endSpans() {
	for at, s := range r.spans {
		if s.era != present {
			r.people[at].Status = rules.Inactive
		}
	}
}
