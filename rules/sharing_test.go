package rules_test

import (
	"maps"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// What the form says is what the programme reads, also where it reads it elsewhere
// than leadfront's own profile has it.
func TestWhatIsSaidIsHeard(t *testing.T) {
	parts := map[string]string{"title": "Shorter minutes", "prompt": "Summarise these minutes …", "output": "Three decisions …",
		"result": "An hour a week", "own_work": "true", "tool": "Copilot", "topic": "meetings", "link": "https://intranet.example/minutes"}
	elsewhere := rules.DefaultFields()
	elsewhere[rules.PartOutput], elsewhere[rules.PartPrompt] = rules.FieldResponse, "https://forum.example/xapi/question"
	for name, s := range map[string]rules.Showcase{"own profile": {}, "elsewhere": {Fields: elsewhere}} {
		said := s.Say(parts)
		if got := s.Heard(said); !maps.Equal(got, parts) {
			t.Errorf("%s: heard %v of %+v", name, got, said)
		}
		if own := (&rules.Showcase{}).Heard(said); own["prompt"] != parts["prompt"] {
			t.Errorf("%s: somebody who knows the profile alone hears the prompt %q", name, own["prompt"])
		}
	}
}

// An edit takes the old text back and shares the new one under the same object: one
// use case counts, and it is the new one. A confirmation of the old text does not
// stand for the new one.
func TestAnEditReplacesAndKeepsItsObject(t *testing.T) {
	launch := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	p := rules.Program{ID: "p", Launch: launch, Course: rules.Course{Editions: []rules.Edition{{Activities: []string{"https://lms.example/course"}}}},
		Showcase: rules.Showcase{Require: []string{"prompt", "output", "result", "own_work"}}}
	said := func(kind rules.Kind, id, mail string, minutes int, prompt string) rules.Evidence {
		e := rules.Evidence{Statement: id, Kind: kind, Actor: rules.Actor{Kind: rules.ActorMbox, Value: mail}, Object: "https://lf.example/showcase/abc",
			Timestamp: launch.Add(time.Duration(minutes) * time.Minute)}
		if kind == rules.KindShared {
			said := p.Showcase.Say(map[string]string{"title": "T", "prompt": prompt, "output": "o", "result": "r", "own_work": "true"})
			e.Said, e.Parents = &said, []string{p.Place()}
		}
		return e
	}
	facts := rules.Facts{Now: launch.Add(24 * time.Hour), Snapshots: []rules.Snapshot{{Org: rules.Org{People: []rules.Person{
		{ID: "1", Email: "lead@corp.example", Status: rules.Active}, {ID: "2", Email: "team@corp.example", Manager: "1", Status: rules.Active}}}}},
		Evidence: []rules.Evidence{
			said(rules.KindShared, "a", "lead@corp.example", 1, "old"), said(rules.KindConfirmed, "b", "team@corp.example", 2, ""),
			said(rules.KindUnshared, "c", "lead@corp.example", 3, ""), said(rules.KindShared, "d", "lead@corp.example", 4, "new"),
		}}
	cases := rules.Judge(&rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{p}}, &facts).Programs[0].UseCases()
	if len(cases) != 2 {
		t.Fatalf("%d use cases, want the old and the new", len(cases))
	}
	if old, edited := cases[0], cases[1]; old.State != rules.Withdrawn || old.Counts || edited.State != rules.Claimed || !edited.Counts || edited.Prompt != "new" {
		t.Errorf("old %s, new %s %q; want withdrawn, and claimed", old.State, edited.State, edited.Prompt)
	}
}

// Where a part is read from the object or a file, no form can say it.
func TestWhatCannotBeSaid(t *testing.T) {
	fields := rules.DefaultFields()
	fields[rules.PartOutput] = rules.FieldFile
	for _, s := range []rules.Showcase{{Require: []string{"prompt", "output"}, Fields: fields}, {Require: []string{"prompt"}, Fields: fields}, {Require: rules.Parts()}} {
		if want := len(s.Require) != 2; s.Sayable() != want {
			t.Errorf("%v of %v: %v", s.Require, s.Fields, s.Sayable())
		}
	}
}
