package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestStartUnderAnEarlierContract: C started the old edition under an address that HR
// repairs later, when the contract names the new edition alone. C is in mid-course.
func TestStartUnderAnEarlierContract(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.starts("C", now.Add(-day))
	c.facts.Evidence = rules.NewMarker(c.policy.Programs).Mark(c.facts.Evidence)
	c.person("C").Email = "typo@example.org"
	c.wants(t, "C", rules.Wait, 10)
	c.program().Course.Editions = []rules.Edition{{Activities: []string{"https://new.example.org/course"}}}
	c.person("C").Email = "c@example.org"
	c.wants(t, "C", rules.Clear, 4)
}

// TestMarkIsOneOfAProgramme: a start in one course is none in another, and an old
// completion completes nothing that the contract does not name.
func TestMarkIsOneOfAProgramme(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.starts("C", now.Add(-day))
	c.completes("B", now.Add(-day))
	other := c.policy.Programs[0]
	other.ID = "other"
	c.facts.Evidence = rules.NewMarker([]rules.Program{other}).Mark(c.facts.Evidence)
	c.program().Course.Editions = []rules.Edition{{Activities: []string{"https://new.example.org/course"}}}
	c.wants(t, "C", rules.Wait, 10)
	c.facts.Evidence = rules.NewMarker([]rules.Program{{ID: program, Course: other.Course}}).Mark(c.facts.Evidence)
	c.wants(t, "B", rules.Clear, 4)
	c.wants(t, "C", rules.Clear, 4)
}
