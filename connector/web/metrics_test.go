package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/rules"
)

const (
	verbDone = "http://adlnet.gov/expapi/verbs/completed"
	course   = "https://lms.example.org/course/view.php?id=42"
	target   = "moodle/AI-101"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// whole is a company of n people who each report to the one tenth of their number,
// judged: person-0 is the top, has completed, and everybody else is enrolled.
func whole(n int) (*rules.Facts, *rules.Judgement) {
	var people []rules.Person
	facts := &rules.Facts{Now: now, Mode: rules.Enforce, Targets: map[string]bool{target: true}, Paused: map[string]bool{}, Enforced: map[string]bool{"ai": true},
		Sources: []rules.Source{
			{Name: "hr", Kind: rules.SourceHRIS, Read: now, Limit: time.Hour},
			{Name: "lrs", Kind: rules.SourceRecords, Read: now, Limit: time.Hour, Through: true},
		}}
	for i := range n {
		p := rules.Person{ID: fmt.Sprintf("person-%d", i), Name: fmt.Sprintf("Name Of-%d", i), Email: fmt.Sprintf("mail-%d@corp.example", i), Status: rules.Active}
		if i > 0 {
			p.Manager = fmt.Sprintf("person-%d", i/10)
		}
		people = append(people, p)
		facts.Enrolments = append(facts.Enrolments, rules.Enrolment{Target: target, Row: fmt.Sprintf("row-%d", i), State: rules.RowActive,
			Account: rules.Account{LMS: "moodle", ID: fmt.Sprintf("account-%d", i), IDNumber: p.ID, Email: p.Email}})
	}
	facts.Snapshots = []rules.Snapshot{{ID: 1, From: now.Add(-24 * time.Hour), Org: rules.Org{Source: "hr", Read: now, People: people}}}
	facts.Evidence = []rules.Evidence{{Source: "lrs", Statement: "s-0", Actor: rules.Actor{Kind: rules.ActorMbox, Value: people[0].Email}, Kind: rules.KindCompleted,
		Verb: verbDone, Object: course, Timestamp: now.Add(-time.Hour), Stored: now.Add(-time.Hour)}}
	policy := &rules.Policy{Tops: []string{"person-0"}, Match: map[string]string{"moodle": rules.MatchIDNumber}, Programs: []rules.Program{{
		ID: "ai", Launch: now.Add(-48 * time.Hour), Targets: []rules.Target{{LMS: "moodle", Course: "AI-101"}},
		Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}},
		Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted},
	}}}
	return facts, rules.Judge(policy, facts)
}

// cycle is one in which everything happens, in a company of n people.
func cycle(n int) web.Cycle {
	facts, judgement := whole(n)
	c := web.Cycle{At: now, Took: 40 * time.Millisecond, Mode: rules.Enforce, Learnt: 1, Poisonous: 2, Quarantined: true, OrgRead: true,
		Facts: facts, Judgement: judgement, LogEntries: 700, WALBytes: 4096,
		Sources:   []web.Source{{Name: "hr", Kind: rules.SourceHRIS, OK: true}, {Name: "lrs", Kind: rules.SourceRecords}},
		Latencies: map[string][]time.Duration{"ai": {3 * time.Second, 40 * time.Second}}}
	for i := 1; i < n; i++ {
		who := fmt.Sprintf("person-%d", i)
		change := rules.Change{Program: "ai", Target: target, Person: who, Row: fmt.Sprintf("row-%d", i), Move: rules.MoveHold}
		c.Outcomes = append(c.Outcomes, rules.Outcome{Change: change, Result: rules.Done, Error: "about mail-1@corp.example"})
		c.Opened = append(c.Opened, rules.Violation{Program: "ai", Person: who, Kind: rules.StartedEarly, Subject: "of " + who})
		c.Findings = append(c.Findings, rules.Finding{Code: rules.CodeNoAccount, Person: who, Detail: "mail-1@corp.example"})
		facts.Holds = append(facts.Holds, rules.Hold{Program: "ai", Target: target, Row: change.Row, Person: who})
		facts.Enrolments[i].State = rules.RowSuspended
		if i == 1 {
			c.Refusals = []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Because: rules.Reason{Code: rules.CodeTooMany, Person: who}, Changes: []rules.Change{change}}}
			c.Ended = []rules.Ended{{Violation: c.Opened[0]}}
		}
	}
	return c
}

func settled(t *testing.T, cycles ...web.Cycle) *prometheus.Registry {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	m := web.NewMetrics(reg, "v1.2.3")
	for _, c := range cycles {
		m.Settled(c)
	}
	return reg
}

