package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/leadfront/leadfront/connector/web/api"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// site is the API with whoever has the roles at it.
type site struct {
	e     *echo.Echo
	views view.Latest
	roles map[signin.Role]bool // nil: nobody has signed in
}

func newSite() *site {
	s := &site{e: echo.New(), roles: map[signin.Role]bool{signin.Viewer: true, signin.Auditor: true}}
	people := []rules.Person{{ID: "1", Name: "Top", Status: rules.Active}}
	for i := range 250 {
		people = append(people, rules.Person{ID: fmt.Sprint(1000 + i), Name: "P", Manager: "1", Department: "D", Status: rules.Active})
	}
	policy := &rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{{ID: "ai", Title: "AI", Launch: noon.AddDate(0, -1, 0), Sequence: rules.Sequence{Scope: rules.ScopeManager}}}}
	facts := &rules.Facts{Now: noon, Snapshots: []rules.Snapshot{{ID: 1, From: noon.AddDate(0, -1, 0), Org: rules.Org{People: people}}}}
	j := rules.Judge(policy, facts)
	hours := 2.5
	j.Programs[0].Violations = append(j.Programs[0].Violations,
		rules.Violation{Program: "ai", Person: "1000", Kind: rules.StartedEarly, At: noon, Evidence: []string{"x"}, Because: []rules.Reason{{Code: rules.CodeLeaderQualified}}, Hours: &hours, Resolved: true},
		rules.Violation{Program: "ai", Person: "1001", Kind: rules.StartedEarly, At: noon})
	s.views.Publish(&view.View{At: noon, Judged: noon, Policy: policy, Facts: facts, Judgement: j, Refs: view.NewRefs([]byte("k"), j.Index),
		Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: "d", Because: rules.Reason{Code: rules.CodeFirstEnforcement}}}})
	s.e.HTTPErrorHandler = api.Errors
	s.e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if s.roles != nil {
				signin.Enter(c, signin.Who{Subject: "m", Machine: true, Roles: s.roles}, nil)
			}
			return next(c)
		}
	})
	api.New(api.Options{Views: &s.views, Now: func() time.Time { return noon },
		Showcase: func(context.Context, *view.View) ([]api.UseCase, error) {
			return []api.UseCase{{Ref: "u", Programs: []string{"AI"}, Author: "Ada", Title: "T", Prompt: "p", Output: "o", Result: "r", At: noon}}, nil
		},
		Waivers: func(context.Context) ([]rules.Waiver, error) {
			return []rules.Waiver{{ID: 2, Kind: rules.MayStart, Program: "ai", Person: "1000", From: noon, Expires: noon.AddDate(0, 0, 1), By: "Max", Reason: "r"},
				{ID: 10, Kind: rules.NeedNotLead, From: noon, Expires: noon, Revoked: noon}}, nil
		}}).Mount(s.e, new(signin.Door))
	return s
}

func (s *site) ask(path string, headers ...string) (*http.Request, *httptest.ResponseRecorder) {
	r, w := httptest.NewRequest(http.MethodGet, "https://leadfront.corp.example"+path, nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer t")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	s.e.ServeHTTP(w, r)
	return r, w
}

// TestAnswersAreAsDescribed: what is answered, to good requests and to bad ones, is what
// openapi.json says, by a validator of OpenAPI 3.1; and the document is one itself.
func TestAnswersAreAsDescribed(t *testing.T) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, wrong := v.ValidateDocument(); !ok {
		t.Fatalf("openapi.json: %v", wrong)
	}
	s := newSite()
	ref := s.views.Current().Refs.Of(1)
	check := func(path string, code int, headers ...string) {
		t.Helper()
		r, w := s.ask(path, headers...)
		if w.Code != code {
			t.Errorf("%s: %d, want %d\n%s", path, w.Code, code, w.Body)
		}
		if ok, wrong := v.ValidateHttpResponse(r, w.Result()); !ok {
			t.Errorf("%s: %d is not as described: %v\n%.2000s", path, w.Code, wrong[0], w.Body)
			for _, e := range wrong[0].SchemaValidationErrors {
				t.Logf("%s %s", e.FieldPath, e.Reason)
			}
		}
	}
	lists := []string{"programs", "people", "decisions?program=ai&decision=hold", "violations", "plans", "waivers", "showcase", "people/" + ref, "openapi.json"}
	for _, path := range lists {
		check("/api/v1/"+path, http.StatusOK)
		_, w := s.ask("/api/v1/" + path)
		check("/api/v1/"+path, http.StatusNotModified, "If-None-Match", `"other", W/`+w.Header().Get("ETag"))
	}
	check("/api/v1/people?limit=0", http.StatusBadRequest)
	check("/api/v1/people?cursor=%25", http.StatusBadRequest)
	check("/api/v1/people/unknown", http.StatusNotFound)
	s.roles = map[signin.Role]bool{signin.Viewer: true}
	check("/api/v1/waivers", http.StatusNotFound)
	check("/api/v1/plans", http.StatusOK)
	for _, path := range []string{"people", "people/" + ref, "decisions", "violations"} {
		check("/api/v1/"+path, http.StatusNotFound)
	}
	if _, w := s.ask("/api/v1/programs"); strings.Contains(w.Body.String(), `"1"`) || !strings.Contains(w.Body.String(), `"ai"`) {
		t.Errorf("a viewer is told of single people: %s", w.Body)
	}
	s.roles = map[signin.Role]bool{}
	for _, path := range lists[:6] {
		check("/api/v1/"+path, http.StatusNotFound)
	}
	check("/api/v1/showcase", http.StatusOK)
	s.roles = nil
	for _, path := range lists {
		check("/api/v1/"+path, http.StatusUnauthorized)
	}
	s.roles = map[signin.Role]bool{signin.Viewer: true, signin.Auditor: true}
	s.views = view.Latest{}
	check("/api/v1/people", http.StatusServiceUnavailable)
	check("/api/v1/people/"+ref, http.StatusServiceUnavailable)
}

