// Package deploy_test holds what surrounds leadfront where it is installed against
// the program: metrics, alerts, runbooks, dashboard, unit.
package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// rule is what the tests need of an alert rule.
type rule struct {
	Alert       string
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func alerts(t *testing.T) []rule {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/alerts.yml")), &file); err != nil || len(file.Groups) != 1 || len(file.Groups[0].Rules) < 13 {
		t.Fatal(err, file)
	}
	return file.Groups[0].Rules
}

var ourMetric = regexp.MustCompile(`\bleadfront_[a-z_]+`)

// unknown lists what a text names that is no metric.
func unknown(known []metric, text string) []string {
	var out []string
	for _, name := range ourMetric.FindAllString(text, -1) {
		if !slices.ContainsFunc(known, func(m metric) bool {
			return name == m.name || m.kind == "histogram" && slices.Contains([]string{m.name + "_bucket", m.name + "_sum", m.name + "_count"}, name)
		}) {
			out = append(out, name)
		}
	}
	return out
}

// TestAlerts: each names metrics that there are, says how urgent it is, leads to a
// page that tells what to do, and has a staged failure.
func TestAlerts(t *testing.T) {
	known := metrics(t)
	staged := read(t, "prometheus/alerts_test.yml")
	pages := map[string]bool{}
	for _, r := range alerts(t) {
		if bad := unknown(known, r.Expr); len(bad) > 0 {
			t.Errorf("%s rests on %v, which are no metrics", r.Alert, bad)
		}
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s has severity %q", r.Alert, s)
		}
		page := r.Alert + ".md"
		pages[page] = true
		if url := r.Annotations["runbook_url"]; !strings.HasSuffix(url, "/config/deploy/runbooks/"+page) {
			t.Errorf("%s leads to %s", r.Alert, url)
		}
		if text := read(t, "runbooks/"+page); !inOrder(text, "# "+r.Alert+"\n", "\n## Meaning\n", "\n## Impact\n", "\n## Diagnosis\n", "\n## Mitigation\n") {
			t.Errorf("runbooks/%s does not tell meaning, impact, diagnosis and mitigation", page)
		}
		if !strings.Contains(staged, "- alertname: "+r.Alert+"\n") || strings.Count(staged, "{alertname: "+r.Alert+",") < 2 {
			t.Errorf("%s is not staged to fire and to clear in alerts_test.yml", r.Alert)
		}
	}
	files, err := filepath.Glob("runbooks/*.md")
	for _, f := range files {
		if !pages[filepath.Base(f)] {
			t.Errorf("%s is of no alert", f)
		}
		if bad := unknown(known, read(t, f)); len(bad) > 0 {
			t.Errorf("%s names %v, which are no metrics", f, bad)
		}
	}
	if err != nil || len(files) != len(pages) {
		t.Error(len(files), err)
	}
}

func inOrder(text string, parts ...string) bool {
	for _, p := range parts {
		_, after, found := strings.Cut(text, p)
		if !found {
			return false
		}
		text = "\n" + after
	}
	return true
}

// TestDashboard: every panel asks for metrics that there are.
func TestDashboard(t *testing.T) {
	known := metrics(t)
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
		Templating struct {
			List []struct{ Name, Query string }
		}
	}
	// JSON is YAML, and a key that comes twice is an error there.
	if err := yaml.Unmarshal([]byte(read(t, "grafana/leadfront.json")), &board); err != nil || len(board.Panels) < 10 {
		t.Fatal(err, len(board.Panels))
	}
	shown := ""
	for _, p := range board.Panels {
		for _, q := range p.Targets {
			shown += q.Expr + "\n"
			if bad := unknown(known, q.Expr); len(bad) > 0 || q.Expr == "" {
				t.Errorf("%s asks for %v, which are no metrics", p.Title, bad)
			}
		}
		if len(p.Targets) == 0 {
			t.Errorf("%s asks for nothing", p.Title)
		}
	}
	for _, v := range board.Templating.List {
		if bad := unknown(known, v.Query); len(bad) > 0 {
			t.Errorf("variable %s asks for %v, which are no metrics", v.Name, bad)
		}
	}
	for _, name := range []string{"leadfront_leaders", "leadfront_holds_open", "leadfront_violations_open", "leadfront_release_latency_seconds_bucket"} {
		if !strings.Contains(shown, name) {
			t.Errorf("nothing shows %s", name)
		}
	}
}

// tool finds a program that the machine of CI has; elsewhere the test is left out.
func tool(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: install %s", name, pkg)
	}
	if err != nil {
		t.Skipf("%s is not here; Debian has it in %s", name, pkg)
	}
	return path
}

// TestAlertsFireAndClear: Prometheus's own tool plays every staged failure.
func TestAlertsFireAndClear(t *testing.T) {
	promtool := tool(t, "promtool", "prometheus")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = "prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}
