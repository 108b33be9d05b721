package connector_test

import (
	"errors"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// byPerson is a platform that shows whether somebody has access, and not each row.
type byPerson struct{ *platform }

func (byPerson) Capabilities() rules.Capabilities {
	return rules.Capabilities{Platform: "test", PerPerson: true}
}

func (w *world) facts(t *testing.T) rules.Facts {
	t.Helper()
	f, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	return f
}

// overriddenOpen counts the open violations of that kind.
func (w *world) overriddenOpen(t *testing.T) (n int) {
	t.Helper()
	for _, v := range w.facts(t).Open {
		if v.Kind == rules.Overridden && v.Person == "1" {
			n++
		}
	}
	return n
}

// reactivated has somebody's row given back by hand while it is on hold.
func reactivated(t *testing.T) (*world, *connector.Loop) {
	t.Helper()
	w := newWorld(t, 3)
	w.LMS[0].LMS = byPerson{w.lms}
	l := w.launched(t)
	w.cycle(t, l)
	w.lms.rows["1"] = rules.RowActive
	return w, l
}

// TestOverriddenByHand: an override is respected for fourteen days and no longer. What
// is left of the hold is lifted, which clears nobody, counts for no guard and is not
// evidence of anything.
func TestOverriddenByHand(t *testing.T) {
	w, l := reactivated(t)
	r := w.cycle(t, l)
	if len(r.Plan.Changes) != 1 || r.Plan.Changes[0].Cause != rules.CauseUndo {
		t.Fatalf("planned is %+v, want the rest of the hold to be lifted as such", r.Plan.Changes)
	}
	for range 3 {
		r = w.cycle(t, l)
	}
	if len(r.Plan.Changes) != 0 || w.lms.rows["1"] != rules.RowActive || w.overriddenOpen(t) != 1 {
		t.Errorf("planned is %v, the row is %s, %d violations are open; want peace, and one", r.Plan.Changes, w.lms.rows["1"], w.overriddenOpen(t))
	}
	for _, s := range w.facts(t).Standings {
		if s.Person == "1" && !s.Released.IsZero() {
			t.Errorf("cleared since %s, by an override", s.Released)
		}
	}
	w.now = w.now.Add(13 * 24 * time.Hour)
	if w.cycle(t, l); w.lms.rows["1"] != rules.RowActive || w.overriddenOpen(t) != 1 {
		t.Errorf("after 13 days the row is %s, %d violations are open", w.lms.rows["1"], w.overriddenOpen(t))
	}
	w.now = w.now.Add(24 * time.Hour)
	w.lms.batch = nil
	for range 4 {
		w.cycle(t, l)
	}
	if w.lms.rows["1"] != rules.RowSuspended || len(w.lms.batch) != 1 || w.overriddenOpen(t) != 0 {
		t.Errorf("after 14 days the row is %s by writes of %v, %d violations are open; want it held once", w.lms.rows["1"], w.lms.batch, w.overriddenOpen(t))
	}
}

// TestOverriddenDuringAnOutage: that the records could not be read does not make an
// override less of one.
func TestOverriddenDuringAnOutage(t *testing.T) {
	w, l := reactivated(t)
	w.lrs.err = errors.New("down")
	w.now = w.now.Add(2 * time.Hour)
	w.cycle(t, l)
	w.lrs.err = nil
	for range 3 {
		w.cycle(t, l)
	}
	if w.lms.rows["1"] != rules.RowActive || w.overriddenOpen(t) != 1 {
		t.Errorf("the row is %s, %d violations are open; want the override respected", w.lms.rows["1"], w.overriddenOpen(t))
	}
}
