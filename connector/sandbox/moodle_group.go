package sandbox

import (
	"regexp"
	"slices"
	"strconv"
)

// memberField is a field of an entry of core_group_add_group_members.
var memberField = regexp.MustCompile(`^members\[([0-9]+)\]\[(groupid|userid)\]$`)

// member is one entry of an addition to a group.
type member struct{ group, user int64 }

// members reads the list in the order in which its indices first appear.
func (q *query) members() (list []member, ok bool) {
	at := map[string]int{}
	for _, name := range q.names {
		match := memberField.FindStringSubmatch(name)
		if match == nil {
			continue
		}
		n, err := strconv.ParseInt(q.form[name], 10, 64)
		if err != nil {
			return nil, false
		}
		i, known := at[match[1]]
		if !known {
			i = len(list)
			at[match[1]], list = i, append(list, member{})
		}
		if match[2] == "groupid" {
			list[i].group = n
		} else {
			list[i].user = n
		}
	}
	return list, len(list) > 0
}

// group finds a group and its course.
func (s *State) group(id int64) (*Course, *Group) {
	for i := range s.Courses {
		if g := find(s.Courses[i].Groups, func(g *Group) bool { return g.ID == id }); g != nil {
			return &s.Courses[i], g
		}
	}
	return nil, nil
}

// addGroupMembers is one transaction: the first error undoes it. A repeat changes
// nothing, and whoever is not enrolled cannot be a member.
func addGroupMembers(s *State, q *query) (any, *refusal) {
	list, ok := q.members()
	if !ok {
		return nil, invalidParameter()
	}
	for _, m := range list {
		if refused := s.mayAdd(m); refused != nil {
			return nil, refused
		}
	}
	switch {
	case q.fault != nil && q.fault.Kind == Half:
		list = list[:len(list)/2]
	case q.fault != nil && q.fault.Kind == Pretend:
		list = nil
	}
	for _, m := range list {
		if _, g := s.group(m.group); !slices.Contains(g.Members, m.user) {
			g.Members = append(g.Members, m.user)
		}
	}
	return nil, nil
}

func (s *State) mayAdd(m member) *refusal {
	c, g := s.group(m.group)
	u := s.User(m.user)
	switch {
	case g == nil:
		return missingRecord("groups")
	case !s.may("moodle/course:managegroups", c.ID):
		return noPermission("Manage groups")
	case u == nil || u.Deleted:
		return invalidUser()
	case s.Unwritable[m.user] != "":
		return moodleException(s.Unwritable[m.user], "Refused")
	case !slices.Contains(s.enrolled(c.ID), u):
		return invalidParameter()
	}
	return nil
}
