package connector_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// TestManyHoldsReadAsLifted: an answer that leaves out who is suspended, and a sync
// job that re-activates everybody, read alike. Nothing is given up in haste, and
// nobody stands as released by us for it.
func TestManyHoldsReadAsLifted(t *testing.T) {
	w := newWorld(t, 40)
	l := w.launched(t)
	w.cycle(t, l) // sees the holds in place
	for id := range w.lms.rows {
		w.lms.rows[id] = rules.RowActive
	}
	r := w.cycle(t, l)
	if r.Failed() == nil || len(w.lms.batch) != 0 {
		t.Fatalf("the first such reading: %v, batches %v; want an error and no write", r.Failed(), w.lms.batch)
	}
	for id := range w.lms.rows {
		if id != "0" {
			w.lms.rows[id] = rules.RowSuspended
		}
	}
	if r := w.cycle(t, l); r.Failed() != nil {
		t.Fatalf("it was one wrong answer: %v", r.Failed())
	}
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if len(facts.Holds) != 40 {
		t.Errorf("%d of 40 holds are known afterwards", len(facts.Holds))
	}
	for _, s := range facts.Standings {
		if s.Person != "0" && !s.Released.IsZero() {
			t.Errorf("%s stands as released", s.Person)
		}
	}
	for id := range w.lms.rows {
		w.lms.rows[id] = rules.RowActive
	}
	for range 20 {
		r = w.cycle(t, l)
	}
	facts, err = w.store.Facts(t.Context(), w.now)
	must(t, err)
	if r.Failed() != nil || len(facts.Holds) != 0 || len(facts.Overrides) != 40 {
		t.Errorf("after 20 minutes of it: %v, %d holds, %d overrides; want it believed", r.Failed(), len(facts.Holds), len(facts.Overrides))
	}
	if w.lms.held() != 0 {
		t.Errorf("%d are held again within the fourteen days", w.lms.held())
	}
}

// endless is a record source that is never read to its end.
type endless struct{ page func(n int) }

func (e endless) Pages(context.Context, string) iter.Seq2[rules.Page, error] {
	return func(yield func(rules.Page, error) bool) {
		for n := 0; n < 1000; n++ {
			e.page(n)
			if !yield(rules.Page{Statements: 1, Cursor: "more"}, nil) {
				return
			}
		}
	}
}

// TestReleaseAllNeedNotWaitForTheRecords: the walk through a large LRS is left for
// the emergency exit.
func TestReleaseAllNeedNotWaitForTheRecords(t *testing.T) {
	w := newWorld(t, 12)
	w.launched(t)
	other := w.opened(t)
	pages := 0
	w.Options.Records[0].Records = endless{func(n int) {
		if pages = n; n == 3 {
			_, err := other.Request(t.Context(), rules.Act{Kind: rules.ActReleaseAll, Program: programs, By: "Pat", Reason: "stop", At: w.now})
			must(t, err)
		}
	}}
	l := connector.New(w.Options)
	w.cycle(t, l)
	if pages > 10 {
		t.Errorf("%d pages were read with release-all waiting", pages)
	}
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are still on hold", w.lms.held())
	}
}

// busy is a store that another process keeps busy for a while.
type busy struct {
	connector.Store
	left int
}

func (b *busy) Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error) {
	if b.left--; b.left >= 0 {
		return nil, errDisk
	}
	return b.Store.Intend(ctx, c)
}

// TestRunOutlivesABusyDatabase: a cycle that the store kept from ending is tried
// again, and reported.
func TestRunOutlivesABusyDatabase(t *testing.T) {
	w := newWorld(t, 12)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	w.Options.Store = &busy{w.store, 2}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	failed := 0
	w.Options.Settled = func(r *connector.Report) {
		if r.Err != nil {
			failed++
		}
		if w.lms.held() == 12 {
			stop()
		}
	}
	must(t, connector.New(w.Options).Run(ctx))
	if failed != 2 || w.lms.held() != 12 {
		t.Errorf("%d cycles failed and %d are on hold; want 2 and 12", failed, w.lms.held())
	}
}
