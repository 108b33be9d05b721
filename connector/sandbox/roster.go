package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Seat is one enrolment of a Roster.
type Seat struct {
	ID, User          string // of the enrolment, and of the account
	SIS, Login, Email string
	Staff             bool   // another role than that of a learner
	State             string // Active, Suspended, or what the platform calls it beside these
	Released          bool   // of platforms that let nobody in before
	Started           time.Time
	Unwritable        bool // every write that names it is refused
}

// Roster is one course of a small platform: what the stand-ins of Canvas, Open edX
// and the webhook protocol have in common. It may be used from many goroutines.
type Roster struct {
	Course string

	mu     sync.Mutex
	hidden bool
	open   bool // learners can let themselves in
	seats  []*Seat
	faults []*Fault
	log    []RosterCall
	writes int
}

// RosterCall is one line of the request log.
type RosterCall struct {
	Write bool
	Users []string // whom a write named
	Made  []string // for whom of them it was carried out, also where the answer was lost
}

// The functions of a Fault on a Roster.
const (
	RosterRead  = "read"
	RosterWrite = "write"
)

// Seat adds an enrolment.
func (r *Roster) Seat(s Seat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seats = append(r.seats, &s)
}

// Change runs f on every enrolment of the account, as if an administrator or the
// learner had acted.
func (r *Roster) Change(user string, f func(*Seat)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.seats {
		if s.User == user {
			f(s)
		}
	}
}

// Set hides the course, or opens it for learners to enrol themselves.
func (r *Roster) Set(hidden, open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hidden, r.open = hidden, open
}

// Seats returns the enrolments of the account as they are.
func (r *Roster) Seats(user string) (out []Seat) {
	r.Change(user, func(s *Seat) { out = append(out, *s) })
	return out
}

// Log returns the calls so far, oldest first.
func (r *Roster) Log() []RosterCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

// Fail switches a fault on; its Function is RosterRead, RosterWrite or empty.
func (r *Roster) Fail(f Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, &f)
}

// Heal switches all faults off.
func (r *Roster) Heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = nil
}

func (r *Roster) fault(function string) *Fault {
	for i, f := range r.faults {
		if f.Function != "" && f.Function != function {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times--; f.Times == 0 {
			r.faults = slices.Delete(slices.Clone(r.faults), i, i+1)
		}
		return f
	}
	return nil
}

// turn is one request that is being answered.
type turn struct {
	*Roster
	fault *Fault
	call  *RosterCall
	body  []byte
	req   *http.Request
	head  http.Header
}

// serve answers one request by run, as well as a fault lets it; refuse says what
// the platform answers to a fault of kind Refuse.
func (r *Roster) serve(w http.ResponseWriter, req *http.Request, refuse func(code string) reply, run func(*turn) reply) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	function := RosterWrite
	if req.Method == http.MethodGet {
		function = RosterRead
	}
	r.mu.Lock()
	call := RosterCall{Write: function == RosterWrite}
	t := &turn{Roster: r, fault: r.fault(function), call: &call, body: body, req: req, head: w.Header()}
	var answer reply
	switch {
	case t.fault != nil && t.fault.Kind == Refuse:
		answer = refuse(t.fault.Code)
	case t.fault == nil, !t.fault.Kind.before(), t.fault.Kind == Half, t.fault.Kind == Pretend:
		answer = run(t)
	}
	r.log = append(r.log, call)
	r.mu.Unlock()
	t.fault.send(w, req, answer)
}

// write carries f out on the seat, unless a fault only says so.
func (t *turn) write(s *Seat, f func()) {
	t.call.Users = append(t.call.Users, s.User)
	t.writes++
	if t.fault != nil && (t.fault.Kind == Pretend || t.fault.Kind == Half && t.writes%2 == 0) {
		return
	}
	f()
	t.call.Made = append(t.call.Made, s.User)
}

// find returns the seat by the id of the enrolment.
func (t *turn) find(id string) *Seat {
	for _, s := range t.seats {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func jsonReply(status int, value any) reply {
	body, err := json.Marshal(value)
	if err != nil {
		return reply{status: http.StatusInternalServerError}
	}
	return reply{status, "application/json", body}
}
