package connector_test

import (
	"errors"
	"testing"
	"time"
)

// TestBreaker: a target that goes on failing is left alone for a while, the error
// stands meanwhile, and it is asked again afterwards.
func TestBreaker(t *testing.T) {
	w := newWorld(t, 3)
	l := w.launched(t)
	w.lms.err = errors.New("down")
	reads := func(cycles int) int {
		before := w.lms.reads
		for range cycles {
			r, err := l.Cycle(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Plan.Changes) != 0 {
				t.Fatal("a plan without a reading, or one for people who are on hold already")
			}
			w.now = w.now.Add(time.Second)
		}
		return w.lms.reads - before
	}
	if n := reads(5); n != 5 {
		t.Fatalf("%d readings in the first 5 cycles", n)
	}
	if n := reads(10); n != 0 {
		t.Errorf("%d readings while it was to be left alone", n)
	}
	w.now = w.now.Add(time.Minute)
	w.lms.err = nil
	if n := reads(3); n != 3 {
		t.Errorf("%d readings in 3 cycles after it was back", n)
	}
}
