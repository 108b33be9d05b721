package scormcloud

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// cloud answers as the API is described: pages of two, and for the next page more
// alone.
type cloud struct {
	all     []string // registrations as JSON, each with its "updated" in the order of time
	status  int
	body    string
	circle  bool
	queries []string
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	c.queries = append(c.queries, r.URL.RawQuery)
	q := r.URL.Query()
	switch {
	case user != "app" || password != "secret-of-the-app":
		http.Error(w, `{"error":"Authorization Required."}`, http.StatusUnauthorized)
		return
	case r.URL.Path != "/api/v2/registrations" || r.Method != http.MethodGet, q.Has("more") && len(q) > 1:
		http.Error(w, `{"message":"bad request"}`, http.StatusBadRequest)
		return
	case c.status != 0:
		http.Error(w, c.body, c.status)
		return
	case c.body != "":
		fmt.Fprint(w, c.body)
		return
	}
	at, since := 0, q.Get("since")
	if q.Has("more") {
		fmt.Sscanf(q.Get("more"), "%d|%s", &at, &since)
	}
	var matching []json.RawMessage
	for _, raw := range c.all {
		var head struct{ Updated string }
		if json.Unmarshal([]byte(raw), &head) != nil || since == "" || head.Updated >= since {
			matching = append(matching, json.RawMessage(raw))
		}
	}
	end := min(at+2, len(matching))
	more := ""
	if end < len(matching) {
		more = fmt.Sprintf("%d|%s", end, since)
	}
	if c.circle {
		more = "0|"
	}
	list, _ := json.Marshal(matching[at:end])
	fmt.Fprintf(w, `{"registrations":%s,"more":%q}`, list, more)
}

func registrationOf(learner, course, updated, rest string) string {
	return fmt.Sprintf(`{"id":"reg-%[1]s-%[2]s","instance":0,"xapiRegistrationId":"ABCDEF00-0000-4000-8000-000000000001","updated":%[3]q,
		"course":{"id":%[2]q,"title":"A","version":0},"learner":{"id":%[1]q,"email":"%[1]s@Example.ORG","firstName":"A"}%[4]s}`, learner, course, updated, rest)
}

const (
	done   = `,"registrationCompletion":"COMPLETED","registrationSuccess":"PASSED","score":{"scaled":85},"totalSecondsTracked":1800,"firstAccessDate":"2026-03-01T09:00:00Z","lastAccessDate":"2026-03-01T10:30:00Z","completedDate":"2026-03-01T10:00:00Z"`
	begun  = `,"registrationCompletion":"INCOMPLETE","registrationSuccess":"UNKNOWN","firstAccessDate":"2026-03-01T09:00:00Z","lastAccessDate":"2026-03-01T09:30:00Z"`
	failed = `,"registrationCompletion":"COMPLETED","registrationSuccess":"FAILED","score":{"scaled":20},"firstAccessDate":"2026-03-01T09:00:00Z","lastAccessDate":"2026-03-01T09:30:00Z"`
	unseen = `,"registrationCompletion":"UNKNOWN","registrationSuccess":"UNKNOWN"`
)

func newClient(t *testing.T, c *cloud, cfg Config, courses ...string) (*Client, string) {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	home := server.URL + "/api/v2"
	client, err := rest.New(rest.Config{URL: home, Username: "app", Password: "secret-of-the-app", Retries: -1}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Name = "scorm"
	return New(cfg, client, func(e *rules.Evidence) bool {
		return slices.Contains(courses, strings.TrimPrefix(e.Object, home+"/courses/"))
	}), home
}

// read pulls to the end or to an error.
func read(t *testing.T, c *Client, from string) (evidence []rules.Evidence, quarantined []rules.Quarantined, cursor string, err error) {
	t.Helper()
	cursor = from
	for page, err := range c.Pages(t.Context(), from) {
		if err != nil {
			return evidence, quarantined, cursor, err
		}
		evidence, quarantined, cursor = append(evidence, page.Evidence...), append(quarantined, page.Quarantined...), page.Cursor
	}
	return evidence, quarantined, cursor, nil
}

// TestWhatARegistrationProves, up to a completion of the course in the eyes of the
// rules.
func TestWhatARegistrationProves(t *testing.T) {
	api := &cloud{all: []string{
		registrationOf("ann", "AI 101", "2026-03-01T10:30:00Z", done), registrationOf("ben", "AI 101", "2026-03-01T10:30:01Z", begun),
		registrationOf("cy", "AI 101", "2026-03-01T10:30:02Z", failed), registrationOf("di", "AI 101", "2026-03-01T10:30:03Z", unseen),
		registrationOf("ann", "OTHER", "2026-03-01T10:30:04Z", done),
	}}
	for learner, cfg := range map[string]Config{"id": {}, "email": {Learner: LearnerEmail}} {
		c, home := newClient(t, api, cfg, "AI%20101")
		evidence, quarantined, _, err := read(t, c, "")
		if err != nil || len(quarantined) != 0 {
			t.Fatal(err, quarantined)
		}
		var got []string
		for _, e := range evidence {
			if want := e.Kind == rules.KindCompleted && strings.HasPrefix(e.Actor.Value, "ann"); (e.Tracked == 30*time.Minute) != want || !want && e.Tracked != 0 {
				t.Errorf("%s %s: %v tracked", e.Actor.Value, e.Kind, e.Tracked)
			}
			got = append(got, e.Actor.Value+" "+e.Kind.String()+" "+e.Timestamp.Format("15:04"))
		}
		want := "ann started 09:00,ann completed 10:00,ann passed 10:00,ben started 09:00,cy started 09:00,cy completed 09:30,cy failed 09:30"
		if learner == "email" {
			want = strings.NewReplacer("ann ", "ann@example.org ", "ben ", "ben@example.org ", "cy ", "cy@example.org ").Replace(want)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: %s\nwant %s", learner, strings.Join(got, ","), want)
		}
		people := []rules.Person{{ID: "ann", Email: "ann@example.org"}, {ID: "ben", Email: "ben@example.org"}, {ID: "cy", Email: "cy@example.org"}}
		ids := rules.NewIdentities(rules.Identity{Accounts: []rules.AccountRule{{HomePage: home, Name: rules.AccountByPerson}}}, people, nil)
		minimum := 0.8
		for score, completions := range map[*float64]string{nil: "ann cy", &minimum: "ann"} {
			p := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{home + "/courses/AI%20101"}}},
				CompleteWhen: []rules.CompleteRule{{Verb: verbCompleted}}, MinScore: score}}
			records, _ := rules.Fold(&p, ids, evidence)
			var completed []string
			for i := range people {
				if r := records[i]; r != nil && !r.Completed.IsZero() {
					completed = append(completed, people[i].ID)
				}
			}
			if strings.Join(completed, " ") != completions {
				t.Errorf("%s, score %v: completed are %v, want %s", learner, score, completed, completions)
			}
		}
	}
}

