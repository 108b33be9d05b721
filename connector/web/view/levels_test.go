package view

import (
	"slices"
	"testing"
)

// TestSmallLevelsAreMerged: no group that is shown has fewer than Smallest leaders, and
// none is left out or counted twice.
func TestSmallLevelsAreMerged(t *testing.T) {
	level := func(n, leaders int) *Level {
		return &Level{From: n, To: n, Unplaced: n < 0, Leaders: leaders, Completed: 1, Waiting: 2}
	}
	for _, test := range []struct {
		name string
		in   []*Level
		want []string
	}{
		{"the top goes with the next", []*Level{level(0, 1), level(1, 4), level(2, 9)}, []string{"Levels 0 to 1", "Level 2"}},
		{"a small last one goes with the one before", []*Level{level(0, 1), level(1, 8), level(2, 4)}, []string{"Levels 0 to 2"}},
		{"large ones stay", []*Level{level(1, 5), level(2, 5)}, []string{"Level 1", "Level 2"}},
		{"too few altogether", []*Level{level(0, 1), level(1, 3)}, nil},
		{"without a top", []*Level{level(0, 6), level(-1, 2)}, []string{"Level 0 and leaders without a listed top above"}},
		{"nobody", nil, nil},
	} {
		var names []string
		leaders, want := 0, 0
		for _, l := range test.in {
			want += l.Leaders
		}
		for _, l := range merge(test.in) {
			names, leaders = append(names, l.Name()), leaders+l.Leaders
			if l.Leaders < Smallest {
				t.Errorf("%s: %s has %d leaders", test.name, l.Name(), l.Leaders)
			}
		}
		if !slices.Equal(names, test.want) || len(names) > 0 && leaders != want {
			t.Errorf("%s: %q of %d leaders, want %q of %d", test.name, names, leaders, test.want, want)
		}
	}
}
