package rules_test

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// renamed is a company in which HR changes people in a second organisation.
func renamed(words string, change func(people []rules.Person) []rules.Person) *company {
	c := newCompany(words)
	before := c.facts.Snapshots[0]
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 2, From: now.Add(-day),
		Org: rules.Org{Source: "hr", Digest: "d2", Read: now, People: change(slices.Clone(before.Org.People))}})
	return c
}

// TestFormerAddresses: who completed under an address that HR has changed since has
// completed. An address that somebody else has or had by now proves nothing.
func TestFormerAddresses(t *testing.T) {
	email := func(e string) func(*rules.Person) { return func(p *rules.Person) { p.Email = e } }
	for _, tc := range []struct {
		name   string
		change func([]rules.Person) []rules.Person
		want   string // of C, whose leader is B
	}{
		{"changed", with("B", email("b.married@example.org")), "clear9"},
		{"no longer given", with("B", email("")), "clear9"},
		{"given to somebody else by now", func(p []rules.Person) []rules.Person {
			return with("D", email("b@example.org"))(with("B", email("b.married@example.org"))(p))
		}, "hold10"},
		{"its owner is gone", func(p []rules.Person) []rules.Person {
			return with("C", func(p *rules.Person) { p.Manager = "D" })(without("B")(p))
		}, "hold10"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := renamed("A B<A C<B D<A", tc.change)
			c.completes("B", now.Add(-2*day))
			v, row := c.decided(t, "C")
			if got := string(v) + map[int]string{9: "9", 10: "10"}[row]; got != tc.want {
				t.Errorf("C: %s by row %d, want %s", v, row, tc.want)
			}
		})
	}
	// One who had it, and left, and one who has it no more: whose statement it is cannot
	// be told.
	c := renamed("A B<A C<B D<A", func(p []rules.Person) []rules.Person {
		return without("D")(with("B", email("b.married@example.org"))(p))
	})
	c.facts.Snapshots[0].Org.People = with("D", email("b@example.org"))(slices.Clone(c.facts.Snapshots[0].Org.People))
	c.completes("B", now.Add(-2*day))
	c.wants(t, "C", rules.Wait, 10)
}

// TestFormerAddressHashed: so does a statement that names the address by its hash.
func TestFormerAddressHashed(t *testing.T) {
	c := renamed("A B<A C<B", with("B", func(p *rules.Person) { p.Email = "b.married@example.org" }))
	c.completes("B", now.Add(-2*day))
	c.facts.Evidence[0].Actor = rules.Actor{Kind: rules.ActorSHA1, Value: "7bfb3d3deab2d86c2ff7b3c98ebfbc6a5a3a6ee5"}
	c.wants(t, "C", rules.Wait, 10)
	c.facts.Evidence[0].Actor.Value = sha1Of("mailto:b@example.org")
	c.wants(t, "C", rules.Clear, 9)
}

// TestSharedAddressFreezes: people who cannot be told apart are not held, nor are those
// who wait for one of them; whoever has done something under an identifier of their
// own has done it.
func TestSharedAddressFreezes(t *testing.T) {
	c := newCompany("A B<A C<B D<B E<C")
	c.person("D").Email = c.person("C").Email
	c.starts("C", now.Add(-day))
	c.wants(t, "C", rules.Keep, 6)
	c.wants(t, "D", rules.Keep, 6)
	c.wants(t, "E", rules.Keep, 8)
	c.wants(t, "B", rules.Wait, 10)
	if !c.finds(rules.CodeSharedIdentifier, "C") || !c.finds(rules.CodeSharedIdentifier, "D") || c.finds(rules.CodeSharedIdentifier, "B") {
		t.Error("who shares an address is not found")
	}
	j := c.judge()
	e, _ := j.Index.Find("E")
	if why := j.Programs[0].Reasons(e); len(why) != 1 || why[0].Person != "C" || why[0].Detail != string(rules.CodeSharedIdentifier) {
		t.Errorf("E is told %v", why)
	}
	c.person("C").Emails = []string{"c.own@example.org"}
	c.completes("c.own", now.Add(-day))
	c.wants(t, "C", rules.Clear, 2)
	c.wants(t, "E", rules.Clear, 9)
}

func sha1Of(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// TestFormerColleague: a statement of somebody who has left is a stranger's.
func TestFormerColleague(t *testing.T) {
	c := renamed("A B<A C<B", without("C"))
	c.starts("C", now.Add(-2*day))
	if !slices.ContainsFunc(c.judge().Findings, func(f rules.Finding) bool { return f.Code == rules.CodeUnresolvedActor }) {
		t.Errorf("found %v", c.judge().Findings)
	}
}
