package deploy_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/leadfront/leadfront/connector/web"
)

var update = flag.Bool("update", false, "write metrics.md anew, to be read before it is committed")

// metric is one as the program registers it.
type metric struct {
	name, kind, help string
	labels           []string
}

// listener is a registerer that only listens.
type listener struct {
	t    *testing.T
	told []metric
}

var description = regexp.MustCompile(`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*"), unit: "[a-z]*", constLabels: \{\}, variableLabels: \{([a-z_,]*)\}\}$`)

func (l *listener) Register(c prometheus.Collector) error {
	ch := make(chan *prometheus.Desc, 8)
	c.Describe(ch)
	close(ch)
	for d := range ch {
		parts := description.FindStringSubmatch(d.String())
		if parts == nil {
			return fmt.Errorf("%s is not understood", d)
		}
		name, err := strconv.Unquote(parts[1])
		if err != nil {
			return err
		}
		help, err := strconv.Unquote(parts[2])
		if err != nil {
			return err
		}
		m := metric{name: name, help: help, kind: kind(c)}
		if parts[3] != "" {
			m.labels = strings.Split(parts[3], ",")
		}
		l.told = append(l.told, m)
	}
	return nil
}

func (l *listener) MustRegister(list ...prometheus.Collector) {
	for _, c := range list {
		if err := l.Register(c); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *listener) Unregister(prometheus.Collector) bool { return false }

// kind tells what a collector is; a gauge has what a counter has, and more.
func kind(c prometheus.Collector) string {
	switch c.(type) {
	case *prometheus.HistogramVec, prometheus.Histogram:
		return "histogram"
	case *prometheus.GaugeVec, prometheus.Gauge:
		return "gauge"
	case *prometheus.CounterVec, prometheus.Counter:
		return "counter"
	}
	return "unknown"
}

// metrics lists every metric that the program registers, by name.
func metrics(t *testing.T) []metric {
	t.Helper()
	l := &listener{t: t}
	web.NewMetrics(l, "v1")
	slices.SortFunc(l.told, func(a, b metric) int { return strings.Compare(a.name, b.name) })
	if len(l.told) < 20 {
		t.Fatalf("%d metrics", len(l.told))
	}
	return l.told
}

// TestMetricsPage: the page says of every metric what the program says of it.
func TestMetricsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat `/metrics` serves, beside the `go_` and `process_` metrics of Prometheus's Go client. No label names a person; their\n" +
		"values are bounded by the configuration and by the program's own lists. This page is written by\n`go test ./config/deploy -update`.\n\n" +
		"| Metric | Type | Labels | |\n| --- | --- | --- | --- |\n")
	for _, m := range metrics(t) {
		labels := ""
		for _, l := range m.labels {
			labels += "`" + l + "` "
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.name, m.kind, strings.TrimSpace(labels), strings.ReplaceAll(m.help, "|", "\\|"))
	}
	if *update {
		if err := os.WriteFile("metrics.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, "metrics.md") != b.String() {
		t.Error("metrics.md is not what the program registers: go test ./config/deploy -update, and read what it wrote")
	}
}
