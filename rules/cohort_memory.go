package rules

import "slices"

// A leader is known only by the edges of the people who are led. Where such an edge,
// a unit or a whole row falls silent, the leader must not vanish from the cohort: it
// would be reached by what HR left out. Whoever led somebody since launch is
// remembered until HR states something else of the person who was led, or of the
// leader.

// recollection looks for the last statement about people of whom HR says nothing now.
type recollection struct {
	g      *judging
	silent map[int32]bool  // are here, and HR does not say who leads them or where
	gone   map[string]bool // are not here any more, and whether it is settled who led them last
	done   int             // how many of gone are settled
	join   func(unit string, leader int32)
	lost   map[string]map[string]bool // by unit: HR ids of leaders who are not here either
}

// recall completes the cohorts by what earlier organisations stated.
func (g *judging) recall(join func(unit string, leader int32)) {
	r := &recollection{g: g, silent: map[int32]bool{}, gone: map[string]bool{}, join: join, lost: map[string]map[string]bool{}}
	for i := range g.x.People {
		if g.member(i) && (g.next[i] == inDoubt || g.unitUnknown(i) || !g.placed(i)) {
			r.silent[int32(i)] = true
		}
	}
	r.look()
	for _, c := range g.cohorts {
		slices.Sort(c.leaders)
	}
	for i := range g.x.People {
		if r.silent[int32(i)] {
			g.stray(int32(i))
		}
	}
}

// member reports whether the person is led, and not stated outside the audience.
func (g *judging) member(i int) bool {
	return g.x.first(i) && g.x.follows[i] && g.audience(i) != outside
}

// placed reports whether HR states now that the person is here, and whether they are in
// the audience; where it does not, what it stated before stands.
func (g *judging) placed(i int) bool { return !g.x.silent[i] && g.audience(i) != unstated }

// look goes back to the organisation that ruled at launch: whatever was before had no
// part in the programme.
func (r *recollection) look() {
	g := r.g
	for n, changed := range earlier(g.facts.Snapshots) {
		for _, p := range changed {
			if _, here := g.x.Find(p.ID); !here && !r.gone[p.ID] {
				r.gone[p.ID] = false
			}
		}
		if r.open() {
			r.organisation(g.then(g.facts.Snapshots[n].From))
		}
		if !g.facts.Snapshots[n].From.After(g.p.Launch) {
			return
		}
	}
}

// open reports whether something is still to be found out about anybody.
func (r *recollection) open() bool {
	return len(r.silent)+len(r.gone) > r.done
}

// organisation takes in what o stated.
func (r *recollection) organisation(o *then) {
	if o == nil || o.x == r.g.x {
		return
	}
	for k := range o.x.People {
		r.person(o, k)
	}
}

// person takes in what o stated of its person k, who is silent or gone now.
func (r *recollection) person(o *then, k int) {
	id := o.x.People[k].ID
	i, here := r.g.x.Find(id)
	if r.settled(id, i, here) || !o.x.first(k) {
		return
	}
	unit := o.unit(k)
	if here && !r.g.unitUnknown(i) {
		unit = r.g.unit(i)
	}
	none := o.next[k] == nobodyLeft || !o.member(k) && !(here && r.g.placed(i))
	if !none && o.silent(k, unit) {
		return
	}
	if here {
		delete(r.silent, int32(i))
	} else {
		r.gone[id] = true
		r.done++
	}
	if !none {
		r.led(unit, o.x.People[o.next[k]].ID)
	}
}

// silent reports whether HR did not say then either who led the person, or where, or whether
// they were in the audience.
func (o *then) silent(k int, unit string) bool {
	is, _ := o.g.p.Audience.of(&o.x.People[k], o.x.Level(k))
	return is == unstated || o.x.People[k].Status == StatusUnknown || o.next[k] == inDoubt || unit == "" && o.g.p.Sequence.Unit == UnitDepartment
}

