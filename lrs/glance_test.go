package lrs

import (
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

// TestAGlanceLosesNothing: whatever a reading keeps, the glance before it lets pass;
// of the rest it tells the same id, the same instant and the same emitter. Slashes
// and letters may be escaped.
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
				for _, raw := range []string{line, strings.ReplaceAll(line, "/", `\/`), strings.ReplaceAll(line, "adlnet", `\u0061dlnet`)} {
					s, err := decode("x", []byte(raw))
					keep, matters := err == nil && w.Keep(&s.Evidence), g.matters([]byte(raw))
					if keep {
						kept++
					}
					if matters {
						passed++
						if !keep {
							continue
						}
					} else if keep {
						t.Fatalf("%s: lost %s", name, raw)
					}
					seen, ok := g.sight([]byte(raw))
					if ok && err == nil && (seen.id != s.spelt || !seen.stored.Equal(s.Stored) || seen.emitter != emitter(s.Authority)) {
						t.Fatalf("%s: %+v of %s", name, seen, raw)
					}
					if ok {
						glanced++
					}
				}
			}
		}
	}
	if kept < 100 || passed <= kept || glanced < 1000 {
		t.Errorf("%d kept of %d that passed, %d looked at: the watches miss the data", kept, passed, glanced)
	}
}

// FuzzGlance: what a reading keeps the glance lets pass, and what the glance takes
// for a statement the strict reader takes for JSON.
func FuzzGlance(f *testing.F) {
	for _, file := range []string{"cmi5-spec-samples", "yet-dave", "adl-xapiwrapper"} {
		for _, line := range fileLines(f, "testdata/statements/"+file+".jsonl")[:20] {
			f.Add([]byte(line))
		}
	}
	all := watches()
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := decode("x", raw)
		for name, w := range all {
			g := newGlancer(w)
			if err == nil && w.Keep(&s.Evidence) && !g.matters(raw) {
				t.Errorf("%s: lost", name)
			}
			if _, ok := g.sight(raw); ok && err != nil && strings.Contains(err.Error(), "not valid JSON") {
				t.Errorf("%s: passes for a statement: %v", name, err)
			}
		}
	})
}
