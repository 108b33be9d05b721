package moodle_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

// refuses reads the course after a change to the site, and wants an error with a
// word in it, and no rows.
func refuses(t *testing.T, word string, change func(*sandbox.State)) {
	t.Helper()
	m := site(5)
	m.Change(change)
	lms, _ := connect(t, m, config)
	rows, err := lms.Enrolments(t.Context(), target)
	if err == nil || !strings.Contains(err.Error(), word) || rows != nil {
		t.Errorf("%d rows, error %v; want one with %q", len(rows), err, word)
	}
}

// without takes a capability from every role of the service account.
func without(capability string) func(*sandbox.State) {
	return func(s *sandbox.State) {
		for i := range s.ServiceAccount.Roles {
			r := &s.ServiceAccount.Roles[i]
			r.Capabilities = slices.DeleteFunc(r.Capabilities, func(c string) bool { return c == capability })
		}
	}
}

func TestReadingIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, word string
		change     func(*sandbox.State)
	}{
		{"when people are hidden", "probe", func(s *sandbox.State) { s.ServiceAccount.User = 10; without("moodle/user:viewdetails")(s) }},
		{"when the match field is hidden", "probe", without("moodle/user:viewalldetails")},
		{"when the probe person has gone", "probe", func(s *sandbox.State) { s.User(9).IDNumber = "other" }},
		{"when the course is hidden", "hidden", func(s *sandbox.State) { s.Course(2).Visible = false }},
		{"when it is hidden and we may see it", "hidden from learners", func(s *sandbox.State) {
			s.Course(2).Visible = false
			r := &s.ServiceAccount.Roles[1]
			r.Capabilities = append(r.Capabilities, "moodle/course:viewhiddencourses")
		}},
		{"when two courses are meant", "2 courses", func(s *sandbox.State) {
			s.Courses = append(s.Courses, sandbox.Course{ID: 3, ShortName: "X", IDNumber: "AI-101", Visible: true})
		}},
		{"when the list may not be seen", "nopermissions", without("moodle/course:enrolreview")},
		{"when the course is out of reach", "errorcoursecontextnotvalid", without("moodle/course:view")},
		{"when the report is missing", "invalidrecord", func(s *sandbox.State) { s.Reports = nil }},
	} {
		t.Run(c.name, func(t *testing.T) { refuses(t, c.word, c.change) })
	}
}

func TestCourseIsFoundByItsNames(t *testing.T) {
	lms, _ := connect(t, site(3), config)
	for _, name := range []string{"AI-101", "ai-101", "2"} {
		if rows, err := lms.Enrolments(t.Context(), rules.Target{LMS: "moodle", Course: name}); err != nil || len(rows) != 4 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

func TestLongListsAreReadInPages(t *testing.T) {
	for _, learners := range []int{998, 999, 1000, 2001} {
		lms, _ := connect(t, site(learners), config)
		rows, err := lms.Enrolments(t.Context(), target)
		if err != nil || len(rows) != learners+1 {
			t.Errorf("%d learners: %d rows, %v", learners, len(rows), err)
		}
	}
}

// between changes the site just before the nth call of a function.
func between(m *sandbox.Moodle, n int, change func(*sandbox.State)) http.Handler {
	lists := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(m.Log()) > 0 && m.Log()[len(m.Log())-1].Function == "core_enrol_get_enrolled_users" {
			if lists++; lists == n {
				m.Change(change)
			}
		}
		m.ServeHTTP(w, r)
	})
}

// Somebody leaves between two pages: the pages move up, and one person would be
// in neither.
func TestAListThatMovesIsReadAgain(t *testing.T) {
	m := site(1500)
	lms, _ := connect(t, between(m, 1, func(s *sandbox.State) {
		s.Enrolments = slices.DeleteFunc(s.Enrolments, func(e sandbox.Enrolment) bool { return e.User == 100 })
	}), config)
	rows, err := lms.Enrolments(t.Context(), target)
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.Row] = true
	}
	if err != nil || len(seen) != 1500 || seen["100"] || !seen["1099"] {
		t.Errorf("%d rows, %v; want everybody who stayed", len(rows), err)
	}
}

func TestSignsOfAStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		want   rules.Sign
		change func(*sandbox.State)
	}{
		{"never came", rules.SignNone, func(*sandbox.State) {}},
		{"opened the course", rules.SignStarted, func(s *sandbox.State) { s.Visit(100, 2, 1) }},
		{"used the app only", rules.SignStarted, func(s *sandbox.State) {
			s.ScormAttempts = append(s.ScormAttempts, sandbox.ScormAttempt{User: 100, Scorm: 1, Attempt: 1})
		}},
		{"access times hidden", rules.SignUnknown, func(s *sandbox.State) { s.Site.HiddenFields = []string{"lastaccess"} }},
		{"access times hidden, attempts made", rules.SignStarted, func(s *sandbox.State) {
			s.Site.HiddenFields = []string{"lastaccess"}
			s.ScormAttempts = append(s.ScormAttempts, sandbox.ScormAttempt{User: 100, Scorm: 1, Attempt: 1})
		}},
		{"attempts not shown", rules.SignUnknown, without("mod/scorm:viewreport")},
		{"activity not open yet", rules.SignUnknown, func(s *sandbox.State) { s.Courses[0].Activities[0].TimeOpen = 1999999999 }},
		{"activity closed", rules.SignUnknown, func(s *sandbox.State) { s.Courses[0].Activities[0].TimeClose = 1700000000 }},
		{"no SCORM in the course", rules.SignNone, func(s *sandbox.State) { s.Courses[0].Activities = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := site(3)
			m.Change(c.change)
			lms, _ := connect(t, m, config)
			rows, err := lms.Starts(t.Context(), target, []rules.Enrolment{{Row: "100"}, {Row: "nobody"}})
			if err != nil || rows[0].Start != c.want || rows[1].Start != rules.SignUnknown {
				t.Errorf("%+v, %v, want %d", rows, err, c.want)
			}
		})
	}
}

