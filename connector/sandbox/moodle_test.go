package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/leadfront/leadfront/connector/sandbox"
)

// learners is a site with a course and three learners, 101 to 103.
func learners(t *testing.T) (*sandbox.Moodle, string) {
	t.Helper()
	s := sandbox.State{ServiceAccount: sandbox.LeastPrivilege(9, "2"), Courses: []sandbox.Course{{ID: 2, ShortName: "AI", Visible: true,
		Methods: []sandbox.Method{{ID: 1, Method: "manual", Enabled: true}, {ID: 2, Method: "self", Enabled: true}}}}}
	for _, id := range []int64{9, 101, 102, 103} {
		s.Users = append(s.Users, sandbox.User{ID: id})
		if id > 100 {
			s.Enrol(sandbox.Enrolment{User: id, Course: 2, Method: "manual", Status: sandbox.Active}, 5)
		}
	}
	m := sandbox.NewMoodle(s, func() time.Time { return recordedAt })
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, server.URL
}

const head = "wstoken=TESTTOKEN&moodlewsrestformat=json&wsfunction=enrol_manual_enrol_users"

// hold is the entry of one person, with suspend where it is told to be.
func hold(index int, user int64, suspendFirst bool) string {
	e := fmt.Sprintf("&enrolments[%d]", index)
	rest := e + "[roleid]=5" + e + fmt.Sprintf("[userid]=%d", user) + e + "[courseid]=2"
	if suspendFirst {
		return e + "[suspend]=1" + rest
	}
	return rest + e + "[suspend]=1"
}

func post(t *testing.T, url, body string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/webservice/rest/server.php", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return string(answer), err
}

func status(m *sandbox.Moodle, user int64) (s string) {
	m.Change(func(state *sandbox.State) { s = state.Enrolment(user, 2, "manual").Status })
	return s
}

// PHP drops what is over its limit of fields without a word. With suspend as the
// last field of an entry that makes somebody active who was to be held.
func TestTooManyFieldsAreDropped(t *testing.T) {
	m, url := learners(t)
	m.Change(func(s *sandbox.State) {
		s.Site.MaxInputVars = 9
		s.Enrolment(102, 2, "manual").Status = sandbox.Suspended
	})
	answer, err := post(t, url, head+hold(0, 101, false)+hold(1, 102, false)) // the tenth field is [1][courseid]
	if err != nil || answer != "null" || status(m, 101) != sandbox.Suspended || status(m, 102) != sandbox.Active {
		t.Errorf("%s, %v; 101 is %s, 102 is %s", answer, err, status(m, 101), status(m, 102))
	}
	m.Change(func(s *sandbox.State) { s.Site.MaxInputVars = 10 })
	if answer, err = post(t, url, head+hold(0, 101, true)+hold(1, 103, true)); err != nil || answer != "null" {
		t.Errorf("with room for all but nothing: %s, %v", answer, err)
	}
	m.Change(func(s *sandbox.State) { s.Site.MaxInputVars = 8 })
	if answer, err = post(t, url, head+hold(0, 101, true)+hold(1, 103, true)); err != nil || !strings.Contains(answer, "invalidparameter") {
		t.Errorf("cut within an entry: %s, %v", answer, err)
	}
}

func TestTheLogTellsWhatWasWritten(t *testing.T) {
	m, url := learners(t)
	steps := []struct {
		fault sandbox.FaultKind
		want  sandbox.Call
	}{
		{"", sandbox.Call{Answer: "null", Applied: true}},
		{sandbox.Lost, sandbox.Call{Answer: "lost", Applied: true}},
		{sandbox.Down, sandbox.Call{Answer: "down"}},
		{sandbox.Pretend, sandbox.Call{Answer: "pretend"}},
		{sandbox.Refuse, sandbox.Call{Answer: "invaliduser"}},
	}
	for _, s := range steps {
		if s.fault != "" {
			m.Fail(sandbox.Fault{Kind: s.fault, Code: "invaliduser", Times: 1})
		}
		_, _ = post(t, url, head+hold(0, 101, true)) // some of the faults are errors
		want := s.want
		want.At, want.Function = recordedAt, "enrol_manual_enrol_users"
		want.Writes = []sandbox.Write{{User: 101, Course: 2, Role: 5, Suspend: true}}
		log := m.Log()
		if diff := cmp.Diff(want, log[len(log)-1]); diff != "" {
			t.Errorf("after fault %q (-want +log):\n%s", s.fault, diff)
		}
	}
}

// Whoever is held can let himself in where self-enrolment is on; an enrolment
// that begins now takes up to 50 seconds to show.
func TestASecondMethodLetsPeopleIn(t *testing.T) {
	m, url := learners(t)
	if answer, err := post(t, url, head+hold(0, 101, true)); err != nil || answer != "null" {
		t.Fatal(answer, err)
	}
	now := recordedAt.Unix()
	m.Change(func(s *sandbox.State) {
		if s.Visit(101, 2, now) || len(s.CourseAccess) != 0 {
			t.Error("a held person got in, or left an access time")
		}
		s.Enrol(sandbox.Enrolment{User: 101, Course: 2, Method: "self", Status: sandbox.Active, TimeStart: now + 40}, 5)
		if s.Access(101, 2, now+41) || !s.Access(101, 2, now+91) || !s.Visit(101, 2, now+91) {
			t.Error("the lag of the reading is not as in Moodle")
		}
	})
}
