//go:build reallrs

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// kokea is the company of the statements that Yet Analytics wrote for its demo:
// who reports to whom is ours, who completed the survey is theirs.
const kokea = `id,email,manager
1,Britney-Benzel@kokea-concepts.com,
2,Kandra-Villanova@kokea-concepts.com,1
3,Mario-Costin@kokea-concepts.com,1
4,learner.1@dave.com,1
5,Kasey-Schneiderman@kokea-concepts.com,2
6,Ashton-Almazan@kokea-concepts.com,2
7,Clayton-Copeland@kokea-concepts.com,2
8,Glynda-Bunce@kokea-concepts.com,2
9,Kendall-Perrone@kokea-concepts.com,2
10,Lillian-Ardrey@kokea-concepts.com,3
11,Latoya-Leeson@kokea-concepts.com,3
12,Margarite-Huie@kokea-concepts.com,3
13,Minh-Vinton@kokea-concepts.com,3
14,Mitchell-Beebe@kokea-concepts.com,3
15,Terrence-Martins@kokea-concepts.com,3
16,learner.2@dave.com,4
17,learner.4@dave.com,4
18,learner.5@dave.com,4
19,Mila-Pettiway@kokea-concepts.com,4
20,Zachery-Lubinski@kokea-concepts.com,4
`

// kokeaHeld are those of kokea whose leader has not completed the survey, 3 or 4,
// and who have not done so themselves, as 10, 19 and 20 have.
const kokeaHeld = "11 12 13 14 15 16 17 18"

const kokeaConfig = `mode: enforce
data: data
listen: 127.0.0.1:0
records: [{lrs: {url: %q, username: any, password: anything}}]
hris: [{csv: {path: people.csv, stable: 0, columns: {id: id, manager: manager, email: email}}}]
tops: ["1"]
lms: [{moodle: {url: %q, token: token-of-no-value, probe: "1", windows: none}}]
programs:
  - id: culture
    launch: 2020-01-01
    targets: [{lms: moodle, course: CULTURE}]
    course:
      complete_when: [{verb: "https://xapinet.org/kokea-concepts/verbs/completed"}]
      editions: [{activities: ["https://xapinet.org/kokea-concepts/activities/Survey-Kokea-Culture-Everyday"]}]
`

// TestRealLRS runs the program against an LRS that nobody here wrote: statements
// are posted to it and pulled from it, people are judged by them, and the holds
// stand in the LMS. A second cycle learns and changes nothing.
func TestRealLRS(t *testing.T) {
	lrs := os.Getenv("LEADFRONT_TEST_LRS")
	if lrs == "" {
		t.Fatal("LEADFRONT_TEST_LRS is empty; .ci/run starts an LRS and sets it")
	}
	postStatements(t, lrs, "../../lrs/testdata/statements/yet-dave.jsonl")
	moodle := sandbox.NewMoodle(kokeaSite(t), time.Now)
	site := httptest.NewServer(moodle)
	defer site.Close()
	folder := t.TempDir()
	writeFile(t, folder, "people.csv", kokea)
	writeFile(t, folder, "leadfront.yaml", fmt.Sprintf(kokeaConfig, lrs, site.URL))

	command(t, folder, "init")
	first := command(t, folder, "sync")
	if first.Learnt == 0 || first.Quarantined == "" {
		t.Fatalf("the first cycle learnt %d and quarantined %q; want evidence, and the first organisation to ask", first.Learnt, first.Quarantined)
	}
	asked := command(t, folder, "org", "approve", first.Quarantined, "--by", "ci", "--reason", "the first one")
	if len(asked.Plan.Refused) != 1 || len(asked.Outcomes) != 0 {
		t.Fatalf("under the first organisation %+v was refused and %+v done; want the first holds to ask", asked.Plan.Refused, asked.Outcomes)
	}
	done := command(t, folder, "approve", asked.Plan.Refused[0].Digest, "--by", "ci", "--reason", "as the plan says")
	for _, o := range done.Outcomes {
		if o.Result != "done" {
			t.Errorf("%+v; want done", o)
		}
	}
	if got := suspended(moodle); got != kokeaHeld {
		t.Errorf("suspended in the LMS are %s, want %s", got, kokeaHeld)
	}
	writes := len(written(moodle))
	second := command(t, folder, "sync")
	if second.Learnt != 0 || len(second.Outcomes) != 0 || len(written(moodle)) != writes {
		t.Errorf("a further cycle learnt %d, did %+v; want nothing", second.Learnt, second.Outcomes)
	}
}

