package hris

import (
	"hash/maphash"
	"sort"

	"github.com/leadfront/leadfront/rules"
)

// ids finds people by id. As long as every id comes after the one before, as in most
// exports, nothing else is needed to find them. Of others there is a table: a slot
// holds half of an id's hash and a position, and the ids themselves stay with the
// people, so that a million cost 16 MiB, and to enter one touches nothing else.
type ids struct {
	seed  maphash.Seed
	slots []uint64 // hash<<32 | position+1; 0: free; nil: the people are in the order of their ids
	used  int
}

// hashAll makes the table, with the people who are there.
func (t *ids) hashAll(people []rules.Person) {
	slots := 16
	for slots < 4*(len(people)+1) {
		slots *= 2
	}
	t.seed, t.slots = maphash.MakeSeed(), make([]uint64, slots)
	for i := range people {
		t.add(people[:i], people[i].ID)
	}
}

// slot is where the id of that hash stands, or where it would.
func (t *ids) slot(people []rules.Person, id string, hash uint64) int {
	mask := uint64(len(t.slots) - 1)
	at := hash & mask
	for {
		s := t.slots[at]
		if s == 0 || (s>>32 == hash && people[uint32(s)-1].ID == id) {
			return int(at)
		}
		at = (at + 1) & mask
	}
}

func (t *ids) hash(id string) uint64 { return maphash.String(t.seed, id) >> 32 }

// find returns the position of the person with that id.
func (t *ids) find(people []rules.Person, id string) (int32, bool) {
	if t.slots == nil {
		at := sort.Search(len(people), func(i int) bool { return people[i].ID >= id })
		return int32(at), at < len(people) && people[at].ID == id
	}
	s := t.slots[t.slot(people, id, t.hash(id))]
	return int32(uint32(s)) - 1, s != 0
}

// add returns the position of the person with that id, or enters it as the next
// one.
func (t *ids) add(people []rules.Person, id string) (at int32, known bool) {
	if n := len(people); t.slots == nil && (n == 0 || people[n-1].ID < id) {
		return int32(n), false
	} else if t.slots == nil {
		t.hashAll(people)
	}
	if 2*(t.used+1) > len(t.slots) {
		t.grow()
	}
	hash := t.hash(id)
	slot := t.slot(people, id, hash)
	if s := t.slots[slot]; s != 0 {
		return int32(uint32(s)) - 1, true
	}
	t.used++
	t.slots[slot] = hash<<32 | uint64(len(people)+1)
	return int32(len(people)), false
}

// grow doubles the table. All ids in it are different, so none is compared.
func (t *ids) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	mask := uint64(len(t.slots) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		at := s >> 32 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = s
	}
}
