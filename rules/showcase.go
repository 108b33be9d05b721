package rules

import (
	"fmt"
	"slices"
	"time"
)

// Quarter is three months of the fiscal year in which From lies.
type Quarter struct {
	From, To time.Time // To exclusive
	Name     string    // such as 2026-Q4, by the year in which the fiscal year begins
}

// Quarter is the one in which the instant lies.
func (s *Showcase) Quarter(at time.Time) Quarter { return s.quarter(at) }

// quarter is the one in which the instant lies.
func (s *Showcase) quarter(at time.Time) Quarter {
	zone, start := s.Zone, s.FiscalStart
	if zone == nil {
		zone = time.UTC
	}
	if start == 0 {
		start = time.January
	}
	at = at.In(zone)
	months := (int(at.Month()) - int(start) + 12) % 12 // since the fiscal year began
	year := at.Year()
	if at.Month() < start {
		year--
	}
	n := months / 3
	from := time.Date(year, start+time.Month(3*n), 1, 0, 0, 0, 0, zone)
	return Quarter{From: from, To: from.AddDate(0, 3, 0), Name: fmt.Sprintf("%d-Q%d", year, n+1)}
}

// Quarters are those since launch that have ended by now, the first full one first.
func (s *Showcase) Quarters(launch, now time.Time) []Quarter {
	q := s.quarter(launch)
	if q.From.Before(launch) {
		q = s.quarter(q.To)
	}
	var out []Quarter
	for ; !q.To.After(now); q = s.quarter(q.To) {
		out = append(out, q)
	}
	return out
}

// showcase are the violations of keeping the leaders' example visible.
func (g *judging) showcase() []Violation {
	if g.over() || g.facts.Now.Before(g.p.Launch) {
		return nil
	}
	var out []Violation
	if g.p.Showcase.Quarterly {
		quarters := g.p.Showcase.Quarters(g.p.Launch, g.facts.Now)
		for _, q := range quarters {
			out = g.appendStale(out, q)
		}
		if len(quarters) > 0 {
			out = append(out, g.silentLevels(quarters[0].To)...)
		}
	}
	for l, leads := range g.leads {
		if leads && !g.isNew(int32(l)) {
			out = g.appendOverdue(out, int32(l))
			out = g.appendUnbriefed(out, int32(l))
		}
	}
	return out
}

// appendStale: nothing that counted was shared in the quarter.
func (g *judging) appendStale(out []Violation, q Quarter) []Violation {
	v := Violation{Program: g.p.ID, Kind: ShowcaseStale, Subject: q.Name, At: q.To,
		Because: []Reason{{Code: Code(ShowcaseStale), Detail: q.Name, At: q.To}}}
	for _, s := range g.allShares {
		at := s.since()
		switch {
		case !s.ever || !s.Withdrawn.IsZero() && !s.Withdrawn.After(q.To):
		case !at.Before(q.From) && at.Before(q.To):
			return out
		case s.Counts && !at.Before(q.To) && !v.Resolved:
			v.Resolved = true
			v.Because = append(v.Because, Reason{Code: CodeSharedSince, Person: s.Author, At: at, Statement: s.Statement})
		}
	}
	return append(out, v)
}

// silentLevels: levels of management of which nobody's contribution stands, once the
// first quarter is over.
func (g *judging) silentLevels(since time.Time) []Violation {
	heard := map[int]bool{}
	for _, s := range g.allShares {
		heard[s.Level] = heard[s.Level] || s.Counts
	}
	var levels []int
	for i, leads := range g.leads {
		if l := g.x.Level(i); leads && l >= 0 && !heard[l] {
			heard[l] = true
			levels = append(levels, l)
		}
	}
	slices.Sort(levels)
	var out []Violation
	for _, l := range levels {
		name := fmt.Sprintf("level %d", l)
		out = append(out, Violation{Program: g.p.ID, Kind: LevelSilent, Subject: name, At: since,
			Because: []Reason{{Code: Code(LevelSilent), Detail: name}}})
	}
	return out
}

// appendOverdue: the leader's last contribution is longer ago than the cadence. Each
// time that it falls due is a violation of its own.
func (g *judging) appendOverdue(out []Violation, l int32) []Violation {
	if g.p.Showcase.Cadence <= 0 {
		return out
	}
	last := g.p.Launch
	for _, s := range g.useCases[l] {
		if at := s.since(); s.Counts && at.After(last) {
			last = at
		}
	}
	due := last.Add(g.p.Showcase.Cadence)
	if !g.facts.Now.After(due) {
		return out
	}
	id := g.x.People[l].ID
	return append(out, Violation{Program: g.p.ID, Person: id, Kind: ShareOverdue, Subject: due.UTC().Format(time.DateOnly), At: due,
		Because: []Reason{{Code: Code(ShareOverdue), Person: id, At: due}}})
}

// appendUnbriefed: the leader has completed the course and not been briefed within
// the days of grace.
func (g *judging) appendUnbriefed(out []Violation, l int32) []Violation {
	if !slices.ContainsFunc(g.p.Contracts, func(c Contract) bool { return c.ID == RequirePlaybook }) {
		return out
	}
	since := g.course(l).At
	if since.IsZero() || !g.requirement(RequirePlaybook, l).At.IsZero() {
		return out
	}
	if since.Before(g.p.Launch) {
		since = g.p.Launch
	}
	if since = since.Add(g.p.Sequence.Grace); !g.facts.Now.After(since) {
		return out
	}
	id := g.x.People[l].ID
	return append(out, Violation{Program: g.p.ID, Person: id, Kind: NotBriefed, At: since,
		Because: []Reason{{Code: CodeNotBriefed, Person: id, At: since}}})
}
