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

// Completions tells of each row whether Moodle has the course as completed, one call
// each. Of suspended people it does not tell, nor in a course without criteria.
func (m *LMS) Completions(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Witness, error) {
	c, err := m.course(ctx, t.Course)
	if err != nil {
		return nil, fmt.Errorf("look for completions in %s: %w", t.Key(), err)
	}
	var out []rules.Witness
	for i := range rows {
		w, told, err := m.completion(ctx, c.ID, rows[i].Row)
		if err != nil {
			return nil, fmt.Errorf("look for completions in %s: %w", t.Key(), err)
		}
		if w.Target, w.Row = t.Key(), rows[i].Row; told {
			out = append(out, w)
		}
	}
	return out, nil
}

// completion asks about one account. When the course was completed Moodle does not
// say: the last of its criteria was, then.
func (m *LMS) completion(ctx context.Context, courseID int64, account string) (w rules.Witness, told bool, err error) {
	var answer struct {
		CompletionStatus *struct {
			Completed   *bool
			Completions []struct{ TimeCompleted *int64 }
		}
	}
	form := fields{{"courseid", strconv.FormatInt(courseID, 10)}, {"userid", account}}
	err = m.call(ctx, "core_completion_get_course_completion_status", form, &answer)
	switch {
	case untold(err):
		return w, false, nil
	case err != nil:
		return w, false, err
	case answer.CompletionStatus == nil || answer.CompletionStatus.Completed == nil:
		return w, false, fmt.Errorf("core_completion_get_course_completion_status: %w", errShape)
	}
	w.Completed = *answer.CompletionStatus.Completed
	for _, c := range answer.CompletionStatus.Completions {
		if c.TimeCompleted == nil || *c.TimeCompleted <= 0 || !w.Completed {
			continue
		}
		if at := time.Unix(*c.TimeCompleted, 0).UTC(); at.After(w.At) {
			w.At = at
		}
	}
	return w, true, nil
}

// untold reports whether Moodle does not tell of this person or in this course.
func untold(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && slices.Contains([]string{"usernotenroled", "nocriteriaset", "cannotviewreport"}, refused.Code)
}
