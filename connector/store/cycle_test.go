package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func TestAHoldFromIntentToRelease(t *testing.T) {
	s := fresh(t)
	must(t, s.Accept(t.Context(), company(t), hour(1)))
	held := intend(t, s, rules.Cycle{At: hour(2), Digest: "plan1", Changes: []rules.Change{change("101", rules.MoveHold), change("102", rules.MoveHold)}})
	s = again(t, s) // a crash before anything was written
	f := facts(t, s, hour(3))
	want := rules.Hold{ID: 1, Program: "ai", Target: "moodle/AI-101", Row: "manual:101", Account: "9101", Person: "101", Intended: hour(2), Intent: held[0].Intent}
	equal(t, "intended", f.Holds[0], want)
	equal(t, "hold of the change", held[0].Hold, int64(1))
	equal(t, "totals", f.Totals, []rules.Total{{Program: "ai", Move: rules.MoveHold, Cause: rules.CauseOrg, Count: 2}})
	equal(t, "enforced", f.Enforced, map[string]bool{"ai": true})

	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(held[0], rules.Done, hour(3)), outcome(held[1], rules.Unknown, hour(3))}))
	want.Seen, want.Sent = true, true
	f = facts(t, s, hour(4))
	equal(t, "seen", f.Holds[0], want)
	equal(t, "not answered", f.Holds[1].Seen, false)

	release := change("101", rules.MoveRelease)
	release.Hold, release.Person = held[0].Hold, "" // the match was lost since
	released := intend(t, s, rules.Cycle{At: hour(5), Changes: []rules.Change{release}})
	equal(t, "standing at the intent", facts(t, s, hour(5)).Standings, []rules.Standing{{Program: "ai", Person: "101", Released: hour(5)}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(released[0], rules.Done, hour(5))}))
	f = facts(t, s, hour(6))
	equal(t, "open holds", len(f.Holds), 1)
	equal(t, "the other one", f.Holds[0].Person, "102")
	equal(t, "log", kinds(t, s, 2), []string{LogPlan, LogIntent, LogIntent, LogOutcome, LogOutcome, LogPlan, LogIntent, LogOutcome})
}

func TestWhatFailsLeavesTheHoldAsItIs(t *testing.T) {
	for _, r := range []rules.Result{rules.Failed, rules.Unknown, rules.Skipped} {
		s := fresh(t)
		c := intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
		before := facts(t, s, hour(2)).Holds
		must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], r, hour(2))}))
		before[0].Sent = r == rules.Unknown // of an answer that was lost nobody knows
		equal(t, string(r), facts(t, s, hour(3)).Holds, before)
		// Sent again: the same hold, and one row for the guard.
		c = intend(t, s, rules.Cycle{At: hour(3), Changes: []rules.Change{change("101", rules.MoveHold)}})
		equal(t, "hold sent again", c[0].Hold, before[0].ID)
		equal(t, "totals", facts(t, s, hour(4)).Totals[0].Count, 1)
		must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Ineffective, hour(4))}))
		equal(t, "ineffective", facts(t, s, hour(5)).Holds[0].Ineffective, true)
	}
}

func TestSettlingTwiceIsNoNews(t *testing.T) {
	s := fresh(t)
	c := intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Done, hour(2))}))
	log := kinds(t, s, 0)
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Failed, hour(3))}))
	equal(t, "log", kinds(t, s, 0), log)
	stranger := c[0]
	stranger.Intent = 1
	if err := s.Settle(t.Context(), []rules.Outcome{outcome(stranger, rules.Done, hour(3))}); err == nil {
		t.Error("an outcome without an intent was taken")
	}
}

func TestAnOverrideClosesTheHoldAndIsRemembered(t *testing.T) {
	s := fresh(t)
	c := intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
	update := rules.HoldUpdate{Hold: c[0].Hold, Seen: true, Close: true, Overridden: true, Because: rules.Reason{Code: rules.CodeReactivated}}
	for i := range 2 { // the second time there is nothing to do
		intend(t, s, rules.Cycle{At: hour(2 + i), Holds: []rules.HoldUpdate{update}})
	}
	s = again(t, s)
	f := facts(t, s, hour(4))
	equal(t, "holds", len(f.Holds), 0)
	equal(t, "overrides", f.Overrides, []rules.Override{{Program: "ai", Target: "moodle/AI-101", Row: "manual:101", Person: "101", At: hour(2)}})
	equal(t, "log", kinds(t, s, 1), []string{LogPlan, LogIntent, LogOutcome, LogHoldSeen, LogOverride, LogHoldClosed})
	// A closed hold leaves room for the next one.
	next := intend(t, s, rules.Cycle{At: hour(5), Changes: []rules.Change{change("101", rules.MoveHold)}})
	if next[0].Hold == c[0].Hold {
		t.Error("a closed hold was opened again")
	}
}

