package connector_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// counting counts how often HR and the rosters are read.
type counting struct {
	*platform
	hr      *hr
	rosters int
	orgs    int
	down    error
}

func (c *counting) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	c.rosters++
	if c.down != nil {
		return nil, c.down
	}
	return c.platform.Enrolments(ctx, t)
}

func (c *counting) Org(ctx context.Context) (rules.Org, error) {
	c.orgs++
	return c.hr.Org(ctx)
}

// hurrying has 30 people on hold, HR read once an hour, the platform every minute and
// the records every ten seconds, all of them just now.
func hurrying(t *testing.T) (*world, *connector.Loop, *counting) {
	t.Helper()
	w := newWorld(t, 30)
	c := &counting{platform: w.lms, hr: w.hr}
	w.HRIS.HRIS, w.HRIS.Every, w.HRIS.Limit = c, time.Hour, 3*time.Hour
	w.LMS[0].LMS = c
	w.Records[0].Every = 10 * time.Second
	l := w.launched(t)
	w.cycle(t, l)
	c.rosters, c.orgs = 0, 0
	return w, l, c
}

func (w *world) later(t *testing.T, l *connector.Loop, by time.Duration) *connector.Report {
	t.Helper()
	w.now = w.now.Add(by)
	r, err := l.Cycle(t.Context(), false)
	must(t, err)
	return r
}

// TestReleasesWaitForNothing: evidence that is read while neither HR nor the platform
// is due releases at once; what else it means is judged by a whole reading that
// follows, in which nothing moves any more and nothing is taken for somebody else's.
func TestReleasesWaitForNothing(t *testing.T) {
	w, l, c := hurrying(t)
	w.lrs.completes("0", w.now)
	r := w.later(t, l, 10*time.Second)
	if !r.Hurried || w.lms.held() != 0 || c.rosters != 0 || c.orgs != 0 {
		t.Fatalf("%d are on hold, after %d rosters and %d organisations were read; want all let in after none", w.lms.held(), c.rosters, c.orgs)
	}
	if n := len(r.Latencies()[programs]); n != 30 {
		t.Errorf("%d latencies are told of", n)
	}
	w.lms.batch = nil
	r = w.later(t, l, time.Second)
	if r.Hurried || c.rosters != 1 || c.orgs != 0 || len(r.Plan.Changes) != 0 || len(w.lms.batch) != 0 {
		t.Errorf("a second later %d rosters and %d organisations were read, and planned is %v; want one, none and nothing", c.rosters, c.orgs, r.Plan.Changes)
	}
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if len(facts.Holds) != 0 || len(facts.Overrides) != 0 || len(facts.Open) != 0 {
		t.Errorf("left are holds %v, overrides %v, violations %v", facts.Holds, facts.Overrides, facts.Open)
	}
}

// TestHurryHoldsNobody: evidence that is no reason to let anybody in, and a platform
// that could not be read last, make an ordinary cycle.
func TestHurryHoldsNobody(t *testing.T) {
	w, l, c := hurrying(t)
	w.lrs.completes("7", w.now) // who leads nobody, and lets in themselves
	if r := w.later(t, l, 10*time.Second); !r.Hurried || w.lms.held() != 29 {
		t.Errorf("%d are on hold after one has completed", w.lms.held())
	}
	c.down = errors.New("down")
	w.later(t, l, time.Minute)
	c.rosters = 0
	w.lrs.completes("0", w.now)
	if r := w.later(t, l, 10*time.Second); r.Hurried || c.rosters == 0 || w.lms.held() != 29 {
		t.Errorf("%d are on hold; want nothing done by a reading that was not the last", w.lms.held())
	}
	c.down = nil
	if w.later(t, l, time.Minute); w.lms.held() != 0 {
		t.Errorf("%d are on hold after the platform is back", w.lms.held())
	}
}
