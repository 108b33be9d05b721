package rules_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// The oracle: the tables of DESIGN 7, read slowly. It was written from their text and
// from what was said about them, not from the engine, and looks at the tale alone. It
// searches lists over and over; nothing is indexed, cached or shared.

// decides is what somebody is owed: the verdict and the row of the table.
func (w *tale) decides(s soul) string {
	switch p := w.program; {
	case w.paused, !p.Ends.IsZero() && !now.Before(p.Ends), s.status == rules.Inactive, s.status == rules.Vacant, w.audience(s) == "out":
		return "none 0"
	case now.Before(p.Launch):
		return "none 1"
	case w.completed(s.id):
		return "clear 2"
	case w.waived(rules.MayStart, s.id, now), w.startedWaived(s):
		return "clear 3"
	case w.started(s):
		return "clear 4"
	case slices.ContainsFunc(w.standings, func(x rules.Standing) bool { return x.Person == s.id && !x.Released.IsZero() }):
		return "clear 5"
	case s.status == rules.StatusUnknown, w.audience(s) == "unknown", s.account != 1, w.unread != "":
		return "keep 6"
	case slices.Contains(w.tops, s.id):
		return "clear 7"
	}
	d := w.sequence(s)
	if d == "keep 8" && w.doubt {
		d = "hold 8"
	}
	since, held := w.held[s.id]
	if d == "hold 10" && held && w.program.Sequence.ReleaseAfter && now.Sub(since) > w.program.Sequence.MaxHold {
		return "clear 11"
	}
	return d
}

// sequence is rows 8 to 10 in the scope of the programme.
func (w *tale) sequence(s soul) string {
	switch {
	case w.program.Sequence.Scope == rules.ScopeCohort && !w.leads(s.id):
		return w.cohort(s)
	case w.program.Sequence.Scope == rules.ScopeChain:
		return w.behind(w.above(s, w.program.Sequence.Levels))
	}
	return w.behind(w.above(s, 1))
}

func (w *tale) behind(leaders []string, doubt bool) string {
	switch {
	case doubt:
		return "keep 8"
	case !slices.ContainsFunc(leaders, func(id string) bool { return !w.qualified(id) }): // nobody is left, or all have
		return "clear 9"
	}
	return "hold 10"
}

func (w *tale) find(id string) (soul, bool) {
	i := slices.IndexFunc(w.souls(), func(s soul) bool { return s.id == id })
	if i < 0 {
		return soul{}, false
	}
	return w.souls()[i], true
}

// managerOf is the next one above; false is doubt.
func (w *tale) managerOf(s soul) (soul, bool) {
	m, ok := w.find(w.bossOf(s))
	return m, ok && m.id != s.id && !w.circles(s)
}

// bossOf is the manager by HR, or whoever stands in: that one, and whoever is between
// the two, are led as before.
func (w *tale) bossOf(s soul) string {
	for _, a := range w.acting {
		if by, ok := w.find(a.By); ok && a.For == s.manager && a.InForce(now) && !w.stands(by, s) {
			return a.By
		}
	}
	return s.manager
}

// stands reports whether the way up by HR from one comes to the other.
func (w *tale) stands(from, to soul) bool {
	for range w.souls() {
		if from.id == to.id || slices.Contains(w.tops, from.id) {
			return from.id == to.id
		}
		from, _ = w.find(from.manager)
	}
	return false
}

// circles reports whether the way up from somebody comes back to them and passes no
// listed top.
func (w *tale) circles(s soul) bool {
	at := s
	for range w.souls() {
		next, ok := w.find(w.bossOf(at))
		if !ok || slices.Contains(w.tops, at.id) {
			return false
		}
		if next.id == s.id {
			return true
		}
		at = next
	}
	return false
}

// above are the leaders above somebody who are there, at most so many (0: all), and
// whether an edge that had to be walked for them is in doubt.
func (w *tale) above(s soul, most int) (leaders []string, doubt bool) {
	for !slices.Contains(w.tops, s.id) {
		m, ok := w.managerOf(s)
		if !ok {
			return leaders, true
		}
		exempt := m.noAccount || w.waived(rules.NeedNotLead, m.id, now)
		if m.status == rules.StatusUnknown && !exempt {
			return leaders, true
		}
		if m.status == rules.Active && !exempt {
			leaders = append(leaders, m.id)
		}
		if most > 0 && len(leaders) == most {
			break
		}
		s = m
	}
	return leaders, false
}

