package lrs

import (
	"fmt"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestPresets: what each preset takes for the end of the course, and the nearest
// thing that it does not.
func TestPresets(t *testing.T) {
	const adl, w3id = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/"
	const cmi5 = `,"context":{"contextActivities":{"grouping":[{"id":"https://x.example.org/ai"}],"category":[{"id":"https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}}`
	cases := map[string]struct{ yes, no string }{
		"captivate":       {adl + `completed"`, adl + `passed"`},
		"cmi5":            {w3id + `satisfied"` + cmi5, w3id + `satisfied"`},
		"elucidat":        {adl + `passed"`, adl + `terminated"`},
		"generic":         {adl + `completed"`, adl + `passed"`},
		"h5p":             {adl + `answered","result":{"completion":true}`, adl + `answered"`},
		"moodle-logstore": {adl + `completed"`, adl + `passed"`},
		"moodle-trax":     {adl + `completed","result":{"completion":true}`, adl + `completed"`},
		"openedx":         {adl + `passed"`, adl + `completed"`},
		"rise":            {adl + `passed"`, adl + `progressed","result":{"completion":true}`},
		"rustici-scorm":   {adl + `attempted","result":{"completion":true}`, adl + `attempted","result":{"success":true}`},
		"scorm-cloud":     {adl + `completed"`, adl + `attempted"`},
		"scorm-profile":   {adl + `completed"`, adl + `terminated","result":{"completion":true}`},
		"storyline":       {adl + `passed"`, adl + `experienced"`},
		"grassblade":      {adl + `completed"`, adl + `passed","result":{"success":true}`},
		"openlearning":    {adl + `completed"`, adl + `progressed","result":{"completion":true}`},
		"udemy":           {adl + `completed"`, adl + `progressed","result":{"completion":true}`},
	}
	if len(cases) != len(Presets()) {
		t.Errorf("%d presets, %d cases", len(Presets()), len(cases))
	}
	for _, p := range Presets() {
		c, ok := cases[p.Name]
		if !ok || p.Meaning == "" || p.Basis == "" {
			t.Errorf("%+v", p)
			continue
		}
		program := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}, PublisherIDs: []string{"https://x.example.org/ai"}}}}}
		p.Apply(&program.Course)
		prover := rules.NewProver(&program)
		for text, want := range map[string]bool{c.yes: true, c.no: false} {
			verb, rest := cut(text)
			e, err := Project("x", fmt.Appendf(nil, `{"id":%q,"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":%q},"object":{"id":%q,"definition":{"type":"https://w3id.org/xapi/cmi5/activitytype/course"}},"timestamp":"2026-03-01T10:00:00Z"%s}`, id(1), verb, course, rest))
			if err != nil {
				t.Fatal(err)
			}
			kind := prover.Prove(&e).Kind
			if done := kind == rules.KindCompleted || kind == rules.KindSatisfied; done != want {
				t.Errorf("%s: %s proves %v, want a completion: %v", p.Name, text, kind, want)
			}
		}
	}
}

// cut parts a verb from what follows its closing quote.
func cut(text string) (verb, rest string) {
	for i := range len(text) {
		if text[i] == '"' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
