package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

const (
	forum  = "https://lms.example.org/mod/forum/view.php?id=7"
	ext    = "https://github.com/leadfront/leadfront/xapi/"
	verb   = "http://adlnet.gov/expapi/verbs/shared"
	genius = "Summarise the 40 supplier reviews by risk."
)

// showing is a company whose leaders must show their work.
func showing(words string) *company {
	c := newCompany(words)
	c.program().Sequence.Gate = rules.GateThreshold
	c.program().Showcase = rules.Showcase{Places: []string{forum},
		Require: []string{rules.PartPrompt, rules.PartOutput, rules.PartResult, rules.PartOwnWork}}
	return c
}

// shares has the person share a use case of that prompt; parts that are named in
// without are left out.
func (c *company) shares(id, prompt string, at time.Time, without ...string) string {
	st := c.says(id, verb, at)
	e := &c.facts.Evidence[len(c.facts.Evidence)-1]
	e.Kind, e.Object, e.Parents = rules.KindShared, "https://lms.example.org/post/"+st, []string{forum}
	e.Said = &rules.Said{Name: "A case", Extensions: map[string]string{
		ext + "prompt": prompt, ext + "output": "A table of " + prompt, ext + "result": "Saved a day.", ext + "own_work": "true"}}
	for _, part := range without {
		delete(e.Said.Extensions, ext+part)
	}
	return st
}

// sentOn has another source say the last statement, too, a little later.
func (c *company) sentOn(source string) {
	said := &c.facts.Evidence[len(c.facts.Evidence)-1]
	said.Digest = "what it says"
	again := *said
	again.Source, again.Stored = source, said.Stored.Add(time.Minute)
	c.facts.Evidence = append(c.facts.Evidence, again)
}

// answers has the person take back or confirm what a statement shared.
func (c *company) answers(id string, kind rules.Kind, statement string, at time.Time) {
	c.says(id, "http://activitystrea.ms/"+kind.String(), at)
	e := &c.facts.Evidence[len(c.facts.Evidence)-1]
	e.Kind, e.Object = kind, "https://lms.example.org/post/"+statement
}