func TestStandingsOnlyGain(t *testing.T) {
	s := fresh(t)
	st := rules.Standing{Program: "ai", Person: "101"}
	for _, step := range []rules.Standing{
		{Started: hour(9), StartBy: "late"},
		{Released: hour(8)},
		{Started: hour(3), StartBy: "early"},
		{Started: hour(5), StartBy: "between", Released: hour(9)},
	} {
		step.Program, step.Person = st.Program, st.Person
		intend(t, s, rules.Cycle{At: hour(1), Standings: []rules.Standing{step}})
	}
	st.Started, st.StartBy, st.Released = hour(3), "early", hour(8)
	equal(t, "standing", facts(t, again(t, s), hour(9)).Standings, []rules.Standing{st})
}

func TestViolationsOpenOnceAndEndOnce(t *testing.T) {
	s := fresh(t)
	v := rules.Violation{Program: "ai", Person: "101", Kind: rules.StartedEarly, At: hour(1), Evidence: []string{"s1"},
		Because: []rules.Reason{{Code: rules.CodeGateShut, Person: "100", At: hour(1)}}}
	for i := range 2 {
		intend(t, s, rules.Cycle{At: hour(1 + i), Opened: []rules.Violation{v}})
	}
	s = again(t, s)
	equal(t, "open", facts(t, s, hour(3)).Open, []rules.Violation{v})
	end := rules.Ended{Violation: v, State: "resolved", Because: rules.Reason{Code: rules.CodeMadeGood, Person: "100"}}
	for i := range 2 {
		intend(t, s, rules.Cycle{At: hour(3 + i), Ended: []rules.Ended{end}})
	}
	v.Resolved = true // found again, with what was broken made good
	intend(t, s, rules.Cycle{At: hour(5), Opened: []rules.Violation{v}})
	f := facts(t, s, hour(6))
	equal(t, "open", len(f.Open), 0)
	equal(t, "over", f.Over, []rules.ViolationKey{v.Key()})
	equal(t, "log", kinds(t, s, 1), []string{LogViolationOpened, LogViolationResolved})

	v.Subject, v.Resolved = "another", false
	intend(t, s, rules.Cycle{At: hour(7), Opened: []rules.Violation{v}})
	intend(t, s, rules.Cycle{At: hour(8), Ended: []rules.Ended{{Violation: v, State: "retracted", Because: rules.Reason{Code: rules.CodeNoLongerFound}}}})
	equal(t, "over, without what was retracted", len(facts(t, s, hour(9)).Over), 1)
	equal(t, "log", kinds(t, s, 3), []string{LogViolationOpened, LogViolationRetracted})
}

func TestDecisionsAreTheLastOnes(t *testing.T) {
	s := fresh(t)
	d := rules.Decided{Program: "ai", Person: "101", Verdict: rules.Wait, Row: 10, Waits: []string{"100"},
		Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: "100"}}}
	intend(t, s, rules.Cycle{At: hour(1), Decided: []rules.Decided{d}})
	d.Verdict, d.Row, d.Waits, d.Because = rules.Clear, 9, nil, nil
	intend(t, s, rules.Cycle{At: hour(2), Decided: []rules.Decided{d}})
	d.At = hour(2)
	must(t, s.Config(t.Context(), Configuration{Hash: "g", Decides: "other"}, hour(2)))
	must(t, s.Config(t.Context(), Configuration{Hash: "h", Decides: "this"}, hour(3)))
	must(t, s.Config(t.Context(), Configuration{Hash: "i", Decides: "this"}, hour(4))) // another mode
	f := facts(t, again(t, s), hour(4))
	equal(t, "decided", f.Decided, []rules.Decided{d})
	equal(t, "policy", f.Policy, "this")
	equal(t, "since", f.PolicySince, hour(3))
}

func TestACycleInWhichNothingDiffersWritesNothing(t *testing.T) {
	s := fresh(t)
	c := rules.Cycle{At: hour(1), Findings: []rules.Finding{{Code: rules.CodeCycle, Person: "101"}},
		Leaders: []rules.LeaderState{{Program: "ai", Person: "100", Reports: 3, Completed: hour(1), Qualified: true}}}
	intend(t, s, c)
	log := kinds(t, s, 0)
	changes := func() (n int) {
		must(t, s.writer.QueryRow(`SELECT total_changes()`).Scan(&n))
		return n
	}
	before := changes()
	intend(t, s, c)
	equal(t, "rows written", changes(), before)
	equal(t, "log", kinds(t, s, 0), log)
	c.Findings = nil
	intend(t, s, c)
	found, err := s.Findings(t.Context())
	must(t, err)
	equal(t, "findings", len(found), 0)
}

// Nothing of a cycle is kept when any part of it cannot be.
func TestACycleIsKeptWholeOrNotAtAll(t *testing.T) {
	s := fresh(t)
	bad := change("102", rules.MoveRelease)
	bad.Hold = 4711
	c := rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold), bad},
		Decided:   []rules.Decided{{Program: "ai", Person: "101", Verdict: rules.Wait}},
		Standings: []rules.Standing{{Program: "ai", Person: "103", Started: hour(1)}}}
	if _, err := s.Intend(t.Context(), c); err == nil || !strings.Contains(err.Error(), "no hold 4711") {
		t.Fatalf("a release of a hold that is not there: %v", err)
	}
	equal(t, "the caller's changes", c.Changes[0].Intent, int64(0))
	f := facts(t, s, hour(2))
	equal(t, "kept", len(f.Holds)+len(f.Decided)+len(f.Standings), 0)
	equal(t, "log", kinds(t, s, 1), []string(nil))
	c.Changes = c.Changes[:1]
	intend(t, s, c) // and the next one goes on where the log ended
	must(t, verify(t, again(t, s)))
}

