package rules_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadfront/leadfront/rules"
)

// history is a random company with everything that its decisions rest on, in words
// that the oracle reads.
type history struct {
	c         *company
	ids       []string
	manager   map[string]string
	status    map[string]rules.Status
	noAccount map[string]bool
	completed map[string]bool
	started   map[string]bool
	released  map[string]bool
	mayStart  map[string]bool
	needNot   map[string]bool
	unmatched map[string]bool
	outside   map[string]bool
	unstated  map[string]bool
}

// draw makes up a company of two to eight people. In a cohort no edge is in doubt:
// what HR leaves out there is remembered, and tested by itself.
func draw(t *rapid.T) *history {
	h := &history{manager: map[string]string{}, status: map[string]rules.Status{}}
	n := rapid.IntRange(2, 8).Draw(t, "people")
	var words []string
	for i := range n {
		h.ids = append(h.ids, string(rune('A'+i)))
	}
	scope := rapid.SampledFrom([]string{rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort}).Draw(t, "scope")
	for i, id := range h.ids {
		m := ""
		if i > 0 {
			m = rapid.SampledFrom(h.ids[:i]).Draw(t, "manager")
		}
		if scope != rules.ScopeCohort && rapid.IntRange(0, 7).Draw(t, "odd") == 0 {
			m = rapid.SampledFrom(append([]string{"?", "X"}, h.ids...)).Draw(t, "odd manager")
		}
		h.manager[id] = strings.Trim(m, "?")
		words = append(words, id+"<"+m)
	}
	h.c = newCompany(strings.Join(words, " "))
	s := &h.c.program().Sequence
	s.Scope, s.Levels = scope, rapid.IntRange(0, 3).Draw(t, "levels")
	s.Percent = rapid.SampledFrom([]float64{100, 80, 50}).Draw(t, "percent")
	h.facts(t)
	return h
}

// facts makes up what people did and what HR states of them.
func (h *history) facts(t *rapid.T) {
	some := func(name string, one int, do func(id string)) map[string]bool {
		out := map[string]bool{}
		for _, id := range h.ids {
			if out[id] = rapid.IntRange(0, one-1).Draw(t, name) == 0; out[id] {
				do(id)
			}
		}
		return out
	}
	for _, id := range h.ids {
		h.status[id] = rapid.SampledFrom([]rules.Status{rules.Active, rules.Active, rules.Active, rules.Active, rules.Leave, rules.Inactive, rules.Vacant}).Draw(t, "status")
		h.c.person(id).Status = h.status[id]
		h.c.person(id).Department = "Sales"
	}
	h.c.program().Audience.Departments = []string{"Sales"}
	h.noAccount = some("no account", 9, func(id string) { h.c.person(id).NoAccount = true })
	h.completed = some("completed", 3, func(id string) { h.c.completes(id, now.Add(-2*day)) })
	h.started = some("started", 6, func(id string) { h.c.starts(id, now.Add(-day)) })
	h.released = some("released", 8, func(id string) {
		h.c.facts.Standings = append(h.c.facts.Standings, rules.Standing{Program: program, Person: id, Released: now.Add(-day)})
	})
	h.mayStart = some("may start", 9, func(id string) { h.c.waive(rules.MayStart, id, now.Add(-day), now.Add(day)) })
	h.needNot = some("need not lead", 9, func(id string) { h.c.waive(rules.NeedNotLead, id, now.Add(-day), now.Add(day)) })
	h.unmatched = some("unmatched", 9, func(id string) { h.c.row(id).Account.IDNumber = "" })
	h.outside = some("outside", 9, func(id string) { h.c.person(id).Department = "IT" })
	h.unstated = map[string]bool{}
	if h.c.program().Sequence.Scope != rules.ScopeCohort {
		h.unstated = some("unstated", 9, func(id string) { h.c.person(id).Department = "" })
		for id := range h.unstated {
			h.outside[id] = h.outside[id] && !h.unstated[id]
		}
	}
}

func (h *history) away(id string) bool {
	s := h.status[id]
	return s == rules.Leave || s == rules.Inactive || s == rules.Vacant || h.noAccount[id] || h.needNot[id]
}

// above is the way up of the tables: the next leader who is not away; "" is nobody up
// to the listed top; doubt is an edge on the way that cannot be trusted.
func (h *history) above(id string) (leader string, doubt bool) {
	for range len(h.ids) + 1 {
		if id == h.ids[0] {
			return "", false // the listed top
		}
		m := h.manager[id]
		if !slices.Contains(h.ids, m) || h.circles(id) {
			return "", true
		}
		if !h.away(m) {
			return m, false
		}
		id = m
	}
	return "", true
}

// circles: the person comes back to themselves before the listed top.
func (h *history) circles(id string) bool {
	at := id
	for range len(h.ids) + 1 {
		if at == h.ids[0] {
			return false
		}
		if at = h.manager[at]; at == id {
			return true
		}
	}
	return false
}

// row is the decision table of the design, read from the top.
func (h *history) row(id string) (rules.Verdict, int) {
	switch {
	case h.status[id] == rules.Inactive, h.status[id] == rules.Vacant, h.outside[id]:
		return rules.None, 0
	case h.completed[id]:
		return rules.Clear, 2
	case h.mayStart[id]:
		return rules.Clear, 3
	case h.started[id]:
		return rules.Clear, 4
	case h.released[id]:
		return rules.Clear, 5
	case h.unstated[id], h.unmatched[id]:
		return rules.Keep, 6
	case id == h.ids[0]:
		return rules.Clear, 7
	}
	if h.c.program().Sequence.Scope == rules.ScopeCohort && !h.leads(id) {
		if leaders := h.cohort(); len(leaders) > 0 {
			done := 0
			for _, l := range leaders {
				if h.completed[l] {
					done++
				}
			}
			if float64(done) >= math.Ceil(float64(len(leaders))*h.c.program().Sequence.Percent/100) {
				return rules.Clear, 9
			}
			return rules.Wait, 10
		}
	}
	return h.byLeaders(id)
}

