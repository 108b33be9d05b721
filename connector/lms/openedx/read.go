package openedx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// BarredOpenEnrolment: learners can enrol themselves again, so that a hold would
// keep nobody out.
const BarredOpenEnrolment = "open_enrolment"

// mostUsernames is how many one reading may name.
const mostUsernames = 100

// maxPages ends a list that does not end: a million enrolments.
const maxPages = 10_000

const enrolments = "/api/enrollment/v1/enrollments"

// errShape: the answer is not what the call answers.
var errShape = errors.New("the answer is not the JSON that was expected; is this the address of an Open edX?")

// course is what is read of a course run.
type course struct {
	ID         string     `json:"course_id"`
	InviteOnly *bool      `json:"invite_only"`
	Closes     *time.Time `json:"enrollment_end"`
}

// selfEnrolment reports whether learners can enrol themselves, or will be able to.
func (c course) selfEnrolment(now time.Time) bool {
	return !*c.InviteOnly && (c.Closes == nil || now.Before(*c.Closes))
}

func (x *LMS) course(ctx context.Context, t rules.Target) (course, error) {
	var c course
	body, err := x.get(ctx, "/api/enrollment/v1/course/"+url.PathEscape(t.Course))
	if err != nil {
		return course{}, err
	}
	if json.Unmarshal(body, &c) != nil || c.ID != t.Course || c.InviteOnly == nil {
		return course{}, errShape
	}
	return c, nil
}

// page is one page of a list; a pointer is nil where the answer leaves out what it
// must say.
type page struct {
	Next    json.RawMessage `json:"next"` // null on the last page
	Results *[]seat         `json:"results"`
}

// seat is one enrolment.
type seat struct {
	User     string `json:"user"`
	IsActive *bool  `json:"is_active"`
	Course   string `json:"course_id"`
}

func (s seat) fits(t rules.Target) bool {
	return s.User != "" && s.IsActive != nil && (s.Course == "" || s.Course == t.Course)
}

// rows reads the enrolments of these usernames, or of everybody.
func (x *LMS) rows(ctx context.Context, t rules.Target, usernames []string) ([]rules.Enrolment, error) {
	c, err := x.course(ctx, t)
	if err != nil {
		return nil, err
	}
	query := url.Values{"course_id": {t.Course}, "page_size": {"100"}}
	if len(usernames) > 0 {
		query.Set("username", strings.Join(usernames, ","))
	}
	rows, seen, visited := []rules.Enrolment{}, map[string]bool{}, map[string]bool{}
	for next := enrolments + "?" + query.Encode(); next != ""; {
		if visited[next] || len(visited) > maxPages {
			return nil, errors.New("the list of enrolments does not end")
		}
		visited[next] = true
		p, err := x.page(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, r := range *p.Results {
			if !r.fits(t) {
				return nil, errShape
			}
			if !seen[r.User] {
				rows = append(rows, x.row(t, c, r.User, *r.IsActive))
			}
			seen[r.User] = true
		}
		if next, err = following(p.Next); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (x *LMS) page(ctx context.Context, address string) (page, error) {
	var p page
	body, err := x.get(ctx, address)
	if err != nil {
		return page{}, err
	}
	if json.Unmarshal(body, &p) != nil || p.Results == nil || len(p.Next) == 0 {
		return page{}, errShape
	}
	return p, nil
}

// following is the address of the next page: its path and query only, as servers
// behind a proxy give it with the scheme and host that they know.
func following(next json.RawMessage) (string, error) {
	var address *string
	if json.Unmarshal(next, &address) != nil {
		return "", errShape
	}
	if address == nil {
		return "", nil
	}
	u, err := url.Parse(*address)
	if err != nil || !strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), enrolments) {
		return "", fmt.Errorf("%w: the next page is elsewhere", errShape)
	}
	return enrolments + "?" + u.RawQuery, nil
}

func (x *LMS) row(t rules.Target, c course, user string, active bool) rules.Enrolment {
	e := rules.Enrolment{Target: t.Key(), Row: user, State: rules.RowSuspended,
		Account: rules.Account{LMS: x.cfg.Name, ID: user, Username: user}}
	if active {
		e.State = rules.RowActive
	}
	switch {
	case slices.Contains(x.cfg.Staff, user):
		e.Barred = rules.BarredRole
	case c.selfEnrolment(x.now()):
		e.Barred = BarredOpenEnrolment
	}
	return e
}
