package lmstest

import (
	"context"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func holdsAndReleases(t *testing.T, h Harness) {
	h.onlyOpen(t)
	all := h.Learners
	want(t, h.apply(t.Context(), t, h.hold(all...)), rules.Done)
	for a, r := range h.rows(t) {
		if (r.State == rules.RowSuspended) == (a == h.Teacher) {
			t.Fatalf("%s is read as %s", a, r.State)
		}
	}
	want(t, h.apply(t.Context(), t, h.release(all...)), rules.Done)
	for a, r := range h.rows(t) {
		if r.State != rules.RowActive {
			t.Fatalf("%s is read as %s", a, r.State)
		}
	}
}

func addsAndStays(t *testing.T, h Harness) {
	if !h.LMS.Capabilities().Closed {
		t.Skip("the platform lets everybody in until held")
	}
	a, b := h.Learners[0], h.Learners[1]
	want(t, h.apply(t.Context(), t, h.act(a)), rules.Done)
	if rows := h.rows(t); !rows[a].Released || rows[b].Released || h.Held(a) || !h.Held(b) {
		t.Errorf("added and read as %+v, not added and read as %+v", rows[a], rows[b])
	}
	for _, c := range []rules.Change{h.hold(a)[0], h.release(b)[0]} {
		c.From = rules.RowActive
		if o := h.apply(t.Context(), t, []rules.Change{c})[0]; o.Result != rules.Skipped {
			t.Errorf("%s on a closed platform: %s", c.Move, o.Result)
		}
	}
	if h.Named(a) != 1 || h.Named(b) != 0 {
		t.Error("what was added was taken away, or more was written than additions")
	}
	want(t, h.apply(t.Context(), t, h.act(h.Learners[1:]...)), rules.Done)
}

func hiddenCourse(t *testing.T, h Harness) {
	h.Hide()
	if rows, err := h.LMS.Enrolments(t.Context(), h.Target); err == nil || rows != nil {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	want(t, h.apply(t.Context(), t, h.act(h.Learners[0])), rules.Skipped)
	if h.Written() != 0 {
		t.Errorf("%d writes", h.Written())
	}
}

func needsPermit(t *testing.T, h Harness) {
	for _, o := range h.LMS.Apply(t.Context(), h.Target, h.act(h.Learners[0])) {
		if o.Result == rules.Done || o.Result == rules.Ineffective || h.acted(h.Learners[0]) || h.Written() != 0 {
			t.Errorf("%+v, %d writes", o, h.Written())
		}
	}
}

func neverTwice(t *testing.T, h Harness) {
	a := h.Learners[0]
	want(t, h.apply(t.Context(), t, h.act(a)), rules.Done)
	want(t, h.apply(t.Context(), t, h.act(a)), rules.Skipped)
	if h.Named(a) != 1 {
		t.Errorf("%d writes", h.Named(a))
	}
}

func oneBadRow(t *testing.T, h Harness) {
	bad := h.Learners[7]
	h.Ruin(bad)
	for _, o := range h.apply(t.Context(), t, h.act(h.Learners[:25]...)) {
		wanted := rules.Done
		if o.Change.Account.ID == bad {
			if o.Result == rules.Failed || o.Result == rules.Skipped {
				continue
			}
			wanted = rules.Failed
		}
		if o.Result != wanted {
			t.Errorf("%s: %s (%s), want %s", o.Change.Row, o.Result, o.Error, wanted)
		}
	}
}

func lostAnswer(t *testing.T, h Harness) {
	for i, f := range []Fault{Lost, Cut} {
		a := h.Learners[i]
		h.FailWrites(f, 0)
		want(t, h.apply(t.Context(), t, h.act(a)), rules.Done)
		h.Heal()
		if h.Named(a) != 1 {
			t.Errorf("%s: sent %d times", f, h.Named(a))
		}
	}
}

func undone(t *testing.T, h Harness) {
	for _, f := range Undone {
		before := h.Written()
		h.FailWrites(f, 0)
		for i, o := range h.apply(t.Context(), t, h.act(h.Learners...)) {
			if o.Result != rules.Unknown && o.Result != rules.Failed && (i == 0 || o.Result != rules.Skipped) {
				t.Errorf("%s: %s (%s)", f, o.Result, o.Error)
				break
			}
		}
		if n := h.Written() - before; n > 1 {
			t.Errorf("%s: %d more writes after the first had failed for good", f, n-1)
		}
		h.Heal()
	}
	want(t, h.apply(t.Context(), t, h.act(h.Learners[0])), rules.Done)
}

func halfBatch(t *testing.T, h Harness) {
	h.FailWrites(Half, 0)
	results := map[rules.Result]int{}
	for _, o := range h.apply(t.Context(), t, h.act(h.Learners[:10]...)) {
		results[o.Result]++
	}
	if results[rules.Done] != 5 || results[rules.Ineffective] != 5 {
		t.Errorf("of ten, five were written: %v", results)
	}
}

func pretended(t *testing.T, h Harness) {
	h.FailWrites(Pretend, 0)
	want(t, h.apply(t.Context(), t, h.act(h.Learners[0])), rules.Ineffective)
	h.Heal()
	want(t, h.apply(t.Context(), t, h.act(h.Learners[0])), rules.Done)
	if !h.LMS.Capabilities().Closed {
		h.FailWrites(Pretend, 0)
		want(t, h.apply(t.Context(), t, h.release(h.Learners[0])), rules.Ineffective)
	}
}

// noReadBack lets reads fail from the moment of the write on.
func noReadBack(t *testing.T, h Harness) {
	a := h.Learners[0]
	permitted, done := h.Permit(t.Context())
	defer done()
	for skip := 0; !h.acted(a) && skip < 50; skip++ {
		h.Heal()
		h.FailReads(Down, skip)
		o := h.LMS.Apply(permitted, h.Target, h.act(a))[0]
		switch {
		case h.acted(a) && o.Result != rules.Unknown:
			t.Errorf("written and not read back: %s (%s)", o.Result, o.Error)
		case !h.acted(a) && o.Result != rules.Skipped:
			t.Errorf("not read, and %s (%s)", o.Result, o.Error)
		}
	}
	if !h.acted(a) {
		t.Error("it was never written")
	}
}

func noReading(t *testing.T, h Harness) {
	for _, f := range Undone {
		h.FailReads(f, 0)
		want(t, h.apply(t.Context(), t, h.act(h.Learners[0])), rules.Skipped)
		h.Heal()
	}
	if h.Written() != 0 {
		t.Errorf("%d writes", h.Written())
	}
}

func foreignSuspension(t *testing.T, h Harness) {
	h.onlyOpen(t)
	a, b := h.Learners[0], h.Learners[1]
	h.Suspend(a) // after the reading from which the hold was planned
	outcomes := h.apply(t.Context(), t, h.hold(a, b))
	want(t, outcomes[:1], rules.Skipped)
	want(t, outcomes[1:], rules.Done)
	if h.Named(a) != 0 || !h.Held(a) {
		t.Error("somebody else's suspension was touched")
	}
	h.Unsuspend(b) // somebody lifted our hold before the release
	want(t, h.apply(t.Context(), t, h.release(b)), rules.Skipped)
	if h.Named(b) != 1 {
		t.Error("a release was sent for somebody who had access")
	}
}

func noLearner(t *testing.T, h Harness) {
	outcomes := h.apply(t.Context(), t, h.act(h.Teacher, h.Learners[0]))
	want(t, outcomes[:1], rules.Skipped)
	want(t, outcomes[1:], rules.Done)
	if h.Named(h.Teacher) != 0 || h.acted(h.Teacher) {
		t.Error("the teacher was written")
	}
}

func secondWayIn(t *testing.T, h Harness) {
	h.onlyOpen(t)
	if h.Sneak == nil {
		t.Skip("a hold bars every way in")
	}
	a, b, c := h.Learners[0], h.Learners[1], h.Learners[2]
	want(t, h.apply(t.Context(), t, h.hold(a, b)), rules.Done)
	h.Sneak(a)
	rows := h.rows(t)
	if rows[a].State != rules.RowActive || rows[c].Barred == "" {
		t.Errorf("who got in is read as %s, others are barred by %q", rows[a].State, rows[c].Barred)
	}
	if o := h.apply(t.Context(), t, h.hold(c))[0]; o.Result == rules.Done || h.Named(c) != 0 {
		t.Errorf("a hold that bars nobody: %s (%s)", o.Result, o.Error)
	}
	want(t, h.apply(t.Context(), t, h.release(b)), rules.Done)
	// the loop's "release once": lifts what is left of a hold that shows no more
	want(t, h.apply(t.Context(), t, []rules.Change{h.change(a, rules.MoveRelease, rules.RowActive, rules.RowActive)}), rules.Done)
	if h.Named(a) != 2 && !h.Rejoins { // there is no rest of a hold on a row that reads as active
		t.Errorf("the rest of the hold was not lifted: %d writes", h.Named(a))
	}
}

func tokenDies(t *testing.T, h Harness) {
	h.FailWrites(DeadToken, 1)
	outcomes := h.apply(t.Context(), t, h.act(h.Learners...))
	results := map[rules.Result]int{}
	for _, o := range outcomes {
		results[o.Result]++
		if (o.Result == rules.Failed || o.Result == rules.Skipped) && h.acted(o.Change.Account.ID) {
			t.Fatalf("%s is held, and %s", o.Change.Row, o.Result)
		}
	}
	if results[rules.Failed] == 0 || results[rules.Skipped] == 0 || h.Written() != 2 {
		t.Errorf("%v, %d writes: the first batch goes through, the second fails, the rest is not tried", results, h.Written())
	}
}

func cancelled(t *testing.T, h Harness) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	h.FailWrites(Slow, 0)
	begun := time.Now()
	for _, o := range h.apply(ctx, t, h.act(h.Learners...)) {
		if o.Result == rules.Done || o.Result == rules.Ineffective {
			t.Fatalf("%s (%s)", o.Result, o.Error)
		}
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	if h.Written() > 1 {
		t.Errorf("%d writes", h.Written())
	}
}

func nothingToDo(t *testing.T, h Harness) {
	h.apply(t.Context(), t, nil)
	if h.Written() != 0 {
		t.Errorf("%d writes", h.Written())
	}
}
