package lmstest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// FirstSeat is the account id of the first learner of Seats.
const FirstSeat = 100

// Seats puts a teacher, account 10, and as many learners into the course.
func Seats(r *sandbox.Roster, learners int) {
	seat := func(id int, staff bool) {
		n := strconv.Itoa(id)
		r.Seat(sandbox.Seat{ID: "7" + n, User: n, SIS: "e" + n, Login: "u" + n, Email: "u" + n + "@corp.example",
			Staff: staff, State: sandbox.Active})
	}
	seat(10, true)
	for i := range learners {
		seat(FirstSeat+i, false)
	}
}

// OnRoster is the harness of a stand-in that is a roster, but for LMS, Target and
// Permit. Nothing may ever reach the server that redirects point to.
func OnRoster(t *testing.T, r *sandbox.Roster, learners int) Harness {
	t.Helper()
	var foreign atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { foreign.Add(1) }))
	t.Cleanup(func() {
		elsewhere.Close()
		if foreign.Load() != 0 {
			t.Error("a redirect was followed")
		}
	})
	h := Harness{Teacher: "10", Heal: r.Heal, Row: func(account string) string { return "7" + account }}
	for i := range learners {
		h.Learners = append(h.Learners, strconv.Itoa(FirstSeat+i))
	}
	state := func(s string) func(string) {
		return func(account string) { r.Change(account, func(seat *sandbox.Seat) { seat.State = s }) }
	}
	h.Suspend, h.Unsuspend = state(sandbox.Suspended), state(sandbox.Active)
	h.Visit = func(a string) { r.Change(a, func(s *sandbox.Seat) { s.Started = time.Unix(1795446500, 0) }) }
	h.Ruin = func(a string) { r.Change(a, func(s *sandbox.Seat) { s.Unwritable = true }) }
	h.Hide = func() { r.Set(true, false) }
	h.Held = func(a string) bool { return r.Seats(a)[0].State != sandbox.Active }
	h.Written = func() (n int) {
		for _, c := range r.Log() {
			if c.Write {
				n++
			}
		}
		return n
	}
	h.Named = func(a string) (n int) {
		for _, c := range r.Log() {
			for _, u := range c.Users {
				if u == a {
					n++
				}
			}
		}
		return n
	}
	h.FailReads = func(f Fault, skip int) { r.Fail(rosterFault(f, sandbox.RosterRead, skip, elsewhere.URL)) }
	h.FailWrites = func(f Fault, skip int) { r.Fail(rosterFault(f, sandbox.RosterWrite, skip, elsewhere.URL)) }
	return h
}

// rosterFault says a fault of the contract in the sandbox's words.
func rosterFault(f Fault, function string, skip int, elsewhere string) sandbox.Fault {
	out := sandbox.Fault{Kind: sandbox.FaultKind(f), Function: function, Skip: skip, To: elsewhere}
	switch f {
	case Maintenance:
		out.Kind, out.Code = sandbox.Refuse, "maintenance"
	case DeadToken:
		out.Kind, out.Code = sandbox.Refuse, "dead_token"
	}
	return out
}
