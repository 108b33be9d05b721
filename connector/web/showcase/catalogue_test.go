package showcase

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// launch is when the programme of the tests begins: in the middle of a quarter.
var launch = time.Date(2026, 5, 11, 9, 0, 0, 0, time.UTC)

const course = "https://lms.example/course"

func days(n int) time.Time { return launch.AddDate(0, 0, n) }

// company has a top (1), two leaders (2 and 3) of the level below, one below them (4),
// and people without reports.
func company() []rules.Person {
	person := func(id, name, manager, unit string) rules.Person {
		return rules.Person{ID: id, Name: name, Email: "p" + id + "@corp.example", Manager: manager, Department: unit, Status: rules.Active}
	}
	return []rules.Person{person("1", "Ada Top", "", "Board"), person("2", "Ben Sales", "1", "Sales"), person("3", "Cy <Ops>", "1", "Operations"),
		person("4", "Di Shift", "3", "Operations"), person("5", "Ed", "2", "Sales"), person("6", "Flo", "4", "Operations"), person("7", "Gil", "3", "Operations")}
}

// told is a history of sharing; refOf(n) is the reference of its n-th use case.
type told struct {
	program  rules.Program
	evidence []rules.Evidence
}

func refOf(n int) string { return strings.Repeat("a", 25) + string(rune('a'+n)) }

func (h *told) say(kind rules.Kind, person string, day, n int, parts map[string]string) {
	e := rules.Evidence{Source: "main", Statement: fmt.Sprintf("statement-%d", len(h.evidence)), Kind: kind, Object: "https://leadfront.corp.example/showcase/" + refOf(n),
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: "p" + person + "@corp.example"}, Timestamp: days(day), Stored: days(day)}
	if parts != nil {
		said := h.program.Showcase.Say(parts)
		e.Said, e.Parents = &said, []string{course}
	}
	h.evidence = append(h.evidence, e)
}

func saying(title string, more ...string) map[string]string {
	parts := map[string]string{"title": title, "prompt": "Prompt of " + title, "output": "Output of " + title, "result": "Result of " + title, "own_work": "true"}
	for i := 0; i+1 < len(more); i += 2 {
		parts[more[i]] = more[i+1]
	}
	return parts
}

func newHistory() *told {
	return &told{program: rules.Program{ID: "ai", Title: "AI Foundations", Launch: launch, Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}},
		Showcase: rules.Showcase{Require: []string{"prompt", "output", "result", "own_work"}, Quarterly: true}}}
}

// history: Ben shared and was confirmed; Cy shared, edited and is claimed; Di's was
// withdrawn; Ada merely endorsed; Ben copied himself.
func history() *told {
	h := newHistory()
	h.say(rules.KindShared, "2", 1, 0, saying("Shorter minutes", "tool", "Copilot", "topic", "Meetings"))
	h.say(rules.KindConfirmed, "5", 2, 0, nil)
	h.say(rules.KindShared, "3", 3, 1, saying("Old plan"))
	h.say(rules.KindUnshared, "3", 70, 1, nil)
	h.say(rules.KindShared, "3", 71, 1, saying("Shift *plan*", "topic", "planning", "link", "https://wiki.corp.example/plan"))
	h.say(rules.KindShared, "4", 4, 2, saying("Secret"))
	h.say(rules.KindUnshared, "4", 72, 2, nil)
	h.say(rules.KindShared, "1", 5, 3, map[string]string{"title": "AI is great"})
	h.say(rules.KindShared, "2", 73, 4, saying("Shorter minutes"))
	return h
}

func (h *told) judge(now time.Time) (*rules.Facts, *rules.Judgement) {
	facts := &rules.Facts{Now: now, Snapshots: []rules.Snapshot{{Org: rules.Org{People: company()}}}, Evidence: h.evidence}
	return facts, rules.Judge(&rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{h.program}}, facts)
}

func (h *told) catalogue(now time.Time) *Catalogue { return NewCatalogue(h.judge(now)) }

func titles(list []*Case) (out []string) {
	for _, c := range list {
		out = append(out, c.Title)
	}
	return out
}

// What counts is shown, with its author, latest first; an edit keeps its place and its
// first day; what was withdrawn is known as gone; the rest is no use case.
func TestCatalogue(t *testing.T) {
	c := history().catalogue(days(80))
	if got := titles(c.Cases); !slices.Equal(got, []string{"Shift *plan*", "Shorter minutes"}) {
		t.Fatalf("shown: %q", got)
	}
	plan, minutes := c.Cases[0], c.Cases[1]
	if plan.Ref != refOf(1) || !plan.At.Equal(days(71)) || plan.Confirmed || plan.Name != "Cy <Ops>" || plan.Level != 1 || plan.Unit != "Operations" || plan.Link != "https://wiki.corp.example/plan" {
		t.Errorf("the edited one: %+v", plan)
	}
	if minutes.Ref != refOf(0) || !minutes.Confirmed || minutes.Tool != "Copilot" || minutes.Link != "" || !minutes.Own {
		t.Errorf("the confirmed one: %+v", minutes)
	}
	if len(c.Gone) != 1 || !c.Gone[refOf(2)].Equal(days(72)) {
		t.Errorf("gone: %v", c.Gone)
	}
}

