package connector_test

import (
	"context"
	"testing"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// refuse answers every change of these rows with a refusal of the row itself.
func refuse(w *world, rows map[string]bool) {
	w.lms.during = func(_ context.Context, changes []rules.Change) (out []rules.Outcome) {
		for _, c := range changes {
			o := rules.Outcome{Change: c, Result: rules.Done, Seen: c.To}
			if rows[c.Row] {
				o = rules.Outcome{Change: c, Result: rules.Failed, Error: "invaliduser"}
			} else {
				w.lms.rows[c.Row] = c.To
			}
			out = append(out, o)
		}
		return out
	}
}

// TestRowsThatCannotBeWrittenStarveNobody: the first hundred rows are refused, each
// by itself, and the others are released all the same.
func TestRowsThatCannotBeWrittenStarveNobody(t *testing.T) {
	w := newWorld(t, 150)
	l := w.launched(t)
	bad := map[string]bool{}
	for _, p := range w.hr.people[1:] {
		if len(bad) < 100 {
			bad[p.ID] = true
		}
	}
	refuse(w, bad)
	w.lrs.completes("0", w.now)
	if w.cycle(t, l); w.lms.held() != 100 {
		t.Errorf("%d are still on hold, want the 100 that cannot be written", w.lms.held())
	}
}

// TestReleaseAllWhenMostAreGone: whoever bars people by unenrolling them, as the
// documentation says, does not bar the emergency exit.
func TestReleaseAllWhenMostAreGone(t *testing.T) {
	w := newWorld(t, 12)
	l := w.launched(t)
	for _, p := range w.hr.people[1:10] {
		delete(w.lms.rows, p.ID)
	}
	if r := w.cycle(t, l); r.Failed() != nil {
		t.Errorf("the target is given up: %v", r.Failed())
	}
	w.does(t, l, rules.Act{Kind: rules.ActReleaseAll, Program: programs})
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are still on hold", w.lms.held())
	}
}

// TestResumeBeforeAllIsLifted: whoever was on hold when release-all came is
// released when the LMS is back, also when somebody resumed in between.
func TestResumeBeforeAllIsLifted(t *testing.T) {
	w := newWorld(t, 12)
	l := w.launched(t)
	w.lms.err = errDisk
	w.does(t, l, rules.Act{Kind: rules.ActReleaseAll, Program: programs})
	w.cycle(t, l)
	w.does(t, l, rules.Act{Kind: rules.ActResume, Program: programs})
	w.lms.err = nil
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are still on hold", w.lms.held())
	}
}

// TestReleaseAllPlacesNoHold in another programme, on records that were not read.
func TestReleaseAllPlacesNoHold(t *testing.T) {
	w := newWorld(t, 12)
	w.launched(t)
	w.hr.people = append(w.hr.people, rules.Person{ID: "13", Email: "13@example.org", Manager: "0", Status: rules.Active})
	w.lms.rows["13"] = rules.RowActive
	l := connector.New(w.Options)
	r, err := l.Release(t.Context())
	must(t, err)
	for _, o := range r.Outcomes {
		if o.Change.Move == rules.MoveHold {
			t.Errorf("a hold was placed on %s", o.Change.Person)
		}
	}
}

// TestHoldThatWasNeverSent: the write is known to have failed, and then somebody
// else suspends the row. It is not ours to lift.
func TestHoldThatWasNeverSent(t *testing.T) {
	w := newWorld(t, 12)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	refuse(w, map[string]bool{"3": true})
	w.cycle(t, l)
	w.lms.rows["3"] = rules.RowSuspended
	w.lrs.completes("0", w.now)
	w.lms.during = nil
	w.cycle(t, l)
	if w.lms.held() != 1 || w.lms.rows["3"] != rules.RowSuspended {
		t.Errorf("%d are on hold, row 3 is %s; want only the stranger's left", w.lms.held(), w.lms.rows["3"])
	}
}

// TestAnOvertakenOrganisationCannotBeApproved: HR gives what rules again, so what
// was put aside meanwhile is nothing that anybody could still want.
func TestAnOvertakenOrganisationCannotBeApproved(t *testing.T) {
	w := newWorld(t, 12)
	l := w.launched(t)
	people := w.hr.people
	w.hr.people = people[:4]
	half := w.cycle(t, l)
	if half.Quarantined == "" {
		t.Fatal("half of the organisation rules")
	}
	w.hr.people = people
	w.cycle(t, l)
	if held, err := w.store.HeldOrgs(t.Context()); err != nil || len(held) != 0 {
		t.Errorf("%d organisations can still be approved, %v", len(held), err)
	}
}

// TestWhatCannotBeForeseenIsNotAccepted: the process is new and the LMS is down, so
// nobody can tell whom another organisation would release. The last one rules.
func TestWhatCannotBeForeseenIsNotAccepted(t *testing.T) {
	w := newWorld(t, 12)
	w.launched(t)
	w.hr.people = append(w.hr.people, rules.Person{ID: "13", Email: "13@example.org", Manager: "0", Status: rules.Active})
	w.lms.err = errDisk
	fresh := connector.New(w.Options)
	w.cycle(t, fresh)
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if n := len(facts.Snapshots); n != 1 {
		t.Errorf("%d organisations were accepted, want the first alone", n)
	}
	w.lms.err = nil
	w.cycle(t, fresh)
	if facts, err = w.store.Facts(t.Context(), w.now); err != nil || len(facts.Snapshots) != 2 {
		t.Errorf("with the LMS back there are %d, %v; want the newcomer's, too", len(facts.Snapshots), err)
	}
}
