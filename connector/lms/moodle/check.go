package moodle

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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

func (m *LMS) checkTarget(ctx context.Context, c *checking, t rules.Target) {
	found, err := m.course(ctx, t.Course)
	if !c.verdict("course", fmt.Sprintf("course %d, visible", found.ID), err, "name the course by its short name, idnumber or id, and show it") {
		return
	}
	m.checkMethods(ctx, c, found)
	users, suspended, err := m.both(ctx, found.ID)
	if !c.verdict("enrolments", fmt.Sprintf("%d people, %d of them suspended", len(users), len(suspended)), err,
		"give the service account moodle/course:view and moodle/course:enrolreview in the course") {
		return
	}
	m.checkPeople(c, users)
	m.checkLearner(ctx, c, found, m.sample(users, suspended))
	c.add("welcome message", warning, "no web service tells whether the manual method sends a welcome message: it would go out with every hold and release",
		`set "Send course welcome message" of the manual enrolment method to No`)
	c.add("right to write", warning, "whether the service account may assign the learner role shows with the first write only",
		"allow its role to assign the learner role, and nothing else")
}

// checkMethods warns of every way into the course that a hold does not close.
func (m *LMS) checkMethods(ctx context.Context, c *checking, found course) {
	if !slices.Contains(found.Methods, "manual") {
		c.add("manual enrolment", failure, "the manual enrolment method is off", "switch it on: holds are written to it")
	}
	others := found.secondMethods()
	if len(others) == 0 {
		c.add("other methods", ok, "there is no way in besides manual enrolment", "")
		return
	}
	detail := "also enabled: " + strings.Join(others, ", ")
	if open, err := m.openMethods(ctx, found.ID); err == nil && len(open) > 0 {
		detail += "; open to learners now: " + strings.Join(open, ", ")
	}
	c.add("other methods", failure, detail+"; no hold is placed in this course", "switch every method but manual off")
}

// openMethods returns the methods by which a learner can let himself in.
func (m *LMS) openMethods(ctx context.Context, courseID int64) (open []string, err error) {
	var methods []struct {
		Type   string
		Status any // true, or a text that says why not
	}
	form := fields{{"courseid", strconv.FormatInt(courseID, 10)}}
	if err := m.call(ctx, "core_enrol_get_course_enrolment_methods", form, &methods); err != nil {
		return nil, err
	}
	for _, method := range methods {
		if method.Status == true {
			open = append(open, method.Type)
		}
	}
	return open, nil
}

// checkPeople looks at what is shown of them.
func (m *LMS) checkPeople(c *checking, users []user) {
	unmatched, hidden, learners := 0, 0, 0
	for _, u := range users {
		if u.field(m.cfg.Match) == "" {
			unmatched++
		}
		if u.LastCourseAccess == nil {
			hidden++
		}
		if m.learner(u) {
			learners++
		}
	}
	if unmatched > 0 {
		c.add("match", warning, fmt.Sprintf("%d people have no %s that can be seen: they are never held", unmatched, m.cfg.Match),
			"fill it in, or give moodle/user:viewalldetails and moodle/site:viewuseridentity")
	}
	if hidden > 0 {
		c.add("starts", failure, fmt.Sprintf("last access to the course is hidden for %d people: they are not held, as they may have started", hidden),
			"give the service account moodle/course:viewhiddenuserfields in the course")
	}
	if learners == 0 {
		c.add("role", failure, fmt.Sprintf("nobody in the course has role %d and no other", m.cfg.Role), "set role to the id of the learner role")
	} else {
		c.add("role", ok, fmt.Sprintf("%d of %d people have the learner role and no other; nobody else is ever written", learners, len(users)), "")
	}
}

// sample is a learner with access, of whom everything should be readable; 0 if
// there is none.
func (m *LMS) sample(users []user, suspended map[int64]bool) int64 {
	for _, u := range users {
		if !suspended[u.ID] && m.learner(u) {
			return u.ID
		}
	}
	return 0
}

// checkLearner reads starts and completion of one learner.
func (m *LMS) checkLearner(ctx context.Context, c *checking, found course, learner int64) {
	if learner == 0 {
		c.add("starts", warning, "there is no learner with access to try it with", "")
		return
	}
	id := strconv.FormatInt(learner, 10)
	scorms, err := m.scorms(ctx, found.ID)
	for _, scorm := range scorms {
		if err == nil {
			_, err = m.attempts(ctx, scorm, id)
		}
	}
	c.verdict("starts", fmt.Sprintf("last access and attempts at %d SCORM activities are shown", len(scorms)), err,
		"give the service account mod/scorm:viewreport in the course; nobody whose start is unknown is held")
	if found.EnableCompletion == 0 {
		c.add("completion", warning, "completion tracking is off in this course", "switch it on if completions are to come from Moodle")
		return
	}
	var refused *Error
	switch err := m.completionReadable(ctx, found.ID, id); {
	case err == nil:
		c.add("completion", ok, "the course has completion criteria", "")
	case errors.As(err, &refused) && refused.Code == "nocriteriaset":
		c.add("completion", warning, "the course has no completion criteria", "set them if completions are to come from Moodle")
	default:
		c.add("completion", warning, "completion cannot be read: "+err.Error(), "give the service account report/completion:view in the course")
	}
}

// completionReadable asks for the completion of a person, who must have access:
// Moodle hides it of suspended people.
func (m *LMS) completionReadable(ctx context.Context, courseID int64, account string) error {
	var answer struct{ CompletionStatus *struct{ Completed *bool } }
	form := fields{{"courseid", strconv.FormatInt(courseID, 10)}, {"userid", account}}
	if err := m.call(ctx, "core_completion_get_course_completion_status", form, &answer); err != nil {
		return err
	}
	if answer.CompletionStatus == nil || answer.CompletionStatus.Completed == nil {
		return errShape
	}
	return nil
}
