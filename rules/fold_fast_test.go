package rules_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// TestTooFast: whoever completes sooner than the course takes has completed it, with
// a violation that names start and completion; without a start nobody can tell.
func TestTooFast(t *testing.T) {
	const course = "https://x.example/c"
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	done := rules.Evidence{Statement: "done", Stored: begin.Add(time.Hour), Timestamp: begin.Add(10 * time.Minute), Actor: mbox("a@example.org"),
		Verb: "https://x.example/done", Kind: rules.KindCompleted, Object: course, Platform: "Moodle"}
	start := done
	start.Statement, start.Timestamp, start.Verb, start.Kind = "start", begin, "http://adlnet.gov/expapi/verbs/initialized", rules.KindStarted
	seenFor := func(e rules.Evidence, long time.Duration) rules.Evidence { e.Tracked = long; return e }
	void := rules.Evidence{Statement: "void", Kind: rules.KindVoided, Voids: "start"}
	people := []rules.Person{{ID: "1", Email: "a@example.org"}}
	for name, c := range map[string]struct {
		least    time.Duration
		evidence []rules.Evidence
		want     int
	}{
		"too fast":      {20 * time.Minute, []rules.Evidence{done, start}, 1},
		"long enough":   {10 * time.Minute, []rules.Evidence{start, done}, 0},
		"not asked for": {0, []rules.Evidence{start, done}, 0},
		"no start":      {20 * time.Minute, []rules.Evidence{done}, 0},
		"seen for long": {20 * time.Minute, []rules.Evidence{seenFor(done, 20*time.Minute), start}, 0},
		"start voided":  {20 * time.Minute, []rules.Evidence{start, done, void}, 0},
	} {
		p := rules.Program{ID: "ai", Course: rules.Course{MinDuration: c.least, Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: "https://x.example/done"}}}}
		records, _ := rules.Fold(&p, rules.NewIdentities(rules.Identity{}, people, nil), c.evidence)
		r := records[0]
		if r == nil || !r.Completed.Equal(done.Timestamp) || len(r.Violations) != c.want {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		if c.want == 1 && (r.Violations[0].Kind != rules.TooFast || len(r.Violations[0].Evidence) != 2) {
			t.Errorf("%s: %+v", name, r.Violations)
		}
	}
}

// TestTooLittleTimeAtIt: where the source tells how long somebody was at it, that
// counts, and not how long ago they began.
func TestTooLittleTimeAtIt(t *testing.T) {
	const course = "https://x.example/c"
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	done := rules.Evidence{Statement: "done", Stored: begin, Timestamp: begin.Add(48 * time.Hour), Actor: mbox("a@example.org"),
		Verb: "https://x.example/done", Kind: rules.KindCompleted, Object: course, Tracked: 3 * time.Minute}
	start := done
	start.Statement, start.Timestamp, start.Verb, start.Kind, start.Tracked = "start", begin, "http://adlnet.gov/expapi/verbs/initialized", rules.KindStarted, 0
	people := []rules.Person{{ID: "1", Email: "a@example.org"}}
	for least, want := range map[time.Duration]int{4 * time.Minute: 1, 3 * time.Minute: 0, 0: 0} {
		p := rules.Program{ID: "ai", Course: rules.Course{MinDuration: least, Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: "https://x.example/done"}}}}
		records, _ := rules.Fold(&p, rules.NewIdentities(rules.Identity{}, people, nil), []rules.Evidence{start, done})
		if v := records[0].Violations; len(v) != want || want == 1 && v[0].Kind != rules.TooFast {
			t.Errorf("%v: %+v", least, v)
		}
	}
}

// TestPlatforms: where platforms are listed, a statement of another one, or of none,
// proves nothing and is told of.
func TestPlatforms(t *testing.T) {
	const course = "https://x.example/c"
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	people := []rules.Person{{ID: "1", Email: "a@example.org"}}
	for platform, want := range map[string]bool{"Moodle": true, "moodle": false, "": false} {
		e := rules.Evidence{Statement: "s", Stored: at, Timestamp: at, Actor: mbox("a@example.org"), Verb: "https://x.example/done", Kind: rules.KindCompleted, Object: course, Platform: platform}
		p := rules.Program{ID: "ai", Course: rules.Course{Platforms: []string{"Moodle"}, Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: "https://x.example/done"}}}}
		records, findings := rules.Fold(&p, rules.NewIdentities(rules.Identity{}, people, nil), []rules.Evidence{e})
		if done := records[0] != nil && !records[0].Completed.IsZero(); done != want || (len(findings) == 1) == want {
			t.Errorf("%q: completed %v, findings %v", platform, done, findings)
		}
		if proof := rules.NewProver(&p).Prove(&e); (proof.Kind == rules.KindCompleted) != want {
			t.Errorf("%q proves %+v", platform, proof)
		}
	}
}
