package rules_test

import (
	"slices"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Edges that the hard cases do not reach.

const (
	verbSatisfied  = "https://w3id.org/xapi/adl/verbs/satisfied"
	verbUncomplete = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"
	cmi5Category   = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	cmi5Course     = "https://w3id.org/xapi/cmi5/activitytype/course"
	publisherID    = "https://content.example.org/ai"
)

// simple is a course without parts.
func simple() *rules.Program {
	p := contracted()
	p.Course.Editions[0].Components = nil
	return p
}

// TestNormalisedScore: scaled = (raw - min) / (max - min), and nothing outside of
// the range is a score.
func TestNormalisedScore(t *testing.T) {
	for _, c := range []struct {
		raw, low, high float64
		met            bool
	}{{44, 20, 50, true}, {43.9, 20, 50, false}, {50, 20, 50, true}, {51, 20, 50, false}, {19, 20, 50, false}} {
		e := said("a", rules.KindPassed, verbPassed, assessmentIRI, 2)
		e.Score = &rules.Score{Raw: &c.raw, Min: &c.low, Max: &c.high}
		r, _ := folded(contracted(), said("c", rules.KindCompleted, verbCompleted, courseIRI, 1),
			said("e", rules.KindCompleted, verbCompleted, exerciseIRI, 1), e)
		if r.Completed.IsZero() == c.met {
			t.Errorf("%+v: completed %v", c, r.Completed)
		}
	}
}

// TestConfiguredVerbThatSaysNo: whatever the verb, completion false is no
// completion, and still a start.
func TestConfiguredVerbThatSaysNo(t *testing.T) {
	const verb = "https://example.org/verbs/finished"
	p, no := simple(), false
	p.Course.CompleteWhen = []rules.CompleteRule{{Verb: verb}}
	e := said("f", rules.KindNone, verb, courseIRI, 1)
	if r, _ := folded(p, e); r.Completed.IsZero() {
		t.Error("the verb does not complete at all")
	}
	e.Completion = &no
	if r, _ := folded(p, e); !r.Completed.IsZero() || r.Started.IsZero() {
		t.Errorf("completed %v, started %v", r.Completed, r.Started)
	}
}

// TestSatisfiedCountsOnlyAsCmi5Says: on the course, cmi5 defined.
func TestSatisfiedCountsOnlyAsCmi5Says(t *testing.T) {
	p := simple()
	p.Course.CompleteWhen = []rules.CompleteRule{{Verb: verbSatisfied, Profile: "cmi5"}}
	p.Course.Editions[0] = rules.Edition{PublisherIDs: []string{publisherID}}
	work := said("w", rules.KindCompleted, verbCompleted, "urn:au:1", 1)
	work.Registration, work.Category = "r", []string{cmi5Category}
	s := said("s", rules.KindSatisfied, verbSatisfied, "urn:course:1", 2)
	s.Registration, s.Category, s.Grouping, s.ObjectType = "r", work.Category, []string{publisherID}, cmi5Course
	block, bare := s, s
	block.ObjectType = "https://w3id.org/xapi/cmi5/activitytype/block"
	bare.Category = nil
	for _, c := range []struct {
		name string
		e    rules.Evidence
		done bool
	}{{"course", s, true}, {"block", block, false}, {"without the category", bare, false}} {
		r, _ := folded(p, work, c.e)
		if r.Completed.IsZero() == c.done {
			t.Errorf("%s: completed %v", c.name, r.Completed)
		}
	}
}

// TestUncompletedAtTheSameInstant cancels.
func TestUncompletedAtTheSameInstant(t *testing.T) {
	r, _ := folded(simple(), said("c", rules.KindCompleted, verbCompleted, courseIRI, 1),
		said("u", rules.KindUncompleted, verbUncomplete, courseIRI, 1))
	if !r.Completed.IsZero() {
		t.Error("a completion that was taken back at once stands")
	}
}

// TestTiedByWhatWasVoided: a registration that was tied only by a voided statement
// ties no start that stands, shares nothing, and is remembered all the same.
func TestTiedByWhatWasVoided(t *testing.T) {
	tie := said("t", rules.KindRegistered, "http://adlnet.gov/expapi/verbs/registered", courseIRI, 1)
	start := said("s", rules.KindStarted, verbStarted, "urn:au:1", 2)
	tie.Registration, start.Registration = "r", "r"
	other := start
	other.Statement, other.Actor = "o", mbox("q@example.org")
	people := []rules.Person{{ID: "P", Email: "p@example.org"}, {ID: "Q", Email: "q@example.org"}}
	ids := rules.NewIdentities(rules.Identity{}, people, nil)
	records, findings := rules.Fold(simple(), ids, []rules.Evidence{tie, start, other, voider("v", "t", 3)})
	r := records[0]
	if !r.Started.IsZero() || !r.EverStarted.Equal(march(2)) || len(findings) != 0 {
		t.Errorf("%+v, %v", r, findings)
	}
	if records[1] != nil {
		t.Errorf("another person's tie: %+v", records[1])
	}
	_, findings = rules.Fold(simple(), ids, []rules.Evidence{tie, start, other})
	if len(findings) != 1 || findings[0].Code != rules.CodeRegistrationShared {
		t.Errorf("%v", findings)
	}
}

// TestOneInstantTwoAttempts: which of them is named does not depend on the order.
func TestOneInstantTwoAttempts(t *testing.T) {
	a, b := said("a", rules.KindCompleted, verbCompleted, courseIRI, 1), said("b", rules.KindCompleted, verbCompleted, courseIRI, 1)
	a.Registration, b.Registration = "2", "1"
	b.Stored = b.Stored.Add(time.Minute)
	for _, order := range [][]rules.Evidence{{a, b}, {b, a}} {
		if r, _ := folded(simple(), order...); !slices.Equal(r.Evidence, []string{"a"}) {
			t.Errorf("%v, want the one stored first", r.Evidence)
		}
	}
}

// TestOneValidEditionIsEnough: where one edition takes the completion, that another
// does not is no violation.
func TestOneValidEditionIsEnough(t *testing.T) {
	p := contracted()
	p.Course.Editions = append(p.Course.Editions, rules.Edition{Activities: []string{courseIRI}, From: march(20)})
	r, _ := folded(p, said("c", rules.KindCompleted, verbCompleted, courseIRI, 1))
	for _, v := range r.Violations {
		if v.Kind != rules.ComponentMissing {
			t.Errorf("%+v", v)
		}
	}
	if len(r.Violations) != 2 {
		t.Errorf("%d violations, want the two parts", len(r.Violations))
	}
}
