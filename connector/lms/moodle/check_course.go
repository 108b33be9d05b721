package moodle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// checkTarget looks at one course.
func (m *LMS) checkTarget(ctx context.Context, c *lms.Lines, t rules.Target) {
	found, err := m.course(ctx, t.Course)
	if !c.Verdict("course", fmt.Sprintf("course %d, visible", found.ID), err, "name the course by its short name, idnumber or id, and show it") {
		return
	}
	if m.closed() {
		m.checkGroup(c, t)
	} else {
		m.checkMethods(ctx, c, found)
	}
	users, suspended, err := m.both(ctx, found.ID)
	if !c.Verdict("enrolments", fmt.Sprintf("%d people, %d of them suspended", len(users), len(suspended)), err,
		"give the service account moodle/course:view and moodle/course:enrolreview in the course") {
		return
	}
	m.checkPeople(c, users)
	m.checkLearner(ctx, c, found, m.sample(users, suspended))
	if m.closed() {
		return
	}
	c.Add("welcome message", warning, "no web service tells whether the manual method sends a welcome message: it would go out with every hold and release",
		`set "Send course welcome message" of the manual enrolment method to No`)
	c.Add("right to write", warning, "whether the service account may assign the learner role shows with the first write only",
		"allow its role to assign the learner role, and nothing else")
}

// checkGroup names what no web service tells of a released group.
func (m *LMS) checkGroup(c *lms.Lines, t rules.Target) {
	group, err := m.group(t)
	if !c.Verdict("released group", fmt.Sprintf("group %d; it fits this course whatever ways lead in", group), err, "create a group in the course and configure its id") {
		return
	}
	c.Add("restriction", warning, "no web service tells whether the activities, or their section, are restricted to the group, nor whether the group is one of this course",
		"restrict access to it in the course, and try it with a test learner, after `leadfront adopt`")
	c.Add("right to write", warning, "whether the service account may manage groups shows with the first addition only", "give it moodle/course:managegroups in the course")
}

// checkMethods warns of every way into the course that a hold does not close.
func (m *LMS) checkMethods(ctx context.Context, c *lms.Lines, found course) {
	if !slices.Contains(found.Methods, "manual") {
		c.Add("manual enrolment", failure, "the manual enrolment method is off", "switch it on: holds are written to it")
	}
	others := found.secondMethods()
	if len(others) == 0 {
		c.Add("other methods", ok, "there is no way in besides manual enrolment", "")
		return
	}
	detail := "also enabled: " + strings.Join(others, ", ")
	if open, err := m.openMethods(ctx, found.ID); err == nil && len(open) > 0 {
		detail += "; open to learners now: " + strings.Join(open, ", ")
	}
	c.Add("other methods", failure, detail+"; no hold is placed in this course",
		"switch every method but manual off, or use hold: group, which fits a course with several ways in")
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
func (m *LMS) checkPeople(c *lms.Lines, users []user) {
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
		c.Add("match", warning, fmt.Sprintf("%d people have no %s that can be seen: they are never held", unmatched, m.cfg.Match),
			"fill it in, or give moodle/user:viewalldetails and moodle/site:viewuseridentity")
	}
	if hidden > 0 {
		c.Add("starts", failure, fmt.Sprintf("last access to the course is hidden for %d people: they are not held, as they may have started", hidden),
			"give the service account moodle/course:viewhiddenuserfields in the course")
	}
	if learners == 0 {
		c.Add("role", failure, fmt.Sprintf("nobody in the course has role %d and no other", m.cfg.Role), "set role to the id of the learner role")
	} else {
		c.Add("role", ok, fmt.Sprintf("%d of %d people have the learner role and no other; nobody else is ever written", learners, len(users)), "")
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
func (m *LMS) checkLearner(ctx context.Context, c *lms.Lines, found course, learner int64) {
	if learner == 0 {
		c.Add("starts", warning, "there is no learner with access to try it with", "")
		return
	}
	id := strconv.FormatInt(learner, 10)
	scorms, err := m.scorms(ctx, found.ID)
	for _, scorm := range scorms {
		if err == nil {
			_, err = m.attempts(ctx, scorm, id)
		}
	}
	c.Verdict("starts", fmt.Sprintf("last access and attempts at %d SCORM activities are shown", len(scorms)), err,
		"give the service account mod/scorm:viewreport in the course; nobody whose start is unknown is held")
	if found.EnableCompletion == 0 {
		c.Add("completion", warning, "completion tracking is off in this course", "switch it on if completions are to come from Moodle")
		return
	}
	var refused *Error
	switch err := m.completionReadable(ctx, found.ID, id); {
	case err == nil:
		c.Add("completion", ok, "the course has completion criteria", "")
	case errors.As(err, &refused) && refused.Code == "nocriteriaset":
		c.Add("completion", warning, "the course has no completion criteria", "set them if completions are to come from Moodle")
	default:
		c.Add("completion", warning, "completion cannot be read: "+err.Error(), "give the service account report/completion:view in the course")
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
