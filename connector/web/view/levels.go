package view

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/leadfront/leadfront/rules"
)

// Smallest is the fewest leaders of whom a figure is shown as one group. Fewer are
// shown together with the next level: level 0 is one person everybody knows.
const Smallest = 5

// Level is how far the leaders of some levels of management are.
type Level struct {
	From, To  int  // distance from the listed top, both inclusive
	Unplaced  bool // leaders whose way up reaches no listed top are among them
	Leaders   int
	Completed int // the course
	Shared    int // a use case that counts
	Waiting   int // people who wait for one of them; who waits for two counts twice
}

// Name says which levels they are.
func (l Level) Name() string {
	name := fmt.Sprintf("Levels %d to %d", l.From, l.To)
	switch {
	case l.From == l.To && l.From < 0:
		return "Without a listed top above"
	case l.From == l.To:
		name = fmt.Sprintf("Level %d", l.From)
	}
	if l.Unplaced {
		name += " and leaders without a listed top above"
	}
	return name
}

// Levels are the programme's leaders by level, the top first, small groups merged.
// There are none where all leaders together are fewer than Smallest. Leaders whom a
// waiver exempts are not counted.
func (p *Program) Levels() []Level {
	shared := map[string]bool{}
	for i := range p.UseCases {
		shared[p.UseCases[i].Author] = shared[p.UseCases[i].Author] || p.UseCases[i].Counts
	}
	by := map[int]*Level{}
	var list []*Level
	for i := range p.Leaders {
		l := &p.Leaders[i]
		if l.Waived {
			continue
		}
		if by[l.Level] == nil {
			by[l.Level] = &Level{From: l.Level, To: l.Level, Unplaced: l.Level < 0}
			list = append(list, by[l.Level])
		}
		by[l.Level].count(l, shared[l.Person])
	}
	last := func(l *Level) int { // who is not placed comes last
		if l.Unplaced {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b *Level) int { return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.From, b.From)) })
	return merge(list)
}

func (l *Level) count(s *rules.LeaderState, shared bool) {
	l.Leaders++
	l.Waiting += s.Waiting
	if !s.Completed.IsZero() {
		l.Completed++
	}
	if shared {
		l.Shared++
	}
}

// merge puts levels together until each group is large enough.
func merge(list []*Level) []Level {
	var out []Level
	for _, l := range list {
		if n := len(out); n > 0 && out[n-1].Leaders < Smallest {
			out[n-1].add(l)
			continue
		}
		out = append(out, *l)
	}
	if n := len(out); n > 1 && out[n-1].Leaders < Smallest {
		out[n-2].add(&out[n-1])
		out = out[:n-1]
	}
	if len(out) == 1 && out[0].Leaders < Smallest {
		return nil
	}
	return out
}

func (l *Level) add(o *Level) {
	l.From, l.To, l.Unplaced = min(l.From, o.From), max(l.To, o.To), l.Unplaced || o.Unplaced
	if l.Unplaced && l.To >= 0 {
		l.From = max(l.From, 0)
	}
	l.Leaders, l.Completed, l.Shared, l.Waiting = l.Leaders+o.Leaders, l.Completed+o.Completed, l.Shared+o.Shared, l.Waiting+o.Waiting
}
