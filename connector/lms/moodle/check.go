package moodle

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// Line is one line of `leadfront check`.
type Line struct {
	Subject string `json:"subject"` // the LMS, or a target
	Check   string `json:"check"`
	Result  string `json:"result"` // ok, warning or error
	Detail  string `json:"detail"`
	Do      string `json:"do"` // empty when there is nothing to do
}

// The results of a check.
const (
	ok      = "ok"
	warning = "warning"
	failure = "error"
)

// needed are the functions that are called whatever the config says.
var needed = []string{
	"core_webservice_get_site_info", "core_user_get_users_by_field", "core_course_get_courses_by_field",
	"core_enrol_get_enrolled_users", "mod_scorm_get_scorms_by_courses", "mod_scorm_get_scorm_attempt_count",
	writeFunction,
}

// useful are the functions that only Check calls.
var useful = []string{"core_enrol_get_course_enrolment_methods", "core_completion_get_course_completion_status"}

const reportFunction = "core_reportbuilder_retrieve_report"

// dangerous is what a token of leadfront has no use for.
var dangerous = regexp.MustCompile(`unenrol|delete|create|update|_add_|submit|assign_|duplicate|import|upload|insert|_set_|reset`)

// siteInfo is what is read of a site's description. The rest of it holds a
// secret and is dropped.
type siteInfo struct {
	Release   string
	SiteAdmin bool `json:"userissiteadmin"`
	Functions []struct{ Name string }
}

func (s siteInfo) names() []string {
	names := make([]string, len(s.Functions))
	for i, f := range s.Functions {
		names[i] = f.Name
	}
	return names
}

func (m *LMS) siteInfo(ctx context.Context) (info siteInfo, err error) {
	err = m.call(ctx, "core_webservice_get_site_info", nil, &info)
	return info, err
}

// checking collects lines.
type checking struct {
	lines   []Line
	subject string
}

func (c *checking) add(check, result, detail, do string) {
	c.lines = append(c.lines, Line{c.subject, check, result, detail, do})
}

// verdict adds ok, or the error.
func (c *checking) verdict(check, good string, err error, do string) bool {
	if err != nil {
		c.add(check, failure, err.Error(), do)
		return false
	}
	c.add(check, ok, good, "")
	return true
}

// Check looks, without writing, whether everything is as holds and releases in
// these targets need it, and names what no web service tells.
func (m *LMS) Check(ctx context.Context, targets []rules.Target) []Line {
	c := &checking{subject: m.cfg.Name}
	info, err := m.siteInfo(ctx)
	if !c.verdict("site", "Moodle "+info.Release, err, "check url and token, and that web services and REST are on") {
		return c.lines
	}
	m.checkToken(c, info)
	c.verdict("probe", "the probe person is found", m.probe(ctx), "without it people may be missing from every list")
	if m.cfg.Windows == WindowsRefuse {
		_, err := m.ends(ctx)
		c.verdict("report", "enrolments that end can be told", err, "give the service account the report, with both columns")
	} else {
		c.add("windows", warning, "windows: none is your word that no enrolment in these courses ends; a hold wipes the end",
			"if some do end, make a custom report and set windows: refuse")
	}
	for _, t := range targets {
		c.subject = t.Key()
		m.checkTarget(ctx, c, t)
	}
	return c.lines
}

func (m *LMS) checkToken(c *checking, info siteInfo) {
	has := info.names()
	missing := func(list []string) (out []string) {
		for _, f := range list {
			if !slices.Contains(has, f) {
				out = append(out, f)
			}
		}
		return out
	}
	must := needed
	if m.cfg.Windows == WindowsRefuse {
		must = append(slices.Clone(needed), reportFunction)
	}
	if lacks := missing(must); len(lacks) > 0 {
		c.add("functions", failure, "the token may not call "+strings.Join(lacks, ", "), "add them to the external service")
	} else {
		c.add("functions", ok, "the token may call what is needed", "")
	}
	if lacks := missing(useful); len(lacks) > 0 {
		c.add("functions", warning, "for this check the token may not call "+strings.Join(lacks, ", "), "add them to the external service")
	}
	var excess []string
	for _, f := range has {
		if dangerous.MatchString(f) {
			excess = append(excess, f)
		}
	}
	if len(excess) > 0 {
		c.add("functions", warning, "the token may also call "+strings.Join(excess, ", "), "take them out of the external service: leadfront never calls them")
	}
	if info.SiteAdmin {
		c.add("account", warning, "the service account is a site administrator", "use an account with just the rights that are needed")
	}
}