// TestReadingGoesOn: the next reading asks for what was updated since, and what is
// read twice is the same.
func TestReadingGoesOn(t *testing.T) {
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	api := &cloud{all: []string{registrationOf("ann", "AI", at(-time.Hour), begun), registrationOf("ben", "AI", at(-time.Minute), begun), registrationOf("cy", "AI", at(-time.Second), unseen)}}
	c, _ := newClient(t, api, Config{}, "AI")
	first, _, cursor, err := read(t, c, "")
	if err != nil || len(first) != 2 || len(api.queries) != 2 || strings.Contains(api.queries[0], "since") {
		t.Fatalf("%d, %v, %v", len(first), api.queries, err)
	}
	api.all[0] = registrationOf("ann", "AI", at(time.Second), done)
	second, _, _, err := read(t, c, cursor)
	if err != nil || len(second) != 4 || !strings.Contains(api.queries[2], "datetimeFilter=updated") || !strings.Contains(api.queries[2], "since=") {
		t.Fatalf("%d, %v, %v", len(second), api.queries, err)
	}
	known := map[string]bool{}
	for _, e := range first {
		known[e.Statement] = true
	}
	fresh := 0
	for _, e := range second {
		if !known[e.Statement] {
			fresh++
		}
	}
	if fresh != 2 {
		t.Errorf("%d are new, want that Ann has completed and passed", fresh)
	}
	if _, _, again, err := read(t, c, `{"since":"2999-01-01T00:00:00Z"}`); err != nil || strings.Contains(again, "2999") {
		t.Errorf("a cursor from the future is kept: %s, %v", again, err)
	}
}

// TestWhatCannotBeRead: a bad registration is set aside, a bad answer is an error,
// and what was read before holds.
func TestWhatCannotBeRead(t *testing.T) {
	good := registrationOf("ann", "AI", "2026-03-01T10:30:00Z", done)
	for name, bad := range map[string]string{
		"no learner":    strings.Replace(good, `"id":"ann",`, "", 1),
		"score":         strings.Replace(good, `85`, "850", 1),
		"no update":     strings.Replace(good, `"updated"`, `"upgraded"`, 1),
		"twice":         strings.Replace(good, `"instance":0`, `"instance":0,"registrationCompletion":"INCOMPLETE"`, 1),
		"text as a day": strings.Replace(good, `2026-03-01T10:00:00Z`, "yesterday", 1),
		"no object":     `7`,
	} {
		c, _ := newClient(t, &cloud{body: `{"registrations":[` + bad + "," + good + `],"more":""}`}, Config{}, "AI")
		evidence, quarantined, _, err := read(t, c, "")
		if err != nil || len(evidence) != 3 || len(quarantined) != 1 || quarantined[0].Problem == "" {
			t.Errorf("%s: %d, %v, %v", name, len(evidence), quarantined, err)
		}
	}
	for name, api := range map[string]*cloud{
		"no list": {body: `{"more":""}`}, "html": {body: "<html>"}, "empty": {body: "{}"}, "500": {status: 500, body: "x"}, "429": {status: 429},
		"circle": {circle: true, all: []string{good, good, good}},
	} {
		c, _ := newClient(t, api, Config{MaxPages: 9}, "AI")
		if _, _, _, err := read(t, c, ""); err == nil || !strings.Contains(err.Error(), "SCORM Cloud scorm") || strings.Contains(err.Error(), "secret-of") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := newClient(t, &cloud{}, Config{}, "AI")
	c.http.SetBasicAuth("app", "wrong")
	if _, _, _, err := read(t, c, ""); err == nil || !strings.Contains(err.Error(), "check the id and the secret") {
		t.Error(err)
	}
	if _, _, _, err := read(t, c, "no cursor"); err == nil {
		t.Error("a broken cursor was taken")
	}
}