// leaderOf is the effective leader, or "".
func (w *tale) leaderOf(s soul) string {
	if l, doubt := w.above(s, 1); !doubt && len(l) == 1 {
		return l[0]
	}
	return ""
}

// leads reports whether somebody of the audience has this one as the effective leader.
func (w *tale) leads(id string) bool {
	return slices.ContainsFunc(w.souls(), func(s soul) bool { return w.follows(s) && w.audience(s) == "in" && w.leaderOf(s) == id })
}

// follows reports whether somebody holds a post: on leave one still has a leader.
func (w *tale) follows(s soul) bool { return s.status == rules.Active || s.status == rules.Leave }

// cohort is rows 8 to 10 for somebody who leads nobody.
func (w *tale) cohort(s soul) string {
	unit := w.program.Sequence.Unit == rules.UnitDepartment
	if unit && s.dept == "" {
		return "keep 6"
	}
	if slices.ContainsFunc(w.gates, func(g rules.Gate) bool { return !unit || g.Unit == s.dept }) {
		return "clear 9"
	}
	all, silent := w.leadersOf(s, unit)
	done, hidden := 0, 0
	for _, l := range all {
		if w.counts(l) {
			done++
		}
	}
	for _, x := range silent {
		l, doubt := w.above(x, 1)
		if doubt && !slices.Contains(all, x.id) || !doubt && len(l) == 1 && !slices.Contains(all, l[0]) && !w.counts(l[0]) {
			hidden++
		}
	}
	share := w.program.Sequence.Percent
	if share == 0 {
		share = 100
	}
	need := func(of int) int { return int(math.Ceil(float64(of)*share/100 - 1e-9)) }
	switch {
	case len(all)+hidden == 0:
		return w.behind(w.above(s, 1))
	case done >= need(len(all)+hidden):
		return "clear 9"
	case done >= need(len(all)): // what HR does not say may hide a leader
		return "keep 8"
	}
	return "hold 10"
}

