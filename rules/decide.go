package rules

import (
	"slices"
	"time"
)

// whys are the causes of rows that have more than one.
var whys = [...]Code{"", CodePaused, CodeEnded, CodeInactive, CodeOutsideAudience, CodeMayStart, CodeStartedWaived,
	CodeAudienceUnknown, CodeNotMatched, CodeUnread, CodeDuplicateID, CodeLeaderQualified, CodeNoLeaderLeft}

func why(c Code) uint8 { return uint8(slices.Index(whys[:], c)) }

// decide is the decision table of DESIGN 7: the first row that matches.
func (g *judging) decide(i int) Decision {
	d := Decision{Leader: -1}
	if code := g.notOurs(i); code != "" {
		d.what, d.why = isNone, why(code)
		return d
	}
	if g.facts.Now.Before(g.p.Launch) {
		d.Row, d.what = 1, isNone
		return d
	}
	if row, code := g.past0(i); row > 0 {
		d.Row, d.what, d.why = row, isClear, why(code)
		return d
	}
	if code := g.unknown(i); code != "" {
		d.Row, d.what, d.why = 6, isKeep, why(code)
		return d
	}
	if g.x.Top(i) {
		d.Row, d.what = 7, isClear
		return d
	}
	return g.gate(i)
}

// notOurs is row 0.
func (g *judging) notOurs(i int) Code {
	p := &g.x.People[i]
	switch {
	case g.facts.Paused[g.p.ID]:
		return CodePaused
	case !g.p.Ends.IsZero() && !g.facts.Now.Before(g.p.Ends):
		return CodeEnded
	case p.Status == Inactive || p.Status == Vacant:
		return CodeInactive
	case p.Department != "" && !g.p.Audience.has(p.Department):
		return CodeOutsideAudience
	}
	return ""
}

// has reports whether a stated department is in the audience.
func (a Audience) has(department string) bool {
	return len(a.Departments) == 0 || slices.Contains(a.Departments, department)
}

// past0 is rows 2 to 5: what the person did or was given keeps the way free,
// whatever has become of the leaders.
func (g *judging) past0(i int) (row uint8, code Code) {
	r := g.records[i]
	if r != nil && !r.Completed.IsZero() {
		return 2, ""
	}
	start, _ := g.started(i)
	switch {
	case inForce(g.mayStart[int32(i)], g.facts.Now):
		return 3, CodeMayStart
	case !start.IsZero() && inForce(g.mayStart[int32(i)], start):
		return 3, CodeStartedWaived
	case !start.IsZero():
		return 4, ""
	}
	if s := g.standing[int32(i)]; s != nil && !s.Released.IsZero() {
		return 5, ""
	}
	return 0, ""
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
	if s := g.standing[int32(i)]; s != nil {
		earlier(s.Started, s.StartBy)
	}
	if t, ok := g.signs[int32(i)]; ok && t.IsZero() {
		earlier(g.facts.Now, StartUndated)
	} else if ok {
		earlier(t, StartByLMS)
	}
	return at, by
}

// unknown is row 6: something that would decide is not known. A silence is never
// an answer.
func (g *judging) unknown(i int) Code {
	p := &g.x.People[i]
	switch {
	case !g.x.first(i):
		return CodeDuplicateID
	case p.Status == StatusUnknown:
		return CodeAudienceUnknown
	case p.Department == "" && len(g.p.Audience.Departments) > 0:
		return CodeAudienceUnknown
	case g.blocked != nil:
		return CodeUnread
	case g.anyRead && !g.matched[int32(i)]:
		return CodeNotMatched
	}
	return ""
}

func (g *judging) climb(i int) Climb {
	return g.x.Climb(i, func(k int) bool { return g.away[k] })
}

// gate is rows 8 to 10 for the scope "manager".
func (g *judging) gate(i int) Decision {
	c := g.climb(i)
	d := Decision{Leader: int32(c.Leader)}
	switch {
	case c.Doubt != "":
		d.Row, d.what = 8, isKeep
		if g.policy.DoubtHolds {
			d.what = isHold
		}
	case c.Leader < 0:
		d.Row, d.what, d.why = 9, isClear, why(CodeNoLeaderLeft)
	case g.qualified(c.Leader):
		d.Row, d.what, d.why = 9, isClear, why(CodeLeaderQualified)
	default:
		d.Row, d.what = 10, isHold
	}
	return d
}

// qualified reports whether a leader has met the gate.
func (g *judging) qualified(i int) bool {
	r := g.records[i]
	return r != nil && !r.Completed.IsZero()
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
			r.Detail = p.Department
		}
		return []Reason{r}
	case 1:
		return []Reason{{Code: CodeNotLaunched, At: g.p.Launch}}
	case 2:
		r := g.records[i]
		return []Reason{{Code: CodeCompleted, At: r.Completed, Statement: last(r.Evidence)}}
	case 3, 4, 5:
		return []Reason{g.pastReason(i, d)}
	case 6:
		if whys[d.why] == CodeUnread {
			return []Reason{*g.blocked}
		}
		return []Reason{{Code: whys[d.why]}}
	case 7:
		return []Reason{{Code: CodeTop}}
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
		return Reason{Code: CodeReleased, At: g.standing[int32(i)].Released}
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
	c := g.climb(i)
	var out []Reason
	for _, a := range c.Away {
		out = append(out, Reason{Code: CodeLeaderAway, Person: g.x.People[a].ID, Detail: g.awayBecause(a)})
	}
	switch {
	case d.Row == 8:
		return append(out, Reason{Code: CodeDoubt, Person: g.x.People[c.At].ID, Detail: string(c.Doubt)})
	case d.Row == 10:
		leader := g.x.People[c.Leader].ID
		out = append(out, Reason{Code: CodeWaitingFor, Person: leader})
		return append(out, g.missing(c.Leader)...)
	case c.Leader < 0:
		return append(out, Reason{Code: CodeNoLeaderLeft})
	}
	r := g.records[c.Leader]
	return append(out, Reason{Code: CodeLeaderQualified, Person: g.x.People[c.Leader].ID, At: r.Completed, Statement: last(r.Evidence)})
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

// missing is what a leader still has to do.
func (g *judging) missing(leader int) []Reason {
	if r := g.records[leader]; r != nil && len(r.Missing) > 0 {
		return r.Missing
	}
	return []Reason{{Code: CodeCourseMissing, Person: g.x.People[leader].ID}}
}