// Somebody else's statement cannot take over the page of a use case.
func TestAReferenceBelongsToWhoeverHadItFirst(t *testing.T) {
	h := history()
	h.say(rules.KindShared, "4", 75, 0, saying("Mine now"))
	c := h.catalogue(days(80))
	if u, ok := c.Find(refOf(0)); !ok || u.Title != "Shorter minutes" {
		t.Errorf("the page shows %+v", u)
	}
	if i := slices.IndexFunc(c.Cases, func(u *Case) bool { return u.Title == "Mine now" }); i < 0 || c.Cases[i].Own || len(c.Cases[i].Ref) != 24 {
		t.Errorf("the other is not shown under a reference of its own: %q", titles(c.Cases))
	}
}

func TestCoverage(t *testing.T) {
	c := history().catalogue(days(150)).Coverage[0] // October: the fourth quarter
	var names []string
	for _, q := range c.Quarters {
		names = append(names, q.Name)
	}
	if !slices.Equal(names, []string{"2026-Q2", "2026-Q3", "2026-Q4"}) || c.Now != "2026-Q4" {
		t.Errorf("quarters %q, now %s", names, c.Now)
	}
	var got []string
	for _, l := range c.Levels {
		got = append(got, fmt.Sprint(l.Level, " ", l.Leaders, " ", l.Counts))
	}
	if want := []string{"0 1 [0 0 0]", "1 2 [1 1 0]", "2 1 [0 0 0]"}; !slices.Equal(got, want) {
		t.Errorf("levels %q, want %q", got, want)
	}
	if !slices.Equal(c.Silent, []int{0, 2}) || len(c.Stale) != 0 {
		t.Errorf("silent %v, stale %v", c.Silent, c.Stale)
	}
	if empty := newHistory().catalogue(days(150)).Coverage[0]; !slices.Equal(empty.Stale, []string{"2026-Q2", "2026-Q3"}) {
		t.Errorf("without any, stale is %v", empty.Stale)
	}
}

func TestFilter(t *testing.T) {
	c := history().catalogue(days(80))
	for query, want := range map[string][]string{
		"":                         {"Shift *plan*", "Shorter minutes"},
		"q=MINUTES+copilot":        {"Shorter minutes"},
		"q=minutes+plan":           nil,
		"level=1":                  {"Shift *plan*", "Shorter minutes"},
		"level=0":                  nil,
		"level=x":                  {"Shift *plan*", "Shorter minutes"},
		"unit=Sales":               {"Shorter minutes"},
		"topic=meetings":           {"Shorter minutes"},
		"confirmed=1":              {"Shorter minutes"},
		"program=AI+Foundations":   {"Shift *plan*", "Shorter minutes"},
		"program=Other":            nil,
		"page=99999":               {"Shift *plan*", "Shorter minutes"},
		"page=-1&q=%20":            {"Shift *plan*", "Shorter minutes"},
		"q=plan&unit=Operations&x": {"Shift *plan*"},
	} {
		if got := titles(c.Select(ParseFilter(queryOf(t, query))).Cases); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	many := newHistory()
	for i := range 26 {
		many.say(rules.KindShared, "2", i, i, saying(fmt.Sprintf("Case %02d", i)))
	}
	m := many.catalogue(days(80))
	second := m.Select(Filter{Page: 2})
	if second.All != 26 || second.Prev != 1 || second.Next != 3 || len(second.Cases) != perPage || second.Cases[0].Title != "Case 13" {
		t.Errorf("second page: %d of %d, from %s, between %d and %d", len(second.Cases), second.All, second.Cases[0].Title, second.Prev, second.Next)
	}
	if last := m.Select(Filter{Page: 3}); len(last.Cases) != 2 || last.Next != 0 {
		t.Errorf("last page: %d, next %d", len(last.Cases), last.Next)
	}
	f := Filter{Text: "a b", Level: "1", Unit: "R&D", Topic: "t", Program: "p", Seen: true, Page: 3}
	if got := ParseFilter(queryOf(t, strings.TrimPrefix(f.Query(3), "?"))); got != f {
		t.Errorf("%+v became %+v", f, got)
	}
}
