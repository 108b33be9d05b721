package moodle_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms/lmstest"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

const addMembers = "core_group_add_group_members"

var groupConfig = moodle.Config{Name: "moodle", Probe: "e9", Hold: moodle.HoldGroup, Groups: []moodle.Group{{Course: "AI-101", Group: 7}}}

// groupSite is a Moodle whose course has a released group.
func groupSite(learners int) *sandbox.Moodle {
	m := site(learners)
	m.Change(func(s *sandbox.State) {
		s.Course(2).Groups = []sandbox.Group{{ID: 7, Name: "lf-released"}, {ID: 8, Name: "other", Members: []int64{100, 101}}}
		s.ServiceAccount.Functions = append(s.ServiceAccount.Functions, addMembers)
		gate := &s.ServiceAccount.Roles[1]
		gate.Capabilities = append(gate.Capabilities, "moodle/course:managegroups")
	})
	return m
}

func connectGroup(t *testing.T, m *sandbox.Moodle) (*moodle.LMS, *rest.Gate) {
	t.Helper()
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	gate := new(rest.Gate)
	client, err := rest.MoodleGroup(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e6, Retries: -1, Timeout: 2 * time.Second}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := moodle.New(groupConfig, client)
	if err != nil {
		t.Fatal(err)
	}
	return lms, gate
}

// TestGroupContract holds the released group to the contract of platforms that are
// closed by default.
func TestGroupContract(t *testing.T) {
	lmstest.Run(t, func(t *testing.T) lmstest.Harness {
		m := groupSite(230)
		lms, gate := connectGroup(t, m)
		h := lmstest.Harness{LMS: lms, Target: target, Teacher: "10", Heal: m.Heal,
			Permit: func(ctx context.Context) (context.Context, func()) { return gate.Permit(ctx) }}
		for i := range 230 {
			h.Learners = append(h.Learners, strconv.Itoa(100+i))
		}
		h.Visit = func(a string) { m.Change(func(s *sandbox.State) { s.Visit(id(a), 2, now.Unix()) }) }
		h.Hide = func() { m.Change(func(s *sandbox.State) { s.Course(2).Visible = false }) }
		h.Ruin = func(a string) { m.Refuse(id(a), "invaliduser") }
		h.Held = func(a string) (held bool) {
			m.Change(func(s *sandbox.State) { held = !slices.Contains(s.Course(2).Groups[0].Members, id(a)) })
			return held
		}
		added := func() (calls []sandbox.Call) {
			for _, c := range m.Log() {
				if c.Function == addMembers {
					calls = append(calls, c)
				}
			}
			return calls
		}
		h.Written = func() int { return len(added()) }
		h.Named = func(a string) (n int) {
			for _, call := range added() {
				if slices.ContainsFunc(call.Writes, func(w sandbox.Write) bool { return w.User == id(a) }) {
					n++
				}
			}
			return n
		}
		h.FailWrites = func(f lmstest.Fault, skip int) { m.Fail(fault(f, addMembers, skip, "http://192.0.2.1/")) }
		h.FailReads = func(f lmstest.Fault, skip int) {
			failed := fault(f, "", skip, "http://192.0.2.1/")
			failed.Except = addMembers
			m.Fail(failed)
		}
		return h
	})
}

// TestGroupGatesEveryWayIn: with a released group a second way into the course bars
// no change, and a course without a configured group is an error.
func TestGroupGatesEveryWayIn(t *testing.T) {
	m := groupSite(3)
	m.Change(func(s *sandbox.State) { s.Course(2).Method("self").Enabled = true })
	lms, _ := connectGroup(t, m)
	rows, err := lms.Enrolments(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Account.ID != "10" && (r.Barred != "" || r.Released) {
			t.Errorf("%+v", r)
		}
	}
	if rows, err := lms.Enrolments(t.Context(), rules.Target{LMS: "moodle", Course: "ai-101"}); err == nil {
		t.Errorf("%d rows of a course without a group", len(rows))
	}
}

// TestGroupNeverSuspends: a client for groups lets no suspension out, whoever asks.
func TestGroupNeverSuspends(t *testing.T) {
	m := groupSite(3)
	server := httptest.NewServer(m)
	defer server.Close()
	gate := new(rest.Gate)
	client, err := rest.MoodleGroup(rest.Config{URL: server.URL, Token: "TESTTOKEN"}, gate)
	if err != nil {
		t.Fatal(err)
	}
	permitted, done := gate.Permit(t.Context())
	defer done()
	for _, function := range []string{"enrol_manual_enrol_users", "core_group_delete_group_members"} {
		_, err := client.R().SetContext(permitted).SetHeader("Content-Type", "application/x-www-form-urlencoded").
			SetBody("wsfunction=" + function).Post("/webservice/rest/server.php")
		if err == nil {
			t.Errorf("%s was sent", function)
		}
	}
}
