package act_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/act"
	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// desk remembers what was asked for.
type desk struct {
	asked   []rules.Act
	answer  string
	waivers []rules.Waiver
	orgs    []act.Organisation
	org     rules.Org
}

func (d *desk) Request(_ context.Context, a rules.Act) (int64, error) {
	d.asked = append(d.asked, a)
	return int64(len(d.asked)), nil
}

func (d *desk) Answer(_ context.Context, id int64) (string, bool, error) {
	if int(id) > len(d.asked) {
		return "", false, errors.New("no such request")
	}
	return d.answer, d.answer != "", nil
}
func (d *desk) Waivers(context.Context) ([]rules.Waiver, error)           { return d.waivers, nil }
func (d *desk) Organisations(context.Context) ([]act.Organisation, error) { return d.orgs, nil }
func (d *desk) Organisation(_ context.Context, digest string) (rules.Org, bool, error) {
	return d.org, digest == d.org.Digest, nil
}

func people() []rules.Person {
	return []rules.Person{
		{ID: "1", Name: "Top", Status: rules.Active}, {ID: "2", Name: "Lea <b>", Manager: "1", Status: rules.Active},
		{ID: "3", Name: "Rita", Manager: "2", Status: rules.Active}, {ID: "4", Name: "Ron", Manager: "2", Status: rules.Active},
	}
}

func newView(change func(*view.View)) *view.View {
	policy := &rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{{ID: "ai", Title: "AI Foundations", Launch: noon.AddDate(0, -1, 0),
		Sequence: rules.Sequence{Scope: rules.ScopeManager}}}}
	facts := &rules.Facts{Now: noon, Snapshots: []rules.Snapshot{{ID: 1, From: noon.AddDate(0, -1, 0), Org: rules.Org{People: people()}}},
		Holds: []rules.Hold{{Program: "ai", Target: "moodle/7", Person: "3"}, {Program: "ai", Target: "moodle/7", Person: "4"}, {Program: "other", Person: "4"}}}
	j := rules.Judge(policy, facts)
	v := &view.View{At: noon, Mode: rules.Enforce, Policy: policy, Facts: facts, Judgement: j, Refs: view.NewRefs([]byte("k"), j.Index),
		Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: "d1d1d1", Because: rules.Reason{Code: rules.CodeFirstEnforcement},
			Changes: []rules.Change{{Program: "ai", Target: "moodle/7", Person: "3", Move: rules.MoveHold}, {Program: "ai", Target: "moodle/7", Person: "4", Move: rules.MoveHold}}}}}
	if change != nil {
		change(v)
	}
	return v
}

// site is the pages with Olga, an operator, at them.
type site struct {
	t     *testing.T
	e     *echo.Echo
	views view.Latest
	desk  desk
	name  string
	roles map[signin.Role]bool
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, e: echo.New(), name: "Olga", roles: map[signin.Role]bool{signin.Operator: true, signin.Viewer: true}}
	s.views.Publish(newView(nil))
	now := func() time.Time { return noon }
	layout, err := page.NewLayout(&s.views, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	room, err := act.New(layout, &s.views, &s.desk, now)
	if err != nil {
		t.Fatal(err)
	}
	s.e.HTTPErrorHandler = layout.Errors
	s.e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			signin.Enter(c, signin.Who{Subject: "o1", Name: s.name, Email: "olga@corp.example", Roles: s.roles}, func() string { return "t0ken" })
			return next(c)
		}
	})
	room.Mount(s.e, new(signin.Door))
	return s
}

