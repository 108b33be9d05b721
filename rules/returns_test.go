package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestStatesReturn: a level that was silent, was heard, and falls silent again is a
// violation of its own, each time under another name, and the first under its old one.
func TestStatesReturn(t *testing.T) {
	c := kept()
	silent := func() (opened []rules.Violation) {
		j := c.judge()
		for _, v := range rules.NewCycle(&c.policy, &c.facts, j, rules.Plan{}, nil, nil).Opened {
			if v.Kind == rules.LevelSilent && v.Subject == "level 1" {
				opened = append(opened, v)
			}
		}
		return opened
	}
	names := map[string]bool{}
	for time := range 3 {
		c.facts.Open = nil
		opened := silent()
		if len(opened) != 1 || opened[0].Again != time || names[opened[0].ID()] {
			t.Fatalf("time %d: %+v, names so far %v", time, opened, names)
		}
		names[opened[0].ID()] = true
		if c.facts.Open = opened; len(silent()) != 0 {
			t.Fatalf("time %d: opened although it is open", time)
		}
		c.facts.Over = append(c.facts.Over, opened[0].Key())
	}
	if !names["50211e2b132a"] {
		t.Errorf("the first name is not what it always was: %v", names)
	}
}
