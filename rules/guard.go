package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
)

// Limit bounds how much may happen in 24 hours: the larger of a number and a
// share of the audience.
type Limit struct {
	Count   int
	Percent float64
}

// of is the limit for an audience of that size.
func (l Limit) of(audience int) int {
	return max(l.Count, int(math.Floor(float64(audience)*l.Percent/100)))
}

// GuardLimits are the limits of one programme.
type GuardLimits struct {
	Holds    Limit // new holds
	Releases Limit // releases that a change of organisation or configuration causes
}

// DefaultGuardLimits are the limits where the configuration names none.
func DefaultGuardLimits() GuardLimits {
	return GuardLimits{Holds: Limit{Count: 20, Percent: 5}, Releases: Limit{Count: 10, Percent: 2}}
}

// Allow keeps what the mode permits: nothing in observe, no holds in
// release-only. What release-all causes passes in every mode.
func (m Mode) Allow(plan Plan) Plan {
	return plan.Without(func(c *Change) bool {
		return c.Cause != CausePause && (!m.Writes() || (m == ReleaseOnly && c.Move == MoveHold))
	})
}

// Without drops changes, and with the release of a hold also its closing: a
// record is not given up before what it stands for is undone.
func (p Plan) Without(drop func(*Change) bool) Plan {
	kept := Plan{Findings: p.Findings}
	held := map[int64]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		if !drop(c) {
			kept.Changes = append(kept.Changes, *c)
		} else if c.Move == MoveRelease {
			held[c.Hold] = true
		}
	}
	for _, u := range p.Holds {
		if !u.Close || !held[u.Hold] {
			kept.Holds = append(kept.Holds, u)
		}
	}
	return kept
}

// Guard refuses what is too much to do unasked. It refuses per programme and per
// kind, never the whole plan: refused holds do not stop releases. Changes that an
// unexpired approval names pass uncounted, and name it. Those of a part of a plan
// pass too, but count: the rest is refused as it was, and asks anew.
func Guard(limits map[string]GuardLimits, plan Plan, facts *Facts, audience map[string]int) (Plan, []Refusal) {
	g := &guard{limits: limits, facts: facts, audience: audience, refused: map[ChangeKey]bool{}, parts: map[string]bool{}}
	plan.Changes = slices.Clone(plan.Changes)
	g.approve(plan.Changes)
	programs := map[string]bool{}
	for _, c := range plan.Changes {
		if !programs[c.Program] {
			programs[c.Program] = true
			g.program(c.Program, plan.Changes)
		}
	}
	return plan.Without(func(c *Change) bool { return g.refused[c.Key()] }), g.refusals
}

type guard struct {
	limits   map[string]GuardLimits
	facts    *Facts
	audience map[string]int
	refused  map[ChangeKey]bool
	refusals []Refusal
	parts    map[string]bool // digests of approvals of a part
}

// approve marks the changes that somebody approved.
func (g *guard) approve(changes []Change) {
	for _, a := range g.facts.Approvals {
		if !g.facts.Now.Before(a.Expires) {
			continue
		}
		g.parts[a.Digest] = a.Part
		for i := range changes {
			if changes[i].Approved == "" && guarded(&changes[i]) && slices.Contains(a.Changes, changes[i].Key()) {
				changes[i].Approved = a.Digest
			}
		}
	}
}

// guarded reports whether a change is of a kind that is counted: a new hold, or a
// release that neither evidence nor the clock nor a named act has caused.
func guarded(c *Change) bool {
	if c.Move == MoveHold {
		return c.Hold == 0
	}
	return c.Cause == CauseOrg || c.Cause == CauseConfig
}

func (g *guard) program(id string, changes []Change) {
	limits, ok := g.limits[id]
	if !ok {
		limits = DefaultGuardLimits()
	}
	var asking, part [2][]Change // holds, releases
	started := g.facts.Enforced[id]
	for i := range changes {
		c := &changes[i]
		kind := 0
		if c.Move != MoveHold {
			kind = 1
		}
		switch {
		case c.Program != id || !guarded(c):
		case c.Approved == "":
			asking[kind] = append(asking[kind], *c)
		case g.parts[c.Approved]:
			part[kind] = append(part[kind], *c)
		case c.Move == MoveHold:
			started = true
		}
	}
	if holds := asking[0]; len(holds) > 0 && !started {
		g.refuse(id, MoveHold, holds, Reason{Code: CodeFirstEnforcement, Detail: fmt.Sprintf("%d holds", len(holds))})
	} else {
		g.bound(id, MoveHold, holds, len(part[0]), limits.Holds)
	}
	g.bound(id, MoveRelease, asking[1], len(part[1]), limits.Releases)
}

// bound refuses the changes if they, the part of them that was approved, and what
// was intended in the last 24 hours are more than the limit.
func (g *guard) bound(id string, move Move, changes []Change, part int, limit Limit) {
	if len(changes) == 0 {
		return
	}
	before, most := g.total(id, move)+part, limit.of(g.audience[id])
	if before+len(changes) <= most {
		return
	}
	g.refuse(id, move, changes, Reason{Code: CodeTooMany, At: g.facts.Now,
		Detail: fmt.Sprintf("%d now and %d in the last 24 hours, at most %d for an audience of %d", len(changes), before, most, g.audience[id])})
}

// total counts what was intended in the last 24 hours.
func (g *guard) total(id string, move Move) int {
	n := 0
	for _, t := range g.facts.Totals {
		if t.Program != id || (t.Move == MoveHold) != (move == MoveHold) {
			continue
		}
		if move == MoveHold || t.Cause == CauseOrg || t.Cause == CauseConfig {
			n += t.Count
		}
	}
	return n
}

func (g *guard) refuse(id string, move Move, changes []Change, because Reason) {
	for i := range changes {
		g.refused[changes[i].Key()] = true
	}
	g.refusals = append(g.refusals, Refusal{Program: id, Move: move, Because: because, Digest: Digest(changes), Changes: changes})
}

// Key identifies the change within plans.
func (c *Change) Key() ChangeKey { return ChangeKey{c.Program, c.Target, c.Row, c.Move} }

// Digest names a set of changes: equal sets have equal digests, in any order. It
// is 16 hex digits, short enough to be typed; an empty set has none.
func Digest(changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	lines := make([]string, len(changes))
	for i := range changes {
		c := &changes[i]
		lines[i] = fmt.Sprintf("%q %q %q %q\n", c.Program, c.Target, c.Row, c.Move)
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
