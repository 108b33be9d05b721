package store

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// story is the roll-out that the answers in QUESTIONS.md are about: the company of
// testdata, in which 101 and 102 report to 100, and 103 to 102.
func story(t *testing.T) *Store {
	t.Helper()
	s := fresh(t)
	must(t, s.Config(t.Context(), Configuration{Hash: "h1", Redacted: "mode: enforce\n", Programs: []string{"ai"}}, hour(0)))
	must(t, s.Accept(t.Context(), company(t), hour(1)))
	kings := rules.Evidence{Statement: "7f0c2a4e-1111-4222-8333-444455556666", Digest: "d1", Kind: rules.KindCompleted,
		Verb: "http://adlnet.gov/expapi/verbs/completed", Object: "https://courses.corp.example/ai", Stored: hour(30), Timestamp: hour(29),
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: "sking@corp.example"}}
	briefing := rules.Evidence{Statement: "0b1d5c33-1111-4222-8333-444455556666", Digest: "d2", Kind: rules.KindCompleted,
		Verb: "http://adlnet.gov/expapi/verbs/completed", Object: "https://courses.corp.example/ai/executive-briefing", Stored: hour(20), Timestamp: hour(20),
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: "lgarcia@corp.example"}}

	waiting := func(who, leader string) rules.Decided {
		return rules.Decided{Program: "ai", Person: who, Verdict: rules.Wait, Row: 10, Waits: []string{leader},
			Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: leader}}}
	}
	holds := []rules.Change{change("101", rules.MoveHold), change("102", rules.MoveHold), change("103", rules.MoveHold)}
	digest := rules.Digest(holds)
	intend(t, s, rules.Cycle{At: hour(2), Decided: []rules.Decided{waiting("101", "100"), waiting("102", "100"), waiting("103", "102")},
		Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: digest, Changes: holds,
			Because: rules.Reason{Code: rules.CodeFirstEnforcement, Detail: "3 holds"}}}})
	_, err := s.Perform(t.Context(), rules.Act{Kind: rules.ActApprove, Digest: digest, By: "Olga", Reason: "the launch"}, hour(3))
	must(t, err)
	settle(t, s, rules.Cycle{At: hour(4), Digest: digest, Changes: holds, Consumed: []string{digest}}, 5)

	_, err = s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: []rules.Evidence{briefing}}, hour(21))
	must(t, err)
	intend(t, s, rules.Cycle{At: hour(21), Opened: []rules.Violation{{Program: "ai", Person: "102", Kind: rules.BriefingSubstituted,
		Subject: briefing.Object, At: hour(20), Evidence: []string{briefing.Statement}}}})
	// Somebody re-activates 103 by hand.
	intend(t, s, rules.Cycle{At: hour(24), Holds: []rules.HoldUpdate{{Hold: 3, Close: true, Overridden: true,
		Because: rules.Reason{Code: rules.CodeReactivated, At: hour(24)}}}})
	perform(t, s, rules.Act{Kind: rules.ActWaive, Waiver: rules.MayStart, Program: "ai", Person: "104", Expires: hour(24 * 60)}, hour(25))

	_, err = s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: []rules.Evidence{kings}, Last: true}, hour(30).Add(time.Minute))
	must(t, err)
	qualified := rules.Reason{Code: rules.CodeLeaderQualified, Person: "100", At: hour(29), Statement: kings.Statement}
	var releases []rules.Change
	var clear []rules.Decided
	for i, who := range []string{"101", "102"} {
		r := change(who, rules.MoveRelease)
		r.Hold, r.Because = int64(i+1), []rules.Reason{qualified}
		releases = append(releases, r)
		clear = append(clear, rules.Decided{Program: "ai", Person: who, Verdict: rules.Clear, Row: 9, Waits: []string{"100"}, Because: r.Because})
	}
	settle(t, s, rules.Cycle{At: hour(30).Add(2 * time.Minute), Decided: clear, Changes: releases}, 31)
	return s
}

// settle has a cycle written, and every change done at that hour.
func settle(t *testing.T, s *Store, c rules.Cycle, at int) {
	t.Helper()
	var outcomes []rules.Outcome
	for _, ch := range intend(t, s, c) {
		outcomes = append(outcomes, outcome(ch, rules.Done, hour(at)))
	}
	must(t, s.Settle(t.Context(), outcomes))
}

// worked is a question of QUESTIONS.md with its SQL and its answer.
var worked = regexp.MustCompile("(?s)## ([^\n]+)\n.*?```sql\n(.*?)```\n+```text\n(.*?)```")

// Each worked question gives the answer that stands below it, by the sqlite3 of the
// distribution. With -update the answers are written anew.
func TestTheWorkedQuestionsHaveTheirAnswers(t *testing.T) {
	s := story(t)
	text, err := os.ReadFile("QUESTIONS.md")
	must(t, err)
	all := worked.FindAllStringSubmatch(string(text), -1)
	if len(all) < 10 {
		t.Fatalf("%d questions", len(all))
	}
	now := string(text)
	for _, q := range all {
		out, err := cli(t, s, "-readonly", "-header", q[2]).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", q[1], err, out)
			continue
		}
		if strings.Count(string(out), "\n") < 2 {
			t.Errorf("%s: the story has no answer: %q", q[1], out)
		}
		if *update {
			now = strings.Replace(now, fmt.Sprintf("%s```\n\n```text\n%s```", q[2], q[3]), fmt.Sprintf("%s```\n\n```text\n%s```", q[2], out), 1)
			continue
		}
		equal(t, q[1], string(out), q[3])
	}
	if *update {
		must(t, os.WriteFile("QUESTIONS.md", []byte(now), 0o644))
	}
}
