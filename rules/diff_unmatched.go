package rules

// The hold says whose a row was when its match is lost or doubled since. What a person
// did or was given reaches their row all the same; nothing else does.

// owedTo is what the person of the hold is owed by rows 0 and 2 to 5 of the table, with
// their number, or -1 for somebody who is in the organisation no more.
func (d *differ) owedTo(h *Hold) (verdict Verdict, person int) {
	if n, here := d.j.Index.Find(h.Person); here {
		switch dec := d.pj.Decisions[n]; dec.Row {
		case 0, 2, 3, 4, 5:
			return dec.Verdict(), n
		}
		return Keep, -1
	}
	if len(d.gone(h.Person)) > 0 {
		return Clear, -1
	}
	return Keep, -1
}

// gone is what keeps the way free for somebody who is in the organisation no more; nil:
// nothing that is known.
func (d *differ) gone(id string) []Reason {
	if id == "" {
		return nil
	}
	for _, w := range d.facts.Waivers {
		if w.Kind == MayStart && w.Program == d.pj.Program.ID && w.Person == id && w.InForce(d.facts.Now) {
			return []Reason{{Code: CodeMayStart, At: w.Expires}}
		}
	}
	for _, s := range d.facts.Standings {
		switch {
		case s.Program != d.pj.Program.ID || s.Person != id:
		case !s.Started.IsZero():
			return []Reason{{Code: CodeStarted, At: s.Started, Statement: s.StartBy}}
		case !s.Released.IsZero():
			return []Reason{{Code: CodeReleased, At: s.Released}}
		}
	}
	return nil
}

// becauseOf are the reasons of a change on a row that is nobody's by now.
func (d *differ) becauseOf(h *Hold) []Reason {
	g := d.pj.judging
	switch {
	case g.facts.Paused[g.p.ID]:
		return []Reason{{Code: CodePaused}}
	case g.ended():
		return []Reason{{Code: CodeEnded, At: g.p.Ends}}
	case g.facts.Now.Before(g.p.Launch):
		return []Reason{{Code: CodeNotLaunched, At: g.p.Launch}}
	case h != nil:
		return d.gone(h.Person)
	}
	return nil
}

// causeOfNobody is the cause of such a change.
func (d *differ) causeOfNobody() Cause {
	g := d.pj.judging
	switch {
	case g.ended():
		return d.endedBy()
	case g.facts.Now.Before(g.p.Launch):
		return CauseConfig
	}
	return CauseEvidence
}