// settled reports whether nothing more needs to be found out about the person.
func (r *recollection) settled(id string, i int, here bool) bool {
	if here {
		return !r.silent[int32(i)]
	}
	return r.gone[id]
}

// member reports whether the person was led then, and not stated outside the audience.
func (o *then) member(k int) bool {
	is, _ := o.g.p.Audience.of(&o.x.People[k], o.x.Level(k))
	return o.x.follows[k] && is != outside
}

// led keeps the leader in the cohort, unless stated to be away.
func (r *recollection) led(unit, leader string) {
	l, here := r.g.x.Find(leader)
	switch {
	case here && !r.g.away[l]:
		r.g.led[l] = true
		r.join(unit, int32(l))
		r.g.cohort(unit).silent = true
	case !here && !r.g.waivedNow(leader):
		if r.lost[unit] == nil {
			r.lost[unit] = map[string]bool{}
		}
		if !r.lost[unit][leader] {
			r.lost[unit][leader] = true
			c := r.g.cohort(unit)
			c.lost, c.silent = append(c.lost, leader), true
		}
	}
}

// waivedNow reports whether the leader, who is in the organisation no more, is
// exempt by name.
func (g *judging) waivedNow(id string) bool {
	for _, w := range g.facts.Waivers {
		if w.Kind == NeedNotLead && w.Program == g.p.ID && w.Person == id && w.InForce(g.facts.Now) {
			return true
		}
	}
	return false
}

// stray is somebody of whom HR has never said who leads them, or where: there may be
// one leader more. There is none where nobody is left above, or where the leader whom
// HR names has qualified.
func (g *judging) stray(i int32) {
	l := g.next[i]
	if l == nobodyLeft || l >= 0 && !g.missed(l) {
		return
	}
	if !g.unitUnknown(int(i)) {
		g.cohort(g.unit(int(i))).add(i, l)
		return
	}
	for k := range g.x.People { // nobody knows which unit
		if g.member(k) && !g.unitUnknown(k) {
			g.cohort(g.unit(k))
		}
	}
	for _, c := range g.cohorts {
		c.add(i, l)
	}
}

// add takes in a stray with the leader whom HR names, if it does: not where that one
// is in the cohort already, or the stray, who then is in it as not qualified.
func (c *cohort) add(stray, leader int32) {
	if leader < 0 {
		leader = stray
	}
	if _, there := slices.BinarySearch(c.leaders, leader); !there {
		c.strays = append(c.strays, stray)
	}
}

// logged is the largest number of leaders of the unit that somebody who still waits
// was told of; 0: nobody was.
func (g *judging) logged() map[string]int {
	out := map[string]int{}
	for n := range g.x.People {
		d := g.last.of(int32(n))
		if d == nil || d.Row != 10 {
			continue
		}
		for _, r := range d.Because {
			if r.Code == CodeCohortWaiting {
				out[g.unit(n)] = max(out[g.unit(n)], r.Of)
			}
		}
	}
	return out
}

// counts says of how many leaders the share is taken. Strays make up for no more
// than what was last logged: who was never led by anybody known took nobody away.
func (c *cohort) counts(s *Sequence, logged int) {
	extra := len(c.strays)
	if logged > 0 {
		extra = min(extra, max(0, logged-c.size()))
	}
	c.extra = extra
	c.needed, c.atLeast = s.need(c.size()+extra), s.need(c.size())
}

// size is the number of leaders, those who are gone without a word among them.
func (c *cohort) size() int { return len(c.leaders) + len(c.lost) }

// doubted reports whether enough of the known leaders have qualified, and nothing
// but strays stands against it.
func (c *cohort) doubted() bool { return c.extra > 0 && c.qualified >= c.atLeast }

// cohortDoubt names the first of the strays.
func (g *judging) cohortDoubt(c *cohort) Reason {
	who := c.strays[0]
	detail := g.climb(int(who)).Doubt
	if detail == "" {
		detail = CodeAudienceUnknown
	}
	return Reason{Code: CodeDoubt, Person: g.x.People[who].ID, Detail: string(detail)}
}
