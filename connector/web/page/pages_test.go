package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// ask gets one page as somebody.
func ask(t *testing.T, v *view.View, w signin.Who, path string) *httptest.ResponseRecorder {
	t.Helper()
	out := httptest.NewRecorder()
	site(t, v, func() signin.Who { return w }).ServeHTTP(out, httptest.NewRequest(http.MethodGet, path, nil))
	return out
}

// personPath is the page of the person with that HR id.
func pathOf(t *testing.T, v *view.View, id string) string {
	t.Helper()
	n, ok := v.Judgement.Index.Find(id)
	if !ok {
		t.Fatalf("nobody has the id %s", id)
	}
	return PathPerson(v, n)
}

// TestWhoSeesWhom: a page of a person is for them, whoever leads them up the line, and
// auditors and operators. For anybody else it is as if it did not exist.
func TestWhoSeesWhom(t *testing.T) {
	v := company(t, 400)
	const report, leader, top, other = "0000100", "0000004", "0000000", "0000005"
	if m := v.Judgement.Index.People[100].Manager; m != leader {
		t.Fatalf("the leader of %s is %s", report, m)
	}
	missing := ask(t, v, as(other), "/people/aaaaaaaaaaaaaaaaaaaaaaaa")
	for _, test := range []struct {
		name string
		who  signin.Who
		of   string
		code int
	}{
		{"oneself", as(report), report, 200},
		{"the leader", as(leader), report, 200},
		{"a leader further up", as(top), report, 200},
		{"an auditor", as("", signin.Auditor), report, 200},
		{"an operator", as("", signin.Operator), report, 200},
		{"a viewer", as("", signin.Viewer), report, 404},
		{"another leader", as(other), report, 404},
		{"a report of the leader", as(report), leader, 404},
		{"somebody who is not in the organisation", as("nobody"), report, 404},
	} {
		w := ask(t, v, test.who, pathOf(t, v, test.of))
		if w.Code != test.code {
			t.Errorf("%s: %d, want %d", test.name, w.Code, test.code)
		}
		if w.Code == 404 && test.who.Person == other && w.Body.String() != missing.Body.String() {
			t.Errorf("%s: forbidden and missing are different pages", test.name)
		}
		tree := ask(t, v, test.who, strings.Replace(pathOf(t, v, test.of), "/people/", "/org/", 1))
		if tree.Code != test.code {
			t.Errorf("%s, organisation: %d, want %d", test.name, tree.Code, test.code)
		}
	}
}

// TestLearnerReadsNoNames: the short version speaks of roles, and says what comes next.
func TestLearnerReadsNoNames(t *testing.T) {
	v := company(t, 400)
	for id, want := range map[string]string{
		"0000101": "You can start as soon as your leader has completed the same course.",
		"0000100": "You completed the course on",
		"0000121": "You can start now: your leader has gone first.",
		"0000000": "You completed the course on",
	} {
		page := ask(t, v, as(id), pathOf(t, v, id)).Body.String()
		if !strings.Contains(page, want) {
			t.Errorf("%s reads no %q in\n%s", id, want, page)
		}
		name := v.Judgement.Index.People[0].Name
		if id != "0000000" && (strings.Contains(page, "Leader ") || strings.Contains(page, name)) {
			t.Errorf("%s reads the name of a leader:\n%s", id, page)
		}
	}
}

