package canvas

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"

	"github.com/leadfront/leadfront/rules"
)

// Why a row is barred, besides rules.BarredRole.
const (
	BarredInvited    = "invited"     // a hold and a release would skip the invitation
	BarredSecondRole = "second_role" // another role lets the person in
)

// enrolment is one as Canvas shows it. LastActivity is left out where the account
// may not see it, and null where there was none.
type enrolment struct {
	ID           int64           `json:"id"`
	UserID       int64           `json:"user_id"`
	Type         string          `json:"type"`
	State        string          `json:"enrollment_state"`
	SISUserID    string          `json:"sis_user_id"`
	LastActivity json.RawMessage `json:"last_activity_at"`
	User         struct {
		LoginID   string `json:"login_id"`
		SISUserID string `json:"sis_user_id"`
		Email     string `json:"email"`
	} `json:"user"`
}

// errShape: the answer is not what the call answers.
var errShape = errors.New("the answer is not the JSON that was expected; is this the address of a Canvas?")

// maxPages ends a list that does not end: a million enrolments.
const maxPages = 10_000

func coursePath(t rules.Target) string { return "/api/v1/courses/" + url.PathEscape(t.Course) }

// rows reads the course and every page of its enrolments.
func (c *LMS) rows(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	if err := c.published(ctx, t); err != nil {
		return nil, err
	}
	query := url.Values{"per_page": {"100"}, "state[]": {"active", "invited", "inactive", "completed"}, "include[]": {"email"}}
	var all []enrolment
	seen, visited := map[int64]bool{}, map[string]bool{}
	for next := coursePath(t) + "/enrollments?" + query.Encode(); next != ""; {
		if visited[next] || len(visited) > maxPages {
			return nil, errors.New("the list of enrolments does not end")
		}
		visited[next] = true
		page, following, err := c.page(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if e.ID <= 0 || e.UserID <= 0 {
				return nil, errShape
			}
			if !seen[e.ID] { // a row may move to the next page when somebody enrols meanwhile
				all = append(all, e)
			}
			seen[e.ID] = true
		}
		next = following
	}
	return c.enrolments(t, all)
}

// published fails for a course that learners cannot open anyway.
func (c *LMS) published(ctx context.Context, t rules.Target) error {
	resp, err := c.send(ctx, "GET", coursePath(t))
	if err != nil {
		return err
	}
	var course struct {
		ID    int64
		State string `json:"workflow_state"`
	}
	if json.Unmarshal(resp.Body(), &course) != nil || course.ID <= 0 {
		return errShape
	}
	if course.State != "available" {
		return fmt.Errorf("the course %q is not open to learners: its state is %q", t.Course, clip(course.State))
	}
	return nil
}

// nextLink finds the address of the next page (RFC 8288).
var nextLink = regexp.MustCompile(`<([^<>]+)>\s*;[^<]*rel="next"`)

// page reads one page, and returns the address of the next one as Canvas gives it.
// The client refuses it where it leads to another server.
func (c *LMS) page(ctx context.Context, address string) (list []enrolment, next string, err error) {
	resp, err := c.send(ctx, "GET", address)
	if err != nil {
		return nil, "", err
	}
	var page *[]enrolment
	if json.Unmarshal(resp.Body(), &page) != nil || page == nil {
		return nil, "", errShape
	}
	if found := nextLink.FindStringSubmatch(resp.Header().Get("Link")); found != nil {
		next = found[1]
	}
	return *page, next, nil
}

const studentType = "StudentEnrollment"

var states = map[string]rules.RowState{
	"active": rules.RowActive, "invited": rules.RowActive, "inactive": rules.RowSuspended, "completed": rules.RowConcluded,
}

func (c *LMS) enrolments(t rules.Target, list []enrolment) ([]rules.Enrolment, error) {
	other := map[int64]bool{} // who has a role besides that of a student
	for _, e := range list {
		other[e.UserID] = other[e.UserID] || e.Type != studentType
	}
	rows := make([]rules.Enrolment, len(list))
	for i, e := range list {
		state, known := states[e.State]
		if !known {
			return nil, fmt.Errorf("%w: enrolment %d is %q", errShape, e.ID, clip(e.State))
		}
		sis := e.SISUserID
		if sis == "" {
			sis = e.User.SISUserID
		}
		rows[i] = rules.Enrolment{
			Target: t.Key(), Row: strconv.FormatInt(e.ID, 10), State: state, Start: e.start(),
			Account: rules.Account{LMS: c.cfg.Name, ID: strconv.FormatInt(e.UserID, 10), Username: e.User.LoginID, IDNumber: sis, Email: e.User.Email},
		}
		switch {
		case e.Type != studentType:
			rows[i].Barred = rules.BarredRole
		case other[e.UserID]:
			rows[i].Barred = BarredSecondRole
		case e.State == "invited":
			rows[i].Barred = BarredInvited
		}
	}
	return rows, nil
}

// start: any activity is a start. It is the time of the last one, so that when the
// first was is not known. Canvas shows it, null or not, to whoever has the right
// read_reports in the course, and to nobody else leaves a trace of it
// (lib/api/v1/user.rb, enrollment_json, of canvas-lms).
func (e enrolment) start() rules.Sign {
	switch string(e.LastActivity) {
	case "":
		return rules.SignUnknown
	case "null":
		return rules.SignNone
	}
	return rules.SignStarted
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}
