package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestDiffOrgs(t *testing.T) {
	last := Org{People: []Person{
		{ID: "top", Status: Active}, {ID: "m1", Manager: "top", Name: "Mia", Status: Active}, {ID: "m2", Manager: "top", Status: Active},
		{ID: "a", Manager: "m1", Email: "a@x", Name: "Ada A", Status: Active}, {ID: "b", Manager: "m1", Status: Active},
		{ID: "c", Manager: "a", Status: Active}, {ID: "d", Manager: "m2", Status: Active}, {ID: "e", Manager: "m2", Email: "E@x", Status: Active},
	}}
	next := Org{People: []Person{
		{ID: "n", Manager: "c", Status: Active}, // new, three levels below m2
		{ID: "e", Manager: "m2", Email: "e@X", Status: Active},
		{ID: "d", Status: Active}, {ID: "c", Manager: "m2", Status: Leave, NoAccount: true},
		{ID: "a", Manager: "m1", Email: "b@x", Name: "Bo B", Department: "Sales", Status: Active},
		{ID: "m2", Manager: "top", Status: Active}, {ID: "m1", Manager: "top", Name: "Mia M", Status: Active}, {ID: "top", Status: Active},
	}}
	d := DiffOrgs(last, next, []string{"top"})
	var got []string
	for _, c := range d.Changes {
		got = append(got, fmt.Sprintf("%s: %s %s %s>%s", c.Under, c.Person, c.Kind, c.From, c.To))
	}
	want := []string{
		": d lost_manager m2>",
		"m1: a another_person Ada A>Bo B", "m1: a department >Sales", "m1: a further_details >", "m1: b gone m1>", "m1: m1 further_details >",
		"m2: c account expected>none", "m2: c manager a>m2", "m2: c status active>leave", "m2: n new >c",
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes are\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var trees []string
	for _, s := range d.Subtrees {
		trees = append(trees, fmt.Sprintf("%s %d>%d %d", s.Leader, s.Before, s.People, s.total()))
	}
	if want := []string{"m1 4>2 5", "m2 3>4 4", " 1>2 1"}; !slices.Equal(trees, want) {
		t.Errorf("subtrees are %q, want %q", trees, want)
	}
	if d := DiffOrgs(last, last, []string{"top"}); len(d.Changes)+len(d.Subtrees) != 0 {
		t.Errorf("nothing changed: %+v", d)
	}
}

// TestBranchesOfNoTree: cycles and unknown managers end the walk up.
func TestBranchesOfNoTree(t *testing.T) {
	x := NewIndex([]Person{{ID: "top"}, {ID: "a", Manager: "b"}, {ID: "b", Manager: "a"}, {ID: "c", Manager: "?"}, {ID: "d", Manager: "d"}, {ID: "e", Manager: "a"}}, []string{"top"})
	if got := strings.Join(x.branches(), ""); got != "" {
		t.Errorf("branches are %q, want none", got)
	}
}

// million is a tree in which everybody leads eight.
func million(n int) Org {
	org := Org{People: make([]Person, n)}
	for i := range org.People {
		id := fmt.Sprintf("%07d", i)
		org.People[i] = Person{ID: id, Name: "Person " + id, Email: id + "@corp.example", Department: "Sales", Status: Active}
		if i > 0 {
			org.People[i].Manager = fmt.Sprintf("%07d", (i-1)/8)
		}
	}
	return org
}

// BenchmarkCompareOrgs compares two organisations of a million people, of whom one
// in a thousand has changed; the budget is 2 s.
func BenchmarkCompareOrgs(b *testing.B) {
	last := million(1_000_000)
	next := Org{People: slices.Clone(last.People)}
	for i := 0; i < len(next.People); i += 1000 {
		next.People[i].Department = "Board"
	}
	tops := []string{"0000000"}
	b.Run("guard", func(b *testing.B) {
		for b.Loop() {
			CompareOrgs(DefaultOrgLimits(), &last, next, tops)
		}
	})
	b.Run("diff", func(b *testing.B) {
		for b.Loop() {
			DiffOrgs(last, next, tops)
		}
	})
}
