package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// then is the organisation of an earlier instant, climbed under the waivers of then.
type then struct {
	g       *judging
	x       *Index
	next    []int32
	leads   []bool
	cohorts map[string][]int32 // leaders by unit, where the scope is the cohort
}

// thenKey tells organisations of earlier instants apart.
type thenKey struct {
	x       *Index
	waivers string // need-not-lead, in force
}

// then returns the organisation that ruled at t, or nil before the first one. Each
// one is climbed once for each set of waivers.
func (g *judging) then(t time.Time) *then {
	g.past.mu.Lock()
	defer g.past.mu.Unlock()
	x := g.past.at(t)
	if x == nil {
		return nil
	}
	waivers, exempt := g.exemptAt(t)
	key := thenKey{x, waivers}
	if o := g.thens[key]; o != nil {
		return o
	}
	o := &then{g: g, x: x, next: x.next, leads: x.leads}
	if len(exempt) > 0 {
		away := slices.Clone(x.away)
		for id := range exempt {
			if n, ok := x.Find(id); ok {
				away[n] = true
			}
		}
		o.next = x.effective(away)
		o.leads = x.leading(o.next)
	}
	o.readCohorts()
	if len(g.thens) >= mostPast {
		clear(g.thens)
	}
	g.thens[key] = o
	return o
}

// exemptAt are the leaders whom a waiver exempted at t, and a key for the set.
func (g *judging) exemptAt(t time.Time) (key string, ids map[string]bool) {
	var b strings.Builder
	for _, w := range g.facts.Waivers {
		if w.Kind == NeedNotLead && w.Program == g.p.ID && w.InForce(t) {
			if ids == nil {
				ids = map[string]bool{}
			}
			ids[w.Person] = true
			fmt.Fprintf(&b, " %q", w.Person)
		}
	}
	return b.String(), ids
}

func (o *then) readCohorts() {
	o.cohorts = map[string][]int32{}
	if o.g.p.Sequence.Scope != ScopeCohort {
		return
	}
	byUnit := map[string][]bool{}
	for i, l := range o.next {
		if l < 0 || !o.x.follows[i] {
			continue
		}
		if is, _ := o.g.p.Audience.of(&o.x.People[i], o.x.Level(i)); is == outside {
			continue
		}
		unit := o.unit(i)
		if byUnit[unit] == nil {
			byUnit[unit] = make([]bool, len(o.next))
		}
		if !byUnit[unit][l] {
			byUnit[unit][l] = true
			o.cohorts[unit] = append(o.cohorts[unit], l)
		}
	}
}

// unit is the part of the audience by whose leaders i was judged.
func (o *then) unit(i int) string {
	if o.g.p.Sequence.Unit == UnitDepartment {
		return o.x.People[i].Department
	}
	return ""
}

// waited are the leaders of then, as far as they are still known, of whom so many
// had to qualify.
type waited struct {
	leaders []int32 // numbers of now
	lost    int     // are in the organisation no more: what they had done is not known
	needed  int
}

// waited is whom the person had to wait for.
func (o *then) waited(i int) (w waited, doubt bool) {
	s := &o.g.p.Sequence
	levels := 1
	if s.Scope == ScopeChain {
		levels = s.Levels
	}
	leaders := o.cohorts[o.unit(i)]
	cohort := s.Scope == ScopeCohort && !o.leads[i] && len(leaders) > 0
	if !cohort {
		leaders, doubt = leadersAbove(o.next, int32(i), levels)
	}
	w.needed = len(leaders)
	if cohort {
		w.needed = s.need(len(leaders))
	}
	for _, l := range leaders {
		n := int(l)
		if o.x != o.g.x {
			n, _ = o.g.x.Find(o.x.People[l].ID)
			if _, ok := o.g.x.Find(o.x.People[l].ID); !ok {
				w.lost++
				continue
			}
		}
		if !cohort || o.next[l] != inDoubt {
			w.leaders = append(w.leaders, int32(n))
		}
	}
	return w, doubt
}

// at says whether enough of them had ever qualified by t.
func (w waited) at(g *judging, t time.Time) gateState {
	n := 0
	for _, l := range w.leaders {
		if first := g.firstQualified(l); !first.IsZero() && !first.After(t) {
			n++
		}
	}
	switch {
	case n >= w.needed:
		return gateOpen
	case n+w.lost >= w.needed:
		return gateUnknown
	}
	return gateShut
}

// shut names those who had not qualified at t, at most mostNamed.
func (w waited) shut(g *judging, t time.Time) []Reason {
	var out []Reason
	for _, l := range w.leaders {
		if first := g.firstQualified(l); len(out) < mostNamed && (first.IsZero() || first.After(t)) {
			out = append(out, Reason{Code: CodeGateShut, Person: g.x.People[l].ID, At: t})
		}
	}
	return out
}

// opened is when enough of them had qualified as it stands now, and who was the
// last that was needed; -1: not yet.
func (w waited) opened(g *judging) (last int32, since time.Time) {
	done := slices.DeleteFunc(slices.Clone(w.leaders), func(l int32) bool { return !g.qual[l] })
	if len(done) < w.needed || w.needed == 0 {
		return -1, since
	}
	sort.SliceStable(done, func(a, b int) bool { return g.qualifiedSince(done[a]).Before(g.qualifiedSince(done[b])) })
	last = done[w.needed-1]
	return last, g.qualifiedSince(last)
}