func TestWhyRowsAreBarred(t *testing.T) {
	row := func(cfg moodle.Config, change func(*sandbox.State)) rules.Enrolment {
		m := site(3)
		m.Change(change)
		lms, _ := connect(t, m, cfg)
		rows, err := lms.Enrolments(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		return rows[1] // after the teacher
	}
	ends := func(s *sandbox.State) { s.Enrolment(100, 2, "manual").TimeEnd = 1999999999 }
	begins := func(s *sandbox.State) { s.Enrolment(100, 2, "manual").TimeStart = 1700000000 }
	none := config
	none.Windows, none.Report = moodle.WindowsNone, 0
	for name, c := range map[string]struct {
		cfg    moodle.Config
		want   string
		change func(*sandbox.State)
	}{
		"a learner":                {config, "", func(*sandbox.State) {}},
		"an end":                   {config, "window", ends},
		"a start":                  {config, "", begins},
		"an end, by word none":     {none, "", ends},
		"a second role":            {config, "role", func(s *sandbox.State) { s.Enrol(*s.Enrolment(100, 2, "manual"), 4) }},
		"a second, own role":       {config, "role", func(s *sandbox.State) { s.Enrol(*s.Enrolment(100, 2, "manual"), 12) }},
		"another role":             {config, "role", func(s *sandbox.State) { s.CourseRoles = []sandbox.CourseRole{{User: 100, Course: 2, Role: 4}} }},
		"no role":                  {config, "role", func(s *sandbox.State) { s.CourseRoles = nil }},
		"self-enrolment":           {config, "second_method", func(s *sandbox.State) { s.Course(2).Method("self").Enabled = true }},
		"cohort":                   {config, "second_method", func(s *sandbox.State) { s.Courses[0].Methods[1] = sandbox.Method{Method: "cohort", Enabled: true} }},
		"a second role and an end": {config, "role", func(s *sandbox.State) { ends(s); s.Enrol(*s.Enrolment(100, 2, "manual"), 4) }},
	} {
		if got := row(c.cfg, c.change).Barred; got != c.want {
			t.Errorf("%s: barred by %q, want %q", name, got, c.want)
		}
	}
}

func TestConfigProblemsAreAllNamed(t *testing.T) {
	err := moodle.Config{Hold: "unenrol", Match: "shoe size", Windows: "open", Role: -1}.Validate()
	for _, word := range []string{"name", "hold", "match", "windows", "role", "probe"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("no word of %s in: %v", word, err)
		}
	}
	if err := (moodle.Config{Name: "m", Probe: "p"}).Validate(); err == nil || !strings.Contains(err.Error(), "report") {
		t.Error("windows cannot be refused without a report:", err)
	}
	if err := config.Validate(); err != nil {
		t.Error(err)
	}
}

func TestATokenThatDiesAmongStartsIsAnError(t *testing.T) {
	m := site(3)
	lms, _ := connect(t, m, config)
	m.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: "invalidtoken", Function: "mod_scorm_get_scorm_attempt_count", Skip: 1})
	rows, err := lms.Starts(t.Context(), target, []rules.Enrolment{{Row: "100"}, {Row: "101"}})
	if err == nil || rows != nil {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestOnlyStatus200Answers(t *testing.T) {
	for _, status := range []int{201, 204, 400, 403, 404, 500} {
		m := site(3)
		lms, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.ServeHTTP(&statusWriter{w, status}, r)
		}), config)
		if rows, err := lms.Enrolments(t.Context(), target); err == nil || rows != nil {
			t.Errorf("%d: %d rows, %v", status, len(rows), err)
		}
	}
}

// statusWriter answers with another status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(int) { w.ResponseWriter.WriteHeader(w.status) }

// Somebody is enrolled, suspended, after everybody was read and before the
// suspended ones are.
func TestWhoeverIsSuspendedIsAlsoEnrolled(t *testing.T) {
	m := site(3)
	lms, _ := connect(t, between(m, 2, func(s *sandbox.State) {
		s.Users = append(s.Users, sandbox.User{ID: 500, IDNumber: "e500"})
		s.Enrol(sandbox.Enrolment{User: 500, Course: 2, Method: "manual", Status: sandbox.Suspended}, 5)
	}), config)
	rows, err := lms.Enrolments(t.Context(), target)
	if err != nil || len(rows) != 5 || rows[4].State != rules.RowSuspended {
		t.Errorf("%d rows, %v; want the new person too", len(rows), err)
	}
}
