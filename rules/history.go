package rules

import (
	"iter"
	"slices"
	"time"
)

// Shorten returns the snapshots with all but the last one kept as their differences
// from the one after: hundreds of daily organisations cost little more than one. What
// they say stays the same; PeopleOf and Ruling give any of them back whole. The
// argument is not changed.
func Shorten(all []Snapshot) []Snapshot {
	out := make([]Snapshot, len(all))
	copy(out, all)
	for n := len(out) - 2; n >= 0; n-- {
		if slices.Equal(out[n].Org.Findings, out[n+1].Org.Findings) {
			out[n].Org.Findings = out[n+1].Org.Findings // one list for all days
		}
		if out[n].Was == nil {
			out[n].Was = Before(pointers(all[n].Org.People), pointers(PeopleOf(all, n+1)))
			out[n].Org.People = nil
		}
	}
	return out
}

// PeopleOf returns the people of snapshot n, in the order of their source.
func PeopleOf(all []Snapshot, n int) []Person {
	return (&rewind{all: all}).to(n)
}

// rewind goes back from one organisation to the one before it. Where it has been is
// not asked for again without going the whole way once more.
type rewind struct {
	all  []Snapshot
	at   int // the number of list
	list []*Person
}

// to returns the people of snapshot n.
func (r *rewind) to(n int) []Person {
	if r.all[n].Was == nil {
		return r.all[n].Org.People
	}
	if r.list == nil || r.at < n {
		for r.at = n; r.all[r.at].Was != nil; {
			r.at++
		}
		r.list = pointers(r.all[r.at].Org.People)
	}
	for r.at > n {
		r.at--
		r.list, _ = r.all[r.at].Was.undo(r.list)
	}
	people := make([]Person, len(r.list))
	for i, p := range r.list {
		people[i] = *p
	}
	return people
}

// Ruling returns the snapshot that ruled at an instant, whole, or false before the
// first one.
func Ruling(all []Snapshot, at time.Time) (Snapshot, bool) {
	for n := len(all) - 1; n >= 0; n-- {
		if s := all[n]; !s.From.After(at) {
			s.Org.People, s.Was = PeopleOf(all, n), nil
			return s, true
		}
	}
	return Snapshot{}, false
}

// earlier walks the organisations before the last one from the newest to the oldest,
// and gives of each, by its number, the people who do not stand so in the one after
// it: who changed since, and who left. All of them together are whoever ever stood
// in an organisation otherwise than in the last one.
func earlier(all []Snapshot) iter.Seq2[int, []*Person] {
	return func(yield func(int, []*Person) bool) {
		if len(all) < 2 {
			return
		}
		list := pointers(all[len(all)-1].Org.People)
		for n := len(all) - 2; n >= 0; n-- {
			was := all[n].Was
			if was == nil {
				was = Before(pointers(all[n].Org.People), list)
			}
			var changed []*Person
			if list, changed = was.undo(list); !yield(n, changed) {
				return
			}
		}
	}
}

func pointers(people []Person) []*Person {
	list := make([]*Person, len(people))
	for i := range people {
		list[i] = &people[i]
	}
	return list
}
