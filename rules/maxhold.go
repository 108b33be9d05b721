package rules

import (
	"fmt"
	"slices"
	"time"
)

// readHolds notes since when people are on hold: by the oldest of their holds.
func (g *judging) readHolds() {
	g.held = map[int32]time.Time{}
	for i := range g.facts.Holds {
		h := &g.facts.Holds[i]
		n, ok := g.x.Find(h.Person)
		if !ok || h.Program != g.p.ID {
			continue
		}
		if since, known := g.held[int32(n)]; !known || h.Intended.Before(since) {
			g.held[int32(n)] = h.Intended
		}
	}
}

// heldTooLong reports whether i has been on hold for longer than the programme allows.
func (g *judging) heldTooLong(i int) bool {
	since, held := g.held[int32(i)]
	return held && g.p.Sequence.MaxHold > 0 && g.facts.Now.Sub(since) > g.p.Sequence.MaxHold
}

// longHolds are the findings of those who still wait, or are let go because of it:
// neither happens silently.
func (g *judging) longHolds(decisions []Decision) []Finding {
	var long []int32
	for i := range g.held {
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
