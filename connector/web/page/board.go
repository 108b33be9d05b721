package page

import (
	"sync"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// board is what is computed of one view, once for all who look at it.
type board struct {
	view  *view.View
	ready sync.Once
	each  []*programBoard

	learnt sync.Once
	owners []int32                    // of the evidence
	voided func(*rules.Evidence) bool // whether a piece of it was
}

// programBoard is what is computed of one programme.
type programBoard struct {
	*view.Program
	*tree
	Levels    []view.Level
	LeadTimes []time.Duration
	Compared  *rules.Comparison // nil: not asked for, or too few
	Waiting   int               // people who wait
	blocking  map[string]int    // by HR id: position in CriticalPath
	audience  int
	x         *rules.Index

	mu     sync.Mutex
	lately *activity // under mu; nil: the log was not asked yet
}

// boards keeps the board of the last view that was looked at.
type boards struct {
	mu   sync.Mutex
	last *board
}

// of returns the board of the view.
func (b *boards) of(v *view.View) *board {
	b.mu.Lock()
	if b.last == nil || b.last.view != v {
		b.last = &board{view: v}
	}
	out := b.last
	b.mu.Unlock()
	out.ready.Do(out.compute)
	return out
}

// Warm computes what everybody shares who looks at the view, so that nobody has to wait
// for it.
func (b *boards) Warm(v *view.View) { b.of(v).learn() }

func (b *board) compute() {
	list := b.view.Programs()
	for i := range list {
		p := &list[i]
		one := &programBoard{Program: p, tree: newTree(p, b.view.Judgement.Index), Levels: p.Levels(), LeadTimes: p.LeadTimes(),
			blocking: map[string]int{}, audience: p.Audience(), x: b.view.Judgement.Index}
		if c, ok := p.Compare(); ok {
			one.Compared = &c
		}
		for n := range p.Decisions {
			if p.Decisions[n].Row == 10 {
				one.Waiting++
			}
		}
		for n, path := range p.CriticalPath {
			one.blocking[path.Person] = n
		}
		b.each = append(b.each, one)
	}
}

// program is the programme of that id, or the first one where none is named.
func (b *board) program(id string) (*programBoard, bool) {
	for i := range b.each {
		if id == "" || b.each[i].Program.Program.ID == id {
			return b.each[i], true
		}
	}
	return nil, false
}

// id is the HR id of the person of that number.
func (b *programBoard) id(n int) string { return b.x.People[n].ID }

// learn finds whose every piece of evidence is, once for all who look.
func (b *board) learn() {
	b.learnt.Do(func() {
		b.owners = b.view.Judgement.Owners(b.view.Facts)
		b.voided = rules.Voided(b.view.Facts.Evidence)
	})
}

// evidence is what the records say of the person of that number.
func (b *board) evidence(n int) []*rules.Evidence {
	b.learn()
	var out []*rules.Evidence
	for k, whose := range b.owners {
		if int(whose) == n {
			out = append(out, &b.view.Facts.Evidence[k])
		}
	}
	return out
}
