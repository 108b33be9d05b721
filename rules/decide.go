package rules

import (
	"slices"
	"time"
)

// The causes of rows that have more than one, as a decision keeps them.
const (
	noWhy uint8 = iota
	whyLeaderQualified
	whyPaused
	whyEnded
	whyInactive
	whyOutsideAudience
	whyMayStart
	whyStartedWaived
	whyAudienceUnknown
	whyNotMatched
	whyUnread
	whyDuplicateID
	whyNoLeaderLeft
	whyCohortQualified
	whyCohortOpen
	whySharedIdentifier
)

var whys = [...]Code{noWhy: "", whyLeaderQualified: CodeLeaderQualified, whyPaused: CodePaused, whyEnded: CodeEnded,
	whyInactive: CodeInactive, whyOutsideAudience: CodeOutsideAudience, whyMayStart: CodeMayStart, whyStartedWaived: CodeStartedWaived,
	whyAudienceUnknown: CodeAudienceUnknown, whyNotMatched: CodeNotMatched, whyUnread: CodeUnread, whyDuplicateID: CodeDuplicateID,
	whyNoLeaderLeft: CodeNoLeaderLeft, whyCohortQualified: CodeCohortQualified, whyCohortOpen: CodeCohortOpen, whySharedIdentifier: CodeSharedIdentifier}

// decide is the decision table of DESIGN 7: the first row that matches.
func (g *judging) decide(i int) Decision {
	d := Decision{Leader: -1}
	if d.why = g.notOurs(i); d.why != noWhy {
		d.what = isNone
		return d
	}
	if g.facts.Now.Before(g.p.Launch) {
		d.Row, d.what = 1, isNone
		return d
	}
	if d.Row, d.why = g.past0(i); d.Row > 0 {
		d.what = isClear
		return d
	}
	if d.why = g.unknown(i); d.why != noWhy {
		d.Row, d.what = 6, isKeep
		return d
	}
	if g.x.Top(i) {
		d.Row, d.what = 7, isClear
		return d
	}
	if d = g.gate(i); d.Row == 10 && g.p.Sequence.ReleaseAfter && g.heldTooLong(i) {
		d.Row, d.what = 11, isClear
	}
	return d
}

// notOurs is row 0.
func (g *judging) notOurs(i int) uint8 {
	switch {
	case g.closed != noWhy:
		return g.closed
	case !g.x.follows[i]:
		return whyInactive
	case g.audience(i) == outside:
		return whyOutsideAudience
	}
	return noWhy
}

// closedTo is why the programme holds nobody at all.
func (g *judging) closedTo() uint8 {
	switch {
	case g.facts.Paused[g.p.ID]:
		return whyPaused
	case g.ended():
		return whyEnded
	}
	return noWhy
}

func (g *judging) ended() bool { return !g.p.Ends.IsZero() && !g.facts.Now.Before(g.p.Ends) }

// over reports whether the programme is paused or ended: it holds nobody.
func (g *judging) over() bool { return g.facts.Paused[g.p.ID] || g.ended() }

// past0 is rows 2 to 5: what the person did or was given keeps the way free,
// whatever has become of the leaders.
func (g *judging) past0(i int) (row, why uint8) {
	if !g.known[i] {
		return 0, noWhy
	}
	if r := g.course(int32(i)); !r.At.IsZero() {
		return 2, noWhy
	}
	start, _ := g.started(i)
	switch {
	case inForce(g.mayStart[int32(i)], g.facts.Now):
		return 3, whyMayStart
	case !start.IsZero() && inForce(g.mayStart[int32(i)], start):
		return 3, whyStartedWaived
	case !start.IsZero():
		return 4, noWhy
	}
	if s := g.standing.of(int32(i)); s != nil && !s.Released.IsZero() {
		return 5, noWhy
	}
	return 0, noWhy
}

// What a start rests on where it is no statement. An undated one was there when
// leadfront first looked: how long before is not known, so nobody is blamed by it.
const (
	StartByLMS   = "lms"
	StartUndated = "lms undated"
)