func (h *history) byLeaders(id string) (rules.Verdict, int) {
	levels := 1
	if s := h.c.program().Sequence; s.Scope == rules.ScopeChain {
		levels = s.Levels
	}
	all, at := true, id
	for n := 0; levels == 0 || n < levels; n++ {
		leader, doubt := h.above(at)
		if doubt {
			return rules.Keep, 8
		}
		if leader == "" {
			break
		}
		all = all && h.completed[leader]
		at = leader
	}
	if all {
		return rules.Clear, 9
	}
	return rules.Wait, 10
}

func (h *history) led(id string) bool {
	return h.status[id] != rules.Inactive && h.status[id] != rules.Vacant
}

// leads: the effective leader of somebody.
func (h *history) leads(id string) bool {
	return slices.ContainsFunc(h.ids, func(o string) bool {
		l, doubt := h.above(o)
		return h.led(o) && !doubt && l == id
	})
}

// cohort is all effective leaders of the audience.
func (h *history) cohort() []string {
	var out []string
	for _, o := range h.ids {
		l, doubt := h.above(o)
		if h.led(o) && !h.outside[o] && !doubt && l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func (h *history) verdicts() map[string]string {
	j := h.c.judge()
	out := map[string]string{}
	for i, p := range j.Index.People {
		d := j.Programs[0].Decisions[i]
		out[p.ID] = fmt.Sprint(d.Verdict(), d.Row)
	}
	return out
}

// TestOracle compares the judgement with the tables, read slowly and plainly.
func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		got := h.verdicts()
		for _, id := range h.ids {
			verdict, row := h.row(id)
			if want := fmt.Sprint(verdict, row); got[id] != want {
				t.Fatalf("%s: %s, and the tables say %s", id, got[id], want)
			}
		}
	})
}

// TestOrderAndRepetition: neither the order nor the repetition of input changes a
// decision.
func TestOrderAndRepetition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		want := h.verdicts()
		f := &h.c.facts
		f.Evidence = rapid.Permutation(append(slices.Clone(f.Evidence), f.Evidence...)).Draw(t, "evidence")
		f.Enrolments = rapid.Permutation(f.Enrolments).Draw(t, "rows")
		f.Snapshots[0].Org.People = rapid.Permutation(f.Snapshots[0].Org.People).Draw(t, "people")
		f.Waivers = rapid.Permutation(append(slices.Clone(f.Waivers), f.Waivers...)).Draw(t, "waivers")
		if got := h.verdicts(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, and before %v", got, want)
		}
	})
}

// TestLessOpensNothing: to take away evidence of a leader, or what HR states of
// somebody, releases nobody else.
func TestLessOpensNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		before := h.verdicts()
		who := rapid.SampledFrom(h.ids).Draw(t, "who")
		p := h.c.person(who)
		what := rapid.SampledFrom([]string{"evidence", "manager", "status", "department", "account"}).Draw(t, "what")
		switch what {
		case "evidence":
			h.c.facts.Evidence = slices.DeleteFunc(h.c.facts.Evidence, func(e rules.Evidence) bool {
				return strings.EqualFold(e.Actor.Value, who+"@example.org")
			})
		case "manager":
			if who == h.ids[0] || h.c.program().Sequence.Scope == rules.ScopeCohort {
				return // of a listed top the edge means nothing; of cohorts see their own tests
			}
			p.Manager = ""
		case "status":
			if p.Status == rules.Leave || p.Status == rules.Inactive || p.Status == rules.Vacant {
				return // was a stated absence: taking that away is a statement
			}
			p.Status = rules.StatusUnknown
		case "department":
			p.Department = ""
		case "account":
			h.c.row(who).Account.IDNumber = ""
		}
		for id, now := range h.verdicts() {
			barred := func(v string) bool { return strings.HasPrefix(v, "hold") || strings.HasPrefix(v, "keep") }
			if !barred(now) && barred(before[id]) {
				t.Fatalf("%s of %s taken away: %s is %s, and was %s", what, who, id, now, before[id])
			}
		}
	})
}

// TestSecondCycle: what one cycle has done, the next one leaves as it is.
func TestSecondCycle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		c := h.c
		plan := rules.Diff(&c.policy, &c.facts, c.judge())
		done := rules.NewCycle(&c.policy, &c.facts, c.judge(), plan, nil, nil)
		c.facts.Standings, c.facts.Decided, c.facts.Gates = append(c.facts.Standings, done.Standings...), done.Decided, done.Gates
		for i, ch := range plan.Changes {
			row := c.row(strings.TrimPrefix(ch.Row, "row-"))
			row.State = ch.To
			if ch.Move == rules.MoveHold {
				c.facts.Holds = append(c.facts.Holds, rules.Hold{ID: int64(i + 1), Program: program, Target: target, Row: ch.Row, Person: ch.Person, Intended: now, Seen: true})
			}
		}
		c.facts.Now = now.Add(time.Minute)
		if again := rules.Diff(&c.policy, &c.facts, c.judge()); len(again.Changes) > 0 {
			t.Fatalf("the second cycle wants %+v", again.Changes)
		}
	})
}
