package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Blocking is a leader with the people who cannot start because of them.
type Blocking struct {
	Program string `json:"program"`
	Person  string `json:"person"`
	// Waiting are the people who wait for this leader by name; Blocked are those who
	// wait for anybody who waits for this leader in turn, too.
	Waiting int `json:"waiting"`
	Blocked int `json:"blocked"`
}

// CriticalPath are the leaders who are waited for, those who block most people first.
func (j *ProgramJudgement) CriticalPath() []Blocking {
	g := j.judging
	held := 0
	blocked := map[int32]int{}
	var waited []int32
	for i, d := range j.Decisions {
		if d.Row == 10 {
			held++
			if g.leads[i] {
				waited = append(waited, int32(i))
			}
		}
	}
	for _, l := range j.Leaders {
		if n, ok := g.x.Find(l.Person); ok && l.Waiting > 0 {
			blocked[int32(n)] = l.Waiting
		}
	}
	// From the bottom up: whoever waits hands on whom they block. In a chain everybody
	// names all leaders above, so nothing is left to hand on.
	if g.p.Sequence.Scope != ScopeChain {
		slices.SortFunc(waited, func(a, b int32) int { return cmp.Or(cmp.Compare(g.x.depth[b], g.x.depth[a]), cmp.Compare(a, b)) })
		for _, l := range waited {
			g.eachWait(g.next[l], func(above int32) { blocked[above] = min(held, blocked[above]+blocked[l]) })
		}
	}
	var out []Blocking
	for _, l := range j.Leaders {
		if n, ok := g.x.Find(l.Person); ok && blocked[int32(n)] > 0 {
			out = append(out, Blocking{Program: g.p.ID, Person: l.Person, Waiting: l.Waiting, Blocked: blocked[int32(n)]})
		}
	}
	slices.SortStableFunc(out, func(a, b Blocking) int { return cmp.Compare(b.Blocked, a.Blocked) })
	return out
}

// Sentence says the blocking in words. The name function turns an HR id into what the
// reader may see.
func (b Blocking) Sentence(name func(id string) string) string {
	return fmt.Sprintf("%s blocks %d people, %d of them directly", name(b.Person), b.Blocked, b.Waiting)
}

// LeadTimes are how long after their leader people have completed the course, of
// whoever completed after the leader who led them then had; the shortest first.
func (j *ProgramJudgement) LeadTimes() []time.Duration {
	g := j.judging
	var all []time.Duration
	for i := range j.Decisions {
		at := g.course(int32(i)).At
		if l := g.next[i]; l >= 0 && !at.IsZero() {
			if led := g.course(l).At; !led.IsZero() && at.After(led) {
				all = append(all, at.Sub(led))
			}
		}
	}
	slices.Sort(all)
	return all
}

// LeadTime is the median of the LeadTimes. People is how many they are; 0: there is
// nothing to tell.
func (j *ProgramJudgement) LeadTime() (median time.Duration, people int) {
	all := j.LeadTimes()
	if len(all) == 0 {
		return 0, 0
	}
	return all[len(all)/2], len(all)
}

// Team is one side of a comparison.
type Team struct {
	People    int `json:"people"`
	Completed int `json:"completed"`
	// Median is from launch to completion, of those who completed; zero: nobody has.
	Median time.Duration `json:"median"`
}

// Comparison is of people whose leader had completed the course before them, or has
// while they have not, with people whose leader had not.
type Comparison struct {
	Led    Team `json:"led"`
	NotLed Team `json:"notLed"`
}

// smallGroup is the fewest people of whom a figure says nothing about one of them.
const smallGroup = 10

// Compare compares teams whose leader led with teams whose leader did not. It gives
// no answer where the programme does not ask for it, or where one of the groups is so
// small that a figure would speak of single people.
func (j *ProgramJudgement) Compare() (Comparison, bool) {
	g := j.judging
	var groups [2][]time.Duration
	var out Comparison
	for i := range j.Decisions {
		l := g.next[i]
		if l < 0 || j.Decisions[i].Row <= 1 {
			continue
		}
		at, led := g.course(int32(i)).At, g.course(l).At
		side, n := &out.NotLed, 1
		if !led.IsZero() && (at.IsZero() || !led.After(at)) {
			side, n = &out.Led, 0
		}
		if side.People++; !at.IsZero() {
			side.Completed++
			groups[n] = append(groups[n], max(0, at.Sub(g.p.Launch)))
		}
	}
	if !g.p.Compare || min(out.Led.People, out.NotLed.People) < smallGroup {
		return Comparison{}, false
	}
	for n, side := range []*Team{&out.Led, &out.NotLed} {
		if slices.Sort(groups[n]); len(groups[n]) > 0 {
			side.Median = groups[n][len(groups[n])/2]
		}
	}
	return out, true
}
