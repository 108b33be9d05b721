package lrs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
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

// TestAGlanceAgreesOnMutations: the same of statements that are broken or changed in
// every way that chance finds, the same ones each time.
func TestAGlanceAgreesOnMutations(t *testing.T) {
	all, random := watches(), rand.New(rand.NewPCG(3, 10))
	glancers := map[string]*glancer{}
	for name, w := range all {
		glancers[name] = newGlancer(w)
	}
	valid := 0
	for _, file := range []string{"cmi5-spec-samples", "yet-dave", "adl-xapiwrapper", "adl-scorm-profile", "yet-xapipe-stored"} {
		for _, line := range fileLines(t, "testdata/statements/"+file+".jsonl") {
			for range 4 {
				raw := mutated(random, line)
				if json.Valid(raw) {
					valid++
				}
				for name, w := range all {
					sameSight(t, name, glancers[name], w, raw)
				}
			}
		}
	}
	if valid < 1000 {
		t.Errorf("only %d of the mutations are JSON", valid)
	}
}

// mutated is the statement after one to three changes.
func mutated(random *rand.Rand, line string) []byte {
	const strange = "\"\\{}[],:0eE-\x00\xff aI"
	raw := []byte(line)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(raw))
		end := min(len(raw), at+1+random.IntN(40))
		switch random.IntN(6) {
		case 0: // another byte
			raw[at] = strange[random.IntN(len(strange))]
		case 1: // a part is missing
			raw = slices.Delete(raw, at, end)
		case 2: // or comes twice
			raw = slices.Insert(raw, at, slices.Clone(raw[at:end])...)
		case 3: // a letter in the other case
			if letter := raw[at] | 0x20; 'a' <= letter && letter <= 'z' {
				raw[at] ^= 0x20
			}
		case 4: // a letter by its number
			if 'a' <= raw[at] && raw[at] <= 'z' {
				raw = slices.Replace(raw, at, at+1, fmt.Appendf(nil, `\u%04x`, raw[at])...)
			}
		case 5: // a member again, with another value
			if colon := bytes.IndexByte(raw[at:], ','); colon >= 0 {
				member := []string{`"id":"x"`, `"verb":{}`, `"object":null`, `"ID":1`, `"context":{"contextActivities":[]}`}[random.IntN(5)]
				raw = slices.Insert(raw, at+colon+1, []byte(member+",")...)
			}
		}
		if len(raw) == 0 {
			return []byte("{")
		}
	}
	return raw
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
