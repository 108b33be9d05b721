package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// options reads options[i][name] and options[i][value].
func (q *query) options() map[string]string {
	out := map[string]string{}
	for _, n := range q.names {
		if prefix, ok := strings.CutSuffix(n, "[name]"); ok && strings.HasPrefix(n, "options[") {
			out[q.form[n]] = q.form[prefix+"[value]"]
		}
	}
	return out
}

func enrolledUsers(s *State, q *query) (any, *refusal) {
	id, ok := q.id("courseid")
	if !ok {
		return nil, invalidParameter()
	}
	c, o := s.Course(id), q.options()
	active, suspended := o["onlyactive"] == "1", o["onlysuspended"] == "1"
	if refused := s.mayList(c, id, active, suspended); refused != nil {
		return nil, refused
	}
	var users []*User
	for _, u := range s.enrolled(id) {
		if !active && !suspended || s.Access(u.ID, id, q.now) == active {
			users = append(users, u)
		}
	}
	rows := []any{}
	for _, u := range window(users, o["limitfrom"], o["limitnumber"]) {
		if s.shown(u, id) { // after the page was cut, as Moodle does
			rows = append(rows, s.participant(u, c, o["userfields"]))
		}
	}
	return rows, nil
}

// mayList checks the course, the flags and the rights, in Moodle's order.
func (s *State) mayList(c *Course, id int64, active, suspended bool) *refusal {
	switch {
	case c == nil:
		return missingRecord("course")
	case active && suspended:
		return codingError("Both onlyactive and onlysuspended are set, this is probably not what you want!")
	case !s.mayEnter(c):
		return moodleException("errorcoursecontextnotvalid", "You cannot execute functions in the course context (course id:"+
			strconv.FormatInt(id, 10)+"). The context error message was: Course or activity not accessible.")
	case !s.may("moodle/course:enrolreview", id) && (active || suspended || !s.may("moodle/course:viewparticipants", id)):
		return noPermission("View participants")
	}
	return nil
}

// window cuts a page out of a list.
func window[T any](list []T, from, limit string) []T {
	start, _ := strconv.Atoi(from)
	n, _ := strconv.Atoi(limit)
	start = min(max(start, 0), len(list))
	if n <= 0 {
		n = len(list)
	}
	return list[start:min(start+n, len(list))]
}

// participant is a person of a course with the fields that were asked for and may
// be seen; id and full name always come. No field says suspended.
func (s *State) participant(u *User, c *Course, fields string) object {
	all := object{"id": u.ID, "fullname": u.fullName(), "firstname": u.FirstName, "lastname": u.LastName}
	s.identify(all, u, c.ID)
	s.accessTimes(all, u, c.ID)
	roles := []any{}
	for _, r := range s.roles(u.ID, c.ID) {
		roles = append(roles, object{"roleid": r, "name": "", "shortname": shortNames[r], "sortorder": 0})
	}
	all["roles"] = roles
	groups := []any{}
	for _, g := range c.Groups {
		if slices.Contains(g.Members, u.ID) {
			groups = append(groups, object{"id": g.ID, "name": g.Name, "description": "", "descriptionformat": 0})
		}
	}
	if len(groups) > 0 {
		all["groups"] = groups
	}
	if fields == "" {
		return all
	}
	some := object{"id": u.ID, "fullname": u.fullName()}
	for f := range strings.SplitSeq(fields, ",") {
		if v, ok := all[f]; ok {
			some[f] = v
		}
	}
	return some
}

var shortNames = map[int]string{1: "manager", 2: "coursecreator", 3: "editingteacher", 4: "teacher", 5: "student"}

// accessTimes adds when the person was last here, unless the site hides it.
func (s *State) accessTimes(o object, u *User, course int64) {
	hidden := func(field string) bool {
		return slices.Contains(s.Site.HiddenFields, field) && !s.may("moodle/course:viewhiddenuserfields", course)
	}
	if !hidden("firstaccess") {
		o["firstaccess"] = u.FirstAccess
	}
	if hidden("lastaccess") {
		return
	}
	o["lastaccess"], o["lastcourseaccess"] = u.LastAccess, int64(0)
	if a := find(s.CourseAccess, func(a *CourseAccess) bool { return a.User == u.ID && a.Course == course }); a != nil {
		o["lastcourseaccess"] = a.At
	}
}

// retrieveReport is a custom report of the source "Course participants": one row
// for each enrolment row, cells as text.
func retrieveReport(s *State, q *query) (any, *refusal) {
	id, _ := q.id("reportid")
	if !slices.Contains(s.Reports, int(id)) {
		return nil, missingRecord("reportbuilder_report")
	}
	rows := []any{}
	for _, e := range s.Enrolments {
		u, c := s.User(e.User), s.Course(e.Course)
		if u == nil || c == nil || u.Deleted {
			continue
		}
		status := "Active"
		if e.Status == Suspended {
			status = "Suspended"
		}
		ended := ""
		if e.TimeEnd != 0 {
			ended = longDate(e.TimeEnd)
		}
		rows = append(rows, object{"columns": []any{u.IDNumber, u.Username, u.Email, yes(u.Suspended), c.IDNumber,
			e.Method + " enrolments", status, longDate(e.TimeStart), ended, "", ""}})
	}
	page, _ := q.id("page")
	per, _ := q.id("perpage")
	total := len(rows)
	rows = window(rows, strconv.FormatInt(page*per, 10), strconv.FormatInt(per, 10))
	headers := []any{"ID number", "Username", "Email address", "Suspended", "Course ID number", "Plugin", "Status",
		"Time started", "Time ended", "Completed", "Time completed"}
	return object{"details": object{"id": id, "name": "Leadfront", "source": `core_course\reportbuilder\datasource\participants`},
		"data": object{"headers": headers, "rows": rows, "totalrowcount": total}, "warnings": []any{}}, nil
}

func yes(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// longDate is a date in the site's display format. Moodle shows the start that is
// not set as one in 1970.
func longDate(unix int64) string {
	return time.Unix(unix, 0).UTC().Format("Monday, 2 January 2006, 3:04 PM")
}