// started is the first start ever known, voided or not, under any contract, or
// shown by the LMS; zero: none. By is a statement id or one of the constants.
func (g *judging) started(i int) (at time.Time, by string) {
	earlier := func(t time.Time, who string) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at, by = t, who
		}
	}
	if r := g.records[i]; r != nil {
		earlier(r.EverStarted, "")
		if r.Started.Equal(r.EverStarted) {
			by = r.StartedBy
		}
	}
	if s := g.standing.of(int32(i)); s != nil {
		earlier(s.Started, s.StartBy)
	}
	if e := g.signs.of(int32(i)); e != nil && e.StartAt.IsZero() {
		earlier(g.facts.Now, StartUndated)
	} else if e != nil {
		earlier(e.StartAt, StartByLMS)
	}
	return at, by
}

// unknown is row 6: something that would decide is not known. A silence is never
// an answer.
func (g *judging) unknown(i int) uint8 {
	switch {
	case !g.x.first(i):
		return whyDuplicateID
	case g.x.silent[i]:
		return whyAudienceUnknown
	case g.audience(i) == unstated, g.unitUnknown(i) && g.waitsForAll(i) && !g.x.Top(i):
		return whyAudienceUnknown
	case g.ids.shared[int32(i)]:
		return whySharedIdentifier
	case g.blocked != nil:
		return whyUnread
	case g.anyRows && !g.matched[i]:
		return whyNotMatched
	}
	return noWhy
}

func (g *judging) climb(i int) Climb {
	return g.x.Climb(i, func(k int) bool { return g.away[k] })
}

// gate is rows 8 to 10, by the scope of the programme.
func (g *judging) gate(i int) Decision {
	if c := g.judgedByCohort(i); c != nil {
		return g.cohortGate(c)
	}
	l := g.next[i]
	if l < 0 {
		return g.above(l)
	}
	if g.gateBy[l].Row == 0 {
		g.gateBy[l] = g.above(l)
	}
	return g.gateBy[l]
}

// above are rows 8 to 10 for everybody whose effective leader that is, or who has none.
func (g *judging) above(at int32) Decision {
	levels := 1
	if g.p.Sequence.Scope == ScopeChain {
		levels = g.p.Sequence.Levels
	}
	d := Decision{Leader: nobodyLeft, Row: 9, what: isClear, why: whyNoLeaderLeft}
	for n := 0; at != nobodyLeft && (levels == 0 || n < levels); n, at = n+1, g.next[at] {
		if g.unclear(at) {
			return g.doubtful()
		}
		if d.Row == 9 && (n == 0 || !g.qual[at]) {
			d.Leader, d.why = at, whyLeaderQualified
		}
		if !g.qual[at] && d.Row == 9 {
			d.Row, d.what, d.why = 10, isHold, noWhy
		}
	}
	return d
}

// unclear reports whether it is in doubt who the leader is, or what they did.
func (g *judging) unclear(l int32) bool {
	return l == inDoubt || l >= 0 && g.ids.shared[l] && !g.qual[l]
}

// doubtful is row 8.
func (g *judging) doubtful() Decision {
	if g.policy.DoubtHolds {
		return Decision{Leader: nobodyLeft, Row: 8, what: isHold}
	}
	return Decision{Leader: nobodyLeft, Row: 8, what: isKeep}
}

// cohortGate is rows 9 and 10 for whoever is judged by all leaders of the audience.
func (g *judging) cohortGate(c *cohort) Decision {
	d := Decision{Leader: nobodyLeft, Row: 9, what: isClear, why: whyCohortQualified}
	switch {
	case c.reached():
	case c.open():
		d.why = whyCohortOpen
	case c.doubted():
		return g.doubtful()
	default:
		d.Row, d.what, d.why = 10, isHold, noWhy
	}
	return d
}

// required are the leaders for whom i has to wait, nearest first; a cohort is not
// listed.
func (g *judging) required(i int) (leaders []int32, doubt bool) {
	levels := 1
	if g.p.Sequence.Scope == ScopeChain {
		levels = g.p.Sequence.Levels
	}
	return leadersAbove(g.next, int32(i), levels)
}

// waits are those of them who have not qualified; of a cohort, the first ones.
func (g *judging) waits(i int) []int32 {
	if c := g.judgedByCohort(i); c != nil {
		return c.waits
	}
	leaders, _ := g.required(i)
	return slices.DeleteFunc(leaders, func(l int32) bool { return g.qual[l] })
}