// TestLeaderReadsWhomTheyHoldUp: how many, and what to do.
func TestLeaderReadsWhomTheyHoldUp(t *testing.T) {
	v := company(t, 400)
	path := v.Programs()[0].CriticalPath
	if len(path) == 0 {
		t.Fatal("nobody blocks")
	}
	page := ask(t, v, as(path[0].Person), pathOf(t, v, path[0].Person)).Body.String()
	for _, want := range []string{"You are holding up " + plural(path[0].Blocked, "person", "people"), "Do this, and they can start:",
		"Complete the course itself", `href="` + activityIRI + `"`, `href="/showcase/new"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

// TestDashboardIsForRoles: viewers read figures and no names, auditors names, everybody
// else is sent to their own page, and before the first cycle nothing is made up.
func TestDashboardIsForRoles(t *testing.T) {
	v := company(t, 400)
	v.Refusals = []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: "0123456789abcdef", Because: rules.Reason{Code: rules.CodeTooMany, Detail: "30 now"}, Changes: make([]rules.Change, 30)}}
	v.Quarantine = &view.Quarantine{Digest: "fedcba9876543210", People: 54, Since: noon.Add(-3 * time.Hour), Because: []rules.Reason{{Code: rules.CodeManyGone, Detail: "53 of 107"}}}
	viewer := ask(t, v, as("", signin.Viewer), "/").Body.String()
	auditor := ask(t, v, as("", signin.Viewer, signin.Auditor), "/").Body.String()
	for _, both := range []string{"The threshold is not met", "0 of 24 leaders have completed the course and shared", "30 × hold", "Another organisation, of 54 people:", "too many people are gone: 53 of 107", "3 hours ago", "How soon people follow", "Teams whose leader went first"} {
		if !strings.Contains(viewer, both) || !strings.Contains(auditor, both) {
			t.Errorf("viewer or auditor reads no %q", both)
		}
	}
	for _, names := range []string{"Leader 3 (0000003)", "leadfront approve 0123456789abcdef", "/people/"} {
		if strings.Contains(viewer, names) || !strings.Contains(auditor, names) {
			t.Errorf("%q: viewer %v, auditor %v", names, strings.Contains(viewer, names), strings.Contains(auditor, names))
		}
	}
	if w := ask(t, v, as("0000100"), "/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != PathMe {
		t.Errorf("a learner gets %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := ask(t, v, signin.Who{}, "/"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), signin.PathSignIn) {
		t.Errorf("a stranger gets %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := ask(t, nil, as("", signin.Auditor), "/"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Nothing has been decided yet") {
		t.Errorf("before the first cycle: %d\n%s", w.Code, w.Body)
	}
}

// TestWarm: what everybody shares is there before the first one looks.
func TestWarm(t *testing.T) {
	v, b := company(t, 400), new(boards)
	b.Warm(v)
	if b.last == nil || b.last.view != v || len(b.last.each) != 1 || b.last.voided == nil {
		t.Errorf("nothing of the view was computed: %+v", b.last)
	}
}

// TestOperatorsActOnAPerson: from the page of a person, and nobody else is led there.
func TestOperatorsActOnAPerson(t *testing.T) {
	v := company(t, 400)
	path := pathOf(t, v, "0000100")
	ref := strings.TrimPrefix(path, "/people/")
	for role, want := range map[signin.Role]bool{signin.Operator: true, signin.Auditor: false} {
		if body := ask(t, v, as("", role), path).Body.String(); strings.Contains(body, `href="/act?person=`+ref+`#exempt"`) != want {
			t.Errorf("led to act as %s: %v, want %v", role, !want, want)
		}
	}
}

// TestTreeAddsUp: under the top is everybody, and those who wait there are all who wait.
func TestTreeAddsUp(t *testing.T) {
	v := company(t, 5000)
	b := new(boards).of(v)
	top := b.each[0].below[0]
	waiting := 0
	for _, d := range v.Judgement.Programs[0].Decisions {
		if d.Verdict() == rules.Wait {
			waiting++
		}
	}
	if top.People != 4999 || top.Waiting != waiting || waiting == 0 {
		t.Errorf("below the top are %+v; want 4999 people, of whom %d wait", top, waiting)
	}
	for _, path := range b.each[0].CriticalPath {
		n, _ := v.Judgement.Index.Find(path.Person)
		if below := b.each[0].below[n].Waiting; path.Blocked > below {
			t.Errorf("%s blocks %d, and below wait %d", path.Person, path.Blocked, below)
		}
	}
}

// TestPrivacySaysWhatIsConfigured, to whoever asks.
func TestPrivacySaysWhatIsConfigured(t *testing.T) {
	page := ask(t, company(t, 50), signin.Who{}, "/privacy").Body.String()
	for _, want := range []string{"single sign-on of the company", "moodle/AI-101", "in groups of at least ten", "audit erase", "groups of at least 5 leaders", "has ever started"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}
