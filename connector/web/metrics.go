package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/leadfront/leadfront/rules"
)

// Cycle is what the metrics take from a cycle that has settled. Judgement and
// Facts are nil where nothing was due.
type Cycle struct {
	At          time.Time
	Took        time.Duration
	Mode        rules.Mode
	Err         error // the cycle could not be ended
	Sources     []Source
	Learnt      int
	Poisonous   int
	Quarantined bool // an organisation waits for approval
	OrgRead     bool // HR was read in this cycle, so Quarantined is news
	Facts       *rules.Facts
	Judgement   *rules.Judgement
	Refusals    []rules.Refusal
	Outcomes    []rules.Outcome
	Opened      []rules.Violation
	Ended       []rules.Ended
	Findings    []rules.Finding
	Latencies   map[string][]time.Duration // by programme: leader's completion stored, report released
	LogEntries  int64
	WALBytes    int64
	Late        map[string]int // by record source: evidence that following it had lost
	Emitters    []Emitter
	Windows     []Window
}

// Window is how the change windows of a platform stand.
type Window struct {
	LMS     string
	Open    bool
	Waiting int // changes that wait for the next one
}

// Emitter is who vouches for statements of a record source.
type Emitter struct {
	Source, Name string
	Newest       time.Time // stored of the last statement
}

// Source is how reading one source went.
type Source struct {
	Name string
	Kind rules.SourceKind
	OK   bool
	// MaxAge is how old a reading may become; zero: any age.
	MaxAge time.Duration
}

// Metrics are leadfront's metrics. They change only when a cycle has settled, and
// no label names a person.
type Metrics struct {
	attempt, success           *prometheus.GaugeVec
	reads, opened, changes     *prometheus.CounterVec
	refusals                   *prometheus.CounterVec
	cycles                     *prometheus.CounterVec
	duration                   prometheus.Histogram
	latency                    *prometheus.HistogramVec
	learnt, poisonous          prometheus.Counter
	decisions, enrolments      *prometheus.GaugeVec
	leaders, violations, holds *prometheus.GaugeVec
	paused                     *prometheus.GaugeVec
	findings, refused, mode    *prometheus.GaugeVec
	quarantined, entries, wal  prometheus.Gauge
	late                       *prometheus.CounterVec
	emitters                   *prometheus.GaugeVec
	windows, waiting           *prometheus.GaugeVec
	daemon                     daemonMetrics
}

// NewMetrics registers the metrics.
func NewMetrics(reg prometheus.Registerer, version string) *Metrics {
	f := factory{reg}
	m := &Metrics{
		attempt:     f.gauges("source_last_attempt_timestamp_seconds", "When the source was last tried.", "source"),
		success:     f.gauges("source_last_success_timestamp_seconds", "When the source was last read whole.", "source"),
		reads:       f.counters("source_reads_total", "Readings of a source by result: ok or error.", "source", "result"),
		cycles:      f.counters("cycles_total", "Cycles by result: ok or error.", "result"),
		learnt:      f.counter("evidence_learnt_total", "Statements learnt that prove something and were not known before."),
		poisonous:   f.counter("statements_quarantined_total", "Statements that could not be read and were set aside."),
		late:        f.counters("evidence_late_total", "Evidence that following the source had lost and that reading again has found.", "source"),
		emitters:    f.gauges("emitter_last_statement_timestamp_seconds", "When the last statement of an emitter was stored in the record source.", "source", "emitter"),
		decisions:   f.gauges("decisions", "People by what they are owed.", "program", "verdict"),
		enrolments:  f.gauges("enrolments", "Enrolment rows by target and state; held are those of our own holds.", "target", "state"),
		paused:      f.gauges("program_paused", "1 while release-all is in force for the programme: nobody is held.", "program"),
		holds:       f.gauges("holds_open", "Holds of ours that are open.", "program"),
		leaders:     f.gauges("leaders", "Leaders by level below the top (-1: no top is reached) and whether they have qualified.", "program", "level", "qualified"),
		violations:  f.gauges("violations_open", "Violations that are open.", "program", "kind"),
		opened:      f.counters("violations_opened_total", "Violations opened since the start.", "program", "kind"),
		findings:    f.gauges("findings", "Defects of input by code.", "code"),
		changes:     f.counters("changes_total", "Changes of enrolments by move and result.", "program", "move", "result"),
		refused:     f.gauges("plan_refused_changes", "Changes that the guard refuses now and that wait for approval.", "program", "move"),
		refusals:    f.counters("plan_refusals_total", "Plans that the guard refused.", "program", "move"),
		quarantined: f.gaugeOf("org_quarantined", "1 while a reading of the HR source waits for approval."),
		entries:     f.gaugeOf("audit_entries", "Entries of the audit log."),
		wal:         f.gaugeOf("store_wal_bytes", "Size of the database's write-ahead log."),
		windows:     f.gauges("change_window_open", "1 while the platform may be changed, of platforms with change windows.", "lms"),
		waiting:     f.gauges("changes_waiting", "Changes that wait for a change window of the platform to open.", "lms"),
		mode:        f.gauges("mode", "1 for the mode that is configured.", "mode"),
	}
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: prefix + "cycle_duration_seconds", Help: "How long a cycle took.", Buckets: prometheus.ExponentialBuckets(0.01, 3, 10)})
	m.latency = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "release_latency_seconds", Help: "From a leader's completion being stored in the LRS to the release of a report.",
		Buckets: prometheus.ExponentialBuckets(0.25, 2, 16)}, []string{"program"})
	m.daemon = f.daemon()
	info := f.gauges("build_info", "The running version; always 1.", "version")
	info.WithLabelValues(version).Set(1)
	reg.MustRegister(m.duration, m.latency)
	return m
}

