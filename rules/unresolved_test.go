package rules_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestUnresolvedActors: strangers by the number of their statements about the
// course; what is voided, about something else or of somebody known is not there.
func TestUnresolvedActors(t *testing.T) {
	const course = "https://x.example/c"
	p := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: "https://x.example/done"}}}}
	policy := &rules.Policy{Programs: []rules.Program{p}, Tops: []string{"1"}, Identity: rules.Identity{Placeholders: []string{"unknown@example.com"}}}
	facts := &rules.Facts{Snapshots: []rules.Snapshot{{Org: rules.Org{People: []rules.Person{{ID: "1", Email: "ann@example.org"}}}}}}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, who := range []string{"ann@example.org", "rare@example.org", "often@example.org", "often@example.org", "unknown@example.com", "voided@example.org", "elsewhere@example.org"} {
		e := rules.Evidence{Source: fmt.Sprint("lrs", i%2), Statement: fmt.Sprint(i), Stored: at.Add(time.Duration(i) * time.Hour), Actor: mbox(who),
			Verb: "https://x.example/done", Kind: rules.KindCompleted, Object: course}
		if who == "elsewhere@example.org" {
			e.Object = "https://x.example/other"
		}
		facts.Evidence = append(facts.Evidence, e)
	}
	facts.Evidence = append(facts.Evidence, rules.Evidence{Source: "lrs1", Statement: "v", Kind: rules.KindVoided, Voids: "5"},
		rules.Evidence{Source: "lrs0", Statement: "w", Kind: rules.KindVoided, Voids: "1"}) // of another source
	got := fmt.Sprint(rules.UnresolvedActors(policy, facts))
	want := fmt.Sprint([]rules.Unresolved{
		{Actor: "often@example.org", Because: rules.CodeUnresolvedActor, Statements: 2, Sources: []string{"lrs0", "lrs1"}, Last: at.Add(3 * time.Hour), Objects: []string{course}},
		{Actor: "rare@example.org", Because: rules.CodeUnresolvedActor, Statements: 1, Sources: []string{"lrs1"}, Last: at.Add(time.Hour), Objects: []string{course}},
		{Actor: "unknown@example.com", Because: rules.CodePlaceholderActor, Statements: 1, Sources: []string{"lrs0"}, Last: at.Add(4 * time.Hour), Objects: []string{course}},
	})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
