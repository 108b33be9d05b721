package rules

import "time"

// Whose word counts for a completion.
const (
	WitnessLRS    = "lrs"
	WitnessLMS    = "lms"
	WitnessEither = "either"
)

// Witness is the LMS's own word about whether the account of a row has completed the
// course. Where the LMS does not tell, there is none.
type Witness struct {
	Target    string // Target.Key
	Row       string
	Completed bool
	At        time.Time // zero: the LMS does not say when
}

// readWitnesses takes in what the LMS says of people's completions.
func (g *judging) readWitnesses(acc *accounts) {
	g.witnessed = map[int32]Requirement{}
	of := map[rowKey]int32{}
	for r := range g.facts.Enrolments {
		e := &g.facts.Enrolments[r]
		if acc.person[r] >= 0 && g.targets(e.Target) {
			of[rowKey{target: e.Target, row: e.Row}] = acc.person[r]
		}
	}
	for _, w := range g.facts.Witnesses {
		i, ok := of[rowKey{target: w.Target, row: w.Row}]
		if !ok {
			continue
		}
		now := Requirement{Name: RequireCourse, By: ByLMS}
		if w.Completed {
			if now.At = w.At; now.At.IsZero() {
				now.At = g.facts.Now
			}
			now.First = now.At
		}
		if old, known := g.witnessed[i]; !known || old.At.IsZero() {
			g.witnessed[i] = now
		}
	}
}

// witness is the completion of the course by whoever's word counts.
func (g *judging) witness(i int32, records Requirement) Requirement {
	lms, known := g.witnessed[i]
	switch g.p.Witness {
	case WitnessLMS:
		if !known {
			return Requirement{Name: RequireCourse, First: records.First}
		}
		return lms
	case WitnessEither:
		if known && records.At.IsZero() {
			return lms
		}
	}
	return records
}

// disagreements are leaders of whom the LMS and the records say different things,
// and leaders who are at work in the LMS and of whom no statement has ever come: a
// role there can silence them.
func (g *judging) disagreements() []Finding {
	var out []Finding
	for i, leads := range g.leads {
		if !leads {
			continue
		}
		n, id := int32(i), g.x.People[i].ID
		r := g.records[i]
		lms, known := g.witnessed[n]
		completed := r != nil && !r.Completed.IsZero()
		if known && completed == lms.At.IsZero() {
			detail := "the LMS says completed, the records do not"
			if completed {
				detail = "the records say completed, the LMS does not"
			}
			out = append(out, Finding{Code: CodeRecordsDisagree, Program: g.p.ID, Person: id, Detail: detail})
		}
		_, active := g.signs[n]
		if r == nil && (active || known && !lms.At.IsZero()) {
			out = append(out, Finding{Code: CodeLeaderSilent, Program: g.p.ID, Person: id})
		}
	}
	return out
}

// unwitnessed reports whether the word that counts is the LMS's, and it could not be
// asked.
func (g *judging) unwitnessed() *Reason {
	for _, t := range g.p.Targets {
		if g.p.Witness == WitnessLMS && g.facts.Unwitnessed[t.Key()] {
			return &Reason{Code: CodeUnread, Detail: t.LMS}
		}
	}
	return nil
}
