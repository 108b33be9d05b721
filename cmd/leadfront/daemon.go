package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/rules"
)

type runCmd struct{}

// Run is the daemon: it locks the store, serves metrics and health, and runs
// cycles until it is told to stop, which is no failure even before the first one.
func (c *runCmd) Run(p *program) error {
	err := c.run(p)
	if errors.Is(err, context.Canceled) && p.ctx.Err() != nil {
		return nil
	}
	return err
}

func (c *runCmd) run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, false)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Lock(p.ctx); err != nil {
		return err
	}
	s, err := p.build(cfg)
	if err != nil {
		return err
	}
	if err := s.begin(p.ctx, p, st); err != nil {
		return err
	}
	d := newDaemon(st, p.logger(cfg.Log, true))
	l, err := s.loop(p, st, d.log, d.settled)
	if err != nil {
		return err
	}
	return d.serve(p.ctx, cfg, l)
}

// daemon is what surrounds the loop: log, metrics, health.
type daemon struct {
	store   *store.Store
	log     *slog.Logger
	metrics *web.Metrics
	reg     *prometheus.Registry
	last    atomic.Pointer[connector.Report]
}

func newDaemon(st *store.Store, log *slog.Logger) *daemon {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &daemon{store: st, log: log, reg: reg, metrics: web.NewMetrics(reg, buildVersion().Version)}
}

// serve runs the loop and the web server until the context ends or one of them
// fails; then both stop.
func (d *daemon) serve(ctx context.Context, cfg *config.Config, l *connector.Loop) error {
	listener, err := web.Listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := web.NewServer(d.reg, d.ready, d.log)
	if p := cfg.Push; p != nil {
		server.Hook(web.Hook{Token: p.Token.Reveal(), Key: p.Secret.Reveal(), Window: p.Window, MaxBody: p.MaxBody, Now: l.Now, Look: l.Look})
	}
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- server.Serve(ctx, listener)
	}()
	d.log.Info("started", "version", buildVersion().Version, "mode", string(l.Mode), "listen", listener.Addr().String())
	err = l.Run(ctx)
	stop()
	err = errors.Join(err, <-served)
	d.log.Info("stopped")
	return err
}

// ready is an error until the first cycle has settled.
func (d *daemon) ready() error {
	if d.last.Load() == nil {
		return errors.New("the first cycle has not settled yet")
	}
	return nil
}

// settled takes a cycle into log and metrics.
func (d *daemon) settled(r *connector.Report) {
	if r.Err == nil {
		d.last.Store(r)
	}
	d.metrics.Settled(d.cycle(r))
	for _, s := range r.Sources {
		if s.Err != nil {
			d.log.Error("a source could not be read; the last reading stays in force", "source", s.Name, "error", s.Err)
		}
	}
	if r.Quarantined != "" {
		d.log.Warn("the organisation waits for approval: leadfront org approve DIGEST", "digest", r.Quarantined, "because", sentences(r.QuarantinedBecause, nil))
	}
	for _, f := range r.Refusals {
		d.log.Warn("a plan was refused: leadfront approve DIGEST", "digest", f.Digest, "program", f.Program, "move", string(f.Move), "changes", len(f.Changes), "because", f.Because.Sentence(nil))
	}
	done := map[rules.Result]int{}
	for _, o := range r.Outcomes {
		done[o.Result]++
	}
	if len(r.Outcomes) > 0 || r.Learnt > 0 {
		d.log.Info("cycle settled", "took", r.Took.Round(time.Millisecond), "learnt", r.Learnt, "done", done[rules.Done],
			"ineffective", done[rules.Ineffective], "failed", done[rules.Failed], "unknown", done[rules.Unknown], "skipped", done[rules.Skipped])
	}
	if r.Facts != nil && r.Mode == rules.Observe && len(r.Facts.Holds) > 0 {
		d.log.Warn("holds of ours are in place while the mode only observes", "holds", len(r.Facts.Holds))
	}
}

// cycle is the report as the metrics want it.
func (d *daemon) cycle(r *connector.Report) web.Cycle {
	c := web.Cycle{At: r.At, Err: r.Err, Took: r.Took, Mode: r.Mode, Learnt: r.Learnt, Poisonous: r.Poisonous, Quarantined: r.Quarantined != "",
		Late: r.Late, Facts: r.Facts, Judgement: r.Judgement, Refusals: r.Refusals, Outcomes: r.Outcomes, Latencies: r.Latencies()}
	for _, s := range r.Sources {
		c.Sources = append(c.Sources, web.Source{Name: s.Name, Kind: s.Kind, OK: s.Err == nil})
		c.OrgRead = c.OrgRead || (s.Kind == rules.SourceHRIS && s.Err == nil)
	}
	if r.Cycle != nil {
		c.Opened, c.Ended, c.Findings = r.Cycle.Opened, r.Cycle.Ended, r.Cycle.Findings
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if f, err := d.store.Figures(ctx); err == nil {
		c.LogEntries, c.WALBytes = f.LogEntries, f.WALBytes
	} else {
		d.log.Error("the size of the log could not be read", "error", err)
	}
	if all, err := d.store.Emitters(ctx); err == nil {
		for _, e := range all {
			c.Emitters = append(c.Emitters, web.Emitter(e))
		}
	} else {
		d.log.Error("who sends statements could not be read", "error", err)
	}
	return c
}
