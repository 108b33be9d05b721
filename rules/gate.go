package rules

import (
	"slices"
	"strings"
	"time"
)

// Contract is a further course that a leader can be asked to have done, such as the
// coaching playbook.
type Contract struct {
	ID     string
	Course Course
}

// What a leader can be asked for beside the contracts of the programme.
const (
	RequireCourse   = "course"
	RequireUseCase  = "use_case"
	RequirePlaybook = "playbook" // the Contract of that ID
)

// Requirement is one thing that a leader is asked for, and how it was met.
type Requirement struct {
	Name string `json:"name"`
	// At is when it was met, as it stands now; zero: not.
	At time.Time `json:"at,omitzero"`
	// First is when it was first met, counting what was voided or withdrawn since.
	First      time.Time `json:"first,omitzero"`
	Statements []string  `json:"statements,omitempty"`
	// Known is when the last of what meets it was stored, and learnt.
	Known Known `json:"-"`
	// By is what says so where it is no statement: "attested" or "lms".
	By string `json:"by,omitempty"`
}

// What says so where it is no statement.
const (
	ByAttest = "attested"
	ByLMS    = "lms"
)

// requirements are the names of what a leader must have done, the course first.
func (p *Program) requirements() []string {
	out := []string{RequireCourse}
	if p.Sequence.Gate == GateThreshold {
		out = append(out, RequireUseCase)
	}
	return append(out, p.Sequence.Require...)
}

// readGate says who has met the gate.
func (g *judging) readGate(m *Memory, program int) {
	g.useCases = map[int32][]*share{}
	g.allShares = g.shares(m.voided)
	for _, s := range g.allShares {
		if s.who >= 0 {
			g.useCases[s.who] = append(g.useCases[s.who], s)
		}
	}
	g.others = map[string][]*Record{}
	for i := range g.p.Contracts {
		c := &g.p.Contracts[i]
		g.others[c.ID] = m.fold(foldKey{program, i}, &Program{ID: g.p.ID, Course: c.Course, Clock: g.p.Clock}, g.facts.Now).records
	}
	g.require = g.p.requirements()
	g.qual = make([]bool, g.x.Len())
	for i, r := range g.records {
		g.qual[i] = r != nil && g.meets(int32(i))
	}
	for i := range g.settled {
		g.qual[i] = g.meets(i)
	}
	for i := range g.witnessed {
		g.qual[i] = g.meets(i)
	}
}

// meets reports whether i has met every requirement.
func (g *judging) meets(i int32) bool {
	for _, name := range g.require {
		if r := g.requirement(name, i); r.At.IsZero() {
			return false
		}
	}
	return true
}

// requirement is how i has met what is asked.
func (g *judging) requirement(name string, i int32) Requirement {
	switch name {
	case RequireCourse:
		return g.course(i)
	case RequireUseCase:
		return g.useCase(i)
	}
	out := Requirement{Name: name}
	if r := recordOf(g.others[name], i); r != nil {
		out.At, out.First, out.Statements, out.Known = r.Completed, r.FirstCompleted, r.Evidence, r.Known
	}
	return out
}

// recordOf is the record of i; nil for nobody's.
func recordOf(records []*Record, i int32) *Record {
	if records == nil {
		return nil
	}
	return records[i]
}

// useCase is the earliest use case that counts.
func (g *judging) useCase(i int32) Requirement {
	out := Requirement{Name: RequireUseCase}
	for _, s := range g.useCases[i] {
		if at := s.since(); s.ever && (out.First.IsZero() || at.Before(out.First)) {
			out.First = at
		}
		if at := s.since(); s.Counts && (out.At.IsZero() || at.Before(out.At)) {
			out.At, out.Statements, out.Known = at, []string{s.Statement}, Known{later(s.stored, at), s.learnt}
		}
	}
	return out
}

// course is the completion of the course, by the records and by what settles it
// without them.
func (g *judging) course(i int32) Requirement {
	out := Requirement{Name: RequireCourse}
	if r := g.records[i]; r != nil {
		out.At, out.First, out.Statements, out.Known = r.Completed, r.FirstCompleted, r.Evidence, r.Known
	}
	if s, ok := g.settled[i]; ok {
		return s
	}
	return g.witness(i, out)
}

// readAttests takes in what somebody has vouched for. It settles a case that the
// records do not show, and never worsens one.
func (g *judging) readAttests() {
	g.settled = map[int32]Requirement{}
	for _, a := range g.facts.Attests {
		n, ok := g.x.Find(a.Person)
		if !ok || a.Program != g.p.ID {
			continue
		}
		r := g.course(int32(n))
		if r.At.IsZero() || a.Done.Before(r.At) {
			r = Requirement{Name: RequireCourse, At: a.Done, First: a.Done, Known: Known{Stored: a.At}, By: ByAttest}
		}
		g.settled[int32(n)] = r
	}
}

// firstQualified is when the leader had first met the gate, counting what was
// voided or withdrawn since; zero: never.
func (g *judging) firstQualified(l int32) time.Time {
	return g.latest(l, func(r Requirement) time.Time { return r.First })
}

// qualifiedSince is when the leader met the gate, as it stands now; zero: not.
func (g *judging) qualifiedSince(l int32) time.Time {
	return g.latest(l, func(r Requirement) time.Time { return r.At })
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (g *judging) latest(l int32, when func(Requirement) time.Time) time.Time {
	var last time.Time
	for _, name := range g.require {
		at := when(g.requirement(name, l))
		if at.IsZero() {
			return at
		}
		if at.After(last) {
			last = at
		}
	}
	return last
}

// missing is what a leader still has to do.
func (g *judging) missing(leader int32) []Reason {
	var out []Reason
	for _, name := range g.require {
		if !g.requirement(name, leader).At.IsZero() {
			continue
		}
		out = append(out, g.missingOf(name, leader)...)
	}
	return out
}

func (g *judging) missingOf(name string, leader int32) []Reason {
	id := g.x.People[leader].ID
	switch name {
	case RequireCourse:
		return g.missingCourse(leader)
	case RequireUseCase:
		for _, s := range slices.Backward(g.useCases[leader]) {
			switch s.State {
			case Endorsement:
				return []Reason{{Code: CodeEndorsementOnly, Person: id, Statement: s.Statement, At: s.At, Detail: strings.Join(s.Missing, ", ")}}
			case Duplicate:
				return []Reason{{Code: CodeDuplicateOnly, Person: id, Statement: s.Statement, At: s.At}}
			case Claimed:
				return []Reason{{Code: CodeUnconfirmed, Person: id, Statement: s.Statement, At: s.At}}
			}
		}
		return []Reason{{Code: CodeUseCaseMissing, Person: id}}
	case RequirePlaybook:
		return []Reason{{Code: CodeNotBriefed, Person: id}}
	}
	return []Reason{{Code: CodeContractMissing, Person: id, Detail: name}}
}

func (g *judging) missingCourse(leader int32) []Reason {
	if r := g.records[leader]; r != nil && len(r.Missing) > 0 {
		return r.Missing
	}
	return []Reason{{Code: CodeCourseMissing, Person: g.x.People[leader].ID}}
}
