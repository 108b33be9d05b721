package rules

import (
	"slices"
	"time"
)

// cause says what brought the row's change about. Evidence wins when several
// apply: what a leader or the person did is the purpose, and is never guarded. But it
// has to be news since the row was held, and since the configuration rules: what was
// known before counts now because something else has changed.
func (d *differ) cause(person int, h *Hold) Cause {
	g := d.pj.judging
	if g.facts.Paused[g.p.ID] {
		return CausePause
	}
	if person < 0 {
		return d.causeOfNobody()
	}
	dec := d.pj.Decisions[person]
	switch dec.Row {
	case 0:
		if whys[dec.why] == CodeEnded {
			return d.endedBy()
		}
		return CauseOrg
	case 1, 7:
		return CauseConfig
	case 2, 4:
		return d.doneBy(person, dec, h)
	case 5:
		return CauseEvidence
	case 3:
		return CauseOperator
	case 11:
		return CauseClock
	case 9:
		return d.openedBy(person, h)
	}
	return CauseEvidence
}

// openedBy tells a leader who has qualified from a gate that another leader, or
// none, has opened. Whoever was waited for before and has qualified now did it
// by evidence; a leader who was not waited for came by a change of organisation.
func (d *differ) openedBy(person int, h *Hold) Cause {
	was := d.pj.judging.last.of(int32(person))
	if was == nil {
		return CauseOrg
	}
	g := d.pj.judging
	if c := g.judgedByCohort(person); c != nil {
		return d.openedCohort(c, was, h)
	}
	leaders, _ := g.required(person)
	for _, l := range leaders {
		if slices.Contains(was.Waits, d.j.Index.People[l].ID) && d.qualifiedBy(l, h, was) {
			return CauseEvidence
		}
	}
	if d.waived(was.Waits) {
		return CauseOperator
	}
	return d.changed(h)
}

// openedCohort: as many have qualified by now as were needed when the person began
// to wait, one of them since then. Otherwise it was the leaders who became fewer.
func (d *differ) openedCohort(c *cohort, was *Decided, h *Hold) Cause {
	g := d.pj.judging
	news := slices.ContainsFunc(c.leaders, func(l int32) bool { return g.qual[l] && d.qualifiedBy(l, h, was) })
	for _, r := range was.Because {
		if news && r.Code == CodeCohortWaiting && c.qualified >= g.p.Sequence.need(r.Of) {
			return CauseEvidence
		}
	}
	return d.changed(h)
}

// doneBy tells what somebody has done from what they had done already, and what only
// counts now. Whoever was not on hold is let in by what they did.
func (d *differ) doneBy(person int, dec Decision, h *Hold) Cause {
	g := d.pj.judging
	var known Known
	if dec.Row == 2 {
		known = g.course(int32(person)).Known
	} else if r := g.records[person]; r != nil {
		known = r.StartKnown
	}
	if h == nil || known == (Known{}) || d.news(known, h, nil) {
		return CauseEvidence
	}
	return d.changed(h)
}

// endedBy: an end that had passed when it was configured is no work of the clock.
func (d *differ) endedBy() Cause {
	if d.pj.Program.Ends.After(d.facts.ruledSince(d.policy)) {
		return CauseClock
	}
	return CauseConfig
}

// changed is the cause where nothing new has become known: the configuration, if it
// is younger than the hold, or the organisation.
func (d *differ) changed(h *Hold) Cause {
	if h != nil && d.facts.ruledSince(d.policy).After(h.Intended) {
		return CauseConfig
	}
	return CauseOrg
}

// qualifiedBy reports whether something of what makes the leader qualified is news.
func (d *differ) qualifiedBy(l int32, h *Hold, was *Decided) bool {
	g := d.pj.judging
	return slices.ContainsFunc(g.require, func(name string) bool {
		return d.news(g.requirement(name, l).Known, h, was)
	})
}

// news reports whether what is known was learnt after the hold, or where there is none
// the decision to wait, and stored since the configuration rules. The log tells the
// first by its order: the clock of the source may be another.
func (d *differ) news(known Known, h *Hold, was *Decided) bool {
	switch {
	case known.Stored.Before(d.facts.ruledSince(d.policy)):
		return false
	case h != nil && h.Intent > 0 && known.Learnt > 0:
		return known.Learnt > h.Intent
	case h != nil:
		return known.Stored.After(h.Intended)
	}
	return was == nil || known.Stored.After(was.Waited)
}

// ruledSince is when the configuration began to rule: now, if nothing was ever judged
// by it. Zero: since ever.
func (f *Facts) ruledSince(p *Policy) time.Time {
	if p.Decides != "" && f.Policy != p.Decides {
		return f.Now
	}
	return f.PolicySince
}

// waived reports whether somebody who was waited for is exempt by now.
func (d *differ) waived(waits []string) bool {
	g := d.pj.judging
	for _, id := range waits {
		if n, ok := d.j.Index.Find(id); ok && inForce(g.needNot[int32(n)], d.facts.Now) {
			return true
		}
	}
	return false
}