func (s *site) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.e.ServeHTTP(w, r)
	return w
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// confirmation are the hidden fields of a page that asks for a confirmation.
func confirmation(body string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body[strings.LastIndex(body, `<form class="sheet narrow"`):], -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

// TestActsAreShownThenAskedFor: every act shows what it will do and to whom, and asks
// for exactly what the command line would, under the name of who has signed in.
func TestActsAreShownThenAskedFor(t *testing.T) {
	waiver := rules.Waiver{ID: 7, Kind: rules.MayStart, Program: "ai", Person: "3", By: "Max", Reason: "exam", From: noon.AddDate(0, 0, -1), Expires: noon.AddDate(0, 0, 9)}
	for _, test := range []struct {
		name  string
		form  url.Values
		view  func(*view.View)
		shows []string
		want  rules.Act
	}{
		{"approve", url.Values{"kind": {"approve"}, "digest": {"d1d1d1"}, "person": {"3"}}, nil, []string{"2 times hold", "Rita (3)", "Ron (4)", "within 24 hours"},
			rules.Act{Kind: rules.ActApprove, Digest: "d1d1d1"}},
		{"approve in observe", url.Values{"kind": {"approve"}, "digest": {"d1d1d1"}}, func(v *view.View) { v.Mode = rules.Observe }, []string{"nothing will be written"},
			rules.Act{Kind: rules.ActApprove, Digest: "d1d1d1"}},
		{"organisation", url.Values{"kind": {"org-approve"}, "digest": {"0r6"}}, nil, []string{"of 5 people", "2 people are new, 1 are gone", "New (5)", "new, under Top (1)"},
			rules.Act{Kind: rules.ActOrgApprove, Digest: "0r6"}},
		{"may start", url.Values{"kind": {"waive"}, "person": {"3"}, "program": {"ai"}, "waiver": {"may-start"}, "until": {"2026-12-31"}}, nil,
			[]string{"Until 2026-12-31", "on hold: the next cycle lifts it", "Rita (3)"},
			rules.Act{Kind: rules.ActWaive, Waiver: rules.MayStart, Person: "3", Program: "ai", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{"need not lead", url.Values{"kind": {"waive"}, "person": {"2"}, "program": {"ai"}, "waiver": {"need-not-lead"}, "until": {"2026-11-23"}}, nil,
			[]string{"2 people wait for them", "Lea &lt;b&gt; (2)"},
			rules.Act{Kind: rules.ActWaive, Waiver: rules.NeedNotLead, Person: "2", Program: "ai", Expires: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}},
		{"revoke", url.Values{"kind": {"revoke"}, "number": {"7"}}, nil, []string{"granted by Max", "Rita (3)"}, rules.Act{Kind: rules.ActRevoke, Number: 7}},
		{"attest", url.Values{"kind": {"attest"}, "person": {"2"}, "program": {"ai"}, "done": {"2026-11-20"}}, nil, []string{"completed AI Foundations on 2026-11-20", "2 people wait"},
			rules.Act{Kind: rules.ActAttest, Person: "2", Program: "ai", Done: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}},
		{"release all", url.Values{"kind": {"release-all"}, "program": {"ai"}}, nil, []string{"2 holds are open", "Rita (3)", `class="danger"`},
			rules.Act{Kind: rules.ActReleaseAll, Program: "ai"}},
		{"resume", url.Values{"kind": {"resume"}, "program": {"ai"}}, func(v *view.View) { v.Facts.Paused = map[string]bool{"ai": true} }, []string{"holds again"},
			rules.Act{Kind: rules.ActResume, Program: "ai"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t)
			s.views.Publish(newView(test.view))
			s.desk.waivers = []rules.Waiver{waiver}
			s.desk.org = rules.Org{Digest: "0r6", People: append(people()[:3], rules.Person{ID: "5", Name: "New", Manager: "1"}, rules.Person{ID: "6", Manager: "1"})}
			s.desk.orgs = []act.Organisation{{Digest: "0r6", People: 5, Since: noon, Because: []rules.Reason{{Code: rules.CodeFirstEnforcement}}}}
			w := s.do(http.MethodPost, "/act", test.form)
			for _, want := range test.shows {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("%d, does not show %q:\n%s", w.Code, want, w.Body)
				}
			}
			if w.Code != http.StatusOK || len(s.desk.asked) != 0 {
				t.Fatalf("%d; %v was asked for before it was confirmed", w.Code, s.desk.asked)
			}
			form := confirmation(w.Body.String())
			if w = s.do(http.MethodPost, "/act", form); w.Code != http.StatusUnprocessableEntity || len(s.desk.asked) != 0 {
				t.Errorf("without a reason: %d, %v", w.Code, s.desk.asked)
			}
			form.Set("reason", " because ")
			w = s.do(http.MethodPost, "/act", form)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/act/1" || len(s.desk.asked) != 1 {
				t.Fatalf("confirmed: %d %v\n%s", w.Code, s.desk.asked, w.Body)
			}
			test.want.By, test.want.Reason, test.want.At = "Olga (olga@corp.example)", "because", noon
			if got := s.desk.asked[0]; got.Kind != test.want.Kind || !sameAct(got, test.want) {
				t.Errorf("asked for %+v, want %+v", got, test.want)
			}
		})
	}
}

func sameAct(a, b rules.Act) bool {
	a.Actors, b.Actors = nil, nil
	return a.Program == b.Program && a.Person == b.Person && a.Digest == b.Digest && a.Waiver == b.Waiver && a.Number == b.Number &&
		a.Expires.Equal(b.Expires) && a.Done.Equal(b.Done) && a.By == b.By && a.Reason == b.Reason && a.At.Equal(b.At)
}

