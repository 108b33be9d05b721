package rules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// knownGaps are entries, by case and variant, that are expected to fail, with the
// reason. One that passes fails the test, so that the list cannot rot.
func knownGaps() map[string]string {
	return map[string]string{}
}

// answer is what leadfront says, in the words of the cases.
func (c *hardCase) answer(t *testing.T, statements []json.RawMessage) []hardExpect {
	watch := lrs.NewWatch([]rules.Program{*c.program(t)})
	return c.answerKeeping(t, statements, watch.Keep)
}

// answerKeeping is the answer when only what keep says is kept of the statements.
func (c *hardCase) answerKeeping(t *testing.T, statements []json.RawMessage, keep func(*rules.Evidence) bool) []hardExpect {
	program, people := c.program(t), c.people()
	var evidence []rules.Evidence
	nobody := map[string]bool{}
	for _, raw := range statements {
		e, err := lrs.Project("test", raw)
		if err != nil {
			nobody[string(rules.CodeMalformedStatement)] = true
		} else if keep(&e) {
			evidence = append(evidence, e)
		}
	}
	records, findings := rules.Fold(program, rules.NewIdentities(c.identity(), people, nil), evidence)
	var list []hardExpect
	for i := range people {
		list = append(list, personAnswer(people[i].ID, records[i], findings))
	}
	for _, f := range findings {
		if f.Person == "" {
			nobody[string(f.Code)] = true
		}
	}
	if len(nobody) > 0 {
		list = append(list, hardExpect{Findings: sortedKeys(nobody)})
	}
	return list
}

func personAnswer(id string, r *rules.Record, findings []rules.Finding) hardExpect {
	if r == nil {
		r = &rules.Record{}
	}
	own := map[string]bool{}
	for _, f := range findings {
		if f.Person == id {
			own[string(f.Code)] = true
		}
	}
	broken := map[string]bool{}
	for _, v := range r.Violations {
		broken[string(v.Kind)] = true
	}
	x := hardExpect{
		Person: &id, Completed: !r.Completed.IsZero(), Evidence: r.Evidence,
		StartedAt: instant(r.Started), CompletedAt: instant(r.Completed),
		Findings: sortedKeys(own), Violations: sortedKeys(broken),
	}
	for _, f := range r.Flags {
		x.Flags = append(x.Flags, string(f))
	}
	return x
}

func instant(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func sortedKeys(set map[string]bool) []string {
	var list []string
	for k := range set {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// plain makes an expectation comparable: instants in UTC, sets sorted, empty and
// absent alike.
func plain(list []hardExpect) []hardExpect {
	out := slices.Clone(list)
	for i := range out {
		x := &out[i]
		for _, set := range [...]*[]string{&x.Flags, &x.Findings, &x.Violations} {
			*set = slices.Sorted(slices.Values(*set))
		}
		if len(x.Evidence) == 0 {
			x.Evidence = nil
		}
		for _, at := range [...]**time.Time{&x.StartedAt, &x.CompletedAt} {
			if *at != nil {
				utc := (*at).UTC()
				*at = &utc
			}
		}
	}
	return out
}

func TestHardCases(t *testing.T) {
	data, err := os.ReadFile("testdata/hard-cases/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []hardCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 169 {
		t.Fatalf("%d cases, want 169", len(cases))
	}
	gaps := knownGaps()
	for i := range cases {
		c := &cases[i]
		id := c.Case + c.Variant
		t.Run(id, func(t *testing.T) {
			problem := c.run(t)
			switch why, gap := gaps[id]; {
			case gap && problem == "":
				t.Errorf("passes now: take it off the list of known gaps (%s)", why)
			case !gap && problem != "":
				t.Errorf("%s\n%s", c.Name, problem)
			}
		})
		delete(gaps, id)
	}
	for id := range gaps {
		t.Errorf("known gap %s is no case", id)
	}
}

// run returns what is wrong with the answers, or nothing.
func (c *hardCase) run(t *testing.T) string {
	want := plain(c.Expect)
	for order := range permutations(c.Statements, 120) {
		if d := cmp.Diff(want, plain(c.answer(t, order))); d != "" {
			return "(-want +got)\n" + d
		}
	}
	if d := cmp.Diff(want, plain(c.answer(t, append(slices.Clone(c.Statements), c.Statements...)))); d != "" {
		return "given twice (-want +got)\n" + d
	}
	everything := func(*rules.Evidence) bool { return true }
	if d := cmp.Diff(want, plain(c.answerKeeping(t, c.Statements, everything))); d != "" {
		return "with what the watch would drop (-want +got)\n" + d
	}
	return c.overTime(t)
}

// overTime follows the answers as the statements come, in their listed order.
func (c *hardCase) overTime(t *testing.T) string {
	for i, step := range c.OverTime {
		who := step.Person
		if who == "" {
			who = "P"
		}
		for _, x := range c.answer(t, c.Statements[:i+1]) {
			if x.Person == nil || *x.Person != who {
				continue
			}
			same := x.Completed == step.Completed &&
				(step.CompletedAt == nil || x.CompletedAt != nil && x.CompletedAt.Equal(*step.CompletedAt))
			if !same {
				return fmt.Sprintf("after %s: completed %v at %v, want %v at %v",
					step.After, x.Completed, x.CompletedAt, step.Completed, step.CompletedAt)
			}
		}
	}
	return ""
}

// permutations yields the orders of the list, at most so many (Heap's algorithm).
func permutations(list []json.RawMessage, most int) func(func([]json.RawMessage) bool) {
	return func(yield func([]json.RawMessage) bool) {
		a := slices.Clone(list)
		if !yield(a) {
			return
		}
		c := make([]int, len(a))
		for i, n := 0, 1; i < len(a) && n < most; {
			if c[i] >= i {
				c[i] = 0
				i++
				continue
			}
			if i%2 == 0 {
				a[0], a[i] = a[i], a[0]
			} else {
				a[c[i]], a[i] = a[i], a[c[i]]
			}
			if n++; !yield(a) {
				return
			}
			c[i]++
			i = 0
		}
	}
}
