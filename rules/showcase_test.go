package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func date(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

// TestQuarters: the first full quarter after the launch comes first, by the fiscal
// year and its time zone.
func TestQuarters(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	for _, tc := range []struct {
		name, launch, now string
		start             time.Month
		zone              *time.Location
		want              string
	}{
		{"launched within a quarter", "2026-02-10", "2026-10-01", 0, nil, "2026-Q2 2026-Q3"},
		{"launched with the quarter", "2026-04-01", "2026-07-01", 0, nil, "2026-Q2"},
		{"not over yet", "2026-04-01", "2026-06-30", 0, nil, ""},
		{"fiscal year from October", "2026-04-01", "2027-01-01", time.October, nil, "2025-Q3 2025-Q4 2026-Q1"},
		{"fiscal year from February", "2026-01-15", "2026-05-01", time.February, nil, "2026-Q1"},
		{"midnight is that of the zone", "2026-04-01", "2026-07-01", 0, berlin, ""},
	} {
		s := rules.Showcase{FiscalStart: tc.start, Zone: tc.zone}
		var got []string
		for _, q := range s.Quarters(date(tc.launch), date(tc.now)) {
			got = append(got, q.Name)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %v, want %q", tc.name, got, tc.want)
		}
	}
}

// kept is a company in its third quarter: A leads B and E, B leads C, E leads F.
func kept() *company {
	c := showing("A B<A C<B E<A F<E")
	c.program().Launch = date("2026-04-01")
	c.facts.Snapshots[0].From = date("2026-04-01")
	c.program().Showcase.Quarterly = true
	return c
}

// opened are the violations that are there, as kind, person and subject.
func (c *company) opened(kinds ...rules.ViolationKind) string {
	var out []string
	for _, v := range c.judge().Programs[0].Violations {
		for _, k := range kinds {
			if v.Kind == k {
				text := string(v.Kind) + " " + v.Person + v.Subject
				if v.Resolved {
					text += " (made good)"
				}
				out = append(out, text)
			}
		}
	}
	return strings.Join(out, "; ")
}

func TestShowcaseRules(t *testing.T) {
	stale, silent := rules.ShowcaseStale, rules.LevelSilent
	for _, tc := range []struct {
		name  string
		given func(*company)
		want  string
	}{
		{"nothing ever", func(c *company) {}, "showcase_stale 2026-Q2; showcase_stale 2026-Q3; level_silent level 0; level_silent level 1"},
		{"before the first quarter is over", func(c *company) { c.facts.Now = date("2026-06-30") }, ""},
		{"not launched", func(c *company) { c.program().Launch = now.Add(day) }, ""},
		{"ended", func(c *company) { c.program().Ends = now }, ""},
		{"one level, in time", func(c *company) {
			c.shares("B", genius, date("2026-05-01"))
			c.shares("E", "another", date("2026-08-01"))
		}, "level_silent level 0"},
		{"late", func(c *company) { c.shares("B", genius, date("2026-08-01")) }, "showcase_stale 2026-Q2 (made good); level_silent level 0"},
		{"an endorsement is no contribution", func(c *company) { c.shares("A", genius, date("2026-05-01"), "result") },
			"showcase_stale 2026-Q2; showcase_stale 2026-Q3; level_silent level 0; level_silent level 1"},
		{"whose author leads nobody counts for the quarter", func(c *company) {
			c.shares("C", genius, date("2026-05-01"))
			c.shares("A", "other", date("2026-08-01"))
		}, "level_silent level 1"},
		{"taken back after the quarter", func(c *company) {
			c.answers("B", rules.KindUnshared, c.shares("B", genius, date("2026-05-01")), date("2026-08-01"))
			c.shares("A", "other", date("2026-09-01"))
		}, "level_silent level 1"},
		{"taken back within the quarter", func(c *company) {
			c.answers("B", rules.KindUnshared, c.shares("B", genius, date("2026-05-01")), date("2026-05-02"))
			c.shares("A", "other", date("2026-09-01"))
		}, "showcase_stale 2026-Q2 (made good); level_silent level 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := kept()
			tc.given(c)
			if got := c.opened(stale, silent); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestCadence: a leader shares every 30 days, and each time that it falls due is a
// violation of its own.
func TestCadence(t *testing.T) {
	c := kept()
	c.program().Showcase.Cadence = 30 * day
	c.shares("A", "of the top", now.Add(-day))
	c.shares("B", genius, date("2026-09-01"))
	if got, want := c.opened(rules.ShareOverdue), "share_overdue B2026-10-01; share_overdue E2026-05-01"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c.person("E").Status = rules.Leave
	if got, want := c.opened(rules.ShareOverdue), "share_overdue B2026-10-01"; got != want {
		t.Errorf("on leave: %s, want %s", got, want)
	}
}

// TestNotBriefed: who has completed the course has the days of grace for the
// playbook, and so has whoever has only come to lead.
func TestNotBriefed(t *testing.T) {
	const playbook = "https://courses.example.org/playbook"
	c := kept()
	c.program().Sequence.Grace = 14 * day
	c.program().Contracts = []rules.Contract{{ID: rules.RequirePlaybook, Course: rules.Course{
		Editions: []rules.Edition{{Activities: []string{playbook}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}}}}
	c.completes("B", now.Add(-20*day))
	c.completes("E", now.Add(-2*day))
	if got, want := c.opened(rules.NotBriefed), "not_briefed B"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.completes("B", now.Add(-day))
	c.facts.Evidence[len(c.facts.Evidence)-1].Object = playbook
	if got := c.opened(rules.NotBriefed); got != "" {
		t.Errorf("briefed: %q", got)
	}
	c.facts.Evidence = c.facts.Evidence[:2]
	before := newCompany("A B<A C<A E<A F<E")
	c.facts.Snapshots = []rules.Snapshot{{ID: 1, From: date("2026-04-01"), Org: before.facts.Snapshots[0].Org},
		{ID: 2, From: now.Add(-3 * day), Org: c.facts.Snapshots[0].Org}}
	if got := c.opened(rules.NotBriefed); got != "" {
		t.Errorf("new in the role: %q", got)
	}
}

func TestThreshold(t *testing.T) {
	all := func(c *company, ids string) {
		for i, id := range strings.Fields(ids) {
			c.completes(id, now.Add(-9*day))
			c.shares(id, id, now.Add(-time.Duration(8-i)*day))
		}
	}
	for _, tc := range []struct {
		name, org     string
		given         func(*company)
		met           bool
		leaders, done int
		missing       string
	}{
		{"nobody has", "A B<A C<B", func(c *company) {}, false, 2, 0, "A:course_not_completed,use_case_missing B:course_not_completed,use_case_missing"},
		{"all have", "A B<A C<B", func(c *company) { all(c, "A B") }, true, 2, 2, ""},
		{"completed is not enough", "A B<A C<B", func(c *company) { all(c, "A"); c.completes("B", now.Add(-day)) }, false, 2, 1, "B:use_case_missing"},
		{"on leave", "A B<A:leave C<B", func(c *company) { all(c, "A") }, true, 1, 1, ""},
		{"stated to have no account", "A B<A:noaccount C<B", func(c *company) { all(c, "A") }, false, 1, 1, ""},
		{"exempt", "A B<A C<B", func(c *company) { all(c, "A"); c.waive(rules.NeedNotLead, "B", now.Add(-day), now.Add(day)) }, true, 1, 1, ""},
		{"nobody leads", "A", func(c *company) {}, false, 0, 0, ""},
		{"of inactive people nobody is the leader", "A B<A C<B:inactive", func(c *company) { all(c, "A") }, true, 1, 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := showing(tc.org)
			c.program().Sequence.Gate = rules.GateCompleted // the threshold is a state, whatever opens the gate
			tc.given(c)
			got := c.judge().Programs[0].Threshold()
			var missing []string
			for _, m := range got.Missing {
				var codes []string
				for _, r := range m.Missing {
					codes = append(codes, string(r.Code))
				}
				missing = append(missing, m.Person+":"+strings.Join(codes, ","))
			}
			if got.Met != tc.met || got.Leaders != tc.leaders || got.Done != tc.done || strings.Join(missing, " ") != tc.missing {
				t.Errorf("%+v", got)
			}
			if tc.met && got.Since.IsZero() || !tc.met && !got.Since.IsZero() {
				t.Errorf("since %s", got.Since)
			}
			if strings.Contains(tc.org, "noaccount") != (len(got.NoAccount) == 1) || (tc.name == "exempt") != (len(got.Waived) == 1) {
				t.Errorf("without account %v, waived %v", got.NoAccount, got.Waived)
			}
		})
	}
}

// TestReleaseStuck: released more than an hour ago, and still suspended.
func TestReleaseStuck(t *testing.T) {
	c := newCompany("A B<A")
	h := c.hold("B", true)
	h.Intended = now.Add(-5 * time.Hour)
	c.row("B").State = rules.RowSuspended
	c.facts.Standings = []rules.Standing{{Program: program, Person: "B", Released: now.Add(-2 * time.Hour)}}
	if got := c.opened(rules.ReleaseStuck); !strings.HasPrefix(got, "release_stuck B") {
		t.Errorf("%q", got)
	}
	c.facts.Standings[0].Released = now.Add(-30 * time.Minute)
	if got := c.opened(rules.ReleaseStuck); got != "" {
		t.Errorf("half an hour ago: %q", got)
	}
}