func families(t *testing.T, reg *prometheus.Registry) []*dto.MetricFamily {
	t.Helper()
	all, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMetricsAreWellFormed(t *testing.T) {
	reg := settled(t, cycle(30), web.Cycle{At: now, Mode: rules.Observe, Err: fmt.Errorf("the store is full")}, cycle(31))
	status, body := ask(web.NewServer(reg, func() error { return nil }, quiet()), "GET", "/metrics")
	if status != 200 {
		t.Fatal(status, body)
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil || len(problems) != 0 {
		t.Errorf("promlint: %v %+v", err, problems)
	}
	for _, line := range []string{
		`leadfront_cycles_total{result="ok"} 2`, `leadfront_cycles_total{result="error"} 1`, `leadfront_mode{mode="enforce"} 1`,
		`leadfront_source_reads_total{result="error",source="lrs"} 2`, `leadfront_source_reads_total{result="ok",source="hr"} 2`,
		`leadfront_statements_quarantined_total 4`, `leadfront_org_quarantined 1`, `leadfront_audit_entries 700`,
		`leadfront_holds_open{program="ai"} 30`, `leadfront_enrolments{state="held",target="moodle/AI-101"} 30`,
		`leadfront_enrolments{state="active",target="moodle/AI-101"} 1`,
		`leadfront_violations_open{kind="started_early",program="ai"} 29`, `leadfront_violations_opened_total{kind="started_early",program="ai"} 59`,
		`leadfront_changes_total{move="hold",program="ai",result="done"} 59`, `leadfront_plan_refused_changes{move="hold",program="ai"} 1`,
		`leadfront_plan_refusals_total{move="hold",program="ai"} 2`, `leadfront_release_latency_seconds_count{program="ai"} 4`,
		`leadfront_release_latency_seconds_sum{program="ai"} 86`, `leadfront_leaders{level="0",program="ai",qualified="true"} 1`,
		`leadfront_leaders{level="1",program="ai",qualified="false"} 3`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

// TestMetricsNameNobody: neither a label nor a value tells of a person, a row or
// an account.
func TestMetricsNameNobody(t *testing.T) {
	for _, f := range families(t, settled(t, cycle(30))) {
		text := f.String()
		for _, of := range []string{"person-", "mail-", "@", "Of-", "row-", "account-"} {
			if strings.Contains(text, of) {
				t.Errorf("%s tells of somebody: %s", f.GetName(), text)
			}
		}
	}
}

// TestMetricsDoNotGrowWithTheCompany: as many series for 2,000 people as for 200,
// but for the levels.
func TestMetricsDoNotGrowWithTheCompany(t *testing.T) {
	series := func(n int) map[string]int {
		count := map[string]int{}
		for _, f := range families(t, settled(t, cycle(n))) {
			count[f.GetName()] = len(f.GetMetric())
		}
		return count
	}
	small, large := series(200), series(2000)
	for name, n := range large {
		if levels := 2; n != small[name] && (name != "leadfront_leaders" || n > small[name]+levels) {
			t.Errorf("%s: %d series for 200 people, %d for 2,000", name, small[name], n)
		}
	}
}

// TestPictureOfNow: what is no more leaves the gauges with the next cycle, and a
// cycle in which nothing was due changes none of them.
func TestPictureOfNow(t *testing.T) {
	quietNow := cycle(3)
	quietNow.Opened, quietNow.Findings, quietNow.Refusals, quietNow.Ended, quietNow.Facts.Holds, quietNow.Quarantined = nil, nil, nil, nil, nil, false
	value := func(reg *prometheus.Registry, name string) (v float64, series int) {
		all := families(t, reg)
		i := slices.IndexFunc(all, func(f *dto.MetricFamily) bool { return f.GetName() == name })
		if i < 0 {
			return 0, 0
		}
		return all[i].GetMetric()[0].GetGauge().GetValue(), len(all[i].GetMetric())
	}
	idle := web.Cycle{At: now, Mode: rules.Enforce}
	before := settled(t, cycle(30), idle)
	for name, want := range map[string]float64{"leadfront_violations_open": 28, "leadfront_findings": 29, "leadfront_holds_open": 29, "leadfront_org_quarantined": 1} {
		if v, _ := value(before, name); v != want {
			t.Errorf("%s is %v after an idle cycle, want %v", name, v, want)
		}
	}
	after := settled(t, cycle(30), quietNow)
	for _, name := range []string{"leadfront_violations_open", "leadfront_findings", "leadfront_plan_refused_changes"} {
		if _, series := value(after, name); series != 0 {
			t.Errorf("%s still has %d series", name, series)
		}
	}
	for _, name := range []string{"leadfront_holds_open", "leadfront_org_quarantined"} {
		if v, series := value(after, name); v != 0 || series != 1 {
			t.Errorf("%s is %v in %d series, want 0 in one", name, v, series)
		}
	}
}