// cycle is what sync and the approvals print with -o json.
type cycle struct {
	Learnt      int
	Quarantined string
	Outcomes    []struct{ Person, Move, Result string }
	Plan        struct{ Refused []struct{ Digest string } }
}

// command runs the program on the configuration in the folder.
func command(t *testing.T, folder string, args ...string) cycle {
	t.Helper()
	var out, problems bytes.Buffer
	args = append([]string{"-c", filepath.Join(folder, "leadfront.yaml"), "-o", "json"}, args...)
	getenv := func(string) string { return "" }
	if code := run(t.Context(), args, getenv, strings.NewReader(""), &out, &problems); code != exitOK {
		t.Fatalf("leadfront %v: exit code %d\n%s%s", args, code, out.String(), problems.String())
	}
	var c cycle
	if out.Len() > 0 && out.Bytes()[0] == '{' {
		if err := json.Unmarshal(out.Bytes(), &c); err != nil {
			t.Fatalf("leadfront %v: %v\n%s", args, err, out.String())
		}
	}
	return c
}

func writeFile(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// postStatements posts the lines of a file, a few at a time: the cost of a batch
// in the LRS of the CI grows with the square of its size.
func postStatements(t *testing.T, lrs, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for batch := range slices.Chunk(lines, 50) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, lrs+"/statements", strings.NewReader("["+strings.Join(batch, ",")+"]"))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("any", "anything")
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Experience-API-Version", "1.0.3")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("the LRS answers %s: %.300s", resp.Status, answer)
		}
	}
}

// kokeaSite is a Moodle in which everybody of kokea is enrolled.
func kokeaSite(t *testing.T) sandbox.State {
	t.Helper()
	s := sandbox.State{Tokens: map[string]sandbox.Token{"token-of-no-value": {}}, ServiceAccount: sandbox.LeastPrivilege(900, "2")}
	s.Users = []sandbox.User{{ID: 900, Username: "svc", Email: "svc@kokea-concepts.com"}}
	s.Courses = []sandbox.Course{{ID: 2, ShortName: "CULTURE", Visible: true, EnableCompletion: true,
		Methods: []sandbox.Method{{ID: 1, Method: "manual", Enabled: true}}}}
	for _, line := range strings.Split(strings.TrimSpace(kokea), "\n")[1:] {
		id, rest, _ := strings.Cut(line, ",")
		mail, _, _ := strings.Cut(rest, ",")
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s.Users = append(s.Users, sandbox.User{ID: 100 + n, Username: strings.ToLower(mail), IDNumber: id, Email: mail})
		s.Enrol(sandbox.Enrolment{User: 100 + n, Course: 2, Method: "manual", Status: sandbox.Active}, 5)
	}
	return s
}

// suspended lists the id numbers of those whose enrolment is suspended.
func suspended(m *sandbox.Moodle) string {
	var ids []string
	m.Change(func(s *sandbox.State) {
		for _, e := range s.Enrolments {
			if e.Status == sandbox.Suspended {
				ids = append(ids, s.User(e.User).IDNumber)
			}
		}
	})
	return strings.Join(ids, " ")
}

// written are the calls that asked for a write.
func written(m *sandbox.Moodle) []sandbox.Call {
	return slices.DeleteFunc(m.Log(), func(c sandbox.Call) bool { return len(c.Writes) == 0 })
}