// TestPages: going on by cursor tells everybody once, in order, and the last page says
// that it is the last.
func TestPages(t *testing.T) {
	s := newSite()
	var ids []string
	cursor, pages := "", 0
	for {
		_, w := s.ask("/api/v1/people?limit=100&cursor=" + cursor)
		var p struct {
			Items []struct{ ID string }
			Next  string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			ids = append(ids, i.ID)
		}
		if cursor, pages = p.Next, pages+1; cursor == "" || pages > 9 {
			break
		}
	}
	if pages != 3 || len(ids) != 251 || ids[0] != "1" || ids[250] != "1249" {
		t.Errorf("%d pages with %d people", pages, len(ids))
	}
	if _, w := s.ask("/api/v1/waivers"); strings.Index(w.Body.String(), `"number":2`) > strings.Index(w.Body.String(), `"number":10`) {
		t.Errorf("exemptions out of order: %s", w.Body)
	}
	if _, w := s.ask("/api/v1/decisions?decision=hold&limit=1000"); strings.Count(w.Body.String(), `"hold"`) != 250 {
		t.Errorf("%d are on hold", strings.Count(w.Body.String(), `"hold"`))
	}
}

// TestLeadTimesOfFewAreNotTold: as on the pages, four people are too few to tell of.
func TestLeadTimesOfFewAreNotTold(t *testing.T) {
	for people, want := range map[int]bool{view.Smallest - 1: false, view.Smallest: true} {
		s := newSite()
		v := s.views.Current()
		policy, facts := *v.Policy, *v.Facts
		const course, completed = "https://lms.corp.example/ai", "http://adlnet.gov/expapi/verbs/completed"
		policy.Programs[0].Course = rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: completed}}}
		facts.Sources = []rules.Source{{Name: "lrs", Kind: rules.SourceRecords, Read: noon, Through: true}}
		list := facts.Snapshots[0].Org.People
		for i := range people + 1 {
			list[i].Email = "p" + list[i].ID + "@corp.example"
			at := noon.AddDate(0, 0, -9).Add(time.Duration(i) * time.Hour)
			facts.Evidence = append(facts.Evidence, rules.Evidence{Source: "lrs", Statement: "s" + list[i].ID, Timestamp: at, Stored: at, Verb: completed,
				Kind: rules.KindCompleted, Object: course, Actor: rules.Actor{Kind: rules.ActorMbox, Value: list[i].Email}})
		}
		j := rules.Judge(&policy, &facts)
		if _, n := j.Programs[0].LeadTime(); n != people {
			t.Fatalf("%d lead times of %d people", n, people)
		}
		s.views.Publish(&view.View{At: noon, Judged: noon, Policy: &policy, Facts: &facts, Judgement: j, Refs: view.NewRefs([]byte("k"), j.Index)})
		if _, w := s.ask("/api/v1/programs"); strings.Contains(w.Body.String(), `"leadTime"`) != want {
			t.Errorf("of %d people: %s", people, w.Body)
		}
	}
}
