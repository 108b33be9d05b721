//go:build realprometheus

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/lrs/lrstest"
)

// prometheusServer is a real Prometheus that scrapes the daemon and has the shipped alerts.
type prometheusServer struct{ url string }

// hasten makes of the shipped rules ones that can be waited for: the same
// expressions, over seconds in place of minutes and hours, and without "for".
func hasten(t *testing.T, rules []byte) []byte {
	t.Helper()
	rules = regexp.MustCompile(`(?m)^\s*for: .*\n`).ReplaceAll(rules, nil)
	hasty := regexp.MustCompile(`\[\d+[mhd]\]`).ReplaceAll(rules, []byte("[6s]"))
	if bytes.Contains(hasty, []byte("for:")) || !bytes.Contains(hasty, []byte("[6s]")) {
		t.Fatalf("the rules are not as this test knows them:\n%s", hasty)
	}
	return hasty
}

func scrape(t *testing.T, target string) *prometheusServer {
	t.Helper()
	dir := t.TempDir()
	rules, err := os.ReadFile(filepath.Join(root, "config", "deploy", "prometheus", "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}\nrule_files: [alerts.yml]\n"+
		"scrape_configs:\n  - job_name: leadfront\n    static_configs: [{targets: [%q]}]\n", target)
	for name, text := range map[string][]byte{"alerts.yml": hasten(t, rules), "prometheus.yml": []byte(config)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listen, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+listen, "--log.level=error")
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus: %s", log.String())
		}
	})
	w := &prometheusServer{"http://" + listen}
	eventually(t, "Prometheus is ready", func() bool { _, ok := w.firing(t); return ok })
	return w
}

// firing are the names of the alerts that fire now.
func (w *prometheusServer) firing(t *testing.T) (names map[string]bool, ok bool) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/api/v1/alerts", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, false
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Alerts []struct {
				State  string
				Labels map[string]string
			}
		}
	}
	if json.NewDecoder(resp.Body).Decode(&answer) != nil {
		return nil, false
	}
	names = map[string]bool{}
	for _, a := range answer.Data.Alerts {
		if a.State == "firing" {
			names[a.Labels["alertname"]] = true
		}
	}
	return names, resp.StatusCode == http.StatusOK
}

func (w *prometheusServer) fires(t *testing.T, alert string) {
	t.Helper()
	eventually(t, alert+" fires", func() bool { now, _ := w.firing(t); return now[alert] })
}

func (w *prometheusServer) clears(t *testing.T, alert string) {
	t.Helper()
	eventually(t, alert+" clears", func() bool { now, ok := w.firing(t); return ok && !now[alert] })
}

// TestRealPrometheus: a real Prometheus with the shipped alerts watches a company go
// through staged failures: each alert fires, and clears when it is over. Alerts that
// need days or a broken disk are promtool's (config/deploy/prometheus/alerts_test.yml).
func TestRealPrometheus(t *testing.T) {
	admin, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := newFirm(t, [2]string{"mode: enforce\n", "mode: enforce\nadmin: " + admin + "\n"},
		[2]string{"every: 1s\n      max_age: 1h\nidentity", "every: 1s\n      max_age: 3s\nidentity"})
	w := scrape(t, f.listen)
	w.fires(t, "LeadfrontDown")
	stop := f.daemon(t)
	w.clears(t, "LeadfrontDown")

	w.fires(t, "LeadfrontOrgQuarantined")
	held, err := f.memory(t).HeldOrgs(t.Context())
	if err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	f.must(t, "org", "approve", held[0].Digest, "--by", "Olga", "--reason", "ours")
	w.clears(t, "LeadfrontOrgQuarantined")

	w.fires(t, "LeadfrontPlanRefused")
	if digest := f.refusedDigest(t); digest != "" {
		f.must(t, "approve", digest, "--by", "Olga", "--reason", "as planned")
	}
	w.clears(t, "LeadfrontPlanRefused")
	eventually(t, "all are held", func() bool { return len(f.held()) > 100 })

	report := f.reports(president)[0]
	f.Starts(report)
	w.fires(t, "LeadfrontSequenceBroken")
	w.clears(t, "LeadfrontSequenceBroken")

	f.Briefed(partners)
	w.fires(t, "LeadfrontViolationsOpen")
	f.Completes(president)
	f.Completes(partners)
	f.Completes(report)
	w.clears(t, "LeadfrontViolationsOpen")

	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	w.fires(t, "LeadfrontSourceFailing")
	w.fires(t, "LeadfrontSourceStale")
	f.Moodle.Heal()
	w.clears(t, "LeadfrontSourceFailing")
	w.clears(t, "LeadfrontSourceStale")

	f.LRS.Add(fmt.Sprintf(`{"id":"11111111-2222-4333-8444-555555555555","actor":{"mbox":"mailto:somebody@example.org"},`+
		`"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":%q},"timestamp":"yesterday"}`, f.CourseIRI()))
	w.fires(t, "LeadfrontStatementsQuarantined")
	w.clears(t, "LeadfrontStatementsQuarantined")

	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Refuse, Function: "enrol_manual_enrol_users", Code: "wsusercannotassign"})
	f.Completes(f.leaders()[2])
	w.fires(t, "LeadfrontLMSErrors")
	f.Moodle.Heal()
	w.clears(t, "LeadfrontLMSErrors")

	f.reconfigure(t, "mode: enforce", "mode: inforce")
	reloads(t, admin)
	w.fires(t, "LeadfrontReloadFailed")
	f.reconfigure(t, "mode: inforce", "mode: observe")
	reloads(t, admin)
	w.clears(t, "LeadfrontReloadFailed")
	w.fires(t, "LeadfrontHoldsWhileObserving")
	f.reconfigure(t, "mode: observe", "mode: enforce")
	reloads(t, admin)
	w.clears(t, "LeadfrontHoldsWhileObserving")

	// A source that hangs is given up soon; this one is waited for.
	f.reconfigure(t, "retries: -1, timeout: 2s", "retries: -1, timeout: 2m")
	reloads(t, admin)
	goes := make(chan struct{})
	f.LRS.Fault(lrstest.Faults{Hold: goes})
	w.fires(t, "LeadfrontStalled")
	close(goes)
	f.LRS.Fault(lrstest.Faults{})
	w.clears(t, "LeadfrontStalled")

	if status, log := stop(); status != exitOK || strings.Contains(log, "panic") {
		t.Errorf("exit code %d:\n%s", status, log)
	}
	w.fires(t, "LeadfrontDown")
}

// refusedDigest is what to approve.
func (f *firm) refusedDigest(t *testing.T) string {
	t.Helper()
	_, out, _ := f.run(t.Context(), "plan")
	m := regexp.MustCompile(`approve ([0-9a-f]+) `).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("plan names no digest to approve:\n%s", out)
	}
	return m[1]
}
