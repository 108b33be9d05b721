package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leadfront/leadfront/rules"
)

const (
	verbCompleted = "http://adlnet.gov/expapi/verbs/completed"
	verbStarted   = "http://adlnet.gov/expapi/verbs/initialized"
	verbPassed    = "http://adlnet.gov/expapi/verbs/passed"
	courseIRI     = "https://lms.example.org/course"
	exerciseIRI   = "https://lms.example.org/exercise"
	assessmentIRI = "https://lms.example.org/assessment"
	briefingIRI   = "https://lms.example.org/briefing"
)

func march(day int) time.Time { return time.Date(2026, 3, day, 10, 0, 0, 0, time.UTC) }

func said(id string, kind rules.Kind, verb, object string, day int) rules.Evidence {
	return rules.Evidence{
		Statement: id, Kind: kind, Verb: verb, Object: object, Actor: mbox("p@example.org"),
		Timestamp: march(day), Stored: march(day).Add(time.Second),
	}
}

func voider(id, target string, day int) rules.Evidence {
	e := said(id, rules.KindVoided, "http://adlnet.gov/expapi/verbs/voided", "", day)
	e.Voids = target
	return e
}

// contracted is a course of two parts.
func contracted() *rules.Program {
	minimum := 0.8
	return &rules.Program{ID: "ai", Clock: rules.Clock{LateAfter: 168 * time.Hour}, Course: rules.Course{
		CompleteWhen:  []rules.CompleteRule{{Verb: verbCompleted}},
		NotEquivalent: []string{briefingIRI},
		Editions: []rules.Edition{{Activities: []string{courseIRI}, Components: []rules.Component{
			{Activity: exerciseIRI, Completed: true},
			{Activity: assessmentIRI, Passed: true, MinScore: &minimum},
		}}},
	}}
}

func folded(p *rules.Program, evidence ...rules.Evidence) (*rules.Record, []rules.Finding) {
	people := []rules.Person{{ID: "P", Email: "p@example.org"}}
	records, findings := rules.Fold(p, rules.NewIdentities(rules.Identity{}, people, nil), evidence)
	return records[0], findings
}

func passedWith(score float64, day int) rules.Evidence {
	e := said("a", rules.KindPassed, verbPassed, assessmentIRI, day)
	e.Score = &rules.Score{Scaled: &score}
	return e
}

// TestEverStartedOutlivesVoiding: whoever has started once is not held in
// mid-course because somebody tidied up the LRS.
func TestEverStartedOutlivesVoiding(t *testing.T) {
	r, _ := folded(contracted(), said("s", rules.KindStarted, verbStarted, courseIRI, 1), voider("v", "s", 2))
	if r == nil || !r.Started.IsZero() || r.StartedBy != "" || !r.EverStarted.Equal(march(1)) {
		t.Errorf("%+v", r)
	}
}

// TestFirstCompletedRemembers what was voided or retracted since: the gate was
// open then, and nobody who was released by it did wrong.
func TestFirstCompletedRemembers(t *testing.T) {
	p := contracted()
	p.Course.Editions[0].Components = nil
	done := said("c", rules.KindCompleted, verbCompleted, courseIRI, 1)
	undone := said("u", rules.KindUncompleted, "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted", courseIRI, 3)
	again := said("d", rules.KindCompleted, verbCompleted, courseIRI, 5)
	for name, c := range map[string]struct {
		evidence  []rules.Evidence
		now, ever time.Time
	}{
		"stands":         {[]rules.Evidence{done}, march(1), march(1)},
		"voided":         {[]rules.Evidence{done, voider("v", "c", 2)}, time.Time{}, march(1)},
		"retracted":      {[]rules.Evidence{done, undone}, time.Time{}, march(1)},
		"done again":     {[]rules.Evidence{done, undone, again}, march(5), march(1)},
		"voided, again":  {[]rules.Evidence{again, voider("v", "c", 2), done}, march(5), march(1)},
		"never":          {[]rules.Evidence{said("s", rules.KindStarted, verbStarted, courseIRI, 1)}, time.Time{}, time.Time{}},
		"voided unheard": {[]rules.Evidence{again, voider("v", "x", 2)}, march(5), march(5)},
	} {
		r, _ := folded(p, c.evidence...)
		if !r.Completed.Equal(c.now) || !r.FirstCompleted.Equal(c.ever) {
			t.Errorf("%s: %v, first %v; want %v, first %v", name, r.Completed, r.FirstCompleted, c.now, c.ever)
		}
	}
}

