package rules_test

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/leadfront/leadfront/rules"
)

// tales checks a property of so many hundreds of tales, always the same ones. With
// -rapid.checks=N it is N instead of a hundred, and others each time.
func tales(t *testing.T, hundreds int, holds func(*rapid.T)) {
	const seed = "rapid.seed"
	same := flag.Lookup("rapid.checks").Value.String() == flag.Lookup("rapid.checks").DefValue && flag.Lookup(seed).Value.String() == "0"
	for n := range hundreds {
		if same {
			if err := flag.Set(seed, strconv.Itoa(n+1)); err != nil {
				t.Fatal(err)
			}
		}
		rapid.Check(t, holds)
		if same {
			flag.Set(seed, "0")
		}
		if t.Failed() {
			return
		}
	}
}

// judged is what the engine owes everybody, as the oracle writes it.
func (c *company) judged() map[string]string {
	j := c.judge()
	out := map[string]string{}
	for i, p := range j.Index.People {
		d := j.Programs[0].Decisions[i]
		out[p.ID] = fmt.Sprint(d.Verdict(), " ", d.Row)
	}
	return out
}

// TestSlowOracle: engine and oracle owe everybody the same.
func TestSlowOracle(t *testing.T) {
	tales(t, 20, func(t *rapid.T) {
		w := drawTale(t)
		got := w.company().judged()
		for _, s := range w.souls() {
			if want := w.decides(s); got[s.id] != want {
				t.Fatalf("%s: %s, the tables say %s\n%s", s.id, got[s.id], want, w)
			}
		}
	})
}

// TestOrderOfTales: neither order nor repetition of what came in changes a decision.
func TestOrderOfTales(t *testing.T) {
	tales(t, 5, func(t *rapid.T) {
		w := drawTale(t)
		c := w.company()
		want := c.judged()
		r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "order")))
		f := &c.facts
		f.Evidence = append(f.Evidence, f.Evidence[:len(f.Evidence)/2]...)
		people := f.Snapshots[0].Org.People
		r.Shuffle(len(f.Evidence), func(i, j int) { f.Evidence[i], f.Evidence[j] = f.Evidence[j], f.Evidence[i] })
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		r.Shuffle(len(f.Enrolments), func(i, j int) { f.Enrolments[i], f.Enrolments[j] = f.Enrolments[j], f.Enrolments[i] })
		slices.Reverse(f.Waivers)
		slices.Reverse(f.Witnesses)
		for id, got := range c.judged() {
			if got != want[id] {
				t.Fatalf("%s: %s in another order, and %s before\n%s", id, got, want[id], w)
			}
		}
	})
}

// letsIn reports whether a decision lets somebody in who had to stay where they were.
func letsIn(before, after string) bool {
	shut := before[0] == 'h' || before[0] == 'k'
	return shut && after != "" && after[0] != 'h' && after[0] != 'k'
}

// TestSilenceOpensNoGate: whatever HR, the records or the LMS no longer say, nobody is
// let in by it. A circle that is cut is no such thing: who is waited for is plain then.
// Nobody stands in for anybody here, because then a silence does open gates: the lost row
// of a stand-in is taken as if nobody stood in (TestActing, "somebody unknown"), and a
// cohort remembers who led when an organisation began to rule, not when it ended. Nor is
// a row lost of whom HR never said enough: the cohort forgets that there was anybody.
func TestSilenceOpensNoGate(t *testing.T) {
	tales(t, 20, func(t *rapid.T) {
		w := drawTale(t)
		if slices.ContainsFunc(w.souls(), w.circles) {
			return
		}
		w.acting = nil
		before := w.company().judged()
		later := era{from: now.Add(-1), souls: slices.Clone(w.souls())}
		for range rapid.IntRange(1, 3).Draw(t, "losses") {
			i := rapid.IntRange(0, len(later.souls)-1).Draw(t, "whose")
			s := &later.souls[i]
			switch rapid.IntRange(0, 6).Draw(t, "lost") {
			case 0:
				s.manager = ""
			case 1:
				s.manager = "mistyped"
			case 2:
				s.dept, s.loc, s.typ = "", "", ""
			case 3:
				s.status = rules.StatusUnknown
			case 4:
				s.account = 0
			case 5:
				if _, doubt := w.above(*s, 1); doubt || s.dept == "" || s.status == rules.StatusUnknown || w.audience(*s) == "unknown" {
					return
				}
				later.souls = slices.Delete(later.souls, i, i+1)
			case 6:
				w.unread = "lrs-unread"
			}
			if len(later.souls) == 0 {
				return
			}
		}
		w.eras = append(w.eras, later)
		for id, after := range w.company().judged() {
			if letsIn(before[id], after) {
				t.Fatalf("%s: %s becomes %s by a silence\n%s", id, before[id], after, w)
			}
		}
	})
}

// TestLessOfALeaderReleasesNobody: what is taken away from the records of a leader lets
// nobody else in.
func TestLessOfALeaderReleasesNobody(t *testing.T) {
	tales(t, 5, func(t *rapid.T) {
		w := drawTale(t)
		before := w.company().judged()
		who := w.who(t)
		for i, d := range w.deeds {
			if d.who == who && d.what == "complete" {
				w.deeds[i].what = "register"
			}
		}
		delete(w.lms, who)
		w.attests = slices.DeleteFunc(w.attests, func(a rules.Attest) bool { return a.Person == who })
		for id, after := range w.company().judged() {
			if letsIn(before[id], after) {
				t.Fatalf("%s: %s becomes %s when %s has done less\n%s", id, before[id], after, who, w)
			}
		}
	})
}
