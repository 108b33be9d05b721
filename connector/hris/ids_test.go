package hris

import (
	"fmt"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestIDs compares ids that come in their order, and then in another one, with a map.
func TestIDs(t *testing.T) {
	for _, ordered := range []int{0, 1, 700, 5000} {
		holdIDs(t, ordered)
	}
}

func holdIDs(t *testing.T, ordered int) {
	table, people, want := &ids{}, []rules.Person(nil), map[string]int32{}
	for i := range 5000 {
		id := fmt.Sprint(i * i % 3001)
		if i < ordered {
			id = fmt.Sprintf("%04d", i)
		}
		at, known := table.add(people, id)
		if was, ok := want[id]; ok != known || (ok && was != at) {
			t.Fatalf("id %s: %d, %v; want %d, %v", id, at, known, was, ok)
		}
		if !known {
			want[id] = at
			people = append(people, rules.Person{ID: id})
		}
	}
	for i := range 4000 {
		id := fmt.Sprint(i)
		at, ok := table.find(people, id)
		if was, there := want[id]; ok != there || (ok && at != was) {
			t.Fatalf("id %s: %d, %v; want %d, %v", id, at, ok, was, there)
		}
	}
}
