package rules

import (
	"fmt"
	"slices"
	"time"
)

// readHolds notes since when people are on hold, by the oldest of their holds, where the
// programme says how long that may be.
func (g *judging) readHolds() {
	if g.p.Sequence.MaxHold <= 0 {
		return
	}
	g.since = map[int32]time.Time{}
	find := g.x.finder()
	for i := range g.facts.Holds {
		h := &g.facts.Holds[i]
		if h.Program != g.p.ID {
			continue
		}
		if n, ok := find.id(h.Person); ok {
			g.since[n] = sooner0(g.since[n], h.Intended)
		}
	}
}

// heldTooLong reports whether i has been on hold for longer than the programme allows.
func (g *judging) heldTooLong(i int) bool {
	since, held := g.since[int32(i)]
	return held && g.facts.Now.Sub(since) > g.p.Sequence.MaxHold
}

// longHolds are the findings of those who still wait, or are let go because of it:
// neither happens silently.
func (g *judging) longHolds(decisions []Decision) []Finding {
	var long []int32
	for i := range g.since {
		if row := decisions[i].Row; row >= 10 && g.heldTooLong(int(i)) {
			long = append(long, i)
		}
	}
	slices.Sort(long)
	var out []Finding
	for _, i := range long {
		out = append(out, Finding{Code: CodeHeldTooLong, Program: g.p.ID, Person: g.x.People[i].ID,
			Detail: days(g.p.Sequence.MaxHold)})
	}
	return out
}

// days is a duration in days.
func days(d time.Duration) string { return fmt.Sprintf("%.3g days", d.Hours()/24) }
