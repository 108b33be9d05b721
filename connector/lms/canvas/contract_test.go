package canvas_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms/canvas"
	"github.com/leadfront/leadfront/connector/lms/lmstest"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

var target = rules.Target{LMS: "canvas", Course: "sis_course_id:AI-101"}

// connect returns a connector to the site, and the gate of its writes.
func connect(t *testing.T, h http.Handler) (*canvas.LMS, *rest.Gate) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	gate := new(rest.Gate)
	client, err := rest.Canvas(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e6, Retries: -1, Timeout: 2 * time.Second}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := canvas.New(canvas.Config{Name: "canvas"}, client)
	if err != nil {
		t.Fatal(err)
	}
	lms.Hurry()
	return lms, gate
}

func site(learners int) *sandbox.Canvas {
	s := &sandbox.Canvas{Roster: sandbox.Roster{Course: target.Course}, Token: "TESTTOKEN"}
	lmstest.Seats(&s.Roster, learners)
	return s
}

func TestContract(t *testing.T) {
	lmstest.Run(t, func(t *testing.T) lmstest.Harness {
		s := site(230)
		h := lmstest.OnRoster(t, &s.Roster, 230)
		lms, gate := connect(t, s)
		h.LMS, h.Target = lms, target
		h.Permit = func(ctx context.Context) (context.Context, func()) { return gate.Permit(ctx) }
		return h
	})
}

func hold(row, account string) rules.Change {
	return rules.Change{Target: target.Key(), Row: row, Account: rules.Account{LMS: "canvas", ID: account}, Move: rules.MoveHold,
		From: rules.RowActive, To: rules.RowSuspended, Intent: 1}
}

// TestEverySection: a person with two student enrolments has two rows, and each is
// held by itself.
func TestEverySection(t *testing.T) {
	s := site(3)
	s.Seat(sandbox.Seat{ID: "8100", User: "100", SIS: "e100", State: sandbox.Active})
	lms, gate := connect(t, s)
	permitted, done := gate.Permit(t.Context())
	defer done()
	for _, o := range lms.Apply(permitted, target, []rules.Change{hold("7100", "100"), hold("8100", "100")}) {
		if o.Result != rules.Done {
			t.Errorf("%s: %s (%s)", o.Change.Row, o.Result, o.Error)
		}
	}
	for _, seat := range s.Seats("100") {
		if seat.State != sandbox.Suspended {
			t.Errorf("enrolment %s is %s", seat.ID, seat.State)
		}
	}
}

// TestNeverHeld: invited people keep their invitation; concluded ones stay
// concluded; whoever teaches in the same course is not kept out of it.
func TestNeverHeld(t *testing.T) {
	s := site(3)
	s.Change("100", func(seat *sandbox.Seat) { seat.State = "invited" })
	s.Change("101", func(seat *sandbox.Seat) { seat.State = "completed" })
	s.Seat(sandbox.Seat{ID: "8102", User: "102", Staff: true, State: sandbox.Active})
	lms, gate := connect(t, s)
	rows, err := lms.Enrolments(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]rules.Enrolment{}
	for _, r := range rows {
		got[r.Row] = r
	}
	if got["7100"].Barred != canvas.BarredInvited || got["7101"].State != rules.RowConcluded || got["7102"].Barred != canvas.BarredSecondRole || got["8102"].Barred != rules.BarredRole {
		t.Errorf("%+v", got)
	}
	permitted, done := gate.Permit(t.Context())
	defer done()
	for _, o := range lms.Apply(permitted, target, []rules.Change{hold("7100", "100"), hold("7101", "101"), hold("7102", "102")}) {
		if o.Result != rules.Skipped {
			t.Errorf("%s: %s", o.Change.Row, o.Result)
		}
	}
}

// TestThrottled: both forms are waited for, in reads and in writes, and never read
// as a missing right or as an empty course (external-dns 3841).
func TestThrottled(t *testing.T) {
	for _, code := range []string{"throttled", "throttled_429"} {
		s := site(150)
		lms, gate := connect(t, s)
		s.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: code, Times: 2})
		rows, err := lms.Enrolments(t.Context(), target)
		if err != nil || len(rows) != 151 {
			t.Errorf("%s: %d rows, %v", code, len(rows), err)
		}
		s.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: code, Times: 2, Function: sandbox.RosterWrite})
		permitted, done := gate.Permit(t.Context())
		if o := lms.Apply(permitted, target, []rules.Change{hold("7100", "100")})[0]; o.Result != rules.Done {
			t.Errorf("%s: %s (%s)", code, o.Result, o.Error)
		}
		s.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: code})
		if rows, err := lms.Enrolments(t.Context(), target); err == nil || rows != nil {
			t.Errorf("%s: %d rows, %v", code, len(rows), err)
		}
		done()
	}
}

// TestForeignLink: a next page on another server is an error, and nothing goes
// there.
func TestForeignLink(t *testing.T) {
	called := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer other.Close()
	s := site(3)
	lms, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", `<`+other.URL+`/api/v1/next>; rel="next"`)
		s.ServeHTTP(w, r)
	}))
	if rows, err := lms.Enrolments(t.Context(), target); err == nil || rows != nil || called {
		t.Errorf("%d rows, %v, called: %t", len(rows), err, called)
	}
}

// TestOnlyTheListedWrites: even under a permit no enrolment can be concluded or
// deleted.
func TestOnlyTheListedWrites(t *testing.T) {
	s := site(3)
	server := httptest.NewServer(s)
	defer server.Close()
	gate := new(rest.Gate)
	client, err := rest.Canvas(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e6}, gate)
	if err != nil {
		t.Fatal(err)
	}
	permitted, done := gate.Permit(t.Context())
	defer done()
	for _, query := range []string{"", "?task=delete", "?task=conclude", "?task=deactivate&task=delete", "?task=deactivate&x=1"} {
		_, err := client.R().SetContext(permitted).Delete("/api/v1/courses/" + target.Course + "/enrollments/7100" + query)
		if err == nil {
			t.Errorf("DELETE %s was sent", query)
		}
	}
	if state := s.Seats("100")[0].State; state != sandbox.Active {
		t.Errorf("the enrolment is %s", state)
	}
}
