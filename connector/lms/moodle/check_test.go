package moodle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, check, result, word string
		change                    func(*sandbox.State)
	}{
		{"site", "site", "error", "invalidtoken", func(s *sandbox.State) { s.Tokens = map[string]sandbox.Token{"other": {}} }},
		{"maintenance", "site", "error", "sitemaintenance", func(s *sandbox.State) { s.Site.Maintenance = "web" }},
		{"function missing", "functions", "error", "enrol_manual_enrol_users", func(s *sandbox.State) {
			s.ServiceAccount.Functions = []string{"core_webservice_get_site_info"}
		}},
		{"function to fear", "functions", "warning", "enrol_manual_unenrol_users", func(s *sandbox.State) {
			s.ServiceAccount.Functions = append(s.ServiceAccount.Functions, "enrol_manual_unenrol_users")
		}},
		{"administrator", "account", "warning", "administrator", func(s *sandbox.State) { s.ServiceAccount.SiteAdmin = true }},
		{"probe", "probe", "error", "probe", without("moodle/user:viewalldetails")},
		{"report", "report", "error", "invalidrecord", func(s *sandbox.State) { s.Reports = nil }},
		{"course", "course", "error", "hidden", func(s *sandbox.State) { s.Course(2).Visible = false }},
		{"list", "enrolments", "error", "nopermissions", without("moodle/course:enrolreview")},
		{"self-enrolment", "other methods", "error", "open to learners now: self", func(s *sandbox.State) { s.Course(2).Method("self").Enabled = true }},
		{"manual off", "manual enrolment", "error", "off", func(s *sandbox.State) { s.Course(2).Method("manual").Enabled = false }},
		{"starts", "starts", "error", "nopermissions", without("mod/scorm:viewreport")},
		{"hidden access", "starts", "error", "hidden", func(s *sandbox.State) { s.Site.HiddenFields = []string{"lastaccess"} }},
		{"no match", "match", "warning", "1 people", func(s *sandbox.State) { s.User(100).IDNumber = "" }},
		{"role", "role", "error", "role 5", func(s *sandbox.State) { s.CourseRoles = nil }},
		{"criteria", "completion", "warning", "criteria", func(s *sandbox.State) { s.Course(2).CompletionCriteria = nil }},
		{"no completion", "completion", "warning", "off", func(s *sandbox.State) { s.Course(2).EnableCompletion = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := check(t, config, c.change)
			for _, l := range lines {
				if l.Check == c.check && l.Result == c.result && strings.Contains(l.Detail, c.word) && l.Do != "" {
					return
				}
			}
			t.Errorf("no %s of %s with %q in:\n%v", c.result, c.check, c.word, lines)
		})
	}
}

func check(t *testing.T, cfg moodle.Config, change func(*sandbox.State)) []moodle.Line {
	t.Helper()
	m := site(5)
	m.Change(change)
	lms, _ := connect(t, m, cfg)
	lines := lms.Check(t.Context(), []rules.Target{target})
	if n := len(writes(m)); n != 0 {
		t.Errorf("the check wrote %d times", n)
	}
	if strings.Contains(fmt.Sprint(lines), "MASKED") {
		t.Error("the check shows the site's secret")
	}
	return lines
}

// On a site as it should be nothing is an error, and what no web service tells
// is named.
func TestCheckOfAGoodSite(t *testing.T) {
	unknown := 0
	for _, l := range check(t, config, func(*sandbox.State) {}) {
		if l.Result == "error" {
			t.Errorf("%+v", l)
		}
		if l.Result == "warning" {
			unknown++
			if l.Check != "welcome message" && l.Check != "right to write" {
				t.Errorf("%+v", l)
			}
		}
	}
	if unknown != 2 {
		t.Errorf("%d things are named as unknown", unknown)
	}
	none := config
	none.Windows, none.Report = moodle.WindowsNone, 0
	if lines := fmt.Sprint(check(t, none, func(*sandbox.State) {})); !strings.Contains(lines, "your word") {
		t.Error("windows: none is not named as the administrator's word")
	}
}
