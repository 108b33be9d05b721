package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/notice"
	"github.com/leadfront/leadfront/connector/outbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

type runCmd struct {
	inside bool // a part of demo, which answers signals itself
}

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
	d := newDaemon(p, st, p.logger(cfg.Log, true))
	signals := make(chan os.Signal, 1)
	if !c.inside {
		signal.Notify(signals, syscall.SIGHUP)
		defer signal.Stop(signals)
	}
	return d.serve(p.ctx, s, signals)
}

// daemon is what surrounds the loop: log, metrics, health, reload, watchdog.
type daemon struct {
	program *program
	store   *store.Store
	log     *slog.Logger
	metrics *web.Metrics
	reg     *prometheus.Registry
	server  *web.Server
	notify  *notifier
	reloads reloader
	last    atomic.Pointer[connector.Report]
	show    publisher
	warm    func(*view.View)        // prepares pages of what was published; nil: none are served
	shares  atomic.Pointer[sharing] // of the configuration in force; nil: none
	sender  *outbox.Sender
	desk    atomic.Pointer[notice.Desk] // of the configuration in force; nil: nobody is told anything
	notices *notice.Sender
	// problems are what the last verification of the audit log has found.
	problems atomic.Int64
}

func newDaemon(p *program, st *store.Store, log *slog.Logger) *daemon {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	d := &daemon{program: p, store: st, log: log, reg: reg, metrics: web.NewMetrics(reg, buildVersion().Version),
		notify: newNotifier(p.getenv, p.now, log), reloads: reloader{next: make(chan handover, 1)}}
	d.server = web.NewServer(reg, d.ready, log)
	d.sender = d.newSender()
	d.notices = d.newNotices()
	return d
}

// serve runs the cycles, the web servers and what is done beside them until the
// context ends or one of them fails; then all stop.
func (d *daemon) serve(ctx context.Context, s *site, signals <-chan os.Signal) error {
	listener, err := web.Listen(ctx, s.config.Listen)
	if err != nil {
		return err
	}
	beside := []func(context.Context) error{
		func(ctx context.Context) error { return d.server.Serve(ctx, listener) },
		func(ctx context.Context) error { return d.hangups(ctx, signals) },
		d.verifyDaily,
		d.sender.Run,
		d.notices.Run,
	}
	if s.config.Admin != "" {
		admin, err := web.Listen(ctx, s.config.Admin)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		beside = append(beside, func(ctx context.Context) error { return web.NewAdmin(d.reload, d.log).Serve(ctx, admin) })
	}
	if s.config.Web != nil {
		face, err := d.face(ctx, s.config)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		beside = append(beside, face)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(beside))
	for _, task := range beside {
		go func() {
			defer stop()
			ended <- task(ctx)
		}()
	}
	d.log.Info("started", "version", buildVersion().Version, "mode", string(s.config.Mode), "listen", listener.Addr().String())
	err = d.cycles(ctx, s)
	d.notify.tell("STOPPING=1")
	stop()
	for range beside {
		err = errors.Join(err, <-ended)
	}
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
		d.publish(r)
		d.notices.Kick()
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
	for _, w := range r.Windows {
		c.Windows = append(c.Windows, web.Window{LMS: w.LMS, Open: w.Open, Waiting: len(w.Waiting)})
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
