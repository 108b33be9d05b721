package moodle_test

import (
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

// TestCompletions: what Moodle itself says. It says nothing of suspended people, nor
// in a course without criteria, and that is no error.
func TestCompletions(t *testing.T) {
	m := site(4)
	lms, _ := connect(t, m, config)
	rows, err := lms.Enrolments(t.Context(), target)
	if err != nil || len(rows) < 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	number := func(row rules.Enrolment) (id int64) {
		for _, r := range row.Row {
			id = id*10 + int64(r-'0')
		}
		return id
	}
	m.Change(func(s *sandbox.State) {
		s.Course(2).EnableCompletion = true
		s.Course(2).CompletionCriteria = []sandbox.Criterion{{CMID: 77}}
		s.CourseCompletions = append(s.CourseCompletions, sandbox.CourseCompletion{User: number(rows[0]), Course: 2})
		s.ActivityCompletions = append(s.ActivityCompletions, sandbox.ActivityCompletion{User: number(rows[0]), CMID: 77, State: 1, At: 1790000000})
	})
	got, err := lms.Completions(t.Context(), target, rows)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]rules.Witness{}
	for _, w := range got {
		said[w.Row] = w
	}
	if w := said[rows[0].Row]; !w.Completed || w.At.Unix() != 1790000000 || w.Target != target.Key() {
		t.Errorf("%+v, want completed when the last criterion was met", w)
	}
	if w, told := said[rows[1].Row]; !told || w.Completed {
		t.Errorf("%+v, %v; want the word that it is not completed", w, told)
	}
	m.Change(func(s *sandbox.State) { s.Course(2).CompletionCriteria = nil })
	if got, err := lms.Completions(t.Context(), target, rows); err != nil || len(got) != 0 {
		t.Errorf("without criteria: %v, %v", got, err)
	}
	m.Fail(sandbox.Fault{Kind: sandbox.Refuse, Code: "invalidtoken", Function: "core_completion_get_course_completion_status", Skip: 1})
	if _, err := lms.Completions(t.Context(), target, rows); err == nil {
		t.Error("a token that has died was taken for silence")
	}
}
