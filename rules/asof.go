package rules

import "time"

// AsOf is what these facts were, or will be if nothing happens, at another instant.
// Of an earlier one it is what was known by then: the organisation that ruled, the
// evidence that had been stored, the waivers and words that had been given. How the
// enrolments stood is not remembered, so they are left out, and nothing can be
// planned for the past. Of a later one it is the facts of now under another clock.
func (f *Facts) AsOf(t time.Time) Facts {
	out := *f
	out.Now = t
	if !t.Before(f.Now) {
		out.Sources = readAt(f.Sources, func(Source) bool { return true }, t)
		return out
	}
	out.Sources = readAt(f.Sources, func(s Source) bool { return s.Read.After(t) }, t)
	out.Enrolments, out.Targets, out.Decided, out.Open, out.Over = nil, nil, nil, nil, nil
	out.Totals, out.Approvals, out.Refused = nil, nil, nil
	out.Snapshots = keep(f.Snapshots, func(s *Snapshot) bool { return !s.From.After(t) })
	if n := len(out.Snapshots); n > 0 { // the last one is whole
		last := &out.Snapshots[n-1]
		last.Org.People, last.Was = PeopleOf(f.Snapshots, n-1), nil
	}
	out.Evidence = keep(f.Evidence, func(e *Evidence) bool { return !known(e).After(t) })
	out.Waivers = keep(f.Waivers, func(w *Waiver) bool { return !w.From.After(t) })
	out.Attests = keep(f.Attests, func(a *Attest) bool { return !a.At.After(t) })
	out.Gates = keep(f.Gates, func(g *Gate) bool { return !g.At.After(t) })
	out.Holds = keep(f.Holds, func(h *Hold) bool { return !h.Intended.After(t) })
	out.Overrides = keep(f.Overrides, func(o *Override) bool { return !o.At.After(t) })
	out.Paused, out.Pauses = map[string]bool{}, keep(f.Pauses, func(p *Pause) bool { return !p.From.After(t) })
	for _, p := range out.Pauses {
		out.Paused[p.Program] = out.Paused[p.Program] || p.To.IsZero() || t.Before(p.To)
	}
	out.Standings = keep(f.Standings, func(s *Standing) bool { return true })
	for i := range out.Standings {
		out.Standings[i].upTo(t)
	}
	return out
}

// upTo forgets what became true later.
func (s *Standing) upTo(t time.Time) {
	if s.Started.After(t) {
		s.Started, s.StartBy = time.Time{}, ""
	}
	if s.Released.After(t) {
		s.Released = time.Time{}
	}
}

// known is when the statement could be known.
func known(e *Evidence) time.Time {
	if e.Stored.IsZero() {
		return e.Timestamp
	}
	return e.Stored
}

// readAt takes the sources for read at t where stale says that their reading is of
// another time.
func readAt(sources []Source, stale func(Source) bool, t time.Time) []Source {
	out := make([]Source, len(sources))
	for i, s := range sources {
		if !s.Read.IsZero() && stale(s) {
			s.Read = t
		}
		out[i] = s
	}
	return out
}

// keep copies what fits.
func keep[T any](list []T, fits func(*T) bool) []T {
	var out []T
	for i := range list {
		if fits(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}
