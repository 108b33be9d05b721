package showcase

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// mostQuarters is how many quarters are shown, the present one among them.
const mostQuarters = 6

// Coverage says how alive the showcase of one programme is: how many use cases of each
// level of management there are in each quarter, and so what is missing.
type Coverage struct {
	Program  string // title
	Quarters []rules.Quarter
	Levels   []LevelCoverage // from the top
	Stale    []string        // names of quarters that have ended without any
	Silent   []int           // levels of which none stands
	Now      string          // name of the present quarter, which goes on
}

// LevelCoverage is one level of management.
type LevelCoverage struct {
	Level   int
	Leaders int
	Counts  []int // in the order of the quarters
	Last    time.Time
}

// newCoverage counts what counts.
func newCoverage(pj *rules.ProgramJudgement, cases []rules.UseCase, now time.Time) Coverage {
	s := &pj.Program.Showcase
	present := s.Quarter(now)
	c := Coverage{Program: pj.Program.Title, Now: present.Name}
	for q := s.Quarter(pj.Program.Launch); !q.From.After(now); q = s.Quarter(q.To) {
		c.Quarters = append(c.Quarters, q)
	}
	if len(c.Quarters) > mostQuarters {
		c.Quarters = c.Quarters[len(c.Quarters)-mostQuarters:]
	}
	levels := map[int]*LevelCoverage{}
	at := func(level int) *LevelCoverage {
		if levels[level] == nil {
			levels[level] = &LevelCoverage{Level: level, Counts: make([]int, len(c.Quarters))}
		}
		return levels[level]
	}
	for _, l := range pj.Leaders {
		if !l.Waived {
			at(l.Level).Leaders++
		}
	}
	for i := range cases {
		if u := &cases[i]; u.Counts {
			at(u.Level).add(u.Since(), c.Quarters)
		}
	}
	for _, l := range levels {
		c.Levels = append(c.Levels, *l)
	}
	slices.SortFunc(c.Levels, func(a, b LevelCoverage) int { return a.Level - b.Level })
	c.findMissing(now)
	return c
}

func (l *LevelCoverage) add(at time.Time, quarters []rules.Quarter) {
	if at.After(l.Last) {
		l.Last = at
	}
	for i, q := range quarters {
		if !at.Before(q.From) && at.Before(q.To) {
			l.Counts[i]++
		}
	}
}

// findMissing names quarters and levels without any.
func (c *Coverage) findMissing(now time.Time) {
	for i, q := range c.Quarters {
		n := 0
		for _, l := range c.Levels {
			n += l.Counts[i]
		}
		if n == 0 && !q.To.After(now) {
			c.Stale = append(c.Stale, q.Name)
		}
	}
	for _, l := range c.Levels {
		if l.Last.IsZero() && l.Leaders > 0 {
			c.Silent = append(c.Silent, l.Level)
		}
	}
}

// LevelName is a level of management in words.
func LevelName(level int) string {
	switch {
	case level < 0:
		return "Level not known"
	case level == 0:
		return "Top of the organisation"
	}
	return fmt.Sprintf("Level %d", level)
}
