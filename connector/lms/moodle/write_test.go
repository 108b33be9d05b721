package moodle_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

func holds(from, to int) (changes []rules.Change) {
	for i := from; i < to; i++ {
		id := strconv.Itoa(100 + i)
		changes = append(changes, rules.Change{Target: target.Key(), Row: id, Account: rules.Account{ID: id},
			Move: rules.MoveHold, From: rules.RowActive, To: rules.RowSuspended})
	}
	return changes
}

func TestWritesFitPHPsLimit(t *testing.T) {
	m := site(230)
	lms, gate := connect(t, m, config)
	m.Change(func(s *sandbox.State) { s.Site.MaxInputVars = 403 })
	ctx, done := gate.Permit(t.Context())
	defer done()
	for _, o := range lms.Apply(ctx, target, holds(0, 230)) {
		if o.Result != rules.Done {
			t.Fatalf("%+v", o)
		}
	}
	sizes := []int{}
	for _, call := range writes(m) {
		sizes = append(sizes, len(call.Writes))
	}
	if len(sizes) != 3 || sizes[0] != 100 || sizes[2] != 30 {
		t.Errorf("batches of %v", sizes)
	}
}

// A welcome message goes out with every write, also with one that changes
// nothing: whoever is held once gets one.
func TestNobodyIsWrittenTwice(t *testing.T) {
	m := site(30)
	lms, gate := connect(t, m, config)
	m.Change(func(s *sandbox.State) { s.Course(2).Method("manual").WelcomeMessage = true })
	m.Refuse(107, "invaliduser")
	m.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: "dmlwriteexception", Function: write, Times: 1})
	ctx, done := gate.Permit(t.Context())
	defer done()
	for range 2 {
		lms.Apply(ctx, target, holds(0, 30))
	}
	m.Change(func(s *sandbox.State) {
		seen := map[int64]int{}
		for _, user := range s.Messages {
			if seen[user]++; seen[user] > 1 {
				t.Fatalf("%d was written again", user)
			}
		}
		if len(seen) != 29 {
			t.Errorf("%d people were written", len(seen))
		}
	})
}

func TestARaceIsTriedOnceMore(t *testing.T) {
	m := site(30)
	lms, gate := connect(t, m, config)
	m.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: "dmlwriteexception", Function: write, Times: 1})
	ctx, done := gate.Permit(t.Context())
	defer done()
	for _, o := range lms.Apply(ctx, target, holds(0, 30)) {
		if o.Result != rules.Done {
			t.Fatalf("%+v", o)
		}
	}
	if n := len(writes(m)); n != 2 {
		t.Errorf("%d writes", n)
	}
}

// A refusal that would meet every write to the course is met once.
func TestRefusalsOfTheCourseStopTheRest(t *testing.T) {
	for code, change := range map[string]func(*sandbox.State){
		"wsusercannotassign": without("moodle/role:assign"),
		"nopermissions":      without("enrol/manual:enrol"),
		"wsnoinstance":       func(s *sandbox.State) { s.Course(2).Method("manual").Enabled = false },
	} {
		m := site(230)
		lms, gate := connect(t, m, config)
		m.Change(change)
		ctx, done := gate.Permit(t.Context())
		outcomes := lms.Apply(ctx, target, holds(0, 230))
		done()
		if code == "wsnoinstance" { // its people read as suspended: nothing is sent at all
			if outcomes[0].Result != rules.Skipped || len(writes(m)) != 0 {
				t.Errorf("%s: %+v", code, outcomes[0])
			}
			continue
		}
		if outcomes[0].Result != rules.Failed || outcomes[0].Error != code || outcomes[229].Result != rules.Skipped || len(writes(m)) != 1 {
			t.Errorf("%s: %s (%s), %s, %d writes", code, outcomes[0].Result, outcomes[0].Error, outcomes[229].Result, len(writes(m)))
		}
	}
}

func TestEnrolsWhoWasAbsent(t *testing.T) {
	m := site(3)
	m.Change(func(s *sandbox.State) {
		s.Users = append(s.Users, sandbox.User{ID: 500, IDNumber: "e500"}, sandbox.User{ID: 501, Deleted: true})
	})
	lms, gate := connect(t, m, config)
	ctx, done := gate.Permit(t.Context())
	defer done()
	enrol := func(id string) rules.Change {
		return rules.Change{Row: id, Account: rules.Account{ID: id}, Move: rules.MoveEnrol, From: rules.RowAbsent, To: rules.RowActive}
	}
	outcomes := lms.Apply(ctx, target, []rules.Change{enrol("500"), enrol("501"), enrol("100"), {Row: "x", Move: rules.MoveEnrol}, {Row: "101", Account: rules.Account{ID: "101"}, Move: rules.MoveAdd, From: rules.RowActive}})
	for i, want := range []rules.Result{rules.Done, rules.Failed, rules.Skipped, rules.Skipped, rules.Skipped} {
		if outcomes[i].Result != want {
			t.Errorf("%d: %s (%s), want %s", i, outcomes[i].Result, outcomes[i].Error, want)
		}
	}
}

// Whoever has left the course when the write is read back tells nothing.
func TestAPersonWhoVanishesIsUnknown(t *testing.T) {
	m := site(3)
	lms, gate := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(writes(m)) > 0 {
			m.Change(func(s *sandbox.State) {
				s.Enrolments = slices.DeleteFunc(s.Enrolments, func(e sandbox.Enrolment) bool { return e.User == 100 })
			})
		}
		m.ServeHTTP(w, r)
	}), config)
	ctx, done := gate.Permit(t.Context())
	defer done()
	outcomes := lms.Apply(ctx, target, holds(0, 2))
	if outcomes[0].Result != rules.Unknown || outcomes[1].Result != rules.Done {
		t.Errorf("%+v", outcomes)
	}
}
