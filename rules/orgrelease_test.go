package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestCompareReleases: a re-organisation under a leader who has qualified lifts
// holds without anybody having learnt anything.
func TestCompareReleases(t *testing.T) {
	words := "T B<T C<T"
	for i := range 10 {
		words += fmt.Sprintf(" P%d<B", i)
	}
	c := newCompany(words)
	c.completes("T", now.AddDate(0, 0, -20))
	c.completes("C", now.AddDate(0, 0, -10))
	for i := range 8 {
		c.hold(fmt.Sprintf("P%d", i), true)
	}
	limit := rules.DefaultOrgLimits().Releases // 5 of these 13 people
	for name, test := range map[string]struct {
		change func(p *rules.Person, n int)
		want   string
	}{
		"nothing":             {func(*rules.Person, int) {}, ""},
		"five move":           {func(p *rules.Person, n int) { move(p, n < 5) }, ""},
		"six move":            {func(p *rules.Person, n int) { move(p, n < 6) }, "6 people on hold in ai, limit 5"},
		"all move":            {func(p *rules.Person, _ int) { move(p, true) }, "8 people on hold in ai, limit 5"},
		"those who may go":    {func(p *rules.Person, n int) { move(p, n > 7) }, ""},
		"all leave":           {func(p *rules.Person, _ int) { p.Status = rules.Inactive }, ""},
		"all lose their boss": {func(p *rules.Person, _ int) { p.Manager = "" }, ""},
	} {
		next := rules.Org{People: slices.Clone(c.facts.Snapshots[0].Org.People)}
		for i := range next.People {
			if p := &next.People[i]; strings.HasPrefix(p.ID, "P") {
				test.change(p, int(p.ID[1]-'0'))
			}
		}
		var got []string
		for _, r := range rules.CompareReleases(limit, &c.policy, &c.facts, next) {
			got = append(got, r.Detail)
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if len(c.facts.Snapshots) != 1 {
		t.Error("the facts have changed")
	}
}

func move(p *rules.Person, yes bool) {
	if yes {
		p.Manager = "C"
	}
}
