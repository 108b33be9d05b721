package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/rules"
)

// shows fails unless what Prometheus would scrape has each of the lines.
func shows(t *testing.T, reg *prometheus.Registry, lines ...string) {
	t.Helper()
	_, body := ask(web.NewServer(reg, func() error { return nil }, quiet()), "GET", "/metrics")
	for _, line := range lines {
		if !strings.Contains(body, "\n"+line+"\n") {
			t.Errorf("%s is missing from\n%s", line, body)
		}
	}
}

// TestWhatTheDaemonSaysOfItself: the configuration in force, what an alert counts
// from 0 on, and the log's verification.
func TestWhatTheDaemonSaysOfItself(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	m := web.NewMetrics(reg, "v1.2.3")
	m.Configured(web.Configured{Programs: []string{"ai"}, At: now, Sources: []web.Source{
		{Name: "hr", Kind: rules.SourceHRIS, MaxAge: 7 * 24 * time.Hour}, {Name: "moodle", Kind: rules.SourceLMS, MaxAge: time.Hour}}})
	m.Verified(0, now)
	shows(t, reg,
		`leadfront_source_max_age_seconds{kind="hris",source="hr"} 604800`, `leadfront_source_max_age_seconds{kind="lms",source="moodle"} 3600`,
		`leadfront_violations_opened_total{kind="started_early",program="ai"} 0`, `leadfront_source_reads_total{result="error",source="moodle"} 0`,
		`leadfront_changes_total{move="hold",program="ai",result="failed"} 0`, `leadfront_cycles_total{result="error"} 0`,
		`leadfront_config_last_reload_successful 1`, `leadfront_audit_problems 0`)
	m.ReloadFailed()
	m.Verified(3, now.Add(time.Hour))
	shows(t, reg, `leadfront_config_last_reload_successful 0`, `leadfront_config_last_reload_success_timestamp_seconds 1.79361e+09`,
		`leadfront_audit_problems 3`, `leadfront_audit_last_verified_timestamp_seconds 1.7936136e+09`)
	m.Configured(web.Configured{At: now, Sources: []web.Source{{Name: "moodle", Kind: rules.SourceLMS, MaxAge: 2 * time.Hour}}})
	shows(t, reg, `leadfront_source_max_age_seconds{kind="lms",source="moodle"} 7200`, `leadfront_config_last_reload_successful 1`)
	for _, f := range families(t, reg) {
		if f.GetName() == "leadfront_source_max_age_seconds" && len(f.GetMetric()) != 1 {
			t.Error("a source that is configured no more is still there:", f)
		}
	}
	if problems, err := promlint.NewWithMetricFamilies(families(t, reg)).Lint(); err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
}

// TestBehind: a record source shows for how many programmes it has history left.
func TestBehind(t *testing.T) {
	c := cycle(3)
	i := slices.IndexFunc(c.Facts.Sources, func(s rules.Source) bool { return s.Kind == rules.SourceRecords })
	shows(t, settled(t, c), `leadfront_records_behind_programs{source="lrs"} 0`)
	c.Facts.Sources[i].Behind = []string{"ai"}
	shows(t, settled(t, c), `leadfront_records_behind_programs{source="lrs"} 1`)
}
