package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/rules"
)

// reloader hands new configurations from whoever asks for them to the goroutine
// that runs the cycles.
type reloader struct {
	mu      sync.Mutex // one at a time
	next    chan handover
	current *config.Config  // in force; under mu
	loop    *connector.Loop // that runs; under mu
}

// handover is a configuration that reads well and has still to come into force.
type handover struct {
	site   *site
	answer chan error
}

// reload reads the configuration again, and returns when it is in force or was
// refused. When the context ends before the cycle under way does, the new one will
// come into force later.
func (d *daemon) reload(ctx context.Context) error {
	answer, err := d.propose()
	if err != nil {
		d.refused(err)
		return err
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// propose reads the configuration and has the running loop make room for it. One
// that was proposed before and has not come into force gives way.
func (d *daemon) propose() (<-chan error, error) {
	d.reloads.mu.Lock()
	defer d.reloads.mu.Unlock()
	c, err := d.program.load()
	if err != nil {
		return nil, err
	}
	if err := sameRoom(d.reloads.current, c); err != nil {
		return nil, err
	}
	s, err := d.program.build(c)
	if err != nil {
		return nil, err
	}
	select {
	case old := <-d.reloads.next:
		old.answer <- errors.New("a newer configuration was read meanwhile")
	default:
	}
	answer := make(chan error, 1)
	d.reloads.next <- handover{s, answer}
	d.reloads.loop.Halt()
	return answer, nil
}

// sameRoom refuses what only a restart can change.
func sameRoom(old, c *config.Config) error {
	var keys []string
	for key, same := range map[string]bool{"data": old.Data == c.Data, "listen": old.Listen == c.Listen, "admin": old.Admin == c.Admin, "log": old.Log == c.Log,
		"web": reflect.DeepEqual(old.Web, c.Web), "records.lrs.share": shares(old) == shares(c)} {
		if !same {
			keys = append(keys, key)
		}
	}
	if len(keys) > 0 {
		return fmt.Errorf("a new value of %s takes a restart; nothing was changed", strings.Join(keys, ", "))
	}
	return nil
}

// shares reports whether people can share: the pages are made for it or not.
func shares(c *config.Config) bool {
	l, _ := c.Sharing()
	return l != nil
}

// refused notes that the last good configuration stays in force.
func (d *daemon) refused(err error) {
	d.metrics.ReloadFailed()
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			d.log.Error("the configuration has a problem", "at", p.String())
		}
	}
	d.log.Error("reload refused; the last good configuration stays in force", "error", err)
}

// cycles runs loop after loop, one for each configuration, until the context ends.
// A new one comes into force between two cycles, as if after a restart: nothing but
// the lock, the listeners and the counters outlives the change.
func (d *daemon) cycles(ctx context.Context, s *site) error {
	l, err := d.loop(s)
	if err != nil {
		return err
	}
	d.inForce(s, l)
	d.notify.tell("READY=1")
	for {
		if len(d.reloads.next) > 0 {
			l.Halt() // proposed while the loop before was running
		}
		if err := l.Run(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		select {
		case next := <-d.reloads.next:
			d.notify.tell("RELOADING=1")
			l = d.takeOver(ctx, l, next)
			d.notify.tell("READY=1")
		default: // its request was taken over before
		}
	}
}

// takeOver puts a configuration into force, or leaves the last one there.
func (d *daemon) takeOver(ctx context.Context, l *connector.Loop, next handover) *connector.Loop {
	fresh, err := d.loop(next.site)
	if err == nil {
		err = next.site.begin(ctx, d.program, d.store)
	}
	switch {
	case err == nil:
		d.inForce(next.site, fresh)
		d.log.Info("reloaded: a new configuration is in force", "mode", string(fresh.Mode))
		l = fresh
	case ctx.Err() == nil:
		d.refused(err)
	}
	next.answer <- err
	return l
}

// loop makes the loop of a site.
func (d *daemon) loop(s *site) (*connector.Loop, error) {
	l, err := s.loop(d.program, d.store, d.log, d.settled)
	if err != nil {
		return nil, err
	}
	l.Alive = d.notify.alive
	told := d.program.progress()
	told.live, told.write = false, func(text string) { d.log.Info("reading", "so far", text) }
	l.Reading = told.reading
	return l, nil
}

// inForce lets push, metrics and the next reload know of a configuration.
func (d *daemon) inForce(s *site, l *connector.Loop) {
	var hook *web.Hook
	if p := s.config.Push; p != nil {
		hook = &web.Hook{Token: p.Token.Reveal(), Key: p.Secret.Reveal(), Window: p.Window, MaxBody: p.MaxBody, Now: l.Now, Look: l.Look}
	}
	d.server.Hook(hook)
	d.shares.Store(s.sharing)
	d.desk.Store(s.desk)
	d.metrics.Configured(s.configured(d.program.now()))
	d.show.configured(l.Policy, s.configured(d.program.now()).Sources)
	d.reloads.mu.Lock()
	defer d.reloads.mu.Unlock()
	d.reloads.current, d.reloads.loop = s.config, l
}

// configured is the site as the metrics want it.
func (s *site) configured(now time.Time) web.Configured {
	c := web.Configured{At: now, Sources: []web.Source{{Name: s.hris.Name, Kind: rules.SourceHRIS, MaxAge: s.hris.Limit}}}
	for _, r := range s.records {
		c.Sources = append(c.Sources, web.Source{Name: r.Name, Kind: rules.SourceRecords, MaxAge: r.Limit})
	}
	for _, l := range s.lms {
		c.Sources = append(c.Sources, web.Source{Name: l.Name, Kind: rules.SourceLMS, MaxAge: l.Limit})
	}
	if s.desk != nil {
		for _, ch := range s.desk.Channels {
			c.Channels = append(c.Channels, ch.Name)
		}
	}
	for i := range s.policy.Programs {
		c.Programs = append(c.Programs, s.policy.Programs[i].ID)
	}
	return c
}

// hangups reloads at every signal until the context ends.
func (d *daemon) hangups(ctx context.Context, signals <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-signals:
			_ = d.reload(ctx) // is in the log and in the metrics
		}
	}
}
