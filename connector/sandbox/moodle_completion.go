package sandbox

import (
	"fmt"
	"slices"
)

// subject reads and checks courseid and userid.
func (s *State) subject(q *query) (*Course, *User, *refusal) {
	course, ok := q.id("courseid")
	user, ok2 := q.id("userid")
	if !ok || !ok2 {
		return nil, nil, invalidParameter()
	}
	c, u := s.Course(course), s.User(user)
	switch {
	case c == nil:
		return nil, nil, missingRecord("course")
	case u == nil:
		return nil, nil, invalidUser()
	case !c.EnableCompletion:
		return nil, nil, moodleException("cannotviewreport", "You cannot view this report")
	}
	return c, u, nil
}

// courseCompletion cannot be read of a suspended person, even if they had
// completed the course.
func courseCompletion(s *State, q *query) (any, *refusal) {
	c, u, refused := s.subject(q)
	if refused != nil {
		return nil, refused
	}
	switch {
	case !s.may("report/completion:view", c.ID):
		return nil, moodleException("cannotviewreport", "You cannot view this report")
	case !s.Access(u.ID, c.ID, q.now):
		return nil, moodleException("usernotenroled", "User is not enrolled in this course")
	case len(c.CompletionCriteria) == 0:
		return nil, moodleException("nocriteriaset", "No completion criteria set for this course")
	}
	completions := []any{}
	for _, criterion := range c.CompletionCriteria {
		o := object{"type": 4, "title": "Activity completion", "status": "No", "complete": false, "timecompleted": nil,
			"details": object{"type": "Activity completion", "requirement": "", "status": "",
				"criteria": fmt.Sprintf(`<a href="%s/mod/scorm/view.php?id=%d">AI module</a>`, q.base, criterion.CMID)}}
		if a := s.completion(u.ID, criterion.CMID); a.State == 1 || a.State == 2 {
			o["status"], o["complete"], o["timecompleted"] = "Yes", true, a.At
		}
		completions = append(completions, o)
	}
	done := slices.ContainsFunc(s.CourseCompletions, func(cc CourseCompletion) bool { return cc.User == u.ID && cc.Course == c.ID })
	return object{"completionstatus": object{"completed": done, "aggregation": 1, "completions": completions}, "warnings": []any{}}, nil
}

// completion is the state of an activity for a person; the zero state if none.
func (s *State) completion(user, cmid int64) ActivityCompletion {
	a := find(s.ActivityCompletions, func(a *ActivityCompletion) bool { return a.User == user && a.CMID == cmid })
	if a == nil {
		return ActivityCompletion{}
	}
	return *a
}

// activitiesCompletion leaves out activities that the caller may not see, and
// says nothing of it.
func activitiesCompletion(s *State, q *query) (any, *refusal) {
	c, u, refused := s.subject(q)
	if refused != nil {
		return nil, refused
	}
	if !s.may("report/progress:view", c.ID) {
		return nil, noPermission("View activity completion reports")
	}
	statuses := []any{}
	for _, a := range c.Activities {
		needs, guarded := viewRights[a.Kind]
		if a.Hidden || guarded && !s.may(needs, c.ID) {
			continue
		}
		state := s.completion(u.ID, a.CMID)
		rule := rules[a.Kind]
		met := 0
		if rule.follows {
			met = number(state.State > 0)
		}
		statuses = append(statuses, object{
			"cmid": a.CMID, "modname": a.Kind, "instance": a.Instance, "state": state.State, "timecompleted": state.At,
			"tracking": 2, "overrideby": nil, "valueused": false, "hascompletion": true, "isautomatic": true,
			"istrackeduser": s.Access(u.ID, c.ID, q.now) && !u.Suspended, "uservisible": true,
			"details":           []any{object{"rulename": rule.name, "rulevalue": object{"status": met, "description": rule.text}}},
			"isoverallcomplete": state.State > 0,
		})
	}
	return object{"statuses": statuses, "warnings": []any{}}, nil
}

var viewRights = map[string]string{"quiz": "mod/quiz:view", "h5pactivity": "mod/h5pactivity:view"}

// rules are the completion rules of the recorded activities; the status of a
// grade rule stays 0 even when it is met.
var rules = map[string]struct {
	name, text string
	follows    bool
}{
	"scorm":       {"completionstatusrequired", "Complete or pass the activity", true},
	"page":        {"completionview", "View", true},
	"quiz":        {"completionusegrade", "Receive a grade", false},
	"h5pactivity": {"completionusegrade", "Receive a grade", false},
}
