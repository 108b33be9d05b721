package connector_test

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// windowed has the platform changed from 22:00 for two hours only; it is 09:00.
func windowed(t *testing.T, all bool) *world {
	t.Helper()
	w := newWorld(t, 30)
	w.LMS[0].Windows = lms.Windows{Open: []lms.Window{{Cron: "0 22 * * *", For: 2 * time.Hour}}, All: all}.In(time.UTC)
	return w
}

// TestHoldsWaitForAWindow: holds that were approved in the morning are placed at
// night, once, and the approval is used then; the top's completion releases in the
// middle of the day; a hold that HR undoes waits for the night again.
func TestHoldsWaitForAWindow(t *testing.T) {
	w := windowed(t, false)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	day := w.cycle(t, l)
	if len(w.lms.batch) != 0 || len(day.Windows) != 1 || day.Windows[0].Open || len(day.Windows[0].Waiting) != 30 ||
		day.Windows[0].Next.Format(time.RFC3339) != "2026-11-02T22:00:00Z" {
		t.Fatalf("%d batches were written; the windows say %+v", len(w.lms.batch), day.Windows)
	}
	w.now = time.Date(2026, 11, 2, 21, 58, 30, 0, time.UTC)
	if w.cycle(t, l); len(w.lms.batch) != 0 {
		t.Error("held half a minute early")
	}
	if night := w.cycle(t, l); w.lms.held() != 30 || !night.Windows[0].Open || len(night.Windows[0].Waiting) != 0 {
		t.Fatalf("at 22:00 %d are on hold: %+v", w.lms.held(), night.Windows)
	}
	w.now = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

	w.hr.people[30].Status = rules.Inactive // none is owed to them any more, by HR
	if r := w.cycle(t, l); w.lms.held() != 30 || len(r.Windows[0].Waiting) != 1 {
		t.Fatalf("by day %d are on hold and %+v waits; want the release that HR causes to wait", w.lms.held(), r.Windows)
	}
	w.lrs.completes("0", w.now)
	if w.cycle(t, l); w.lms.held() != 1 {
		t.Errorf("%d are on hold after the top has completed; evidence waits for no window", w.lms.held())
	}
	w.now = time.Date(2026, 11, 3, 22, 0, 0, 0, time.UTC)
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are on hold at night", w.lms.held())
	}
}

// TestEverythingWaitsForAWindow but release-all.
func TestEverythingWaitsForAWindow(t *testing.T) {
	w := windowed(t, true)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	w.now = time.Date(2026, 11, 2, 22, 0, 0, 0, time.UTC)
	if w.cycle(t, l); w.lms.held() != 30 {
		t.Fatalf("%d are on hold", w.lms.held())
	}
	w.now = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	w.lrs.completes("0", w.now)
	if r := w.cycle(t, l); w.lms.held() != 30 || len(r.Windows[0].Waiting) != 30 {
		t.Errorf("%d are on hold; want all to wait", w.lms.held())
	}
	w.does(t, l, rules.Act{Kind: rules.ActReleaseAll, Program: programs})
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are on hold after release-all", w.lms.held())
	}
}

// TestAnApprovalOutlastsTheWayToItsWindow: one given for a window of the weekend is
// in force when it comes.
func TestAnApprovalOutlastsTheWayToItsWindow(t *testing.T) {
	w := windowed(t, false)
	w.LMS[0].Windows = lms.Windows{Open: []lms.Window{{Cron: "0 22 * * sat", For: 2 * time.Hour}}}.In(time.UTC)
	l, approve := w.opens(t) // on a Monday
	w.does(t, l, approve)
	for _, at := range []time.Time{time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 7, 22, 30, 0, 0, time.UTC)} {
		w.now = at
		if r := w.cycle(t, l); len(r.Refusals) != 0 {
			t.Errorf("%s: it is asked again: %+v", at, r.Refusals)
		}
	}
	if w.lms.held() != 30 {
		t.Errorf("%d are on hold", w.lms.held())
	}
}

var _ connector.Windows = lms.Windows{}
