package page

import (
	"cmp"
	"slices"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// tree is who leads whom in a programme, with what is true of everybody below. It is
// computed once for all who look, so that any node is shown without walking.
type tree struct {
	start []int32 // children of i are list[start[i]:start[i+1]]
	list  []int32
	roots []int32 // who is led by nobody, or by nobody who is known
	below []below // by number: everybody below, not the person
}

// below counts people under a leader.
type below struct{ People, Waiting, Completed int }

// newTree makes the tree of effective leaders. Whoever HR states to be away leads
// nobody, and whoever has left is led by nobody.
func newTree(p *view.Program, x *rules.Index) *tree {
	n := x.Len()
	t := &tree{start: make([]int32, n+1), below: make([]below, n)}
	up := make([]int32, n)
	for i := range n {
		up[i] = int32(p.LeaderOf(i))
		switch {
		case !x.Follows(i):
			up[i] = -3
		case up[i] >= 0:
			t.start[up[i]+1]++
		default:
			t.roots = append(t.roots, int32(i))
		}
	}
	for i := range n {
		t.start[i+1] += t.start[i]
	}
	t.list = make([]int32, t.start[n])
	at := slices.Clone(t.start)
	for i := range n {
		if l := up[i]; l >= 0 {
			t.list[at[l]] = int32(i)
			at[l]++
		}
	}
	t.sum(p, up)
	return t
}

// sum adds everybody up, from below. Edges form no circle: a way up that does not end
// is in doubt, and has no leader.
func (t *tree) sum(p *view.Program, up []int32) {
	order := slices.Clone(t.roots)
	for k := 0; k < len(order); k++ {
		order = append(order, t.under(int(order[k]))...)
	}
	for _, i := range slices.Backward(order) {
		l := up[i]
		if l < 0 {
			continue
		}
		b, own := &t.below[l], t.below[i]
		b.People += own.People + 1
		b.Waiting += own.Waiting
		b.Completed += own.Completed
		if p.Decisions[i].Row == 10 {
			b.Waiting++
		}
		if !p.Completed(int(i)).IsZero() {
			b.Completed++
		}
	}
}

// under are the people whom i leads.
func (t *tree) under(i int) []int32 { return t.list[t.start[i]:t.start[i+1]] }

// byWaiting orders people so that those come first under whom most wait, and leaders
// before others.
func (t *tree) byWaiting(list []int32) []int32 {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.below[b].Waiting, t.below[a].Waiting), cmp.Compare(t.below[b].People, t.below[a].People), cmp.Compare(a, b))
	})
	return out
}

// above reports whether leader is one of the effective leaders above i.
func above(p *view.Program, leader, i int) bool {
	for at := p.LeaderOf(i); at >= 0; at = p.LeaderOf(at) {
		if at == leader {
			return true
		}
	}
	return false
}
