package rules

import "slices"

// cause says what brought the row's change about. Evidence wins when several
// apply: what a leader or the person did is the purpose, and is never guarded.
func (d *differ) cause(person int) Cause {
	g := d.pj.judging
	if g.facts.Paused[g.p.ID] {
		return CausePause
	}
	if person < 0 {
		return CauseClock
	}
	dec := d.pj.Decisions[person]
	switch dec.Row {
	case 0:
		if whys[dec.why] == CodeEnded {
			return CauseClock
		}
		return CauseOrg
	case 1, 7:
		return CauseConfig
	case 2, 4, 5:
		return CauseEvidence
	case 3:
		return CauseOperator
	case 9:
		return d.openedBy(person, dec)
	}
	return CauseEvidence
}

// openedBy tells a leader who has qualified from a gate that another leader, or
// none, has opened. Whoever was waited for before and has qualified now did it
// by evidence; a leader who was not waited for came by a change of organisation.
func (d *differ) openedBy(person int, dec Decision) Cause {
	was := d.last[d.j.Index.People[person].ID]
	if was == nil {
		return CauseOrg
	}
	g := d.pj.judging
	if c := g.judgedByCohort(person); c != nil {
		return g.openedCohort(c, was)
	}
	leaders, _ := g.required(person)
	for _, l := range leaders {
		if slices.Contains(was.Waits, d.j.Index.People[l].ID) {
			return CauseEvidence
		}
	}
	if d.waived(was.Waits) {
		return CauseOperator
	}
	return CauseOrg
}

// openedCohort: as many have qualified by now as were needed when the person began
// to wait. Otherwise it was the leaders who became fewer.
func (g *judging) openedCohort(c *cohort, was *Decided) Cause {
	for _, r := range was.Because {
		if r.Code == CodeCohortWaiting && c.qualified >= g.p.Sequence.need(r.Of) {
			return CauseEvidence
		}
	}
	return CauseOrg
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