func TestWhatIsMissing(t *testing.T) {
	course := said("c", rules.KindCompleted, verbCompleted, courseIRI, 1)
	exercise := said("e", rules.KindCompleted, verbCompleted, exerciseIRI, 2)
	for name, c := range map[string]struct {
		evidence   []rules.Evidence
		missing    []string
		violations []string
	}{
		"nothing done":          {[]rules.Evidence{said("s", rules.KindStarted, verbStarted, courseIRI, 1)}, []string{exerciseIRI, assessmentIRI, courseIRI}, nil},
		"course alone":          {[]rules.Evidence{course}, []string{exerciseIRI, assessmentIRI}, []string{exerciseIRI, assessmentIRI}},
		"score too low":         {[]rules.Evidence{course, exercise, passedWith(0.79, 3)}, []string{assessmentIRI}, []string{assessmentIRI}},
		"parts alone":           {[]rules.Evidence{exercise, passedWith(0.8, 3)}, []string{courseIRI}, nil},
		"all":                   {[]rules.Evidence{course, exercise, passedWith(0.8, 3)}, nil, nil},
		"briefing":              {[]rules.Evidence{said("b", rules.KindCompleted, verbCompleted, briefingIRI, 1)}, []string{exerciseIRI, assessmentIRI, courseIRI}, []string{briefingIRI}},
		"briefing, only opened": {[]rules.Evidence{said("b", rules.KindStarted, verbStarted, briefingIRI, 1), exercise}, []string{assessmentIRI, courseIRI}, nil},
	} {
		r, _ := folded(contracted(), c.evidence...)
		var missing, broken []string
		for _, m := range r.Missing {
			missing = append(missing, m.Activity)
		}
		for _, v := range r.Violations {
			broken = append(broken, v.Subject)
			if v.Program != "ai" || v.Person != "P" || len(v.Evidence) == 0 || v.At.IsZero() {
				t.Errorf("%s: a violation without its circumstances: %+v", name, v)
			}
		}
		if d := cmp.Diff(c.missing, missing); d != "" {
			t.Errorf("%s: missing (-want +got)\n%s", name, d)
		}
		if d := cmp.Diff(c.violations, broken); d != "" {
			t.Errorf("%s: violations (-want +got)\n%s", name, d)
		}
	}
}

func TestKnownIsWhenTheLastProofWasStored(t *testing.T) {
	late := said("e", rules.KindCompleted, verbCompleted, exerciseIRI, 2)
	late.Stored = march(20)
	r, _ := folded(contracted(), said("c", rules.KindCompleted, verbCompleted, courseIRI, 1), late, passedWith(0.9, 3))
	if !r.Known.Stored.Equal(march(20)) || !r.Completed.Equal(march(3)) || !slices.Equal(r.Flags, []rules.Code{rules.FlagLate}) {
		t.Errorf("known %v, completed %v, %v", r.Known, r.Completed, r.Flags)
	}
}

// TestChangedStatement: one id with two contents is told, whichever comes first.
func TestChangedStatement(t *testing.T) {
	a, b := said("c", rules.KindCompleted, verbCompleted, courseIRI, 1), said("c", rules.KindCompleted, verbCompleted, courseIRI, 2)
	a.Digest, b.Digest = "1", "2"
	for _, order := range [][]rules.Evidence{{a, b}, {b, a}, {a, b, a}} {
		_, findings := folded(contracted(), order...)
		if len(findings) != 1 || findings[0].Code != rules.CodeStatementChanged || findings[0].Detail != "c" {
			t.Errorf("%v", findings)
		}
	}
	if _, findings := folded(contracted(), a, a); len(findings) != 0 {
		t.Errorf("%v", findings)
	}
}

// TestComponentsAloneNeverVacuous: an edition without components is not completed
// by having met all of them.
func TestComponentsAloneNeverVacuous(t *testing.T) {
	p := contracted()
	p.Course.CompleteWhen = []rules.CompleteRule{{Components: true}}
	p.Course.Editions = append(p.Course.Editions, rules.Edition{Activities: []string{"https://lms.example.org/other"}})
	r, _ := folded(p, said("s", rules.KindStarted, verbStarted, courseIRI, 1))
	if !r.Completed.IsZero() {
		t.Error("completed by nothing")
	}
	p.Course.RequirePass = true
	r, _ = folded(p, said("e", rules.KindCompleted, verbCompleted, exerciseIRI, 2), passedWith(0.9, 3))
	if !r.Completed.IsZero() {
		t.Error("a pass of the course was asked for and not given")
	}
}

// BenchmarkFold shows that the cost is linear in the evidence.
func BenchmarkFold(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := make([]rules.Person, n)
			evidence := make([]rules.Evidence, 0, n)
			for i := range people {
				people[i] = rules.Person{ID: fmt.Sprint(i), Email: fmt.Sprintf("p%d@example.org", i)}
				e := said(fmt.Sprint("s", i), rules.KindCompleted, verbCompleted, courseIRI, 1)
				e.Actor = mbox(people[i].Email)
				evidence = append(evidence, e)
			}
			ids := rules.NewIdentities(rules.Identity{}, people, nil)
			for b.Loop() {
				rules.Fold(contracted(), ids, evidence)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/statement")
		})
	}
}
