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
func (g *judging) readWitnesses() {
	g.witnessed = map[int32]Requirement{}
	of := g.witnessRows()
	for k, w := range g.facts.Witnesses {
		if of[k] < 0 {
			continue
		}
		now := Requirement{Name: RequireCourse, By: ByLMS}
		if w.Completed {
			if now.At = w.At; now.At.IsZero() {
				now.At = g.facts.Now
			}
			now.First = now.At
		}
		if old, known := g.witnessed[of[k]]; !known || old.At.IsZero() {
			g.witnessed[of[k]] = now
		}
	}
}

// witnessRows finds whose row each witness is about; -1: nobody's in the programme.
func (g *judging) witnessRows() []int32 {
	out := make([]int32, len(g.facts.Witnesses))
	about := map[rowKey][]int{}
	for k, w := range g.facts.Witnesses {
		out[k] = -1
		about[rowKey{target: w.Target, row: w.Row}] = append(about[rowKey{target: w.Target, row: w.Row}], k)
	}
	if len(about) == 0 {
		return out
	}
	for _, key := range g.targets {
		for _, r := range g.acc.byTarget[key] {
			if p := g.acc.person[r]; p >= 0 {
				for _, k := range about[rowKey{target: key, row: g.facts.Enrolments[r].Row}] {
					out[k] = p
				}
			}
		}
	}
	return out
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
		active := g.signs.of(n) != nil
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