func TestARefusedPlanIsApprovedOnceWithinADay(t *testing.T) {
	s := fresh(t)
	r := rules.Refusal{Program: "ai", Move: rules.MoveHold, Digest: "p1", Because: rules.Reason{Code: rules.CodeFirstEnforcement},
		Changes: []rules.Change{change("101", rules.MoveHold), change("102", rules.MoveHold)}}
	refuse := func(at time.Time) { intend(t, s, rules.Cycle{At: at, Refusals: []rules.Refusal{r}}) }
	refuse(hour(1))
	refuse(hour(2)) // kept as it is
	s = again(t, s)
	equal(t, "refused", facts(t, s, hour(3)).Refused, []string{"p1"})
	equal(t, "log", kinds(t, s, 1), []string{LogRefusal})

	approve := rules.Act{Kind: rules.ActApprove, Digest: "p1"}
	refused := func(a rules.Act, at time.Time, why string) {
		t.Helper()
		if answer := perform(t, s, a, at); !strings.HasPrefix(answer, RefusedPrefix) {
			t.Errorf("%s: %q", why, answer)
		}
	}
	refused(rules.Act{Kind: rules.ActApprove, Digest: "p2"}, hour(3), "an unknown plan")
	refused(approve, hour(25), "a plan of yesterday")
	perform(t, s, approve, hour(3))
	refused(approve, hour(3), "an approved plan")
	want := rules.Approval{Digest: "p1", By: "Pat", Reason: "because of a test", At: hour(3), Expires: hour(25), Changes: []rules.ChangeKey{
		{Program: "ai", Target: "moodle/AI-101", Row: "manual:101", Move: rules.MoveHold},
		{Program: "ai", Target: "moodle/AI-101", Row: "manual:102", Move: rules.MoveHold}}}
	s = again(t, s)
	equal(t, "approvals", facts(t, s, hour(4)).Approvals, []rules.Approval{want})
	equal(t, "approvals of yesterday", len(facts(t, s, hour(25)).Approvals), 0)

	use := rules.Cycle{At: hour(5), Consumed: []string{"p1"}, Changes: []rules.Change{change("101", rules.MoveHold), change("103", rules.MoveHold)}}
	intend(t, s, use)
	f := facts(t, s, hour(6))
	equal(t, "approvals left", len(f.Approvals), 0)
	equal(t, "still refused", f.Refused, []string(nil))
	equal(t, "enforced", f.Enforced["ai"], true)
	equal(t, "totals, without what was approved", f.Totals[0].Count, 1)
	if _, err := s.Intend(t.Context(), use); err == nil {
		t.Error("an approval was used twice")
	}
	refused(approve, hour(6), "a plan whose approval was used")
	refuse(hour(7)) // refused anew, it can be approved anew
	equal(t, "refused again", facts(t, s, hour(8)).Refused, []string{"p1"})
	if answer := perform(t, s, approve, hour(8)); strings.HasPrefix(answer, RefusedPrefix) {
		t.Error(answer)
	}
	r.Digest = "p9"
	refuse(hour(40 * 24))
	var kept int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM refusal`).Scan(&kept))
	equal(t, "kept after 40 days", kept, 1)
}

// A decision names the entry that says when the sources had been read, and what is
// judged again is judged by that; a cycle that decides nothing logs none.
func TestADecisionNamesTheReadingsItRestsOn(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	read := []rules.Source{
		{Name: "hr", Kind: rules.SourceHRIS, Read: hour(1).UTC(), Limit: time.Hour, Through: true},
		{Name: "lrs", Kind: rules.SourceRecords, Read: hour(2).UTC(), Behind: []string{"other"}},
	}
	c := shows(3)
	c.Sources = read
	intend(t, s, c)
	equal(t, "a cycle that decides nothing", slices.Contains(kinds(t, s, 1), LogReadings), false)
	c.Decided = []rules.Decided{{Program: "ai", Person: "101", Verdict: rules.Wait, Row: 10}}
	intend(t, s, c)
	page, err := s.LogPage(t.Context(), 2, 10)
	must(t, err)
	equal(t, "kinds", []string{page[0].Kind, page[1].Kind}, []string{LogReadings, LogDecision})
	if want := fmt.Sprintf(`"readings":%d`, page[0].Seq); !strings.Contains(page[1].Body, want) {
		t.Errorf("the decision %s does not say %s", page[1].Body, want)
	}
	if !strings.Contains(page[0].Body, `"platforms":{"moodle/AI-101":true}`) {
		t.Errorf("which platforms were read? %s", page[0].Body)
	}
	must(t, s.Retrace(t.Context(), func(j Judged) error {
		equal(t, "sources", j.Facts.Sources, read)
		return nil
	}))
}
