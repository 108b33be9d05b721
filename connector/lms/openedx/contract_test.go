package openedx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms/lmstest"
	"github.com/leadfront/leadfront/connector/lms/openedx"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

var target = rules.Target{LMS: "edx", Course: "course-v1:Corp+AI101+2026"}

// connect returns a connector to the site, and the gate of its writes.
func connect(t *testing.T, h http.Handler) (*openedx.LMS, *rest.Gate) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	gate := new(rest.Gate)
	client, err := rest.OpenEdX(rest.Config{URL: server.URL, Username: "leadfront", Password: "TESTSECRET", Rate: 1e6, Retries: -1, Timeout: 2 * time.Second}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := openedx.New(openedx.Config{Name: "edx", Staff: []string{"10"}}, client, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return lms, gate
}

func site(learners int) *sandbox.OpenEdX {
	s := &sandbox.OpenEdX{Roster: sandbox.Roster{Course: target.Course}, ClientID: "leadfront", ClientSecret: "TESTSECRET"}
	lmstest.Seats(&s.Roster, learners)
	return s
}

func TestContract(t *testing.T) {
	lmstest.Run(t, func(t *testing.T) lmstest.Harness {
		s := site(230)
		h := lmstest.OnRoster(t, &s.Roster, 230)
		lms, gate := connect(t, s)
		h.LMS, h.Target, h.Row = lms, target, nil
		h.Permit = func(ctx context.Context) (context.Context, func()) { return gate.Permit(ctx) }
		h.Rejoins = true
		h.Sneak = func(a string) {
			s.Set(false, true)
			h.Unsuspend(a)
		}
		return h
	})
}

func hold(user string) rules.Change {
	return rules.Change{Target: target.Key(), Row: user, Account: rules.Account{LMS: "edx", ID: user}, Move: rules.MoveHold,
		From: rules.RowActive, To: rules.RowSuspended, Intent: 1}
}

// TestTokenExpires: a reading goes on with another token; a write that was refused
// for its token was not made and is left to the next cycle.
func TestTokenExpires(t *testing.T) {
	s := site(3)
	lms, gate := connect(t, s)
	for range 2 {
		if rows, err := lms.Enrolments(t.Context(), target); err != nil || len(rows) != 4 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		s.Expire()
	}
	permitted, done := gate.Permit(t.Context())
	defer done()
	if o := lms.Apply(permitted, target, []rules.Change{hold("100")})[0]; o.Result != rules.Done {
		t.Errorf("%s (%s)", o.Result, o.Error)
	}
}

// TestUnknownUserAndNoStaff: 406 is about one person, an empty 404 about the
// account.
func TestUnknownUserAndNoStaff(t *testing.T) {
	for code, whole := range map[string]bool{"unknown_user": false, "not_staff": true, "throttled": true} {
		s := site(3)
		lms, gate := connect(t, s)
		s.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: code, Function: sandbox.RosterWrite, Times: 1})
		permitted, done := gate.Permit(t.Context())
		outcomes := lms.Apply(permitted, target, []rules.Change{hold("100"), hold("101")})
		done()
		second := rules.Done
		if whole {
			second = rules.Skipped
		}
		if outcomes[0].Result != rules.Failed || outcomes[0].Whole != whole || outcomes[1].Result != second {
			t.Errorf("%s: %+v", code, outcomes)
		}
	}
}

// TestManyAtOnce: more than a hundred usernames are read in several requests.
func TestManyAtOnce(t *testing.T) {
	s := site(250)
	lms, gate := connect(t, s)
	var changes []rules.Change
	for i := range 250 {
		changes = append(changes, hold(strconv.Itoa(lmstest.FirstSeat+i)))
	}
	permitted, done := gate.Permit(t.Context())
	defer done()
	for _, o := range lms.Apply(permitted, target, changes) {
		if o.Result != rules.Done {
			t.Fatalf("%s: %s (%s)", o.Change.Row, o.Result, o.Error)
		}
	}
}
