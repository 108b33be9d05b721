package moodle

import (
	"context"
	"fmt"
	"strconv"

	"github.com/leadfront/leadfront/rules"
)

// Why a row is barred, besides rules.BarredRole.
const (
	BarredSecondMethod = "second_method" // a hold would keep nobody out
	BarredWindow       = "window"        // a hold would wipe the enrolment's end
)

// Enrolments returns everybody in the course, or an error: an unknown or hidden
// course, a refusal, a probe person who is not found, a list that does not hold
// together. Start is told of whoever's last access to the course is shown; of the
// others it is left unknown, and Starts asks.
func (m *LMS) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	rows, _, err := m.read(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("read the enrolments of %s: %w", t.Key(), err)
	}
	return rows, nil
}

// read is Enrolments and the course that it found.
func (m *LMS) read(ctx context.Context, t rules.Target) ([]rules.Enrolment, course, error) {
	if err := m.probe(ctx); err != nil {
		return nil, course{}, err
	}
	group, err := m.group(t)
	if err != nil {
		return nil, course{}, err
	}
	c, err := m.course(ctx, t.Course)
	if err != nil {
		return nil, course{}, err
	}
	users, suspended, err := m.both(ctx, c.ID)
	if err != nil {
		return nil, course{}, err
	}
	ends, err := m.ends(ctx)
	if err != nil {
		return nil, course{}, err
	}
	rows := make([]rules.Enrolment, len(users))
	for i, u := range users {
		rows[i] = rules.Enrolment{
			Target: t.Key(), Row: strconv.FormatInt(u.ID, 10), Account: m.account(u),
			State: rules.RowActive, Barred: m.barred(c, u, ends), Released: m.closed() && u.in(group),
		}
		if suspended[u.ID] {
			rows[i].State = rules.RowSuspended
		}
		if visited(u.LastCourseAccess) {
			rows[i].Start = rules.SignStarted
		}
	}
	return rows, c, nil
}

// both reads everybody, and who of them is suspended: no field of the whole list
// says so. A person can enrol between the two, so one more look is allowed.
func (m *LMS) both(ctx context.Context, courseID int64) (users []user, suspended map[int64]bool, err error) {
	for range 2 {
		if users, err = m.enrolled(ctx, courseID, false); err != nil {
			return nil, nil, err
		}
		held, err := m.enrolled(ctx, courseID, true)
		if err != nil {
			return nil, nil, err
		}
		known := make(map[int64]bool, len(users))
		for _, u := range users {
			known[u.ID] = true
		}
		suspended, strange := make(map[int64]bool, len(held)), false
		for _, u := range held {
			suspended[u.ID] = true
			strange = strange || !known[u.ID]
		}
		if !strange {
			return users, suspended, nil
		}
	}
	return nil, nil, errMoved
}

func (m *LMS) account(u user) rules.Account {
	return rules.Account{
		LMS: m.cfg.Name, ID: strconv.FormatInt(u.ID, 10), Username: u.Username,
		IDNumber: u.IDNumber, Email: u.Email, Suspended: u.Suspended,
	}
}

// learner reports whether a person's roles are exactly the learner role. Roles
// that are not shown are not.
func (m *LMS) learner(u user) bool { return len(u.Roles) == 1 && u.Roles[0].RoleID == m.cfg.Role }

// barred says why a row must not be held, the strongest reason first.
func (m *LMS) barred(c course, u user, ends map[string]bool) string {
	switch {
	case !m.learner(u):
		return rules.BarredRole
	case m.closed():
		return "" // a group gates whoever is in the course, by whatever method
	case len(c.secondMethods()) > 0:
		return BarredSecondMethod
	case ends[u.field(m.cfg.Match)]:
		return BarredWindow
	}
	return ""
}

// ends returns, by match value, who has an enrolment with an end. The report
// shows dates as text of the site's language; an end that is not set is an empty
// cell, while a start that is not set is not, so the end alone is looked at.
func (m *LMS) ends(ctx context.Context) (map[string]bool, error) {
	if m.cfg.Windows != WindowsRefuse {
		return nil, nil
	}
	ends := map[string]bool{}
	for page, seen := 0, 0; ; page++ {
		r, err := m.reportPage(ctx, page)
		if err != nil {
			return nil, err
		}
		if err := r.collect(m.cfg, ends); err != nil {
			return nil, fmt.Errorf("report %d: %w", m.cfg.Report, err)
		}
		switch seen += len(r.Data.Rows); {
		case seen == r.Data.Total:
			return ends, nil
		case len(r.Data.Rows) == 0, seen > r.Data.Total, page > maxPages:
			return nil, fmt.Errorf("report %d: %d of %d rows could be read", m.cfg.Report, seen, r.Data.Total)
		}
	}
}

// report is a page of a custom report; cells are display text or null.
type report struct {
	Data struct {
		Headers []string
		Rows    []struct{ Columns []*string }
		Total   int `json:"totalrowcount"`
	}
}

// collect adds whoever has an end in this page.
func (r report) collect(cfg Config, ends map[string]bool) error {
	account, ended := r.column(cfg.ReportAccount), r.column(cfg.ReportEnded)
	if account < 0 || ended < 0 {
		return fmt.Errorf("it has no columns %q and %q: name them in report_account and report_ended", cfg.ReportAccount, cfg.ReportEnded)
	}
	for _, row := range r.Data.Rows {
		if len(row.Columns) != len(r.Data.Headers) {
			return errShape
		}
		if who, end := row.Columns[account], row.Columns[ended]; who != nil && end != nil && *who != "" && *end != "" {
			ends[*who] = true
		}
	}
	return nil
}

func (r report) column(header string) int {
	for i, h := range r.Data.Headers {
		if h == header {
			return i
		}
	}
	return -1
}

func (m *LMS) reportPage(ctx context.Context, page int) (r report, err error) {
	form := fields{{"reportid", strconv.Itoa(m.cfg.Report)}, {"page", strconv.Itoa(page)}, {"perpage", strconv.Itoa(pageSize)}}
	err = m.call(ctx, reportFunction, form, &r)
	if err == nil && len(r.Data.Rows) > pageSize {
		return report{}, fmt.Errorf("report %d: a page of %d rows where %d were asked for", m.cfg.Report, len(r.Data.Rows), pageSize)
	}
	return r, err
}
