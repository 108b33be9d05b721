package moodle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Starts tells who has started. The time of last access to the course is read
// anew for everybody: any access is a start. Whoever has none is asked for
// attempts at the course's SCORM activities, one call each, since learners of the
// mobile app leave no trace in the former. Unknown stays whoever's access is not
// shown, and whoever's attempts Moodle refuses to tell, as it does outside an
// activity's opening dates.
func (m *LMS) Starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	out, err := m.starts(ctx, t, slices.Clone(rows))
	if err != nil {
		return nil, fmt.Errorf("look for starts in %s: %w", t.Key(), err)
	}
	return out, nil
}

func (m *LMS) starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	if len(rows) == 0 {
		return rows, nil
	}
	c, err := m.course(ctx, t.Course)
	if err != nil {
		return nil, err
	}
	users, err := m.enrolled(ctx, c.ID, false)
	if err != nil {
		return nil, err
	}
	access := make(map[string]*int64, len(users))
	for _, u := range users {
		access[strconv.FormatInt(u.ID, 10)] = u.LastCourseAccess
	}
	scorms, err := m.scorms(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if err := m.start(ctx, &rows[i], access[rows[i].Row], scorms); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// visited reports whether a time of last access shows a start. It is the time of
// the last visit: when the first one was, Moodle does not tell.
func visited(access *int64) bool { return access != nil && *access > 0 }

// start fills in one row.
func (m *LMS) start(ctx context.Context, row *rules.Enrolment, access *int64, scorms []int64) error {
	row.Start, row.StartAt = rules.SignUnknown, time.Time{}
	if visited(access) {
		row.Start = rules.SignStarted
		return nil
	}
	known := access != nil
	for _, scorm := range scorms {
		n, err := m.attempts(ctx, scorm, row.Row)
		var refused *Error
		switch {
		case errors.As(err, &refused) && reaches[refused.Code] != reachSite:
			known = false
		case err != nil:
			return err
		case n > 0:
			row.Start = rules.SignStarted
			return nil
		}
	}
	if known {
		row.Start = rules.SignNone
	}
	return nil
}

// scorms returns the SCORM activities of the course. An answer without the list is
// an error: who has no activities has none to have started.
func (m *LMS) scorms(ctx context.Context, courseID int64) ([]int64, error) {
	var answer struct {
		Scorms *[]struct{ ID int64 }
	}
	form := fields{{"courseids[0]", strconv.FormatInt(courseID, 10)}}
	if err := m.call(ctx, "mod_scorm_get_scorms_by_courses", form, &answer); err != nil {
		return nil, err
	}
	if answer.Scorms == nil {
		return nil, fmt.Errorf("mod_scorm_get_scorms_by_courses: %w", errShape)
	}
	ids := make([]int64, len(*answer.Scorms))
	for i, s := range *answer.Scorms {
		if ids[i] = s.ID; s.ID <= 0 {
			return nil, fmt.Errorf("mod_scorm_get_scorms_by_courses: %w", errShape)
		}
	}
	return ids, nil
}

func (m *LMS) attempts(ctx context.Context, scorm int64, account string) (int, error) {
	var answer struct{ AttemptsCount *int }
	form := fields{{"scormid", strconv.FormatInt(scorm, 10)}, {"userid", account}}
	if err := m.call(ctx, "mod_scorm_get_scorm_attempt_count", form, &answer); err != nil {
		return 0, err
	}
	if answer.AttemptsCount == nil || *answer.AttemptsCount < 0 {
		return 0, fmt.Errorf("mod_scorm_get_scorm_attempt_count: %w", errShape)
	}
	return *answer.AttemptsCount, nil
}
