package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// causeOf is the cause of the release of somebody; "" for none.
func (c *company) causeOf(id string) rules.Cause {
	for _, ch := range rules.Diff(&c.policy, &c.facts, c.judge()).Changes {
		if ch.Person == id && ch.Move == rules.MoveRelease {
			return ch.Cause
		}
	}
	return ""
}

// TestWhatMakesEvidenceCount: evidence that was there when the row was held, or when
// the configuration began to rule, is not what opens the gate: the guard counts the
// change that makes it count.
func TestWhatMakesEvidenceCount(t *testing.T) {
	held := now.Add(-time.Hour) // by company.hold
	for _, tc := range []struct {
		name   string
		policy time.Time // since when it rules
		given  func(*company)
		want   rules.Cause
	}{
		{"news", held.Add(-day), func(c *company) { c.completes("B", held.Add(time.Minute)) }, rules.CauseEvidence},
		{"news after a change of configuration", held.Add(time.Minute), func(c *company) { c.completes("B", held.Add(2*time.Minute)) }, rules.CauseEvidence},
		{"more verbs complete the course", held.Add(time.Minute), func(c *company) {
			c.starts("B", held.Add(-day))
			c.program().Course.CompleteWhen = append(c.program().Course.CompleteWhen, rules.CompleteRule{Verb: verbInit})
		}, rules.CauseConfig},
		{"the same, started while the report was on hold", held.Add(2 * time.Minute), func(c *company) {
			c.starts("B", held.Add(time.Minute))
			c.program().Course.CompleteWhen = append(c.program().Course.CompleteWhen, rules.CompleteRule{Verb: verbInit})
		}, rules.CauseConfig},
		{"an address is added to the leader in HR", held.Add(-day), func(c *company) {
			c.completes("Q", held.Add(-day))
			c.person("B").Emails = []string{"q@example.org"}
		}, rules.CauseOrg},
		{"an address is added to the person in HR", held.Add(-day), func(c *company) {
			c.completes("Q", held.Add(-day))
			c.person("C").Emails = []string{"q@example.org"}
		}, rules.CauseOrg},
		{"more activities are the course", held.Add(time.Minute), func(c *company) {
			c.starts("C", held.Add(-day))
		}, rules.CauseConfig},
		{"own start", held.Add(-day), func(c *company) { c.starts("C", held.Add(time.Minute)) }, rules.CauseEvidence},
		{"the end has come", held.Add(time.Minute), func(c *company) { c.program().Ends = now }, rules.CauseClock},
		{"the end is set to last year", held.Add(time.Minute), func(c *company) { c.program().Ends = now.AddDate(-1, 0, 0) }, rules.CauseConfig},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			c.hold("C", true)
			c.row("C").State = rules.RowSuspended
			c.waited("C", "B")
			c.policy.Decides, c.facts.Policy, c.facts.PolicySince = "p2", "p2", tc.policy
			tc.given(c)
			if cause := c.causeOf("C"); cause != tc.want {
				t.Errorf("released by %q, want %s", cause, tc.want)
			}
			// Under a configuration by which nothing was judged yet, nothing is news.
			c.policy.Decides = "p3"
			if cause := c.causeOf("C"); cause != rules.CauseConfig {
				t.Errorf("by a configuration of this very moment the cause is %s", cause)
			}
		})
	}
}

// TestTheLogTellsWhatWasNews: a statement that was stored before the hold, by a clock
// that may be another, and learnt after it, is news.
func TestTheLogTellsWhatWasNews(t *testing.T) {
	for learnt, want := range map[int64]rules.Cause{9: rules.CauseOrg, 11: rules.CauseEvidence} {
		c := newCompany("A B<A C<B")
		h := c.hold("C", true)
		h.Intent = 10
		c.row("C").State = rules.RowSuspended
		c.waited("C", "B")
		c.completes("B", h.Intended.Add(-time.Minute))
		c.facts.Evidence[0].Learnt = learnt
		if cause := c.causeOf("C"); cause != want {
			t.Errorf("learnt by entry %d, held by entry 10: released by %q, want %s", learnt, cause, want)
		}
	}
}

// TestWhatWasRefusedIsNoNewsLater: on a closed target there is no hold that remembers
// when somebody began to wait. A release by a change of HR stays one in the cycle
// after it was refused, and one by evidence whose answer was lost stays one too.
func TestWhatWasRefusedIsNoNewsLater(t *testing.T) {
	began := now.Add(-time.Hour)
	for _, tc := range []struct {
		name string
		done time.Time
		want rules.Cause
	}{
		{"known before the waiting", began.Add(-day), rules.CauseOrg},
		{"learnt while waiting", began.Add(time.Minute), rules.CauseEvidence},
	} {
		c := newCompany("A B<A C<B")
		c.program().Targets[0].Closed = true
		c.row("C").State = rules.RowActive
		c.waited("C", "B")
		c.facts.Decided[0].At, c.facts.Decided[0].Waited = began, began
		c.completes("Q", tc.done)
		c.person("B").Emails = []string{"q@example.org"}
		if cause := c.addedBy("C"); cause != tc.want {
			t.Errorf("%s: let in by %q, want %s", tc.name, cause, tc.want)
		}
		// What is decided now is logged, and nothing of it done.
		j := c.judge()
		cycle := rules.NewCycle(&c.policy, &c.facts, j, rules.Plan{}, nil, nil)
		for _, d := range cycle.Decided {
			if d.Person == "C" {
				d.At = now
				c.facts.Decided = []rules.Decided{d}
			}
		}
		c.facts.Now = now.Add(time.Minute)
		if row := c.facts.Decided[0].Row; row != 9 {
			t.Fatalf("%s: decided by row %d", tc.name, row)
		}
		if cause := c.addedBy("C"); cause != tc.want {
			t.Errorf("%s: a cycle later let in by %q, want %s", tc.name, cause, tc.want)
		}
	}
}

// addedBy is the cause of letting somebody in; "" for not.
func (c *company) addedBy(id string) rules.Cause {
	for _, ch := range rules.Diff(&c.policy, &c.facts, c.judge()).Changes {
		if ch.Person == id {
			return ch.Cause
		}
	}
	return ""
}
