package moodle

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// Line is one line of `leadfront check`.
type Line = lms.Line

// The results of a check.
const (
	ok      = lms.OK
	warning = lms.Warning
	failure = lms.Failure
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

// Check looks, without writing, whether everything is as holds and releases in
// these targets need it, and names what no web service tells.
func (m *LMS) Check(ctx context.Context, targets []rules.Target) []Line {
	c := &lms.Lines{Subject: m.cfg.Name}
	info, err := m.siteInfo(ctx)
	if !c.Verdict("site", "Moodle "+info.Release, err, "check url and token, and that web services and REST are on") {
		return c.List
	}
	m.checkToken(c, info)
	c.Verdict("probe", "the probe person is found", m.probe(ctx), "without it people may be missing from every list")
	if m.cfg.Windows == WindowsRefuse {
		_, err := m.ends(ctx)
		c.Verdict("report", "enrolments that end can be told", err, "give the service account the report, with both columns")
	} else if !m.closed() {
		c.Add("windows", warning, "windows: none is your word that no enrolment in these courses ends; a hold wipes the end",
			"if some do end, make a custom report and set windows: refuse")
	}
	for _, t := range targets {
		c.Subject = t.Key()
		m.checkTarget(ctx, c, t)
	}
	return c.List
}

func (m *LMS) checkToken(c *lms.Lines, info siteInfo) {
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
	if m.closed() {
		must = append(slices.Clone(needed[:len(needed)-1]), addFunction)
	}
	if m.cfg.Windows == WindowsRefuse {
		must = append(slices.Clone(must), reportFunction)
	}
	if lacks := missing(must); len(lacks) > 0 {
		c.Add("functions", failure, "the token may not call "+strings.Join(lacks, ", "), "add them to the external service")
	} else {
		c.Add("functions", ok, "the token may call what is needed", "")
	}
	if lacks := missing(useful); len(lacks) > 0 {
		c.Add("functions", warning, "for this check the token may not call "+strings.Join(lacks, ", "), "add them to the external service")
	}
	var excess []string
	for _, f := range has {
		if dangerous.MatchString(f) && !slices.Contains(must, f) {
			excess = append(excess, f)
		}
	}
	if len(excess) > 0 {
		c.Add("functions", warning, "the token may also call "+strings.Join(excess, ", "), "take them out of the external service: leadfront never calls them")
	}
	if info.SiteAdmin {
		c.Add("account", warning, "the service account is a site administrator", "use an account with just the rights that are needed")
	}
}
