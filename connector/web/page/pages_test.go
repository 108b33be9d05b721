package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
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
