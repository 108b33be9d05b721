package lrs

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// watches are contracts of every kind: by activity, by publisher, with look-alikes,
// in odd letter case, and none at all.
func watches() map[string]*Watch {
	of := func(c rules.Course) *Watch { return NewWatch([]rules.Program{{Course: c}}) }
	return map[string]*Watch{
		"none":      NewWatch(nil),
		"activity":  of(rules.Course{Editions: []rules.Edition{{Activities: []string{"HTTP://Adlnet.gov/expapi/activities/example/"}}}}),
		"publisher": of(rules.Course{Editions: []rules.Edition{{PublisherIDs: []string{"https://w3id.org/xapi/cmi5/example/course"}}}}),
		"likes": of(rules.Course{Editions: []rules.Edition{{Activities: []string{"http://adlnet.gov/courses/compsci/CS204/lesson01/01"}}},
			NotEquivalent: []string{"http://example.adlnet.gov/xapi/example/activity"}, CompleteWhen: []rules.CompleteRule{{Verb: "https://xapinet.org/kokea-concepts/verbs/completed"}}}),
		"kokea": of(rules.Course{Editions: []rules.Edition{{Activities: []string{"https://xapinet.org/kokea-concepts/activities/Survey-Kokea-Culture-Everyday"}}},
			CompleteWhen: []rules.CompleteRule{{Verb: "https://xapinet.org/kokea-concepts/verbs/completed"}}}),
	}
}

// projectPage is what a page proves.
func projectPage(t testing.TB, page string, w *Watch) projected {
	t.Helper()
	seen, _, err := cutPage(nil, []byte(page), most(0), newGlancer(w))
	if err != nil {
		t.Fatal(err)
	}
	return project("main", seen, w)
}

// spellings in which a statement says the same.
func respelt(line string) []string {
	return []string{line, strings.ReplaceAll(line, "/", `\/`), strings.ReplaceAll(line, "adlnet", `\u0061dlnet`),
		strings.ReplaceAll(line, `"object"`, `"\u006fbject"`), strings.ReplaceAll(line, ":", " : "),
		strings.ReplaceAll(line, `"context"`, `"Context"`), strings.ReplaceAll(line, "http://", "HTTPS://")}
}

// TestAGlanceLosesNothing: whatever a reading keeps, the glance before it lets pass;
// of the rest it tells the same id, the same instant and the same emitter. What it
// takes for no statement, no reading takes for one.
func TestAGlanceLosesNothing(t *testing.T) {
	files, err := filepath.Glob("testdata/statements/*.jsonl")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	kept, passed, glanced := 0, 0, 0
	for name, w := range watches() {
		g := newGlancer(w)
		for _, file := range files {
			for _, line := range fileLines(t, file) {
				for _, raw := range respelt(line) {
					k, p := sameSight(t, name, g, w, []byte(raw))
					kept, passed = kept+k, passed+p
					glanced++
				}
			}
		}
	}
	if kept < 100 || passed <= kept || glanced-passed < 10_000 {
		t.Errorf("%d kept of %d that passed of %d: the watches miss the data", kept, passed, glanced)
	}
}

// sameSight compares a glance with a reading, and returns 1 for what the reading
// keeps, and for what the glance lets pass.
func sameSight(t *testing.T, name string, g *glancer, w *Watch, raw []byte) (kept, passed int) {
	t.Helper()
	s, err := decode("x", raw)
	seen, size, ok := g.glance(raw)
	keep := err == nil && w.Keep(&s.Evidence)
	switch {
	case !ok:
		if err == nil {
			t.Fatalf("%s: no glance at %s", name, raw)
		}
		return 0, 1
	case seen.read && keep:
		return 1, 1
	case seen.read:
		return 0, 1
	case keep:
		t.Fatalf("%s: lost %s", name, raw)
	case size > len(raw) || len(bytes.TrimSpace(raw[size:])) == 0 && err != nil && strings.Contains(err.Error(), "not valid JSON"):
		t.Fatalf("%s: passes for a statement: %s", name, raw)
	case err == nil && (string(seen.id) != s.spelt || !seen.stored.Equal(s.Stored) || seen.emitter != emitter(s.Authority)):
		t.Fatalf("%s: %+v of %s", name, seen.sighting, raw)
	}
	return 0, 0
}

// FuzzGlance: what a reading keeps the glance lets pass, and what the glance takes
// for a statement the strict reader takes for JSON; also when the glance remembers.
func FuzzGlance(f *testing.F) {
	for _, file := range []string{"cmi5-spec-samples", "yet-dave", "adl-xapiwrapper"} {
		for _, line := range fileLines(f, "testdata/statements/"+file+".jsonl")[:20] {
			f.Add([]byte(line))
		}
	}
	all := watches()
	f.Fuzz(func(t *testing.T, raw []byte) {
		for name, w := range all {
			g := newGlancer(w)
			sameSight(t, name, g, w, raw)
			sameSight(t, name, g, w, raw)
		}
	})
}
