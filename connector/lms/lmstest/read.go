package lmstest

import (
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

func readsEverybody(t *testing.T, h Harness) {
	if !h.LMS.Capabilities().Closed {
		h.Suspend(h.Learners[1])
	}
	rows := h.rows(t)
	for i, a := range h.Learners {
		state := rules.RowActive
		if i == 1 && !h.LMS.Capabilities().Closed {
			state = rules.RowSuspended
		}
		if r := rows[a]; r.State != state || r.Barred != "" || r.Target != h.Target.Key() || r.Account.LMS != h.Target.LMS || r.Row == "" {
			t.Fatalf("learner %s is read as %+v", a, r)
		}
	}
	if r, ok := rows[h.Teacher]; !ok || r.Barred != rules.BarredRole {
		t.Errorf("the teacher is read as %+v", r)
	}
}

func readsWhole(t *testing.T, h Harness) {
	for _, f := range append(slices.Clone(Undone), Cut, Lost) {
		h.FailReads(f, 0)
		if rows, err := h.LMS.Enrolments(t.Context(), h.Target); err == nil || rows != nil {
			t.Errorf("%s: %d rows, error %v", f, len(rows), err)
		}
		h.Heal()
	}
	for skip := range 12 { // in the middle of a reading
		h.FailReads(Garbage, skip)
		rows, err := h.LMS.Enrolments(t.Context(), h.Target)
		if err == nil && len(rows) < len(h.Learners) || err != nil && rows != nil {
			t.Errorf("garbage after %d calls: %d rows, error %v", skip, len(rows), err)
		}
		h.Heal()
	}
	if len(h.rows(t)) < len(h.Learners) {
		t.Error("it does not recover")
	}
	if _, err := h.LMS.Enrolments(t.Context(), rules.Target{LMS: h.Target.LMS, Course: "no such course"}); err == nil {
		t.Error("an unknown course is no error")
	}
}

func tellsStarts(t *testing.T, h Harness) {
	if !h.LMS.Capabilities().Starts {
		t.Skip("the platform cannot tell")
	}
	h.Visit(h.Learners[0])
	rows := h.rows(t)
	asked := []rules.Enrolment{rows[h.Learners[0]], rows[h.Learners[1]]}
	asked[1].Start = rules.SignUnknown
	got, err := h.LMS.Starts(t.Context(), h.Target, asked)
	if err != nil || len(got) != 2 || got[0].Row != asked[0].Row {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Start != rules.SignStarted || got[1].Start != rules.SignNone {
		t.Errorf("who has started: %v, who has not: %v", got[0].Start, got[1].Start)
	}
	if asked[1].Start != rules.SignUnknown {
		t.Error("the rows that were given were changed")
	}
}

func startsWhole(t *testing.T, h Harness) {
	rows := h.rows(t)
	asked := []rules.Enrolment{rows[h.Learners[0]], rows[h.Learners[1]]}
	for _, f := range Undone {
		h.FailReads(f, 0)
		got, err := h.LMS.Starts(t.Context(), h.Target, asked)
		if err == nil {
			for _, r := range got {
				if r.Start != rules.SignUnknown {
					t.Errorf("%s: a sign out of nothing: %+v", f, r)
				}
			}
		}
		h.Heal()
	}
}
