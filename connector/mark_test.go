package connector_test

import (
	"slices"
	"testing"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// TestStartUnderAnEarlierContract: somebody starts the old edition while HR has a
// mistyped address; the contract is replaced, and HR repairs the address. Nobody is
// held in mid-course.
func TestStartUnderAnEarlierContract(t *testing.T) {
	w := newWorld(t, 3)
	w.hr.people[1].Email = "typo@example.org"
	w.lrs.completes("1", w.now)
	w.lrs.evidence[0].Kind, w.lrs.evidence[0].Verb = rules.KindStarted, "http://adlnet.gov/expapi/verbs/initialized"
	w.Mode = rules.Observe
	l := connector.New(w.Options)
	w.does(t, l, rules.Act{Kind: rules.ActOrgApprove, Digest: w.cycle(t, l).Quarantined})
	w.cycle(t, l)
	policy := *w.Policy
	policy.Programs = slices.Clone(policy.Programs)
	policy.Programs[0].Course.Editions = []rules.Edition{{Activities: []string{"https://new.example.org/course"}}}
	w.Policy, w.Mode = &policy, rules.Enforce
	w.hr.people = slices.Clone(w.hr.people)
	w.hr.people[1].Email = "1@example.org"
	l = connector.New(w.Options)
	w.cycle(t, l)
	for _, d := range w.facts(t).Decided {
		if want := map[string]int{"0": 7, "1": 4, "2": 10, "3": 10}[d.Person]; d.Row != want {
			t.Errorf("%s: %s by row %d, want row %d", d.Person, d.Verdict, d.Row, want)
		}
	}
}