const prefix = "leadfront_"

type factory struct{ reg prometheus.Registerer }

func (f factory) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, labels)
	f.reg.MustRegister(v)
	return v
}

func (f factory) gaugeOf(name, help string) prometheus.Gauge {
	v := prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + name, Help: help})
	f.reg.MustRegister(v)
	return v
}

func (f factory) counters(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	f.reg.MustRegister(v)
	return v
}

func (f factory) counter(name, help string) prometheus.Counter {
	v := prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + name, Help: help})
	f.reg.MustRegister(v)
	return v
}

// Settled takes a cycle in.
func (m *Metrics) Settled(c Cycle) {
	result := "ok"
	if c.Err != nil {
		result = "error"
	}
	m.cycles.WithLabelValues(result).Inc()
	m.duration.Observe(c.Took.Seconds())
	m.learnt.Add(float64(c.Learnt))
	m.poisonous.Add(float64(c.Poisonous))
	m.entries.Set(float64(c.LogEntries))
	m.wal.Set(float64(c.WALBytes))
	m.mode.Reset()
	m.mode.WithLabelValues(string(c.Mode)).Set(1)
	if c.OrgRead {
		m.quarantined.Set(0)
		if c.Quarantined {
			m.quarantined.Set(1)
		}
	}
	m.sources(c)
	m.records(c)
	m.outcomes(c)
	if c.Judgement != nil && c.Facts != nil {
		m.state(c)
	}
}

func (m *Metrics) sources(c Cycle) {
	for _, s := range c.Sources {
		result := "error"
		if s.OK {
			result = "ok"
			m.success.WithLabelValues(s.Name).Set(float64(c.At.Unix()))
		}
		m.attempt.WithLabelValues(s.Name).Set(float64(c.At.Unix()))
		m.reads.WithLabelValues(s.Name, result).Inc()
	}
}

func (m *Metrics) records(c Cycle) {
	for source, n := range c.Late {
		m.late.WithLabelValues(source).Add(float64(n))
	}
	m.emitters.Reset()
	for _, e := range c.Emitters {
		m.emitters.WithLabelValues(e.Source, e.Name).Set(float64(e.Newest.Unix()))
	}
}

func (m *Metrics) outcomes(c Cycle) {
	for _, o := range c.Outcomes {
		m.changes.WithLabelValues(o.Change.Program, string(o.Change.Move), string(o.Result)).Inc()
	}
	for _, v := range c.Opened {
		m.opened.WithLabelValues(v.Program, string(v.Kind)).Inc()
	}
	for program, list := range c.Latencies {
		for _, d := range list {
			m.latency.WithLabelValues(program).Observe(d.Seconds())
		}
	}
}

// state replaces the gauges that are a picture of now.
func (m *Metrics) state(c Cycle) {
	for _, v := range []*prometheus.GaugeVec{m.paused, m.decisions, m.enrolments, m.holds, m.leaders, m.violations, m.findings, m.refused, m.windows, m.waiting} {
		v.Reset()
	}
	for i := range c.Judgement.Programs {
		m.program(&c.Judgement.Programs[i])
		paused := 0.0
		if c.Facts.Paused[c.Judgement.Programs[i].Program.ID] {
			paused = 1
		}
		m.paused.WithLabelValues(c.Judgement.Programs[i].Program.ID).Set(paused)
	}
	m.openViolations(c)
	m.behind(c.Facts.Sources)
	m.rows(c)
	for _, w := range c.Windows {
		open := 0.0
		if w.Open {
			open = 1
		}
		m.windows.WithLabelValues(w.LMS).Set(open)
		m.waiting.WithLabelValues(w.LMS).Set(float64(w.Waiting))
	}
	for _, f := range c.Findings {
		m.findings.WithLabelValues(string(f.Code)).Inc()
	}
	for _, r := range c.Refusals {
		m.refused.WithLabelValues(r.Program, string(r.Move)).Set(float64(len(r.Changes)))
		m.refusals.WithLabelValues(r.Program, string(r.Move)).Inc()
	}
}

func (m *Metrics) openViolations(c Cycle) {
	ended := map[rules.ViolationKey]bool{}
	for _, e := range c.Ended {
		ended[e.Violation.Key()] = true
	}
	for _, v := range slices.Concat(c.Facts.Open, c.Opened) {
		if !ended[v.Key()] {
			m.violations.WithLabelValues(v.Program, string(v.Kind)).Inc()
		}
	}
}

func (m *Metrics) rows(c Cycle) {
	held := map[string]bool{}
	for _, h := range c.Facts.Holds {
		m.holds.WithLabelValues(h.Program).Inc()
		held[h.Target+"\x00"+h.Row] = true
	}
	for i := range c.Facts.Enrolments {
		e := &c.Facts.Enrolments[i]
		state := e.State.String()
		if e.State == rules.RowSuspended && held[e.Target+"\x00"+e.Row] {
			state = "held"
		}
		m.enrolments.WithLabelValues(e.Target, state).Inc()
	}
}

func (m *Metrics) program(p *rules.ProgramJudgement) {
	for _, v := range []rules.Verdict{rules.None, rules.Clear, rules.Wait, rules.Keep} {
		m.decisions.WithLabelValues(p.Program.ID, string(v)).Set(0)
	}
	for _, d := range p.Decisions {
		m.decisions.WithLabelValues(p.Program.ID, string(d.Verdict())).Inc()
	}
	m.holds.WithLabelValues(p.Program.ID).Set(0)
	for _, l := range p.Leaders {
		m.leaders.WithLabelValues(p.Program.ID, strconv.Itoa(l.Level), strconv.FormatBool(l.Qualified)).Inc()
	}
}
