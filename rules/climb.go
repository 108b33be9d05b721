package rules

// What a climb can come to instead of a leader.
const (
	nobodyLeft int32 = -1 // everybody up to a listed top is away
	inDoubt    int32 = -2 // an edge on the way cannot be trusted
)

// effective is Climb for everybody at once: the effective leader of each person,
// or nobodyLeft or inDoubt. Each edge is walked once.
func (x *Index) effective(away []bool) []int32 {
	const unknown = -3
	next := make([]int32, len(x.People))
	for i := range next {
		next[i] = unknown
	}
	var path []int32
	for i := range next {
		path = path[:0]
		at, found := int32(i), int32(unknown)
		for found == unknown {
			if next[at] != unknown {
				found = next[at]
				break
			}
			path = append(path, at)
			at, found = x.step(at, away, unknown)
		}
		for _, p := range path {
			next[p] = found
		}
	}
	return next
}

// Leader returns the effective leader of i, waivers aside, or false where there is none
// or the way up is in doubt.
func (x *Index) Leader(i int) (int, bool) { return int(x.next[i]), x.next[i] >= 0 }

// step climbs one edge: to somebody who is away, from whom the climb goes on, or to
// its end.
func (x *Index) step(at int32, away []bool, goOn int32) (to, found int32) {
	if x.top[at] {
		return at, nobodyLeft
	}
	if x.doubt(at) != "" {
		return at, inDoubt
	}
	m := x.manager[at]
	switch {
	case away[m]:
		return m, goOn
	case x.silent[m]:
		return m, inDoubt // perhaps away, and then somebody else leads
	}
	return m, m
}

// leading marks the effective leaders of everybody who is led.
func (x *Index) leading(next []int32) []bool {
	leads := make([]bool, len(next))
	for i, l := range next {
		if l >= 0 && x.follows[i] {
			leads[l] = true
		}
	}
	return leads
}

// leadersAbove are the effective leaders above i, nearest first, at most levels of
// them; 0 is all up to the top. Doubt tells that the way ends in doubt before that.
func leadersAbove(next []int32, i int32, levels int) (leaders []int32, doubt bool) {
	for at := next[i]; ; at = next[at] {
		switch {
		case at == inDoubt:
			return leaders, true
		case at == nobodyLeft:
			return leaders, false
		}
		if leaders = append(leaders, at); len(leaders) == levels {
			return leaders, false
		}
	}
}
