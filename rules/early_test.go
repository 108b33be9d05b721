package rules_test

import (
	"slices"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestACompletionFromTheFutureWaits: where the source does not say when a statement was
// stored, nobody vouches that what it claims has happened. Once its time has come it
// counts, and from that instant.
func TestACompletionFromTheFutureWaits(t *testing.T) {
	p := *simple()
	policy := &rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{p}}
	judged := func(now time.Time, stored time.Time) (done bool, waits bool) {
		e := said("s", rules.KindCompleted, verbCompleted, courseIRI, 20)
		e.Stored = stored
		facts := &rules.Facts{Now: now, Evidence: []rules.Evidence{e}, Snapshots: []rules.Snapshot{{From: march(1),
			Org: rules.Org{People: []rules.Person{{ID: "1", Email: "p@example.org", Status: rules.Active}}}}}}
		j := rules.Judge(policy, facts)
		r := j.Programs[0].Records[0]
		waits = slices.ContainsFunc(j.Findings, func(f rules.Finding) bool { return f.Code == rules.CodeTimeToCome && f.Person == "1" })
		return r != nil && r.Completed.Equal(march(20)), waits
	}
	if done, waits := judged(march(10), time.Time{}); done || !waits {
		t.Errorf("ten days before: completed %v, noted %v", done, waits)
	}
	if done, waits := judged(march(21), time.Time{}); !done || waits {
		t.Errorf("a day after: completed %v, noted %v", done, waits)
	}
	if done, waits := judged(march(10), march(20)); !done || waits {
		t.Errorf("vouched for by the LRS: completed %v, noted %v", done, waits)
	}
}
