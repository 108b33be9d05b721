package sandbox

import (
	"fmt"
	"strconv"
)

func scormsByCourses(s *State, q *query) (any, *refusal) {
	list := []any{}
	for _, id := range q.list("courseids") {
		n, err := strconv.ParseInt(id, 10, 64)
		c := s.Course(n)
		if err != nil || c == nil || !s.mayEnter(c) {
			continue
		}
		for _, a := range c.Activities {
			if a.Kind == "scorm" && !a.Hidden {
				list = append(list, fromTemplate("scorm", object{
					"id": a.Instance, "coursemodule": a.CMID, "course": c.ID, "timeopen": a.TimeOpen, "timeclose": a.TimeClose,
					"packageurl": q.base + "/webservice/pluginfile.php/12/mod_scorm/package/0/RuntimeMinimumCalls_SCORM12.zip",
				}))
			}
		}
	}
	return object{"scorms": list, "options": []any{object{"name": "scormstandard", "value": "0"}}, "warnings": []any{}}, nil
}

func scormAttempts(s *State, q *query) (any, *refusal) {
	id, ok := q.id("scormid")
	user, ok2 := q.id("userid")
	if !ok || !ok2 {
		return nil, invalidParameter()
	}
	c, a := s.activity(func(a *Activity) bool { return a.Kind == "scorm" && a.Instance == id })
	switch {
	case a == nil:
		return nil, missingRecord("scorm")
	case !s.mayEnter(c) || a.Hidden:
		return nil, loginRequired()
	case s.User(user) == nil:
		return nil, invalidUser()
	case !s.may("mod/scorm:viewreport", c.ID):
		return nil, noPermission("View reports")
	}
	if refused := a.closed(q.now); refused != nil {
		return nil, refused
	}
	return object{"attemptscount": s.attempts(user, id), "warnings": []any{}}, nil
}

// closed refuses outside the activity's opening dates.
func (a *Activity) closed(now int64) *refusal {
	switch {
	case a.TimeOpen > now:
		return moodleException("notopenyet", fmt.Sprintf("Sorry, this activity is not available until %d", a.TimeOpen))
	case a.TimeClose != 0 && a.TimeClose < now:
		return moodleException("expired", fmt.Sprintf("Sorry, this activity closed on %d and is no longer available", a.TimeClose))
	}
	return nil
}

func (s *State) attempts(user, scorm int64) (n int) {
	for _, a := range s.ScormAttempts {
		if a.User == user && a.Scorm == scorm {
			n++
		}
	}
	return n
}
