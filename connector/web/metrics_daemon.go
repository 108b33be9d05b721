package web

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/leadfront/leadfront/rules"
)

// Configured is what the configuration in force names: what may be counted is
// known from it before it happens.
type Configured struct {
	Programs []string
	Sources  []Source
	Channels []string  // of notices
	At       time.Time // when it came into force
}

// daemonMetrics are what the daemon says of itself, whatever its cycles do.
type daemonMetrics struct {
	maxAge, behind       *prometheus.GaugeVec
	reloaded, reloadedAt prometheus.Gauge
	problems, verifiedAt prometheus.Gauge
	notices              *prometheus.CounterVec
}

func (f factory) daemon() daemonMetrics {
	return daemonMetrics{
		maxAge:     f.gauges("source_max_age_seconds", "How old a reading of the source may become before nothing new is decided on it; 0: any age.", "source", "kind"),
		behind:     f.gauges("records_behind_programs", "Programmes for whose present contract the record source has not been read to its end yet: they decide nothing.", "source"),
		reloaded:   f.gaugeOf("config_last_reload_successful", "1 while the configuration file as last read is the one in force; 0: it was refused, and the last good one stays."),
		reloadedAt: f.gaugeOf("config_last_reload_success_timestamp_seconds", "When the configuration in force was read."),
		problems:   f.gaugeOf("audit_problems", "What the last verification of the audit log found wrong with it."),
		notices:    f.counters("notices_total", "Notices to leaders, learners and operators by what became of each try: sent, retry, failed, or unknown where the answer was lost twice.", "kind", "channel", "result"),
		verifiedAt: f.gaugeOf("audit_last_verified_timestamp_seconds", "When the audit log was last verified whole; 0: not since the start."),
	}
}

// Configured takes a configuration that has come into force. Counters that an
// alert may rest on begin at 0 with it: Prometheus sees no increase in a series
// whose first value is 1.
func (m *Metrics) Configured(c Configured) {
	m.daemon.reloaded.Set(1)
	m.daemon.reloadedAt.Set(float64(c.At.Unix()))
	m.daemon.maxAge.Reset()
	for _, result := range []string{"ok", "error"} {
		m.cycles.WithLabelValues(result)
		for _, s := range c.Sources {
			m.reads.WithLabelValues(s.Name, result)
		}
	}
	for _, s := range c.Sources {
		m.daemon.maxAge.WithLabelValues(s.Name, string(s.Kind)).Set(s.MaxAge.Seconds())
	}
	for _, channel := range c.Channels {
		for _, kind := range rules.NoticeKinds() {
			for _, result := range []string{"sent", "retry", "failed", "unknown"} {
				m.daemon.notices.WithLabelValues(string(kind), channel, result)
			}
		}
	}
	for _, program := range c.Programs {
		for _, kind := range []rules.ViolationKind{rules.StartedEarly, rules.CompletedEarly} {
			m.opened.WithLabelValues(program, string(kind))
		}
		for _, move := range []rules.Move{rules.MoveHold, rules.MoveRelease} {
			m.refusals.WithLabelValues(program, string(move))
			for _, result := range []rules.Result{rules.Done, rules.Ineffective, rules.Failed, rules.Unknown, rules.Skipped} {
				m.changes.WithLabelValues(program, string(move), string(result))
			}
		}
	}
}

// Notice counts a try to tell somebody something.
func (m *Metrics) Notice(kind rules.NoticeKind, channel, result string) {
	m.daemon.notices.WithLabelValues(string(kind), channel, result).Inc()
}

// ReloadFailed notes that a new configuration was refused.
func (m *Metrics) ReloadFailed() { m.daemon.reloaded.Set(0) }

// Verified takes how many problems a verification of the whole audit log has found.
func (m *Metrics) Verified(problems int, at time.Time) {
	m.daemon.problems.Set(float64(problems))
	m.daemon.verifiedAt.Set(float64(at.Unix()))
}

// behind shows which record sources have history left to read.
func (m *Metrics) behind(sources []rules.Source) {
	m.daemon.behind.Reset()
	for _, s := range sources {
		if s.Kind == rules.SourceRecords {
			m.daemon.behind.WithLabelValues(s.Name).Set(float64(len(s.Behind)))
		}
	}
}
