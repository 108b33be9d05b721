package view

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestReferencesLastAndTellNothing: the same key gives the same references whoever
// else is there; another key gives others; nobody is found by an HR id.
func TestReferencesLastAndTellNothing(t *testing.T) {
	small := NewRefs([]byte("k"), rules.NewIndex([]rules.Person{{ID: "00007"}}, nil))
	large := NewRefs([]byte("k"), rules.NewIndex([]rules.Person{{ID: "1"}, {ID: "00007"}, {ID: "1"}}, nil))
	other := NewRefs([]byte("l"), rules.NewIndex([]rules.Person{{ID: "00007"}}, nil))
	if small.Of(0) != large.Of(1) || small.Of(0) == other.Of(0) || len(small.Of(0)) != 24 {
		t.Errorf("%q, %q, %q", small.Of(0), large.Of(1), other.Of(0))
	}
	if n, ok := large.Find(small.Of(0)); !ok || n != 1 {
		t.Errorf("found %d, %v; want 1", n, ok)
	}
	if n, ok := large.Find(large.Of(2)); !ok || n != 0 {
		t.Errorf("an id given twice is number %d, %v; its first row is 0", n, ok)
	}
	for _, guess := range []string{"00007", "", other.Of(0)} {
		if n, ok := large.Find(guess); ok {
			t.Errorf("%q found %d", guess, n)
		}
	}
}
