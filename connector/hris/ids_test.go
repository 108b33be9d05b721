package hris

import (
	"fmt"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestIDs compares the table with a map while it grows.
func TestIDs(t *testing.T) {
	table, people, want := newIDs(0), []rules.Person(nil), map[string]int32{}
	for i := range 5000 {
		id := fmt.Sprint(i * i % 3001)
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