// TestUseCases: what a share amounts to, and what it does to the leader's reports. B
// leads C and D, and has completed the course; E leads F.
func TestUseCases(t *testing.T) {
	const org = "A B<A C<B D<B E<A F<E"
	ago := func(days int) time.Time { return now.Add(-time.Duration(days) * day) }
	for _, tc := range []struct {
		name      string
		given     func(*company)
		states    string // of all use cases, earliest first
		qualified bool
		missing   rules.Code
	}{
		{"nothing shared", func(c *company) {}, "", false, rules.CodeUseCaseMissing},
		{"shared", func(c *company) { c.shares("B", genius, ago(2)) }, "claimed", true, ""},
		{"shared before completing", func(c *company) { c.shares("B", genius, ago(20)) }, "claimed", true, ""},
		{"without the output: words about the work", func(c *company) { c.shares("B", genius, ago(2), "output") }, "endorsement", false, rules.CodeEndorsementOnly},
		{"without saying that it is one's own", func(c *company) { c.shares("B", genius, ago(2), "own_work") }, "endorsement", false, rules.CodeEndorsementOnly},
		{"not one's own", func(c *company) {
			c.shares("B", genius, ago(2))
			c.facts.Evidence[len(c.facts.Evidence)-1].Said.Extensions[ext+"own_work"] = "false"
		}, "endorsement", false, rules.CodeEndorsementOnly},
		{"blank", func(c *company) { c.shares("B", " \n", ago(2)) }, "endorsement", false, rules.CodeEndorsementOnly},
		{"an endorsement, then the work", func(c *company) { c.shares("B", genius, ago(3), "prompt"); c.shares("B", genius, ago(2)) }, "endorsement claimed", true, ""},
		{"copied from another leader", func(c *company) {
			c.shares("E", genius, ago(3))
			c.shares("B", strings.ToUpper(genius)+"\n", ago(2))
		}, "claimed duplicate", false, rules.CodeDuplicateOnly},
		{"copied by another leader later", func(c *company) { c.shares("B", genius, ago(3)); c.shares("E", genius, ago(2)) }, "claimed duplicate", true, ""},
		{"shared twice counts once", func(c *company) { c.shares("B", genius, ago(3)); c.shares("B", genius, ago(2)) }, "claimed duplicate", true, ""},
		{"taken back", func(c *company) {
			c.answers("B", rules.KindUnshared, c.shares("B", genius, ago(3)), ago(2))
		}, "withdrawn", false, rules.CodeUseCaseMissing},
		{"taken back by somebody else", func(c *company) {
			c.answers("E", rules.KindUnshared, c.shares("B", genius, ago(3)), ago(2))
		}, "claimed", true, ""},
		{"taken back and shared again", func(c *company) {
			c.answers("B", rules.KindUnshared, c.shares("B", genius, ago(3)), ago(2))
			c.shares("B", genius, ago(1))
		}, "withdrawn claimed", true, ""},
		{"a copy of what was taken back is a copy", func(c *company) {
			c.answers("E", rules.KindUnshared, c.shares("E", genius, ago(3)), ago(2))
			c.shares("B", genius, ago(1))
		}, "withdrawn duplicate", false, rules.CodeDuplicateOnly},
		{"voided", func(c *company) { c.void(c.shares("B", genius, ago(3)), ago(1)) }, "withdrawn", false, rules.CodeUseCaseMissing},
		{"sent on to another LRS", func(c *company) {
			c.shares("B", genius, ago(3))
			c.sentOn("second")
		}, "claimed", true, ""},
		{"sent on, and voided there", func(c *company) {
			st := c.shares("B", genius, ago(3))
			c.sentOn("second")
			c.void(st, ago(1))
			c.facts.Evidence[len(c.facts.Evidence)-1].Source = "second"
		}, "claimed withdrawn", true, ""},
		{"under an id that somebody used before in another LRS", func(c *company) {
			st := c.shares("E", "Nothing at all.", ago(4))
			c.facts.Evidence[len(c.facts.Evidence)-1].Source = "second"
			c.shares("B", genius, ago(3))
			c.facts.Evidence[len(c.facts.Evidence)-1].Statement = st
		}, "claimed claimed", true, ""},
		{"somewhere else", func(c *company) {
			c.shares("B", genius, ago(2))
			c.facts.Evidence[len(c.facts.Evidence)-1].Parents = []string{"https://lms.example.org/other"}
		}, "", false, rules.CodeUseCaseMissing},
		{"under the course itself", func(c *company) {
			c.shares("B", genius, ago(2))
			c.facts.Evidence[len(c.facts.Evidence)-1].Parents = []string{course}
		}, "claimed", true, ""},
		{"vouched for by nobody who is trusted", func(c *company) {
			c.program().Course.Authorities = []rules.Actor{{Kind: rules.ActorMbox, Value: "lms@example.org"}}
			for i := range c.facts.Evidence {
				c.facts.Evidence[i].Authority = c.program().Course.Authorities[0]
			}
			c.shares("B", genius, ago(2))
		}, "", false, rules.CodeUseCaseMissing},
		{"confirmed by one of the team", func(c *company) {
			c.program().Showcase.Confirmed = true
			c.answers("C", rules.KindConfirmed, c.shares("B", genius, ago(3)), ago(2))
		}, "confirmed", true, ""},
		{"to be confirmed", func(c *company) { c.program().Showcase.Confirmed = true; c.shares("B", genius, ago(3)) }, "claimed", false, rules.CodeUnconfirmed},
		{"confirmed by one of another team", func(c *company) {
			c.program().Showcase.Confirmed = true
			c.answers("F", rules.KindConfirmed, c.shares("B", genius, ago(3)), ago(2))
		}, "claimed", false, rules.CodeUnconfirmed},
		{"confirmed by oneself", func(c *company) {
			c.program().Showcase.Confirmed = true
			c.answers("B", rules.KindConfirmed, c.shares("B", genius, ago(3)), ago(2))
		}, "claimed", false, rules.CodeUnconfirmed},
		{"by verbs and places of the configuration", func(c *company) {
			w := &c.program().Showcase
			w.Share, w.Fields = []string{"https://vendor.example/posted"}, rules.DefaultFields()
			w.Fields[rules.PartPrompt], w.Fields[rules.PartOutput] = rules.FieldResponse, rules.FieldFile
			c.shares("B", "", ago(2), "prompt", "output")
			e := &c.facts.Evidence[len(c.facts.Evidence)-1]
			e.Kind, e.Verb = rules.KindNone, "https://vendor.example/posted"
			e.Said.Response, e.Said.Files = genius, []string{"https://files.example/1"}
		}, "claimed", true, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := showing(org)
			c.completes("B", ago(10))
			tc.given(c)
			j := c.judge()
			var states []string
			for _, u := range j.Programs[0].UseCases() {
				states = append(states, string(u.State))
				if u.Counts != (u.State == rules.Confirmed || u.State == rules.Claimed && !c.program().Showcase.Confirmed) {
					t.Errorf("%s counts: %v", u.State, u.Counts)
				}
			}
			if got := strings.Join(states, " "); got != tc.states {
				t.Errorf("use cases: %q, want %q", got, tc.states)
			}
			n, _ := j.Index.Find("C")
			if got := j.Programs[0].Decisions[n].Row == 9; got != tc.qualified {
				t.Errorf("C is clear: %v, want %v", got, tc.qualified)
			}
			if reasons := j.Programs[0].Reasons(n); !tc.qualified && reasons[len(reasons)-1].Code != tc.missing {
				t.Errorf("C reads %+v, want that %s", reasons, tc.missing)
			}
		})
	}
}

