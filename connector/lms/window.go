package lms

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// Windows are the times at which a platform may be changed. None means at any time.
type Windows struct {
	// Timezone is that of the expressions, such as Europe/Berlin; that of the
	// configuration when left out.
	Timezone string `yaml:"timezone"`
	// Open are the windows.
	Open []Window `yaml:"open"`
	// All: releases by evidence wait for a window too. Release-all never waits.
	All bool `yaml:"all"`

	zone *time.Location
}

// Window opens at each time of a cron expression, and stays open for a while.
type Window struct {
	// Cron is minute, hour, day of the month, month, day of the week: "0 22 * * mon-fri".
	Cron string `yaml:"cron"`
	// For is how long it stays open: six hours are six hours, whatever summer time
	// does meanwhile.
	For time.Duration `yaml:"for"`
}

// Validate returns everything that is wrong with the windows, joined.
func (w Windows) Validate() error {
	var errs []error
	if _, err := time.LoadLocation(w.Timezone); err != nil {
		errs = append(errs, fmt.Errorf("timezone %q is not one; write it like Europe/Berlin", w.Timezone))
	}
	if (w.All || w.Timezone != "") && len(w.Open) == 0 {
		errs = append(errs, errors.New("open is missing: without windows, changes are made at any time"))
	}
	for i, o := range w.Open {
		if err := o.validate(); err != nil {
			errs = append(errs, fmt.Errorf("open[%d].%w", i, err))
		}
	}
	return errors.Join(errs...)
}

// The bounds of a window: shorter than a reading takes would never be open, and
// longer ones overlap for good.
const (
	leastWindow = 5 * time.Minute
	mostWindow  = 7 * 24 * time.Hour
)

func (o Window) validate() error {
	if len(strings.Fields(o.Cron)) != 5 || !gronx.New().IsValid(o.Cron) {
		return fmt.Errorf("cron %q is not an expression of five fields, such as \"0 22 * * mon-fri\"", o.Cron)
	}
	// Expressions may name days that there are not.
	if _, err := gronx.NextTickAfter(o.Cron, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), true); err != nil {
		return fmt.Errorf("cron %q names no time that comes", o.Cron)
	}
	if o.For < leastWindow || o.For > mostWindow {
		return fmt.Errorf("for must be %s to %s", leastWindow, mostWindow)
	}
	return nil
}

// In returns the windows with that zone in place, unless they name one. It expects
// valid windows.
func (w Windows) In(zone *time.Location) Windows {
	if w.zone = zone; w.Timezone != "" {
		if named, err := time.LoadLocation(w.Timezone); err == nil {
			w.zone = named
		}
	}
	return w
}

// Any reports whether there are windows at all.
func (w Windows) Any() bool { return len(w.Open) > 0 }

// Everything reports whether releases by evidence wait, too.
func (w Windows) Everything() bool { return w.All }

// At reports whether a window is open, and when the next one opens; zero: none is
// known.
func (w Windows) At(now time.Time) (open bool, next time.Time) {
	for _, o := range w.Open {
		if start := w.last(o, now); !start.IsZero() && now.Before(start.Add(o.For)) {
			open = true
		}
		if at := w.next(o, now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return open, next
}

// The expressions are asked about the clock on the wall, as if there were no summer
// time, and what they name is looked for in the zone: a window at 02:30 opens once
// on each of its days, an hour later by the wall on the day that has no 02:30.

func (w Windows) wall(t time.Time) time.Time {
	t = t.In(w.zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func (w Windows) instant(wall time.Time) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, w.zone)
	if first := at.Add(-time.Hour); w.wall(first).Equal(w.wall(at)) {
		return first // the clock shows it twice
	}
	return at
}

// shift is more than any change of the clocks: around one, what comes first on the
// wall need not come first.
const shift = 3 * time.Hour

// last is when the window opened last, at now at the latest.
func (w Windows) last(o Window, now time.Time) (last time.Time) {
	wall := w.wall(now)
	for at := wall.Add(shift); ; at = at.Add(-time.Second) {
		var err error
		if at, err = gronx.PrevTickBefore(o.Cron, at, true); err != nil {
			return last
		}
		if start := w.instant(at); !start.After(now) && start.After(last) {
			last = start
		}
		if at.Before(wall.Add(-shift)) {
			return last
		}
	}
}

// next is when the window opens next, after now.
func (w Windows) next(o Window, now time.Time) (next time.Time) {
	wall := w.wall(now)
	for at := wall.Add(-shift); ; at = at.Add(time.Second) {
		var err error
		if at, err = gronx.NextTickAfter(o.Cron, at, true); err != nil {
			return next
		}
		if start := w.instant(at); start.After(now) && (next.IsZero() || start.Before(next)) {
			next = start
		}
		if at.After(wall.Add(shift)) {
			return next
		}
	}
}
