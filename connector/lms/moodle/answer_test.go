package moodle_test

import (
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