// TestRequirements: what else leaders are asked for, each with its date and proof.
func TestRequirements(t *testing.T) {
	c := showing("A B<A C<B")
	const playbook = "https://courses.example.org/playbook"
	c.program().Contracts = []rules.Contract{{ID: rules.RequirePlaybook, Course: rules.Course{
		Editions: []rules.Edition{{Activities: []string{playbook}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}}}}
	c.program().Sequence.Require = []string{rules.RequirePlaybook}
	first, second := c.completes("B", now.Add(-3*day)), c.shares("B", genius, now.Add(-2*day))
	c.wants(t, "C", rules.Wait, 10)
	third := c.completes("B", now.Add(-day))
	c.facts.Evidence[len(c.facts.Evidence)-1].Object = playbook
	c.wants(t, "C", rules.Clear, 9)

	j := c.judge()
	n, _ := j.Index.Find("B")
	got := j.Programs[0].Requirements(n)
	want := []struct{ name, statement string }{{"course", first}, {"use_case", second}, {"playbook", third}}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, w := range want {
		if got[i].Name != w.name || len(got[i].Statements) != 1 || got[i].Statements[0] != w.statement || got[i].At.IsZero() {
			t.Errorf("%+v, want %s by %s", got[i], w.name, w.statement)
		}
	}
	n, _ = j.Index.Find("C")
	if r := j.Programs[0].Reasons(n)[0]; !r.At.Equal(now.Add(-day)) {
		t.Errorf("qualified on %s, want when the last requirement was met", r.At)
	}
}

// TestUseCaseOfALeaver: it stays in the showcase, with the level of then.
func TestUseCaseOfALeaver(t *testing.T) {
	c := showing("A B<A C<B")
	c.shares("B", genius, now.Add(-5*day))
	after := newCompany("A C<A")
	c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: 2, From: now.Add(-day), Org: after.facts.Snapshots[0].Org})
	all := c.judge().Programs[0].UseCases()
	if len(all) != 1 || all[0].Author != "B" || all[0].Level != 1 || !all[0].Counts {
		t.Errorf("%+v", all)
	}
}

// TestAttest: somebody's word settles the course, for the person and for the reports.
func TestAttest(t *testing.T) {
	c := newCompany("A B<A C<B")
	c.facts.Attests = []rules.Attest{{Program: program, Person: "B", Done: now.Add(-3 * day), By: "Eve", At: now.Add(-day)}}
	c.wants(t, "B", rules.Clear, 2)
	c.wants(t, "C", rules.Clear, 9)
	j := c.judge()
	n, _ := j.Index.Find("B")
	if r := j.Programs[0].Requirements(n)[0]; r.By != rules.ByAttest || !r.At.Equal(now.Add(-3*day)) {
		t.Errorf("%+v", r)
	}
	// It never worsens what the records show.
	c.completes("B", now.Add(-9*day))
	j = c.judge()
	if r := j.Programs[0].Requirements(n)[0]; r.By != "" || len(r.Statements) != 1 {
		t.Errorf("%+v", r)
	}
}
