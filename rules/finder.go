package rules

// finder finds people by id. Lists of people are mostly in one order, so it looks first
// behind whom it found last: that is several times as fast.
type finder struct {
	x      *Index
	behind int
}

func (x *Index) finder() finder { return finder{x: x} }

// id returns the number of the person with that id.
func (f *finder) id(id string) (int32, bool) {
	if f.behind < len(f.x.People) && f.x.People[f.behind].ID == id && !f.x.again[f.behind] {
		f.behind++
		return int32(f.behind - 1), true
	}
	n, ok := f.x.byID[id]
	if ok {
		f.behind = int(n) + 1
	}
	return n, ok
}

// located is a list of facts about people in programmes, with where each is found.
type located[T any] struct {
	list []T
	x    *Index
	at   map[string][]int32 // by programme: by number, the place in list counted from 1
	// strange are the places of entries about people who are not in the organisation.
	strange []int32
}

// locate finds out where; of two entries the later one counts.
func locate[T any](x *Index, list []T, about func(*T) (program, person string)) *located[T] {
	l := &located[T]{list: list, x: x, at: map[string][]int32{}}
	find := x.finder()
	for k := range list {
		program, person := about(&list[k])
		n, ok := find.id(person)
		if !ok {
			l.strange = append(l.strange, int32(k))
			continue
		}
		at := l.at[program]
		if at == nil {
			at = make([]int32, x.Len())
			l.at[program] = at
		}
		at[n] = int32(k) + 1
	}
	return l
}

// in are the places of the people in one programme.
func (l *located[T]) in(program string) places[T] { return places[T]{l.list, l.at[program]} }

// places says where each person's entry is.
type places[T any] struct {
	list []T
	at   []int32 // nil: nobody has one
}

// of is the person's entry, or nil.
func (p places[T]) of(i int32) *T {
	if p.at == nil || p.at[i] == 0 {
		return nil
	}
	return &p.list[p.at[i]-1]
}
