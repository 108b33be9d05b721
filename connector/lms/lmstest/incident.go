package lmstest

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// The incidents of others, each by the name of the tool and the number of its report:
// what went wrong there must not go wrong here.

// ssosync 194: the source answered 200 with nothing, and everybody was removed.
func answeredWithNothing(t *testing.T, h Harness) {
	h.FailReads(Empty, 0)
	if rows, err := h.LMS.Enrolments(t.Context(), h.Target); err == nil || len(rows) != 0 {
		t.Errorf("an empty answer is read as %d rows, %v", len(rows), err)
	}
}

// ssosync 234: a 503 in the middle of paging made a part of the list look like all of
// it.
func failedWhilePaging(t *testing.T, h Harness) {
	whole := len(h.rows(t))
	for skip := range 8 {
		h.FailReads(Maintenance, skip)
		if rows, err := h.LMS.Enrolments(t.Context(), h.Target); err == nil && len(rows) != whole || err != nil && rows != nil {
			t.Errorf("refused after %d calls: %d of %d rows, %v", skip, len(rows), whole, err)
		}
		h.Heal()
	}
}

// external-dns 2232: a provider that did not know of dry runs wrote all the same.
func ignoredTheDryRun(t *testing.T, h Harness) {
	rows := h.rows(t)
	_, _ = h.LMS.Starts(t.Context(), h.Target, []rules.Enrolment{rows[h.Learners[0]]}) // whatever it says
	for _, o := range h.LMS.Apply(t.Context(), h.Target, append(h.act(h.Learners[0], h.Learners[1]), h.release(h.Learners[2])...)) {
		if o.Result == rules.Done || o.Result == rules.Ineffective {
			t.Errorf("written without a permit: %+v", o)
		}
	}
	if h.Written() != 0 {
		t.Errorf("%d calls were written without a permit", h.Written())
	}
}

// external-dns 3841: a throttled upstream was read as an empty one.
func throttledIsNotEmpty(t *testing.T, h Harness) {
	for _, f := range []Fault{Maintenance, Slow} {
		h.FailReads(f, 1)
		if rows, err := h.LMS.Enrolments(t.Context(), h.Target); err == nil && len(rows) < len(h.Learners) || err != nil && rows != nil {
			t.Errorf("%s: %d rows, %v", f, len(rows), err)
		}
		h.Heal()
	}
}

// Rocket.Chat 41976: with nothing to add, removals were skipped too. Here the holds of
// a list that can all not be written keep no release from being made.
func nothingToAddStillReleases(t *testing.T, h Harness) {
	h.onlyOpen(t)
	a, b := h.Learners[0], h.Learners[1]
	want(t, h.apply(t.Context(), t, h.hold(a)), rules.Done)
	h.Suspend(b) // by somebody else: its hold is not sent
	outcomes := h.apply(t.Context(), t, append(h.release(a), h.hold(b)...))
	if outcomes[0].Result != rules.Done || outcomes[1].Result != rules.Skipped || h.Held(a) || !h.Held(b) {
		t.Errorf("%+v", outcomes)
	}
}

// openedx-platform 36965: the prerequisite was met and the content stayed locked. A
// release is done only when access is back, and one of which the answer was lost is
// found to be.
func metAndStillLocked(t *testing.T, h Harness) {
	h.onlyOpen(t)
	a := h.Learners[0]
	want(t, h.apply(t.Context(), t, h.hold(a)), rules.Done)
	h.FailWrites(Pretend, 0)
	want(t, h.apply(t.Context(), t, h.release(a)), rules.Ineffective)
	if h.Heal(); !h.Held(a) {
		t.Fatal("the stand-in did not keep the release back")
	}
	h.FailWrites(Lost, 0)
	want(t, h.apply(t.Context(), t, h.release(a)), rules.Done)
	if h.Heal(); h.Held(a) || h.rows(t)[a].State != rules.RowActive {
		t.Error("released, and still locked")
	}
}
