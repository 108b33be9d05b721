package moodle_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// answering is a site that answers one function with what is given.
func answering(site http.Handler, function, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, _ := io.ReadAll(r.Body)
		if values, err := url.ParseQuery(string(form)); err == nil && values.Get("wsfunction") == function {
			_, _ = io.WriteString(w, body)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(form)))
		site.ServeHTTP(w, r)
	})
}

// TestAnswersWithoutListShowNoStart: without the list of SCORM activities nobody is
// known to have none, and whoever is taken for not started would be held.
func TestAnswersWithoutListShowNoStart(t *testing.T) {
	row := []rules.Enrolment{{Target: target.Key(), Row: "100", Account: rules.Account{ID: "100"}}}
	for _, body := range []string{`{}`, `{"scorms":null}`, `{"warnings":[]}`, `{"scorms":[{}]}`, `{"scorms":[null]}`} {
		lms, _ := connect(t, answering(site(3), "mod_scorm_get_scorms_by_courses", body), config)
		if rows, err := lms.Starts(t.Context(), target, row); err == nil {
			t.Errorf("%s: taken for start %v", body, rows[0].Start)
		}
	}
	lms, _ := connect(t, answering(site(3), "mod_scorm_get_scorms_by_courses", `{"scorms":[],"warnings":[]}`), config)
	if rows, err := lms.Starts(t.Context(), target, row); err != nil || rows[0].Start != rules.SignNone {
		t.Errorf("an empty list: %v", err)
	}
}

// TestAnswersBeyondAllMeasureAreRefused: pages that do not keep to what was asked
// for would fill the memory, a thousand times over.
func TestAnswersBeyondAllMeasureAreRefused(t *testing.T) {
	row := func(i int) string { return fmt.Sprintf(`{"columns":["e%d",""]}`, i) }
	user := func(i int) string { return fmt.Sprintf(`{"id":%d}`, i+1) }
	list := func(n int, one func(int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("," + one(i))
		}
		return "[" + b.String()[1:] + "]"
	}
	for _, c := range []struct{ function, body, want string }{
		{"core_enrol_get_enrolled_users", list(1001, user), "a page of 1001 people"},
		{"core_enrol_get_enrolled_users", "[" + strings.Repeat("{},", 1<<20) + "{}]", "more than 1048576 values"},
		{"core_reportbuilder_retrieve_report", `{"data":{"headers":["ID number","Time ended"],"totalrowcount":1001,"rows":` + list(1001, row) + "}}", "a page of 1001 rows"},
	} {
		lms, _ := connect(t, answering(site(3), c.function, c.body), config)
		if _, err := lms.Enrolments(t.Context(), target); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %d bytes: %v; want %q", c.function, len(c.body), err, c.want)
		}
	}
}

// TestARefusalCannotShowTheToken: whatever a site puts in the place of its code.
func TestARefusalCannotShowTheToken(t *testing.T) {
	const token = "0b1c2d3e4f5061728394a5b6c7d8e9f0"
	lms, _ := connect(t, answering(site(3), "core_user_get_users_by_field", `{"exception":"x","errorcode":"`+token+`"}`), config)
	if _, err := lms.Enrolments(t.Context(), target); err == nil || strings.Contains(err.Error(), token) {
		t.Error(err)
	}
}

// TestOnlyNullIsASuccessfulWrite: the site is asked to write, says something else,
// and does nothing.
func TestOnlyNullIsASuccessfulWrite(t *testing.T) {
	for _, body := range []string{`{}`, `[]`, `7`, `{"warnings":[]}`, `"null"`} {
		lms, gate := connect(t, answering(site(3), write, body), config)
		ctx, done := gate.Permit(t.Context())
		for _, o := range lms.Apply(ctx, target, holds(0, 1)) {
			if o.Result == rules.Ineffective || o.Result == rules.Done {
				t.Errorf("%s: taken for an answer: %s", body, o.Result)
			}
		}
		done()
	}
}