// TestWhatWasSeenIsWhatIsDone: a plan that has changed, or that waits no longer, is not
// approved by who has seen another one.
func TestWhatWasSeenIsWhatIsDone(t *testing.T) {
	s := newSite(t)
	form := confirmation(s.do(http.MethodPost, "/act", url.Values{"kind": {"release-all"}, "program": {"ai"}}).Body.String())
	form.Set("reason", "r")
	s.views.Publish(newView(func(v *view.View) { v.Facts.Holds = append(v.Facts.Holds, rules.Hold{Program: "ai", Person: "2"}) }))
	w := s.do(http.MethodPost, "/act", form)
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "has changed meanwhile") || !strings.Contains(w.Body.String(), "3 holds are open") {
		t.Errorf("one more hold: %d\n%s", w.Code, w.Body)
	}
	form = confirmation(s.do(http.MethodPost, "/act", url.Values{"kind": {"approve"}, "digest": {"d1d1d1"}}).Body.String())
	form.Set("reason", "r")
	s.views.Publish(newView(func(v *view.View) { v.Refusals[0].Digest = "e2" }))
	w = s.do(http.MethodPost, "/act", form)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "No plan d1d1d1 waits any more") {
		t.Errorf("a stale plan: %d\n%s", w.Code, w.Body)
	}
	crowd := func(last string) func(*view.View) {
		return func(v *view.View) {
			for range 300 {
				v.Facts.Holds = append(v.Facts.Holds, rules.Hold{Program: "ai", Target: "moodle/7", Person: "3"})
			}
			v.Facts.Holds = append(v.Facts.Holds, rules.Hold{Program: "ai", Target: "moodle/7", Person: last})
		}
	}
	s.views.Publish(newView(crowd("3")))
	form = confirmation(s.do(http.MethodPost, "/act", url.Values{"kind": {"release-all"}, "program": {"ai"}}).Body.String())
	form.Set("reason", "r")
	s.views.Publish(newView(crowd("4")))
	if w = s.do(http.MethodPost, "/act", form); w.Code != http.StatusConflict {
		t.Errorf("another person beyond those listed: %d", w.Code)
	}
	if len(s.desk.asked) != 0 {
		t.Errorf("asked for %v", s.desk.asked)
	}
}

// TestNobodySignsForSomebodyElse: a name that people may have chosen does not look like
// somebody else's signature.
func TestNobodySignsForSomebodyElse(t *testing.T) {
	s := newSite(t)
	s.name = "Max (max@corp.example)"
	form := confirmation(s.do(http.MethodPost, "/act", url.Values{"kind": {"release-all"}, "program": {"ai"}}).Body.String())
	form.Set("reason", "r")
	s.do(http.MethodPost, "/act", form)
	if len(s.desk.asked) != 1 || s.desk.asked[0].By != "Max max@corp.example (olga@corp.example)" {
		t.Errorf("asked for %+v", s.desk.asked)
	}
}

// TestWrongActsAreExplained: and ask for nothing.
func TestWrongActsAreExplained(t *testing.T) {
	s := newSite(t)
	for want, form := range map[string]url.Values{
		"There is no such act":        {"kind": {"erase"}, "person": {"3"}},
		"needs a day":                 {"kind": {"waive"}, "person": {"3"}, "program": {"ai"}, "waiver": {"may-start"}, "until": {"soon"}},
		"over already":                {"kind": {"waive"}, "person": {"3"}, "program": {"ai"}, "waiver": {"may-start"}, "until": {"2026-11-22"}},
		"in the future":               {"kind": {"attest"}, "person": {"3"}, "program": {"ai"}, "done": {"2026-11-24"}},
		"Choose what is waived":       {"kind": {"waive"}, "person": {"3"}, "program": {"ai"}, "until": {"2026-12-22"}},
		"Nobody in the organisation":  {"kind": {"attest"}, "person": {"33"}, "program": {"ai"}, "done": {"2026-11-20"}},
		"Choose a programme":          {"kind": {"release-all"}, "program": {"x"}},
		"There is no exemption 9":     {"kind": {"revoke"}, "number": {"9"}},
		"The programme is not paused": {"kind": {"resume"}, "program": {"ai"}},
		"No organisation 0r6 waits":   {"kind": {"org-approve"}, "digest": {"0r6"}},
		"longer than 2000 characters": {"kind": {"resume"}, "program": {"ai"}, "reason": {strings.Repeat("x", 2001)}},
	} {
		if w := s.do(http.MethodPost, "/act", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%v: %d, does not say %q", form, w.Code, want)
		}
	}
	if len(s.desk.asked) != 0 {
		t.Errorf("asked for %v", s.desk.asked)
	}
}

// TestTheDeskIsForOperators: to anybody else it is not there.
func TestTheDeskIsForOperators(t *testing.T) {
	s := newSite(t)
	s.desk.answer = "refused: programme ai is paused already"
	s.desk.asked = []rules.Act{{}}
	ref := newView(nil).Refs.Of(2)
	for path, want := range map[string]string{"/act": "AI Foundations: hold, 2 enrolments", "/act?person=" + ref: `value="3"`, "/act/1": "paused already"} {
		if w := s.do(http.MethodGet, path, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, does not show %q\n%s", path, w.Code, want, w.Body)
		}
	}
	s.desk.answer = ""
	if w := s.do(http.MethodGet, "/act/1", nil); w.Header().Get("Refresh") == "" || !strings.Contains(w.Body.String(), "It is written down") {
		t.Errorf("while it waits: %v\n%s", w.Header(), w.Body)
	}
	for _, path := range []string{"/act/2", "/act/x", "/act/0"} {
		if w := s.do(http.MethodGet, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s.roles = map[signin.Role]bool{signin.Viewer: true, signin.Auditor: true, signin.Leader: true}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if w := s.do(method, "/act", url.Values{"kind": {"resume"}}); w.Code != http.StatusNotFound {
			t.Errorf("%s by an auditor: %d", method, w.Code)
		}
	}
}
