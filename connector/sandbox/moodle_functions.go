package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// functions are the web service functions that are played; a nil value without a
// refusal is the null of a write.
var functions = map[string]func(*State, *query) (any, *refusal){
	"core_webservice_get_site_info":                    siteInfo,
	"core_user_get_users_by_field":                     usersByField,
	"core_course_get_courses_by_field":                 coursesByField,
	"core_enrol_get_enrolled_users":                    enrolledUsers,
	"core_enrol_get_course_enrolment_methods":          enrolmentMethods,
	"enrol_self_get_instance_info":                     selfInstance,
	"enrol_manual_enrol_users":                         manualEnrol,
	"core_group_add_group_members":                     addGroupMembers,
	"core_completion_get_course_completion_status":     courseCompletion,
	"core_completion_get_activities_completion_status": activitiesCompletion,
	"mod_scorm_get_scorms_by_courses":                  scormsByCourses,
	"mod_scorm_get_scorm_attempt_count":                scormAttempts,
	"core_reportbuilder_retrieve_report":               retrieveReport,
}

// foreign are functions that Moodle has and that are not played: to call them is
// not a mistake in the name.
var foreign = []string{"core_course_delete_courses", "enrol_manual_unenrol_users",
	"core_group_delete_group_members", "core_course_get_contents", "core_enrol_get_users_courses"}

func (q *query) id(name string) (int64, bool) {
	n, err := strconv.ParseInt(q.one(name), 10, 64)
	return n, err == nil
}

// list returns the values of name[0], name[1] …
func (q *query) list(name string) (values []string) {
	for _, n := range q.names {
		if strings.HasPrefix(n, name+"[") {
			values = append(values, q.form[n])
		}
	}
	return values
}

func siteInfo(s *State, q *query) (any, *refusal) {
	u := s.User(s.ServiceAccount.User)
	names := make([]any, len(s.ServiceAccount.Functions))
	for i, f := range s.ServiceAccount.Functions {
		names[i] = object{"name": f, "version": "2024100700"}
	}
	version := "2024100705.01"
	if s.Site.UpgradePend {
		version = "2024100700"
	}
	return fromTemplate("site_info", object{
		"functions": names, "siteurl": q.base, "version": version, "userissiteadmin": s.ServiceAccount.SiteAdmin,
		"userpictureurl": q.base + "/theme/image.php/boost/core/1795446425/u/f1",
		"userid":         u.ID, "username": u.Username, "firstname": u.FirstName, "lastname": u.LastName, "fullname": u.fullName(),
	}), nil
}

func (u *User) fullName() string { return u.FirstName + " " + u.LastName }

func (u *User) field(name string) string {
	return map[string]string{"id": strconv.FormatInt(u.ID, 10), "idnumber": u.IDNumber, "username": u.Username, "email": u.Email}[name]
}

func usersByField(s *State, q *query) (any, *refusal) {
	field, values := q.one("field"), q.list("values")
	if !slices.Contains([]string{"id", "idnumber", "username", "email"}, field) {
		return nil, codingError("invalid field parameter")
	}
	for _, v := range values {
		if field == "username" && v != strings.ToLower(v) {
			return nil, invalidParameter()
		}
	}
	users := []any{}
	for i := range s.Users {
		u := &s.Users[i]
		if !u.Deleted && slices.Contains(values, u.field(field)) && s.shown(u, 0) {
			users = append(users, s.account(u, q.base))
		}
	}
	return users, nil
}

// account is an account as the service account may see it.
func (s *State) account(u *User, base string) object {
	o := fromTemplate("user", object{
		"id": u.ID, "firstname": u.FirstName, "lastname": u.LastName, "fullname": u.fullName(), "suspended": u.Suspended,
		"firstaccess": u.FirstAccess, "lastaccess": u.LastAccess,
		"profileimageurl":      base + "/theme/image.php/boost/core/1795446425/u/f1",
		"profileimageurlsmall": base + "/theme/image.php/boost/core/1795446425/u/f2",
	})
	s.identify(o, u, 0)
	return o
}

// identify adds what names a person to others, as far as it may be seen.
func (s *State) identify(o object, u *User, course int64) {
	if s.may("moodle/user:viewalldetails", course) {
		o["username"], o["idnumber"] = u.Username, u.IDNumber
	}
	if s.may("moodle/site:viewuseridentity", course) {
		o["email"] = u.Email
	}
}

func coursesByField(s *State, q *query) (any, *refusal) {
	field, value := q.one("field"), q.one("value")
	courses := []any{}
	for i := range s.Courses {
		c := &s.Courses[i]
		names := map[string]string{"id": strconv.FormatInt(c.ID, 10), "shortname": c.ShortName, "idnumber": c.IDNumber, "": value}
		if name, known := names[field]; known && name == value && s.maySee(c) {
			courses = append(courses, s.course(c, q.base))
		}
	}
	return object{"courses": courses, "warnings": []any{}}, nil
}

func (s *State) course(c *Course, base string) object {
	methods, contacts := []any{}, []any{}
	for _, r := range s.CourseRoles {
		if u := s.User(r.User); r.Course == c.ID && r.Role == 3 && u != nil {
			contacts = append(contacts, object{"id": u.ID, "fullname": u.fullName()})
		}
	}
	for _, m := range c.Methods {
		if m.Enabled {
			methods = append(methods, m.Method)
		}
	}
	return fromTemplate("course", object{
		"id": c.ID, "fullname": c.FullName, "displayname": c.FullName, "shortname": c.ShortName,
		"courseimage": base + "/pluginfile.php/11/course/generated/course.svg", "enrollmentmethods": methods, "contacts": contacts,
		"visible": number(c.Visible), "enablecompletion": number(c.EnableCompletion), "sortorder": 10000 + c.ID,
	})
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

const selfOff = "Enrolment is disabled or inactive"

// enrolmentMethods lists enabled self-enrolment and guest access only: the manual
// method is shown by no function.
func enrolmentMethods(s *State, q *query) (any, *refusal) {
	id, ok := q.id("courseid")
	c := s.Course(id)
	if !ok || c == nil {
		return nil, missingRecord("course")
	}
	list := []any{}
	for _, m := range c.Methods {
		o := object{"id": m.ID, "courseid": c.ID, "type": m.Method, "status": true}
		switch {
		case !m.Enabled:
			continue
		case m.Method == "guest":
			o["name"], o["wsfunction"] = "Guest access", "enrol_guest_get_instance_info"
		case m.Method == "self":
			o["name"] = "Self enrolment (Student)"
			if m.NoNewEnrolment {
				o["status"] = selfOff
			} else if m.Key != "" {
				o["wsfunction"] = "enrol_self_get_instance_info"
			}
		default:
			continue
		}
		list = append(list, o)
	}
	return list, nil
}

// selfInstance answers for an instance of any method, as Moodle does.
func selfInstance(s *State, q *query) (any, *refusal) {
	id, _ := q.id("instanceid")
	for _, c := range s.Courses {
		for _, m := range c.Methods {
			if m.ID != id {
				continue
			}
			o := object{"id": m.ID, "courseid": c.ID, "type": "self", "name": "Self enrolment (Student)", "status": any(selfOff)}
			if m.Method == "self" && m.Enabled && !m.NoNewEnrolment {
				o["status"] = true
			}
			return o, nil
		}
	}
	return nil, missingRecord("enrol")
}