// leadersOf are the leaders of everybody in the audience, or in the unit of s, and the
// people of whom HR does not say who leads them, or where.
func (w *tale) leadersOf(s soul, unit bool) (all []string, silent []soul) {
	for _, x := range w.souls() {
		unsure := x.status == rules.StatusUnknown || w.audience(x) == "unknown"
		if x.status == rules.Inactive || x.status == rules.Vacant || w.audience(x) == "out" || unit && x.dept != "" && x.dept != s.dept {
			continue
		}
		if _, doubt := w.above(x, 1); doubt || unsure || unit && x.dept == "" {
			silent = append(silent, x)
		} else if l := w.leaderOf(x); l != "" && !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return
}

// counts reports whether a leader is one of those of the cohort who have qualified: one
// in doubt is not.
func (w *tale) counts(id string) bool {
	s, ok := w.find(id)
	_, doubt := w.above(s, 1)
	return ok && !doubt && w.qualified(id)
}

func (w *tale) audience(s soul) string {
	fit := func(given []string, has string) string {
		switch {
		case len(given) == 0:
			return ""
		case has == "":
			return "unknown"
		case slices.Contains(given, has):
			return "yes"
		}
		return "no"
	}
	fits := func(f rules.Filter) []string {
		var levels []string
		for _, l := range f.Levels {
			levels = append(levels, fmt.Sprint(l))
		}
		return []string{fit(f.Departments, s.dept), fit(f.Locations, s.loc), fit(f.Types, s.typ), fit(levels, w.level(s))}
	}
	a := w.program.Audience
	in, out := fits(a.Filter), fits(a.Exclude)
	fields := slices.ContainsFunc(in, func(x string) bool { return x != "" })
	listed := slices.Contains(a.Filter.People, s.id)
	switch {
	case slices.Contains(a.Exclude.People, s.id), slices.Contains(out, "yes"):
		return "out"
	case !listed && slices.Contains(in, "no"), !listed && !fields && len(a.Filter.People) > 0:
		return "out"
	case slices.Contains(out, "unknown"), !listed && slices.Contains(in, "unknown"):
		return "unknown"
	}
	return "in"
}

// level is how far below a listed top HR has somebody, or "".
func (w *tale) level(s soul) string {
	for n := range len(w.souls()) {
		if slices.Contains(w.tops, s.id) {
			return fmt.Sprint(n)
		}
		m, ok := w.find(s.manager)
		if !ok {
			return ""
		}
		s = m
	}
	return ""
}

func (w *tale) waived(kind rules.WaiverKind, id string, at time.Time) bool {
	return slices.ContainsFunc(w.waivers, func(x rules.Waiver) bool {
		return x.Kind == kind && x.Person == id && !at.Before(x.From) && at.Before(x.Expires) && (x.Revoked.IsZero() || at.Before(x.Revoked))
	})
}

func (w *tale) voided(i int) bool {
	return slices.ContainsFunc(w.deeds, func(d deed) bool { return d.what == "void" && d.of == i })
}

// did reports whether somebody did this, and it stands.
func (w *tale) did(id, what string) bool {
	for i, d := range w.deeds {
		if d.who == id && d.what == what && !w.voided(i) {
			return true
		}
	}
	return false
}

func (w *tale) completed(id string) bool {
	lrs, lms := w.did(id, "complete"), w.lms[id]
	if s, ok := w.find(id); !ok || s.account != 1 {
		lms = false // nobody knows whose row it is
	}
	if slices.ContainsFunc(w.attests, func(a rules.Attest) bool { return a.Person == id }) {
		return true
	}
	switch w.program.Witness {
	case rules.WitnessLMS:
		return lms
	case rules.WitnessEither:
		return lrs || lms
	}
	return lrs
}

// firstStart is the first sign of work that was ever learnt, voided or not.
func (w *tale) firstStart(s soul) (at time.Time) {
	first := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	for _, d := range w.deeds {
		if d.who == s.id && slices.Contains([]string{"start", "progress", "complete", "fail"}, d.what) {
			first(d.at)
		}
	}
	for _, x := range w.standings {
		if x.Person == s.id && !x.Started.IsZero() {
			first(x.Started)
		}
	}
	return at
}

func (w *tale) started(s soul) bool {
	return !w.firstStart(s).IsZero() || s.sign == rules.SignStarted && s.account > 0
}

func (w *tale) startedWaived(s soul) bool {
	at := w.firstStart(s)
	return !at.IsZero() && w.waived(rules.MayStart, s.id, at)
}

// qualified reports whether a leader has met what the programme asks of leaders.
func (w *tale) qualified(id string) bool {
	q := w.program.Sequence
	if !w.completed(id) {
		return false
	}
	if (q.Gate == rules.GateThreshold || slices.Contains(q.Require, rules.RequireUseCase)) && !w.shared(id) {
		return false
	}
	return !slices.Contains(q.Require, rules.RequirePlaybook) || w.did(id, "brief")
}

// shared reports whether a use case of the leader counts: whole, their own, not taken
// back, and confirmed where that is asked for.
func (w *tale) shared(id string) bool {
	for i, d := range w.deeds {
		if d.who == id && (d.what == "share" || d.what == "copy") && !w.voided(i) && !w.takenBack(i) && !w.copied(i) &&
			(!w.program.Showcase.Confirmed || w.confirmed(i)) {
			return true
		}
	}
	return false
}

func (w *tale) takenBack(i int) bool {
	for k, d := range w.deeds {
		if d.what == "unshare" && d.of == i && d.who == w.deeds[i].who && !w.voided(k) {
			return true
		}
	}
	return false
}

// copied: the text was somebody's before, or one's own; but whoever took theirs back
// may share it again.
func (w *tale) copied(i int) bool {
	for k, d := range w.deeds {
		if k == i || w.textOf(k) != w.textOf(i) || d.at.After(w.deeds[i].at) || d.at.Equal(w.deeds[i].at) && k > i {
			continue
		}
		if again := d.who == w.deeds[i].who && (w.voided(k) || w.takenBack(k)); !again && !w.copied(k) {
			return true
		}
	}
	return false
}

// textOf names the text of a use case by the deed that had it first.
func (w *tale) textOf(i int) int {
	switch d := w.deeds[i]; d.what {
	case "share":
		return i
	case "copy":
		return d.of
	}
	return -1 - i
}

// confirmed by a member of the team.
func (w *tale) confirmed(i int) bool {
	for k, d := range w.deeds {
		s, _ := w.find(d.who)
		if d.what == "confirm" && d.of == i && !w.voided(k) && w.leaderOf(s) == w.deeds[i].who {
			return true
		}
	}
	return false
}
