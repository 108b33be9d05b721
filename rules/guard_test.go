package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// holdsOf is a plan of n new holds, or of n releases with that cause.
func planOf(n int, move rules.Move, cause rules.Cause) rules.Plan {
	var p rules.Plan
	for i := range n {
		p.Changes = append(p.Changes, rules.Change{Program: program, Target: target, Row: fmt.Sprint("r", i), Move: move, Cause: cause})
	}
	return p
}

func TestGuard(t *testing.T) {
	facts := func(enforced bool, totals ...rules.Total) *rules.Facts {
		return &rules.Facts{Now: now, Enforced: map[string]bool{program: enforced}, Totals: totals}
	}
	for _, tc := range []struct {
		name     string
		plan     rules.Plan
		facts    *rules.Facts
		audience int
		through  int
		code     rules.Code
	}{
		{"the first holds ask", planOf(1, rules.MoveHold, ""), facts(false), 100, 0, rules.CodeFirstEnforcement},
		{"20 holds of 100 people", planOf(20, rules.MoveHold, ""), facts(true), 100, 20, ""},
		{"21 holds of 100 people", planOf(21, rules.MoveHold, ""), facts(true), 100, 0, rules.CodeTooMany},
		{"50 holds of 1000 people", planOf(50, rules.MoveHold, ""), facts(true), 1000, 50, ""},
		{"51 holds of 1000 people", planOf(51, rules.MoveHold, ""), facts(true), 1000, 0, rules.CodeTooMany},
		{"5 holds after 16", planOf(5, rules.MoveHold, ""), facts(true, rules.Total{Program: program, Move: rules.MoveHold, Count: 16}), 100, 0, rules.CodeTooMany},
		{"5 holds after 16 of another programme", planOf(5, rules.MoveHold, ""), facts(true, rules.Total{Program: "x", Move: rules.MoveHold, Count: 16}), 100, 5, ""},
		{"1000 releases by evidence", planOf(1000, rules.MoveRelease, rules.CauseEvidence), facts(true), 100, 1000, ""},
		{"1000 releases by the clock", planOf(1000, rules.MoveRelease, rules.CauseClock), facts(true), 100, 1000, ""},
		{"1000 releases by release-all", planOf(1000, rules.MoveRelease, rules.CausePause), facts(false), 100, 1000, ""},
		{"11 releases by a change of organisation", planOf(11, rules.MoveRelease, rules.CauseOrg), facts(true), 100, 0, rules.CodeTooMany},
		{"10 releases by a change of configuration", planOf(10, rules.MoveRelease, rules.CauseConfig), facts(true), 100, 10, ""},
		{"a repeated hold is not a new one", rules.Plan{Changes: []rules.Change{{Program: program, Row: "r", Move: rules.MoveHold, Hold: 3}}}, facts(false), 100, 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			plan, refusals := rules.Guard(nil, tc.plan, tc.facts, map[string]int{program: tc.audience})
			if len(plan.Changes) != tc.through {
				t.Errorf("let %d through, want %d", len(plan.Changes), tc.through)
			}
			var code rules.Code
			if len(refusals) > 0 {
				code = refusals[0].Because.Code
			}
			if code != tc.code {
				t.Errorf("refused because of %q, want %q", code, tc.code)
			}
		})
	}
}

// TestApproval: what was approved passes once, what was not is still refused, and
// nothing passes when the approval has expired.
func TestApproval(t *testing.T) {
	facts := &rules.Facts{Now: now, Enforced: map[string]bool{}}
	_, refusals := rules.Guard(nil, planOf(30, rules.MoveHold, ""), facts, nil)
	approval := rules.Approval{Digest: refusals[0].Digest, Expires: now.Add(time.Hour)}
	for _, c := range refusals[0].Changes[:25] {
		approval.Changes = append(approval.Changes, c.Key())
	}
	facts.Approvals = []rules.Approval{approval}
	plan, refused := rules.Guard(nil, planOf(30, rules.MoveHold, ""), facts, nil)
	if len(plan.Changes) != 30 || len(refused) != 0 {
		t.Errorf("25 approved and 5 more: %d through, %d refusals", len(plan.Changes), len(refused))
	}
	approved := 0
	for _, c := range plan.Changes {
		if c.Approved == approval.Digest {
			approved++
		}
	}
	if approved != 25 {
		t.Errorf("%d changes carry the approval", approved)
	}
	plan, refused = rules.Guard(nil, planOf(60, rules.MoveHold, ""), facts, nil)
	if len(plan.Changes) != 25 || len(refused) != 1 {
		t.Errorf("25 approved and 35 more: %d through, %d refusals", len(plan.Changes), len(refused))
	}
	facts.Now = now.Add(time.Hour)
	if plan, _ := rules.Guard(nil, planOf(30, rules.MoveHold, ""), facts, nil); len(plan.Changes) != 0 {
		t.Errorf("expired: %d through", len(plan.Changes))
	}
}

func TestModes(t *testing.T) {
	plan := rules.Plan{Changes: append(planOf(2, rules.MoveHold, "").Changes, planOf(3, rules.MoveRelease, rules.CauseEvidence).Changes...)}
	for mode, want := range map[rules.Mode]int{rules.Observe: 0, rules.ReleaseOnly: 3, rules.Enforce: 5} {
		if got := len(mode.Allow(plan).Changes); got != want {
			t.Errorf("%s lets %d through, want %d", mode, got, want)
		}
	}
	if got := len(rules.Observe.Allow(planOf(4, rules.MoveRelease, rules.CausePause)).Changes); got != 4 {
		t.Errorf("release-all while observing: %d of 4", got)
	}
}

func TestDigest(t *testing.T) {
	p := planOf(3, rules.MoveHold, "").Changes
	q := []rules.Change{p[2], p[0], p[1]}
	if rules.Digest(p) != rules.Digest(q) {
		t.Error("the order of changes moves the digest")
	}
	if rules.Digest(p) == rules.Digest(p[:2]) || rules.Digest(nil) != "" {
		t.Error("different sets have one digest")
	}
	if d := rules.Digest(p); len(d) != 16 || strings.Trim(d, "0123456789abcdef") != "" {
		t.Errorf("digest %q", d)
	}
}