// reasons turns a decision into its reasons.
func (g *judging) reasons(i int, d Decision) []Reason {
	p := &g.x.People[i]
	switch d.Row {
	case 0:
		r := Reason{Code: whys[d.why]}
		switch r.Code {
		case CodeEnded:
			r.At = g.p.Ends
		case CodeOutsideAudience:
			_, r.Detail = g.p.Audience.of(p, g.x.Level(i))
		}
		return []Reason{r}
	case 1:
		return []Reason{{Code: CodeNotLaunched, At: g.p.Launch}}
	case 2:
		r := g.course(int32(i))
		return []Reason{{Code: CodeCompleted, At: r.At, Statement: last(r.Statements), Detail: r.By}}
	case 3, 4, 5:
		return []Reason{g.pastReason(i, d)}
	case 6:
		if whys[d.why] == CodeUnread {
			return []Reason{*g.blocked}
		}
		return []Reason{{Code: whys[d.why]}}
	case 7:
		return []Reason{{Code: CodeTop}}
	case 11:
		return []Reason{{Code: CodeHeldTooLong, At: g.since[int32(i)], Detail: days(g.p.Sequence.MaxHold)}}
	}
	return g.gateReasons(i, d)
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func (g *judging) pastReason(i int, d Decision) Reason {
	start, by := g.started(i)
	switch {
	case d.Row == 5:
		return Reason{Code: CodeReleased, At: g.standing.of(int32(i)).Released}
	case whys[d.why] == CodeMayStart:
		var until time.Time
		for _, w := range g.mayStart[int32(i)] {
			if w.InForce(g.facts.Now) && w.Expires.After(until) {
				until = w.Expires
			}
		}
		return Reason{Code: CodeMayStart, At: until}
	case d.Row == 3:
		return Reason{Code: CodeStartedWaived, At: start}
	case by == StartByLMS || by == StartUndated:
		return Reason{Code: CodeStarted, At: start, Detail: by}
	}
	return Reason{Code: CodeStarted, At: start, Statement: by}
}

// gateReasons are the reasons of rows 8 to 10: whom the climb passed over, and
// whom it came to.
func (g *judging) gateReasons(i int, d Decision) []Reason {
	if c := g.judgedByCohort(i); c != nil {
		return g.cohortReasons(c, d)
	}
	var out []Reason
	leaders, _ := g.required(i)
	for _, from := range append([]int32{int32(i)}, leaders...) {
		c := g.climb(int(from))
		if int(from) != i && g.p.Sequence.Scope != ScopeChain || len(out) > 0 && c.Leader == int(from) {
			break
		}
		for _, a := range c.Away {
			out = append(out, Reason{Code: CodeLeaderAway, Person: g.x.People[a].ID, Detail: g.awayBecause(a)})
		}
		if r, ok := g.doubtOf(c); ok && d.Row == 8 {
			return append(out, r)
		}
	}
	return append(out, g.leaderReasons(leaders, d)...)
}

// doubtOf says what is in doubt on one step of the climb.
func (g *judging) doubtOf(c Climb) (Reason, bool) {
	switch {
	case c.Doubt != "":
		return Reason{Code: CodeDoubt, Person: g.x.People[c.At].ID, Detail: string(c.Doubt)}, true
	case c.Leader >= 0 && g.unclear(int32(c.Leader)):
		return Reason{Code: CodeDoubt, Person: g.x.People[c.Leader].ID, Detail: string(CodeSharedIdentifier)}, true
	}
	return Reason{}, false
}

// leaderReasons are the reasons of rows 9 and 10 about the leaders themselves.
func (g *judging) leaderReasons(leaders []int32, d Decision) []Reason {
	if len(leaders) == 0 {
		return []Reason{{Code: CodeNoLeaderLeft}}
	}
	var out []Reason
	for _, l := range leaders {
		switch {
		case d.Row == 9:
			out = append(out, g.qualifiedReason(l))
		case !g.qual[l]:
			out = append(out, Reason{Code: CodeWaitingFor, Person: g.x.People[l].ID})
			out = append(out, g.missing(l)...)
		}
	}
	return out
}

func (g *judging) qualifiedReason(leader int32) Reason {
	r := g.course(leader)
	return Reason{Code: CodeLeaderQualified, Person: g.x.People[leader].ID, At: g.qualifiedSince(leader), Statement: last(r.Statements), Detail: r.By}
}

func (g *judging) awayBecause(i int) string {
	p := &g.x.People[i]
	switch {
	case p.Status == Leave || p.Status == Inactive || p.Status == Vacant:
		return p.Status.String()
	case p.NoAccount:
		return "no account"
	}
	return string(NeedNotLead)
}
