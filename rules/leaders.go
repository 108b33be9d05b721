package rules

import "slices"

// leaders says where every leader of the programme stands. A leader is whoever
// is, after climbing, the effective leader of somebody active; so are those whom
// a waiver exempts from leading, who are named as such.
func (g *judging) leaders() []LeaderState {
	out := make([]LeaderState, 0, g.counts.leaders())
	for i, reports := range g.counts.reports {
		if reports == 0 {
			continue
		}
		l := LeaderState{Program: g.p.ID, Person: g.x.People[i].ID, Level: g.x.Level(i),
			Reports: int(reports), Waiting: int(g.counts.waiting[i]), Waived: g.counts.waived[int32(i)]}
		l.Requirements = make([]Requirement, 0, len(g.require))
		for _, name := range g.require {
			l.Requirements = append(l.Requirements, g.requirement(name, int32(i)))
		}
		l.Completed = l.Requirements[0].At
		l.Qualified = g.qual[i] && !l.Waived
		out = append(out, l)
	}
	return out
}

// counts are, by number of a leader, how many people they lead, and how many of them
// wait for the leader.
type counts struct {
	reports, waiting []int32
	waived           map[int32]bool // leaders whom a waiver exempts
}

// leaders is how many lead somebody.
func (c *counts) leaders() int {
	n := 0
	for _, r := range c.reports {
		if r > 0 {
			n++
		}
	}
	return n
}

// countWaiting counts whom each leader leads, and who of them waits.
func (g *judging) countWaiting(decisions []Decision) counts {
	out := counts{make([]int32, g.x.Len()), make([]int32, g.x.Len()), map[int32]bool{}}
	cohorts := map[*cohort]int32{}
	held := make([]int32, g.x.Len()) // by effective leader: the people wait for the same
	for i, l := range g.next {
		if !g.x.follows[i] {
			continue
		}
		g.countExempt(i, out)
		if l >= 0 {
			out.reports[l]++
		}
		if decisions[i].Row != 10 {
			continue
		}
		if c := g.judgedByCohort(i); c != nil {
			cohorts[c]++
		} else {
			held[l]++
		}
	}
	for l, n := range held {
		if n > 0 {
			g.eachWait(int32(l), func(w int32) { out.waiting[w] += n })
		}
	}
	for c, n := range cohorts {
		for _, l := range c.leaders {
			if g.missed(l) {
				out.waiting[l] += n
			}
		}
	}
	return out
}

// countExempt counts i among the reports of leaders whom a waiver exempts: the
// climb passed over them.
func (g *judging) countExempt(i int, out counts) {
	if len(g.needNot) == 0 {
		return
	}
	for _, a := range g.climb(i).Away {
		if inForce(g.needNot[int32(a)], g.facts.Now) {
			out.waived[int32(a)] = true
			out.reports[a]++
		}
	}
}

// findings are the defects that only a programme shows: people without an
// account, and leaders who are waited for and cannot take the course.
func (g *judging) findings(decisions []Decision) []Finding {
	if g.facts.Now.Before(g.p.Launch) || !g.anyRead {
		return nil
	}
	out := append(g.disagreements(), g.longHolds(decisions)...)
	for l, n := range g.counts.waiting {
		if n == 0 {
			continue
		}
		if detail := g.cannotAct(int32(l)); detail != "" {
			out = append(out, Finding{Code: CodeLeaderCannotAct, Program: g.p.ID, Person: g.x.People[l].ID, Detail: detail})
		}
	}
	return out
}

// eachWait goes through whoever is waited for by people whose effective leader is at:
// that one and the leaders above. It is no cohort's.
func (g *judging) eachWait(at int32, do func(int32)) {
	levels := 1
	if g.p.Sequence.Scope == ScopeChain {
		levels = g.p.Sequence.Levels
	}
	for n := 0; at >= 0 && (levels == 0 || n < levels); n, at = n+1, g.next[at] {
		if !g.qual[at] {
			do(at)
		}
	}
}

// cannotAct says why a leader can take the course in no target: not enrolled
// anywhere, or only in rows that somebody else has barred or concluded.
func (g *judging) cannotAct(leader int32) string {
	barred, concluded := false, false
	for _, r := range g.acc.rowsOf(leader) {
		e := &g.facts.Enrolments[r]
		if !slices.Contains(g.targets, e.Target) {
			continue
		}
		switch {
		case e.State == RowActive:
			return ""
		case e.State == RowSuspended && g.held.on(int(r), g.p.ID) != nil:
			return ""
		case e.State == RowSuspended:
			barred = true
		case e.State == RowConcluded:
			concluded = true
		}
	}
	switch {
	case barred: // somebody can give it back
		return "suspended by somebody else"
	case concluded:
		return "concluded without completion"
	}
	return "not enrolled"
}
