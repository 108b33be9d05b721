package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestWitnesses: whose word counts for the completion of B, for whom C waits; and
// that a disagreement is a finding whoever's word counts.
func TestWitnesses(t *testing.T) {
	for _, tc := range []struct {
		name, witness string
		lrs           bool
		lms           string // yes, no, or nothing
		clear         bool
		disagree      bool
	}{
		{"lrs", "", true, "", true, false},
		{"lrs, the LMS does not know", rules.WitnessLRS, true, "no", true, true},
		{"lrs, the LMS alone knows", rules.WitnessLRS, false, "yes", false, true},
		{"lms", rules.WitnessLMS, true, "yes", true, false},
		{"lms alone", rules.WitnessLMS, false, "yes", true, true},
		{"lms says no", rules.WitnessLMS, true, "no", false, true},
		{"lms says nothing", rules.WitnessLMS, true, "", false, false},
		{"either: the LMS", rules.WitnessEither, false, "yes", true, true},
		{"either: the records", rules.WitnessEither, true, "no", true, true},
		{"either: neither", rules.WitnessEither, false, "no", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			c.program().Witness = tc.witness
			if tc.lrs {
				c.completes("B", now.Add(-2*day))
			}
			if tc.lms != "" {
				c.facts.Witnesses = []rules.Witness{{Target: target, Row: "row-B", Completed: tc.lms == "yes", At: now.Add(-day)}}
			}
			if v, _ := c.decided(t, "C"); (v == rules.Clear) != tc.clear {
				t.Errorf("C: %s, want clear: %v", v, tc.clear)
			}
			if got := c.finds(rules.CodeRecordsDisagree, "B"); got != tc.disagree {
				t.Errorf("disagreement found: %v, want %v", got, tc.disagree)
			}
			// Somebody's word settles it.
			c.facts.Attests = []rules.Attest{{Program: program, Person: "B", Done: now.Add(-day)}}
			c.wants(t, "C", rules.Clear, 9)
		})
	}
}

// TestSilentLeader: at work in the LMS, and not one statement.
func TestSilentLeader(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.row("B").Start = rules.SignStarted
	if !c.finds(rules.CodeLeaderSilent, "B") {
		t.Error("B has started in the LMS, and no statement came")
	}
	c.row("C").Start = rules.SignStarted
	if c.finds(rules.CodeLeaderSilent, "C") {
		t.Error("C leads nobody")
	}
	c.starts("B", now.Add(-day))
	if c.finds(rules.CodeLeaderSilent, "B") {
		t.Error("a statement of B came")
	}
}

// TestUnwitnessed: where the LMS's word counts and it cannot be asked, nothing new is
// decided.
func TestUnwitnessed(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.facts.Unwitnessed = map[string]bool{target: true}
	c.wants(t, "C", rules.Wait, 10)
	c.program().Witness = rules.WitnessLMS
	c.wants(t, "C", rules.Keep, 6)
}
