package sandbox

import (
	"slices"
	"strconv"
)

// may reports whether the service account has a capability in a course; 0 is the
// site.
func (s *State) may(capability string, course int64) bool {
	in := "course " + strconv.FormatInt(course, 10)
	return slices.ContainsFunc(s.ServiceAccount.Roles, func(r Role) bool {
		return (r.AssignedIn == "system" || r.AssignedIn == in) && slices.Contains(r.Capabilities, capability)
	})
}

func (s *State) mayAssign(role int, course int64) bool {
	in := "course " + strconv.FormatInt(course, 10)
	return s.may("moodle/role:assign", course) && slices.ContainsFunc(s.ServiceAccount.Roles, func(r Role) bool {
		return (r.AssignedIn == "system" || r.AssignedIn == in) && slices.Contains(r.MayAssign, role)
	})
}

// User returns the account of that id, or nil.
func (s *State) User(id int64) *User {
	return find(s.Users, func(u *User) bool { return u.ID == id })
}

// Course returns the course of that id, or nil.
func (s *State) Course(id int64) *Course {
	return find(s.Courses, func(c *Course) bool { return c.ID == id })
}

// Enrolment returns the row of a person in a course by a method, or nil.
func (s *State) Enrolment(user, course int64, method string) *Enrolment {
	return find(s.Enrolments, func(e *Enrolment) bool {
		return e.User == user && e.Course == course && e.Method == method
	})
}

// Method returns the course's instance of a method, or nil.
func (c *Course) Method(name string) *Method {
	return find(c.Methods, func(m *Method) bool { return m.Method == name })
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// Enrol sets the row of a person in a course by a method, and gives the role if
// they have none of that id.
func (s *State) Enrol(e Enrolment, role int) {
	if row := s.Enrolment(e.User, e.Course, e.Method); row != nil {
		*row = e
	} else {
		s.Enrolments = append(s.Enrolments, e)
	}
	given := CourseRole{e.User, e.Course, role}
	if role != 0 && !slices.Contains(s.CourseRoles, given) {
		s.CourseRoles = append(s.CourseRoles, given)
	}
}

// Visit has a person open the course page. It reports whether they were let in;
// as in Moodle, whoever is not leaves no access time.
func (s *State) Visit(user, course, now int64) bool {
	if !s.Access(user, course, now) {
		return false
	}
	is := func(a *CourseAccess) bool { return a.User == user && a.Course == course }
	if a := find(s.CourseAccess, is); a != nil {
		a.At = now
	} else {
		s.CourseAccess = append(s.CourseAccess, CourseAccess{user, course, now})
	}
	return true
}

// Access reports whether a person has access to a course by any method. Moodle
// compares windows with the clock rounded to 100 seconds.
func (s *State) Access(user, course, now int64) bool {
	now = (now + 50) / 100 * 100
	c := s.Course(course)
	return c != nil && slices.ContainsFunc(s.Enrolments, func(e Enrolment) bool {
		if e.User != user || e.Course != course || e.Status != Active {
			return false
		}
		m := c.Method(e.Method)
		return m != nil && m.Enabled && e.TimeStart <= now && (e.TimeEnd == 0 || e.TimeEnd > now)
	})
}

// enrolled returns the people with any row in the course, by id.
func (s *State) enrolled(course int64) (users []*User) {
	in := map[int64]bool{}
	for _, e := range s.Enrolments {
		in[e.User] = in[e.User] || e.Course == course
	}
	for i := range s.Users {
		if u := &s.Users[i]; in[u.ID] && !u.Deleted {
			users = append(users, u)
		}
	}
	slices.SortFunc(users, func(a, b *User) int { return int(a.ID - b.ID) })
	return users
}

// roles returns a person's roles in a course, by id.
func (s *State) roles(user, course int64) (ids []int) {
	for _, r := range s.CourseRoles {
		if r.User == user && r.Course == course {
			ids = append(ids, r.Role)
		}
	}
	slices.Sort(ids)
	return ids
}

// shown reports whether the service account gets to see a person of a course: by
// right, itself, or a teacher, who is a course contact.
func (s *State) shown(u *User, course int64) bool {
	return s.may("moodle/user:viewdetails", course) || u.ID == s.ServiceAccount.User ||
		slices.Contains(s.roles(u.ID, course), 3)
}

// activity finds an activity and its course.
func (s *State) activity(is func(*Activity) bool) (*Course, *Activity) {
	for i := range s.Courses {
		if a := find(s.Courses[i].Activities, is); a != nil {
			return &s.Courses[i], a
		}
	}
	return nil, nil
}
