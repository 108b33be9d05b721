package rules_test

import (
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestNobodyIsBlamedForWhatWasOpen: a start is early only where the table would have
// held the person at that very instant.
func TestNobodyIsBlamedForWhatWasOpen(t *testing.T) {
	start := now.Add(-2 * day)
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  bool
	}{
		{"held by the table", func(*company) {}, true},
		{"while paused", func(c *company) {
			c.facts.Pauses = []rules.Pause{{Program: program, From: start.Add(-day), To: start.Add(day)}}
		}, false},
		{"in a pause that lasts", func(c *company) {
			c.facts.Pauses, c.facts.Paused = []rules.Pause{{Program: program, From: start}}, map[string]bool{program: true}
		}, false},
		{"when a pause was over", func(c *company) {
			c.facts.Pauses = []rules.Pause{{Program: program, From: start.Add(-day), To: start}}
		}, true},
		{"while another programme was paused", func(c *company) {
			c.facts.Pauses = []rules.Pause{{Program: "other", From: start.Add(-day)}}
		}, true},
		{"after the end", func(c *company) { c.program().Ends = start }, false},
		{"before the end", func(c *company) { c.program().Ends = start.Add(day) }, true},
		{"outside the audience of then", func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			then(c, func(p *rules.Person) { p.Department = "IT" })
		}, false},
		{"inside the audience of then", func(c *company) {
			c.program().Audience.Departments = []string{"Sales"}
			then(c, func(p *rules.Person) {})
		}, true},
		{"inactive then", func(c *company) { then(c, func(p *rules.Person) { p.Status = rules.Inactive }) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			for i := range c.facts.Snapshots[0].Org.People {
				c.facts.Snapshots[0].Org.People[i].Department = "Sales"
			}
			c.starts("C", start)
			tc.given(c)
			if got := slices.Contains(c.violations("C"), rules.StartedEarly); got != tc.want {
				t.Errorf("started early: %v, want %v", got, tc.want)
			}
		})
	}
}

// then gives an organisation since yesterday that is as it is, after one in which C was
// different.
func then(c *company, change func(*rules.Person)) {
	after := c.facts.Snapshots[0]
	c.facts.Snapshots[0].Org.People = with("C", change)(slices.Clone(after.Org.People))
	after.ID, after.From, after.Org.Digest = 2, now.Add(-day), "d2"
	c.facts.Snapshots = append(c.facts.Snapshots, after)
}
