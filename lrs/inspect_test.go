package lrs

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leadfront/leadfront/rules"
)

// reported is the JSON of every line that inspect gives.
func reported(t *testing.T, programs []rules.Program, statements ...string) []string {
	t.Helper()
	var out []string
	err := Inspect(strings.NewReader(strings.Join(statements, "\n")), programs, func(l Line) error {
		data, err := json.Marshal(l)
		out = append(out, string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInspectWithoutProgrammes says what the verb would prove for its object.
func TestInspectWithoutProgrammes(t *testing.T) {
	got := reported(t, nil,
		strings.Replace(completed(1), id(1), strings.ToUpper("00000000-0000-4000-8000-00000000000a"), 1),
		"",
		`{"verb":7}`,
		`{"actor":{"account":{"homePage":"https://a.example.org","name":"7"}},"verb":{"id":"https://example.org/verbs/read"},"object":{"id":"https://example.org/x"}}`,
		strings.Replace(completed(2), `"timestamp"`, `"result":{"completion":false},"timestamp"`, 1),
		strings.Replace(completed(3), `"actor":{`, `"actor":{"objectType":"Group",`, 1),
		`not JSON`)
	want := []string{
		`{"line":1,"id":"00000000-0000-4000-8000-00000000000a","valid":true,"problem":"","actor":"p1@example.org","evidence":[{"program":null,"kind":"completed","at":"2026-03-01T10:00:00Z"}]}`,
		`{"line":3,"id":"","valid":false,"problem":"verb: must be an object","actor":"","evidence":[]}`,
		`{"line":4,"id":"","valid":true,"problem":"the verb proves nothing by itself; complete_when can make it count","actor":"https://a.example.org 7","evidence":[]}`,
		`{"line":5,"id":"` + id(2) + `","valid":true,"problem":"verb and result contradict each other: it proves no completion, only a start","actor":"p2@example.org","evidence":[{"program":null,"kind":"started","at":"2026-03-01T10:00:00Z"}]}`,
		`{"line":6,"id":"` + id(3) + `","valid":true,"problem":"the actor is a group: that each member did it is not said","actor":"group p3@example.org","evidence":[]}`,
		`{"line":7,"id":"","valid":false,"problem":"statement: not valid JSON: invalid character 'o' in literal null (expecting 'u') after offset 1","actor":"","evidence":[]}`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestInspectWithProgrammes says what each statement proves of each, and why not.
func TestInspectWithProgrammes(t *testing.T) {
	exercise := "https://lms.example.org/mod/page/view.php?id=9"
	briefing := "https://courses.example.org/briefing"
	preset, _ := PresetOf("moodle-logstore")
	p := rules.Program{ID: "ai", Course: rules.Course{
		Editions: []rules.Edition{{Activities: []string{course}, Revisions: []string{"1", ""},
			Components: []rules.Component{{Activity: exercise, Completed: true}}}},
		NotEquivalent: []string{briefing},
	}}
	preset.Apply(&p.Course)
	about := func(object string) string { return strings.Replace(completed(1), course, object, 1) }
	for name, c := range map[string]struct{ raw, kind, problem string }{
		"the course":       {about(course), "completed", ""},
		"a component":      {strings.Replace(about(exercise), `"timestamp"`, `"result":{"completion":true},"timestamp"`, 1), "completed", ""},
		"component unsaid": {about(exercise), "started", ""},
		"the briefing":     {about(briefing), "", "not equivalent"},
		"something else":   {about("https://lms.example.org/course/view.php?id=43"), "", "names nothing of the course"},
		"almost":           {about("http://lms.example.org/course/view.php?id=42"), "", "almost names the course"},
		"other revision":   {strings.Replace(about(course), `"timestamp"`, `"context":{"revision":"2"},"timestamp"`, 1), "started", "outside the validity"},
		"passed":           {strings.Replace(about(course), "/completed", "/passed", 1), "started", ""},
		"registered":       {strings.Replace(about(course), "/completed", "/registered", 1), "registered", ""},
	} {
		var l Line
		if err := json.Unmarshal([]byte(reported(t, []rules.Program{p}, c.raw)[0]), &l); err != nil {
			t.Fatal(err)
		}
		kind := ""
		if len(l.Evidence) == 1 {
			kind = l.Evidence[0].Kind
			if *l.Evidence[0].Program != "ai" {
				t.Errorf("%s: of programme %s", name, *l.Evidence[0].Program)
			}
		}
		if !l.Valid || kind != c.kind || !strings.Contains(l.Problem, c.problem) || (c.problem == "") != (l.Problem == "") {
			t.Errorf("%s: %+v, want %q and %q", name, l, c.kind, c.problem)
		}
	}
}

func TestInspectStopsOnRequestAndOnEndlessLines(t *testing.T) {
	stop := errors.New("enough")
	n := 0
	err := Inspect(strings.NewReader("{}\n{}\n"), nil, func(Line) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	err = Inspect(strings.NewReader("{}\n"+strings.Repeat("x", maxLine+1)), nil, func(Line) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}

// TestInspectTakesWhatPeopleHave: however the same two statements are laid out, they
// are found, with their lines; what cannot be read is said.
func TestInspectTakesWhatPeopleHave(t *testing.T) {
	one, two := completed(1), completed(2)
	laidOut := func(s string) string {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(s), "", "  "); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	height := strings.Count(laidOut(one), "\n") + 1
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(one + "\n" + two + "\n")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in    string
		lines []int
	}{
		"lines":                 {one + "\n" + two, []int{1, 2}},
		"lines of Windows":      {"\xef\xbb\xbf" + one + "\r\n\r\n" + two + "\r\n", []int{1, 3}},
		"gzipped":               {packed.String(), []int{1, 2}},
		"an array":              {"[" + one + "," + two + "]", []int{1, 1}},
		"an array, laid out":    {laidOut("[" + one + "," + two + "]"), []int{2, 2 + height}},
		"an array over lines":   {"[" + one + ",\n" + two + "]\n", []int{1, 2}},
		"an answer":             {`{"more":"","statements":[` + one + "," + two + "]}", []int{1, 1}},
		"an answer, laid out":   {laidOut(`{"statements":[` + one + "," + two + `],"more":"x"}`), []int{3, 3 + height}},
		"two answers":           {`{"statements":[` + one + "]}\n" + `{"statements":[` + two + "]}", []int{1, 2}},
		"statements, laid out":  {laidOut(one) + "\n" + laidOut(two), []int{1, 1 + height}},
		"nothing":               {"", nil},
		"an answer without any": {`{"statements":[],"more":""}`, nil},
		"blank lines":           {"\n \r\n\n", nil},
	} {
		var lines []int
		err := Inspect(strings.NewReader(c.in), nil, func(l Line) error {
			if lines = append(lines, l.Line); !l.Valid || l.ID != id(len(lines)) {
				t.Errorf("%s: %+v", name, l)
			}
			return nil
		})
		if err != nil || !slices.Equal(lines, c.lines) {
			t.Errorf("%s: lines %v, want %v; %v", name, lines, c.lines, err)
		}
	}
	for name, c := range map[string]struct{ in, says string }{
		"cut off":   {laidOut("[" + one + "]")[:200], "cut off"},
		"UTF-16":    {"\xff\xfe{\x00", "save it as UTF-8"},
		"bad gzip":  {"\x1f\x8bno", "unpack"},
		"cut gzip":  {packed.String()[:packed.Len()-12], "unexpected EOF"},
		"too large": {"[\n" + strings.Repeat(strings.Repeat(" ", 1<<20)+"\n", 65), "64 MiB"},
	} {
		err := Inspect(strings.NewReader(c.in), nil, func(Line) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
