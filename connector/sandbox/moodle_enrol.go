package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// entryField is a field of an entry of enrol_manual_enrol_users.
var entryField = regexp.MustCompile(`^enrolments\[([0-9]+)\]\[([a-z]+)\]$`)

// entry is one person of an enrolment call. Suspend and the times are zero when
// left out, as in Moodle: left out means active, and wipes the window.
type entry struct {
	user, course, start, end int64
	role                     int
	suspend                  bool
}

// entries reads the list in the order in which its indices first appear.
func (q *query) entries() (list []entry, ok bool) {
	var order []string
	fields := map[string]map[string]int64{}
	for _, name := range q.names {
		match := entryField.FindStringSubmatch(name)
		if match == nil {
			if name != "wstoken" && name != "wsfunction" && name != "moodlewsrestformat" {
				return nil, false
			}
			continue
		}
		n, err := strconv.ParseInt(q.form[name], 10, 64)
		known := slices.Contains([]string{"roleid", "userid", "courseid", "suspend", "timestart", "timeend"}, match[2])
		if err != nil || !known {
			return nil, false
		}
		if fields[match[1]] == nil {
			fields[match[1]] = map[string]int64{}
			order = append(order, match[1])
		}
		fields[match[1]][match[2]] = n
	}
	for _, index := range order {
		f := fields[index]
		for _, required := range []string{"roleid", "userid", "courseid"} {
			if _, given := f[required]; !given {
				return nil, false
			}
		}
		list = append(list, entry{f["userid"], f["courseid"], f["timestart"], f["timeend"], int(f["roleid"]), f["suspend"] != 0})
	}
	return list, len(list) > 0
}

// writes is what the call asks for, for the log.
func (q *query) writes() (list []Write) {
	if q.function == "core_group_add_group_members" {
		members, _ := q.members()
		for _, m := range members {
			list = append(list, Write{User: m.user, Group: m.group})
		}
		return list
	}
	if q.function != "enrol_manual_enrol_users" {
		return nil
	}
	entries, _ := q.entries()
	for _, e := range entries {
		list = append(list, Write{User: e.user, Course: e.course, Role: e.role, Suspend: e.suspend})
	}
	return list
}

// manualEnrol is one transaction: the first error undoes it.
func manualEnrol(s *State, q *query) (any, *refusal) {
	entries, ok := q.entries()
	if !ok {
		return nil, invalidParameter()
	}
	for _, e := range entries {
		if refused := s.mayEnrol(e); refused != nil {
			return nil, refused
		}
	}
	if q.fault != nil && q.fault.Kind == Half {
		entries = entries[:len(entries)/2]
	}
	if q.fault != nil && q.fault.Kind == Pretend {
		entries = nil
	}
	for _, e := range entries {
		status := Active
		if e.suspend {
			status = Suspended
		}
		s.Enrol(Enrolment{e.user, e.course, "manual", status, e.start, e.end}, e.role)
		if s.Course(e.course).Method("manual").WelcomeMessage {
			s.Messages = append(s.Messages, e.user)
		}
	}
	return nil, nil
}

func (s *State) mayEnrol(e entry) *refusal {
	c, u := s.Course(e.course), s.User(e.user)
	if c == nil {
		return invalidParameter()
	}
	if !s.mayEnter(c) {
		return loginRequired()
	}
	manual := c.Method("manual")
	switch {
	case !s.may("enrol/manual:enrol", c.ID):
		return noPermission("Enrol users")
	case !s.mayAssign(e.role, c.ID):
		return moodleException("wsusercannotassign", fmt.Sprintf(
			"You don't have the permission to assign this role (%d) to this user (%d) in this course (%d).", e.role, e.user, e.course))
	case manual == nil || !manual.Enabled:
		return moodleException("wsnoinstance", fmt.Sprintf(
			"Manual enrolment plugin instance doesn't exist or is disabled for the course (id = %d)", c.ID))
	case u == nil:
		return invalidUser()
	case u.Deleted:
		return moodleException("userdeleted", "error/userdeleted")
	case s.Unwritable[u.ID] != "":
		return moodleException(s.Unwritable[u.ID], "Refused")
	}
	return nil
}

// mayEnter reports whether the service account gets into a course.
func (s *State) mayEnter(c *Course) bool {
	return s.may("moodle/course:view", c.ID) && s.maySee(c)
}

func (s *State) maySee(c *Course) bool {
	return c.Visible || s.may("moodle/course:viewhiddencourses", c.ID)
}
