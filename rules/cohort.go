package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Gate is the gate of a cohort that was opened. It stays open.
type Gate struct {
	Program string    `json:"program"`
	Unit    string    `json:"unit,omitempty"` // the department; empty: the whole audience
	At      time.Time `json:"at"`
}

// cohort is all effective leaders of an audience, or of one unit of it.
type cohort struct {
	leaders   []int32
	qualified int       // how many of them; one whose own way up is in doubt is not
	doubtful  int       // whose own way up is in doubt
	needed    int       // how many must be
	opened    time.Time // zero: never opened in a mode that writes

	lost    []string // HR ids of leaders who are gone without a word, as not qualified
	strays  []int32  // people who may have a leader more
	extra   int      // how many of them count
	atLeast int      // how many must be, were there no strays
	silent  bool     // HR no longer says what made somebody a leader
	waits   []int32  // leaders who have not qualified, at most mostNamed
}

// reached reports whether enough leaders have qualified. Of nobody, nobody has.
func (c *cohort) reached() bool { return c.size() > 0 && c.qualified >= c.needed }

func (c *cohort) open() bool { return !c.opened.IsZero() || c.reached() }

// decides: where there is no leader to wait for, and never was, the cohort says
// nothing and everybody is judged by their own leader.
func (c *cohort) decides() bool { return c.size()+c.extra > 0 || !c.opened.IsZero() }

// need is the share of n leaders that must have qualified, rounded up.
func (s *Sequence) need(n int) int {
	if s.Percent <= 0 || s.Percent >= 100 {
		return n
	}
	// A float just above a whole number is that number: 60 % of 5 are 3.
	return int(math.Ceil(float64(n)*s.Percent/100 - 1e-9))
}

// unit is the part of the audience by whose leaders i is judged.
func (g *judging) unit(i int) string {
	if g.p.Sequence.Unit == UnitDepartment {
		return g.x.People[i].Department
	}
	return ""
}

// unitUnknown reports whether it is not stated by whose leaders i is judged.
func (g *judging) unitUnknown(i int) bool {
	return g.p.Sequence.Scope == ScopeCohort && g.p.Sequence.Unit == UnitDepartment && g.x.People[i].Department == ""
}

// readCohorts finds the leaders of the audience, unit by unit.
func (g *judging) readCohorts() {
	g.cohorts = map[string]*cohort{}
	if g.p.Sequence.Scope != ScopeCohort {
		return
	}
	join := g.joiner()
	g.led = make([]bool, g.x.Len())
	for i, l := range g.next {
		if l >= 0 && g.x.follows[i] && g.placed(i) && g.audience(i) != outside {
			g.led[l] = true
			join(g.unit(i), l)
		}
	}
	g.recall(join)
	for _, o := range g.facts.Gates {
		if o.Program == g.p.ID {
			g.cohort(o.Unit).opened = o.At
		}
	}
	logged := g.logged()
	for unit, c := range g.cohorts {
		c.counts(&g.p.Sequence, logged[unit])
		g.waitsOf(c)
	}
	g.assign()
}

// assign says by which cohort everybody is judged.
func (g *judging) assign() {
	g.judgedBy = make([]*cohort, g.x.Len())
	for i := range g.judgedBy {
		if c := g.cohorts[g.unit(i)]; c != nil && c.decides() && g.waitsForAll(i) {
			g.judgedBy[i] = c
		}
	}
}

// waitsForAll reports whether i is no leader of the audience: these wait for their own,
// or all would wait for all, and need no unit. A report of whom HR does not state that they
// are here and in the audience makes nobody a leader.
func (g *judging) waitsForAll(i int) bool { return !g.led[i] }

// joiner takes leaders into cohorts, each once.
func (g *judging) joiner() func(unit string, l int32) {
	type member struct {
		unit   string
		leader int32
	}
	seen := map[member]bool{}
	last := make([]*cohort, g.x.Len()) // by leader: the one that was joined last
	return func(unit string, l int32) {
		c := g.cohort(unit)
		if last[l] == c || seen[member{unit, l}] {
			return
		}
		last[l], seen[member{unit, l}] = c, true
		g.joins(c, l)
	}
}

// waitsOf names the first of those who have not qualified.
func (g *judging) waitsOf(c *cohort) {
	for _, l := range c.leaders {
		if len(c.waits) < mostNamed && g.missed(l) {
			c.waits = append(c.waits, l)
		}
	}
}

func (g *judging) joins(c *cohort, leader int32) {
	c.leaders = append(c.leaders, leader)
	switch {
	case g.next[leader] == inDoubt:
		c.doubtful++
	case g.qual[leader]:
		c.qualified++
	}
}

func (g *judging) cohort(unit string) *cohort {
	c := g.cohorts[unit]
	if c == nil {
		c = &cohort{}
		g.cohorts[unit] = c
	}
	return c
}

// judgedByCohort is the cohort that decides about i; nil for leaders, or all would
// wait for all, and where the cohort is empty.
func (g *judging) judgedByCohort(i int) *cohort {
	if g.judgedBy == nil {
		return nil
	}
	return g.judgedBy[i]
}

// gates are those that have opened now, to be remembered: in a mode that writes,
// with every source read, no leader in doubt and nobody fallen silent.
func (g *judging) gates() []Gate {
	if !g.facts.Mode.Writes() || g.blocked != nil || g.over() || g.facts.Now.Before(g.p.Launch) {
		return nil
	}
	var out []Gate
	for unit, c := range g.cohorts {
		if c.reached() && c.doubtful == 0 && c.opened.IsZero() && !c.silent && len(c.strays) == 0 {
			out = append(out, Gate{Program: g.p.ID, Unit: unit, At: g.facts.Now})
		}
	}
	slices.SortFunc(out, func(a, b Gate) int { return strings.Compare(a.Unit, b.Unit) })
	return out
}

// mostNamed bounds how many leaders of a cohort a reason names one by one.
const mostNamed = 20

// missed reports whether the leader is not among those who have qualified.
func (g *judging) missed(l int32) bool { return !g.qual[l] || g.next[l] == inDoubt }

// cohortReasons say how far the cohort is, and whom it waits for.
func (g *judging) cohortReasons(c *cohort, d Decision) []Reason {
	state := Reason{Count: c.qualified, Of: c.size(), Detail: fmt.Sprintf("%d of %d, %d are needed", c.qualified, c.size(), c.needed)}
	switch {
	case d.Row == 8:
		return []Reason{g.cohortDoubt(c)}
	case d.Row == 10:
		state.Code = CodeCohortWaiting
		out := []Reason{state}
		for _, l := range c.waits {
			out = append(out, Reason{Code: CodeWaitingFor, Person: g.x.People[l].ID})
			out = append(out, g.missing(l)...)
		}
		for _, id := range c.lost[:min(len(c.lost), mostNamed)] {
			out = append(out, Reason{Code: CodeWaitingFor, Person: id}, Reason{Code: CodeMissing, Person: id})
		}
		return out
	case c.reached():
		state.Code = CodeCohortQualified
	default:
		state.Code, state.At = CodeCohortOpen, c.opened
	}
	return []Reason{state}
}
