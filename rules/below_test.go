package rules_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

func TestBelow(t *testing.T) {
	people := []rules.Person{{ID: "a", Manager: "z"}, {ID: "b", Manager: "a"}, {ID: "c", Manager: "b"}, {ID: "b", Manager: "x"},
		{ID: "x", Manager: "y"}, {ID: "y", Manager: "x"}, {ID: "d"}}
	for who, want := range map[string][]string{"a": {"a", "b", "c"}, "b": {"b", "c"}, "x": {"x", "y"}, "d": {"d"}, "z": nil, "": nil} {
		if got := slices.Sorted(maps.Keys(rules.Below(people, who))); !slices.Equal(got, want) {
			t.Errorf("below %q are %v, want %v", who, got, want)
		}
	}
}

// TestAPartOfAPlan: what was approved of a plan passes, and the rest is refused for
// the reason that the whole was, however little is left.
func TestAPartOfAPlan(t *testing.T) {
	for _, tc := range []struct {
		name     string
		enforced bool
		n, part  int
		whole    bool
		through  int
	}{
		{"of the first holds", false, 25, 10, false, 10},
		{"of the first holds, with few left", false, 11, 10, false, 10},
		{"of too many, with few left", true, 25, 10, false, 10},
		{"a whole plan that has grown", true, 25, 10, true, 25},
		{"a whole first plan that has grown", false, 25, 10, true, 25},
	} {
		plan := planOf(tc.n, rules.MoveHold, "")
		approval := rules.Approval{Digest: "d", Part: !tc.whole, Expires: now.Add(1)}
		for i := range tc.part {
			approval.Changes = append(approval.Changes, plan.Changes[i].Key())
		}
		facts := &rules.Facts{Now: now, Enforced: map[string]bool{program: tc.enforced}, Approvals: []rules.Approval{approval}}
		through, refusals := rules.Guard(nil, plan, facts, map[string]int{program: 100})
		if len(through.Changes) != tc.through || (len(refusals) == 0) != (tc.through == tc.n) {
			t.Errorf("%s: %d of %d pass, want %d; refused %v", tc.name, len(through.Changes), tc.n, tc.through, refusals)
		}
	}
}
