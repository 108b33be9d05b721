package moodle_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms/lmstest"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

var now = time.Unix(1795446500, 0)

// site is a Moodle with one course and as many learners.
func site(learners int) *sandbox.Moodle {
	s := sandbox.State{
		Courses: []sandbox.Course{{
			ID: 2, ShortName: "AI-101", IDNumber: "ai-101", FullName: "AI fundamentals", Visible: true, EnableCompletion: true,
			Methods:            []sandbox.Method{{ID: 1, Method: "manual", Enabled: true}, {ID: 3, Method: "self"}},
			CompletionCriteria: []sandbox.Criterion{{Kind: "activity", CMID: 1}},
			Activities:         []sandbox.Activity{{CMID: 1, Kind: "scorm", Instance: 1}},
		}},
		ServiceAccount: sandbox.LeastPrivilege(9, "2"),
		Reports:        []int{1},
	}
	person := func(id int64, role int) {
		n := strconv.FormatInt(id, 10)
		s.Users = append(s.Users, sandbox.User{ID: id, Username: "u" + n, IDNumber: "e" + n, Email: "u" + n + "@corp.example"})
		if role != 0 {
			s.Enrol(sandbox.Enrolment{User: id, Course: 2, Method: "manual", Status: sandbox.Active}, role)
		}
	}
	person(9, 0)
	person(10, 3)
	s.Enrol(sandbox.Enrolment{User: 10, Course: 2, Method: "manual", Status: sandbox.Active}, 5)
	for i := range learners {
		person(int64(100+i), 5)
	}
	return sandbox.NewMoodle(s, func() time.Time { return now })
}

var config = moodle.Config{Name: "moodle", Probe: "e9", Report: 1}

var target = rules.Target{LMS: "moodle", Course: "AI-101"}

// connect returns a connector to the site, and the gate of its writes.
func connect(t *testing.T, h http.Handler, cfg moodle.Config) (*moodle.LMS, *rest.Gate) {
	t.Helper()
	return connectWithin(t, h, cfg, time.Minute)
}

// connectWithin bounds the wait for each answer.
func connectWithin(t *testing.T, h http.Handler, cfg moodle.Config, wait time.Duration) (*moodle.LMS, *rest.Gate) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	gate := new(rest.Gate)
	client, err := rest.Moodle(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e6, Retries: -1, Timeout: wait}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := moodle.New(cfg, client)
	if err != nil {
		t.Fatal(err)
	}
	return lms, gate
}

func TestContract(t *testing.T) {
	lmstest.Run(t, harness)
}

const write = "enrol_manual_enrol_users"

func harness(t *testing.T) lmstest.Harness {
	m := site(230)
	var foreign atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { foreign.Add(1) }))
	t.Cleanup(func() {
		elsewhere.Close()
		if foreign.Load() != 0 {
			t.Error("a redirect was followed")
		}
	})
	lms, gate := connectWithin(t, m, config, 2*time.Second)
	h := lmstest.Harness{LMS: lms, Target: target, Teacher: "10", Heal: m.Heal,
		Permit: func(ctx context.Context) (context.Context, func()) { return gate.Permit(ctx) }}
	for i := range 230 {
		h.Learners = append(h.Learners, strconv.Itoa(100+i))
	}
	status := func(s string) func(string) {
		return func(account string) {
			m.Change(func(state *sandbox.State) { state.Enrolment(id(account), 2, "manual").Status = s })
		}
	}
	h.Suspend, h.Unsuspend = status(sandbox.Suspended), status(sandbox.Active)
	h.Visit = func(a string) { m.Change(func(s *sandbox.State) { s.Visit(id(a), 2, now.Unix()) }) }
	h.Hide = func() { m.Change(func(s *sandbox.State) { s.Course(2).Visible = false }) }
	h.Ruin = func(a string) { m.Refuse(id(a), "invaliduser") }
	h.Sneak = func(a string) {
		m.Change(func(s *sandbox.State) {
			s.Course(2).Method("self").Enabled = true
			s.Enrol(sandbox.Enrolment{User: id(a), Course: 2, Method: "self", Status: sandbox.Active}, 5)
		})
	}
	h.Held = func(a string) (held bool) {
		m.Change(func(s *sandbox.State) { held = !s.Access(id(a), 2, now.Unix()) })
		return held
	}
	h.Written = func() int { return len(writes(m)) }
	h.Named = func(a string) (n int) {
		for _, call := range writes(m) {
			if slices.ContainsFunc(call.Writes, func(w sandbox.Write) bool { return w.User == id(a) }) {
				n++
			}
		}
		return n
	}
	h.FailWrites = func(f lmstest.Fault, skip int) { m.Fail(fault(f, write, skip, elsewhere.URL)) }
	h.FailReads = func(f lmstest.Fault, skip int) {
		failed := fault(f, "", skip, elsewhere.URL)
		failed.Except = write
		m.Fail(failed)
	}
	return h
}

func id(account string) int64 {
	n, err := strconv.ParseInt(account, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("account %q of the harness", account))
	}
	return n
}

func writes(m *sandbox.Moodle) (calls []sandbox.Call) {
	for _, c := range m.Log() {
		if c.Function == write {
			calls = append(calls, c)
		}
	}
	return calls
}

// fault says a fault of the contract in the sandbox's words.
func fault(f lmstest.Fault, function string, skip int, elsewhere string) sandbox.Fault {
	out := sandbox.Fault{Kind: sandbox.FaultKind(f), Function: function, Skip: skip, To: elsewhere}
	switch f {
	case lmstest.Maintenance:
		out.Kind, out.Code = sandbox.Refuse, "sitemaintenance"
	case lmstest.DeadToken:
		out.Kind, out.Code = sandbox.Refuse, "invalidtoken"
	}
	return out
}
