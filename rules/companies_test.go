package rules_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestCompanies judges the golden companies, which an administrator can read.
func TestCompanies(t *testing.T) {
	files, err := filepath.Glob("testdata/companies/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d companies, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var lines [][]string
			for s := bufio.NewScanner(f); s.Scan(); {
				if words := strings.Fields(s.Text()); len(words) > 0 && words[0] != "#" {
					lines = append(lines, words)
				}
			}
			golden(t, lines)
		})
	}
}

// golden builds the company of the lines and compares what everybody is owed.
func golden(t *testing.T, lines [][]string) {
	var people []string
	for _, w := range lines {
		switch {
		case len(w) == 1:
			people = append(people, w[0]+"<")
		case w[1] == "<":
			word := w[0] + "<" + w[2]
			if len(w) > 3 {
				word += ":" + w[3]
			}
			people = append(people, word)
		}
	}
	c := showing(strings.Join(people, " "))
	c.program().Sequence.Gate = rules.GateCompleted
	wanted := 0
	for _, w := range lines {
		switch {
		case w[0] == "=":
			wanted++
			row, err := strconv.Atoi(w[3])
			if err != nil {
				t.Fatal(err)
			}
			c.wants(t, w[1], rules.Verdict(w[2]), row)
		case len(w) > 1 && w[1] != "<":
			if err := c.happens(w); err != nil {
				t.Fatal(err)
			}
		}
	}
	if wanted == 0 {
		t.Error("says of nobody what they are owed")
	}
}

// happens takes in one line that is about no person's place.
func (c *company) happens(w []string) error {
	switch w[0] {
	case "scope":
		c.program().Sequence.Scope = w[1]
		for i := 2; i+1 < len(w); i += 2 {
			n, _ := strconv.Atoi(w[i+1])
			switch w[i] {
			case "levels":
				c.program().Sequence.Levels = n
			case "percent":
				c.program().Sequence.Percent = float64(n)
			case "gate":
				c.program().Sequence.Gate = w[i+1]
			}
		}
	case "completed":
		c.completes(w[1], now.Add(-2*day))
	case "started":
		c.starts(w[1], now.Add(-day))
	case "shared":
		c.shares(w[1], "of "+w[1], now.Add(-day))
	case "released":
		c.facts.Standings = append(c.facts.Standings, rules.Standing{Program: program, Person: w[1], Released: now.Add(-day)})
	case string(rules.MayStart), string(rules.NeedNotLead):
		c.waive(rules.WaiverKind(w[0]), w[1], now.Add(-day), now.Add(day))
	default:
		return fmt.Errorf("what is %q?", w[0])
	}
	return nil
}
