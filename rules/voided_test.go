package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestAVoiderOfAnotherSourceVoidsNothing: whoever may write to one LRS must not be
// able to take a completion out of another one.
func TestAVoiderOfAnotherSourceVoidsNothing(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 9, 0, 0, 0, time.UTC) }
	p := rules.Actor{Kind: rules.ActorMbox, Value: "a@corp.example"}
	people := []rules.Person{{ID: "1", Email: "a@corp.example", Status: rules.Active}}
	course := rules.Program{ID: "ai", Course: rules.Course{CompleteWhen: []rules.CompleteRule{{Verb: "http://adlnet.gov/expapi/verbs/completed"}},
		Editions: []rules.Edition{{Name: "e", Activities: []string{"https://lms.example/42"}}}}}
	done := rules.Evidence{Source: "main", Statement: "s1", Kind: rules.KindCompleted, Actor: p, Timestamp: day(1), Stored: day(1),
		Verb: "http://adlnet.gov/expapi/verbs/completed", Object: "https://lms.example/42"}
	for source, stands := range map[string]bool{"main": false, "other": true} {
		voider := rules.Evidence{Source: source, Statement: "v1", Kind: rules.KindVoided, Voids: "s1", Actor: p, Stored: day(2), Timestamp: day(2)}
		evidence := []rules.Evidence{voider, done}
		records, _ := rules.Fold(&course, rules.NewIdentities(rules.Identity{}, people, nil), evidence)
		if r := records[0]; r == nil || r.Completed.IsZero() == stands {
			t.Errorf("voided in %s: %+v", source, r)
		}
	}
}

// TestAnIDSaysNothingBeyondItsSource: two sources may have given one id to two
// statements; only one that came back otherwise from its own was changed.
func TestAnIDSaysNothingBeyondItsSource(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	p := rules.Actor{Kind: rules.ActorMbox, Value: "a@corp.example"}
	course := rules.Program{ID: "ai", Course: rules.Course{CompleteWhen: []rules.CompleteRule{{Verb: "http://adlnet.gov/expapi/verbs/completed"}},
		Editions: []rules.Edition{{Name: "e", Activities: []string{"https://lms.example/42"}}}}}
	one := rules.Evidence{Source: "main", Statement: "s1", Kind: rules.KindCompleted, Actor: p, Timestamp: at, Stored: at,
		Verb: "http://adlnet.gov/expapi/verbs/completed", Object: "https://lms.example/42", Digest: "this"}
	for source, changed := range map[string]bool{"main": true, "other": false} {
		two := one
		two.Source, two.Digest = source, "that"
		people := rules.NewIdentities(rules.Identity{}, []rules.Person{{ID: "1", Email: "a@corp.example", Status: rules.Active}}, nil)
		_, findings := rules.Fold(&course, people, []rules.Evidence{one, two})
		if got := len(findings) == 1 && findings[0].Code == rules.CodeStatementChanged; got != changed {
			t.Errorf("twice, the second time from %s: %v", source, findings)
		}
	}
}
