package moodle

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// user is an account as Moodle shows it; a field that the service account may not
// see is nil or empty.
type user struct {
	ID               int64  `json:"id"`
	Username         string `json:"username"`
	IDNumber         string `json:"idnumber"`
	Email            string `json:"email"`
	Suspended        bool   `json:"suspended"`
	LastCourseAccess *int64 `json:"lastcourseaccess"` // unix seconds; 0: never; nil: not shown
	Roles            []struct {
		RoleID int `json:"roleid"`
	} `json:"roles"`
	Groups []struct{ ID int64 } `json:"groups"` // asked for with a released group only
}

// field returns the value of a match field.
func (u user) field(match string) string {
	switch match {
	case MatchEmail:
		return u.Email
	case MatchUsername:
		return u.Username
	}
	return u.IDNumber
}

// course is a course as Moodle shows it.
type course struct {
	ID               int64    `json:"id"`
	ShortName        string   `json:"shortname"`
	FullName         string   `json:"fullname"`
	Visible          int      `json:"visible"`
	EnableCompletion int      `json:"enablecompletion"`
	Methods          []string `json:"enrollmentmethods"`
}

// secondMethods returns the enabled enrolment methods other than manual.
func (c course) secondMethods() (others []string) {
	for _, method := range c.Methods {
		if method != "manual" {
			others = append(others, method)
		}
	}
	return others
}

// probe fails unless the probe person is found. Without the right to see
// everybody Moodle leaves people out of its lists and says nothing.
func (m *LMS) probe(ctx context.Context) error {
	users, err := m.accounts(ctx, m.cfg.Match, m.cfg.Probe)
	if err != nil {
		return err
	}
	for _, u := range users {
		if strings.EqualFold(u.field(m.cfg.Match), m.cfg.Probe) {
			return nil
		}
	}
	return fmt.Errorf("the probe person is not found by %s, so others may be missing too: "+
		"give the service account moodle/user:viewdetails, viewalldetails and site:viewuseridentity at system level, or correct probe", m.cfg.Match)
}

// accounts looks accounts up; those that are not there, or not shown, are absent.
func (m *LMS) accounts(ctx context.Context, field string, values ...string) (users []user, err error) {
	form := fields{{"field", field}}
	for i, v := range values {
		form = append(form, [2]string{fmt.Sprintf("values[%d]", i), v})
	}
	err = m.call(ctx, "core_user_get_users_by_field", form, &users)
	return users, err
}

// courses looks courses up; those that are not there, or hidden, are absent.
func (m *LMS) courses(ctx context.Context, field, value string) ([]course, error) {
	var answer struct{ Courses []course }
	err := m.call(ctx, "core_course_get_courses_by_field", fields{{"field", field}, {"value", value}}, &answer)
	return answer.Courses, err
}

// course finds a course by what an administrator calls it: short name, idnumber,
// or id.
func (m *LMS) course(ctx context.Context, key string) (course, error) {
	names := []string{"shortname", "idnumber"}
	if _, err := strconv.ParseUint(key, 10, 63); err == nil {
		names = append(names, "id")
	}
	found := map[int64]course{}
	for _, name := range names {
		courses, err := m.courses(ctx, name, key)
		if err != nil {
			return course{}, err
		}
		for _, c := range courses {
			found[c.ID] = c
		}
	}
	for _, c := range found {
		if len(found) == 1 && c.Visible != 0 {
			return c, nil
		}
	}
	switch len(found) {
	case 0:
		return course{}, fmt.Errorf("there is no course %q, by short name, idnumber or id, or it is hidden from the service account", key)
	case 1:
		return course{}, fmt.Errorf("the course %q is hidden from learners", key)
	}
	return course{}, fmt.Errorf("%d courses are called %q, by short name, idnumber or id: use another of their names", len(found), key)
}

// A list is asked for in pages of this size, each beginning with the last row of
// the one before.
const pageSize = 1000

// maxPages ends a list that does not end: a million people.
const maxPages = 1001

const userFields = "id,username,idnumber,email,suspended,roles,lastcourseaccess"

// errMoved: a list changed while it was read, or rows were left out of it.
var errMoved = errors.New("the list of enrolled people changed while it was read, or people in it are hidden from the service account")

// enrolled lists the people of a course, by ascending id: all, or those without
// an active enrolment. A list that does not hold together is read again.
func (m *LMS) enrolled(ctx context.Context, courseID int64, onlySuspended bool) (users []user, err error) {
	for range 3 {
		if users, err = m.list(ctx, courseID, onlySuspended); !errors.Is(err, errMoved) {
			return users, err
		}
	}
	return nil, err
}

// list reads pages until one brings nothing but the row that it overlaps with.
// Moodle drops the people whom it may not show after it has cut the page, so that
// a short page is not the end: the overlap tells.
func (m *LMS) list(ctx context.Context, courseID int64, onlySuspended bool) ([]user, error) {
	var all []user
	for range maxPages {
		from := max(0, len(all)-1)
		page, err := m.page(ctx, courseID, onlySuspended, from)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			if len(page) == 0 || page[0].ID != all[from].ID {
				return nil, errMoved
			}
			page = page[1:]
		}
		if len(page) == 0 {
			return all, nil
		}
		for _, u := range page {
			if n := len(all); n > 0 && u.ID <= all[n-1].ID {
				return nil, errMoved
			}
			all = append(all, u)
		}
	}
	return nil, fmt.Errorf("more than %d people", len(all))
}

func (m *LMS) page(ctx context.Context, courseID int64, onlySuspended bool, from int) ([]user, error) {
	form := fields{{"courseid", strconv.FormatInt(courseID, 10)}}
	wanted := userFields
	if m.closed() {
		wanted += ",groups"
	}
	options := [][2]string{{"userfields", wanted}, {"sortby", "id"},
		{"limitfrom", strconv.Itoa(from)}, {"limitnumber", strconv.Itoa(pageSize)}}
	if onlySuspended {
		options = append(options, [2]string{"onlysuspended", "1"})
	}
	for i, o := range options {
		form = append(form, [2]string{fmt.Sprintf("options[%d][name]", i), o[0]}, [2]string{fmt.Sprintf("options[%d][value]", i), o[1]})
	}
	var users []user
	err := m.call(ctx, "core_enrol_get_enrolled_users", form, &users)
	if err == nil && len(users) > pageSize {
		return nil, fmt.Errorf("a page of %d people where %d were asked for", len(users), pageSize)
	}
	return users, err
}
