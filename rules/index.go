package rules

import "slices"

// Index is one organisation resolved to numbers: a person is the position in
// People. It is built once per snapshot and does not change; any number of
// goroutines may read it.
type Index struct {
	People []Person

	byID    map[string]int32
	manager []int32 // position of the manager, or one of the edge values
	top     []bool  // listed tops; their own manager edge means nothing
	cyclic  []bool  // part of a cycle that passes no listed top
	level   []int32 // distance from a listed top by HR's own edges, or -1
	depth   []int32 // the same as people are led, where somebody stands in
	again   []bool  // the id stood in an earlier row
	follows []bool  // HR states that they hold a post: whoever does not is led by nobody
	away    []bool  // HR states that they cannot lead now
	silent  []bool  // HR states no status
	next    []int32 // effective leader, nobodyLeft or inDoubt, waivers aside
	leads   []bool  // is the effective leader of somebody, waivers aside
}

// What an edge can be instead of a person.
const (
	edgeNone    int32 = -1 // no manager stated
	edgeUnknown int32 = -2 // a manager who is not in the organisation
)

// NewIndex resolves the organisation under the given listed tops. Where an id
// stands twice the first row counts; Findings names it.
func NewIndex(people []Person, tops []string) *Index { return newIndex(people, tops, nil) }

func newIndex(people []Person, tops []string, acting []Acting) *Index {
	n := len(people)
	x := &Index{
		People: people, byID: make(map[string]int32, n), manager: make([]int32, n),
		top: make([]bool, n), cyclic: make([]bool, n), depth: make([]int32, n), again: make([]bool, n),
		follows: make([]bool, n), away: make([]bool, n), silent: make([]bool, n),
	}
	for i := n - 1; i >= 0; i-- {
		if later, ok := x.byID[people[i].ID]; ok {
			x.again[later] = true
		}
		x.byID[people[i].ID] = int32(i)
	}
	for _, id := range tops {
		if i, ok := x.byID[id]; ok {
			x.top[i] = true
		}
	}
	for i := range people {
		p := &people[i]
		x.manager[i] = x.edge(p.Manager)
		x.follows[i] = p.Status != Inactive && p.Status != Vacant
		x.silent[i] = p.Status == StatusUnknown
		x.away[i] = !x.follows[i] || p.Status == Leave || p.NoAccount
	}
	x.walkUp()
	x.level = x.depth // whoever stands in moves nobody up or down
	if len(acting) > 0 {
		x.depth = make([]int32, n)
		clear(x.cyclic)
		x.act(acting)
		x.walkUp()
	}
	x.next = x.effective(x.away)
	x.leads = x.leading(x.next)
	return x
}

// Len is the number of people.
func (x *Index) Len() int { return len(x.People) }

// Find returns the number of the person with that HR id.
func (x *Index) Find(id string) (int, bool) {
	i, ok := x.byID[id]
	return int(i), ok
}

// first reports whether i is the row that counts for its id.
func (x *Index) first(i int) bool { return !x.again[i] }

// Top reports whether i is a listed top of the organisation.
func (x *Index) Top(i int) bool { return x.top[i] }

// Level is the distance of i from the listed top above by the managers that HR states,
// 0 for a top itself and -1 where the way up reaches none.
func (x *Index) Level(i int) int { return int(x.level[i]) }

func (x *Index) edge(manager string) int32 {
	if manager == "" {
		return edgeNone
	}
	if m, ok := x.byID[manager]; ok {
		return m
	}
	return edgeUnknown
}

// up is the edge that a climb takes from i: none from a listed top.
func (x *Index) up(i int32) int32 {
	if x.top[i] {
		return edgeNone
	}
	return x.manager[i]
}

// walkUp finds depths and cycles: every person is walked over once. A mark is
// the number of the walk that came first, so meeting one's own mark is a cycle.
func (x *Index) walkUp() {
	const unknown = -2 // level not known yet
	for i := range x.depth {
		x.depth[i] = unknown
	}
	mark := make([]int32, len(x.depth))
	var path []int32
	for i := range x.People {
		path = path[:0]
		at := int32(i)
		for at >= 0 && x.depth[at] == unknown && mark[at] == 0 {
			mark[at] = int32(i) + 1
			path = append(path, at)
			at = x.up(at)
		}
		if at >= 0 && x.depth[at] == unknown && mark[at] == int32(i)+1 {
			x.markCycle(at)
		}
		x.setLevels(path, at)
	}
}

func (x *Index) markCycle(at int32) {
	for c := at; !x.cyclic[c]; c = x.up(c) {
		x.cyclic[c] = true
	}
}

// setLevels gives levels to a path from below up to end, which is where the
// walk stopped: a person whose level is known, or no person.
func (x *Index) setLevels(path []int32, end int32) {
	above := int32(-1)
	if end >= 0 && x.depth[end] >= 0 {
		above = x.depth[end]
	}
	for k := len(path) - 1; k >= 0; k-- {
		i := path[k]
		switch {
		case x.top[i]:
			above = 0
		case above >= 0:
			above++
		}
		x.depth[i] = above
	}
}

// Climb is the way from a person up to the leader who is waited for.
type Climb struct {
	Leader int   // number of the effective leader; -1: there is none
	Away   []int // leaders who were climbed over because they are stated away
	Doubt  Code  // why the way up cannot be trusted; empty: it can
	At     int   // the person whose edge is in doubt; meaningful with Doubt
}

// Climb walks up from i over everybody for whom away is true. It ends at the
// first leader who is not away, at a listed top, or at an edge in doubt.
func (x *Index) Climb(i int, away func(int) bool) Climb {
	c := Climb{Leader: -1}
	at := int32(i)
	for {
		if x.top[at] {
			return c
		}
		if code := x.doubt(at); code != "" {
			c.Doubt, c.At = code, int(at)
			return c
		}
		at = x.manager[at]
		if !away(int(at)) && x.People[at].Status == StatusUnknown {
			c.Doubt, c.At = CodeStatusUnknown, int(at)
			return c
		}
		if !away(int(at)) {
			c.Leader = int(at)
			return c
		}
		c.Away = append(c.Away, int(at))
	}
}

// doubt says what is wrong with the edge above i, which is no listed top.
func (x *Index) doubt(i int32) Code {
	switch {
	case x.manager[i] == edgeNone:
		return CodeUnplaced
	case x.manager[i] == edgeUnknown:
		return CodeUnknownManager
	case x.manager[i] == i:
		return CodeSelfManager
	case x.cyclic[i]:
		return CodeCycle
	}
	return ""
}

// Findings lists the defects of the organisation: edges in doubt, ids given
// twice, and listed tops that are not there.
func (x *Index) Findings(tops []string) []Finding {
	var out []Finding
	for i := range x.People {
		p := &x.People[i]
		if !x.first(i) {
			out = append(out, Finding{Code: CodeDuplicateID, Person: p.ID})
			continue
		}
		if !x.follows[i] || x.top[i] {
			continue
		}
		if code := x.doubt(int32(i)); code != "" {
			out = append(out, Finding{Code: code, Person: p.ID, Detail: p.Manager})
		}
	}
	for _, id := range tops {
		if _, ok := x.byID[id]; !ok {
			out = append(out, Finding{Code: CodeTopMissing, Person: id})
		}
	}
	return out
}

// Leaders reports for every person whether somebody active is led by them, after
// climbing over whoever HR states to be away.
func (x *Index) Leaders() []bool { return slices.Clone(x.leads) }
