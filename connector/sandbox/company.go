package sandbox

import (
	"context"
	"crypto/rand"
	_ "embed" // the company's people
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/leadfront/leadfront/lrs/lrstest"
)

//go:embed company/employees.csv
var employees string

// The company's course, and what looks like it.
const (
	courseID   = 2
	briefingID = 3
	courseName = "AI-101" // its short name in Moodle
	// What leadfront signs in with; no values to be guarded.
	token              = "demo-token-of-no-value"
	username, password = "leadfront", "demo-password-of-no-value"
	// learnerRole is Moodle's student.
	learnerRole = 5
)

// Employee is one person of the company.
type Employee struct {
	ID, Manager, Name, Email, Title, Status string
	account                                 int64 // in Moodle
}

// Company is a whole small company on loopback: an LRS, a Moodle, and the file
// that HR exports. Its methods may be called from many goroutines.
type Company struct {
	LRS    *lrstest.Server
	Moodle *Moodle
	// LRSURL and MoodleURL are their addresses, HRFile the file's.
	LRSURL, MoodleURL, HRFile string
	// PortalURL is where people come in; empty before OpenPortal.
	PortalURL string

	face    string // where leadfront serves its pages
	now     func() time.Time
	servers []*http.Server

	mu     sync.Mutex
	people []Employee
}

// NewCompany opens the company: servers on free ports of 127.0.0.1, the HR file in
// the folder. Everybody is enrolled and nobody has started.
func NewCompany(ctx context.Context, folder string, now func() time.Time) (*Company, error) {
	people, err := readEmployees()
	if err != nil {
		return nil, fmt.Errorf("sandbox: read the company's people: %w", err)
	}
	c := &Company{now: now, people: people, HRFile: filepath.Join(folder, "people.csv")}
	c.LRS = lrstest.New(lrstest.Options{Username: username, Password: password, Now: now})
	c.Moodle = NewMoodle(c.site(), now)
	lrs, err := c.serve(ctx, c.LRS)
	if err != nil {
		return nil, err
	}
	c.LRSURL = lrs + "/xapi"
	if c.MoodleURL, err = c.serve(ctx, c.Moodle); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.Export(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func readEmployees() ([]Employee, error) {
	rows, err := csv.NewReader(strings.NewReader(employees)).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Employee
	for i, r := range rows[1:] {
		out = append(out, Employee{
			ID: r[0], Name: r[1] + " " + r[2], Email: strings.ToLower(r[3]) + "@corp.example", Title: r[7], Manager: r[8],
			Status: "Active", account: int64(1000 + i),
		})
	}
	return out, nil
}

// site is the company's Moodle before anything happens.
func (c *Company) site() State {
	s := State{Tokens: map[string]Token{token: {}}, ServiceAccount: LeastPrivilege(9, strconv.Itoa(courseID))}
	s.Users = append(s.Users, User{ID: 9, Username: "leadfront-svc", FirstName: "Leadfront", LastName: "Service", Email: "svc@corp.example"})
	s.Courses = []Course{
		{ID: courseID, ShortName: courseName, IDNumber: "ai-101", FullName: "AI Foundations", Visible: true, EnableCompletion: true,
			Methods:            []Method{{ID: 1, Method: "manual", Enabled: true}},
			CompletionCriteria: []Criterion{{Kind: "activity", CMID: 1}},
			Activities:         []Activity{{CMID: 1, Kind: "scorm", Instance: 1}}},
		{ID: briefingID, ShortName: "AI-EXEC", FullName: "AI in thirty minutes for executives", Visible: true,
			Methods: []Method{{ID: 2, Method: "manual", Enabled: true}}},
	}
	for _, p := range c.people {
		first, last, _ := strings.Cut(p.Name, " ")
		user, _, _ := strings.Cut(p.Email, "@")
		s.Users = append(s.Users, User{ID: p.account, Username: user, IDNumber: p.ID, Email: p.Email, FirstName: first, LastName: last})
		s.Enrol(Enrolment{User: p.account, Course: courseID, Method: "manual", Status: Active}, learnerRole)
	}
	return s
}

// serve answers on a free port of the loopback interface.
func (c *Company) serve(ctx context.Context, h http.Handler) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("sandbox: open a port: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	c.servers = append(c.servers, s)
	go func() { _ = s.Serve(l) }() // ends with Close, and says only that it was closed
	return "http://" + l.Addr().String(), nil
}

// Close stops the servers.
func (c *Company) Close() error {
	var errs []error
	for _, s := range c.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// People returns everybody.
func (c *Company) People() []Employee {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Employee(nil), c.people...)
}

// Export writes the HR file as HR does: aside, then renamed.
func (c *Company) Export() error { return c.export(c.People()) }

// ExportHalf writes an HR file that lacks every second person.
func (c *Company) ExportHalf() error {
	var half []Employee
	for i, p := range c.People() {
		if i%2 == 0 {
			half = append(half, p)
		}
	}
	return c.export(half)
}

func (c *Company) export(people []Employee) error {
	var text strings.Builder
	w := csv.NewWriter(&text)
	rows := [][]string{{"Employee ID", "Name", "Work Email", "Title", "Manager ID", "Status"}}
	for _, p := range people {
		rows = append(rows, []string{p.ID, p.Name, p.Email, p.Title, p.Manager, p.Status})
	}
	err := w.WriteAll(rows)
	if err == nil {
		err = os.WriteFile(c.HRFile+".part", []byte(text.String()), 0o600)
	}
	if err == nil {
		err = os.Rename(c.HRFile+".part", c.HRFile)
	}
	if err != nil {
		return fmt.Errorf("sandbox: write the HR file: %w", err)
	}
	return nil
}

// Leaves has HR state that a person has left, and writes the file anew.
func (c *Company) Leaves(id string) error {
	c.mu.Lock()
	for i := range c.people {
		if c.people[i].ID == id {
			c.people[i].Status = "Terminated"
		}
	}
	c.mu.Unlock()
	return c.Export()
}

// CourseIRI is what statements name the course by, as Moodle's plugin sends it.
func (c *Company) CourseIRI() string { return c.activity(courseID) }

// BriefingIRI names the executive briefing.
func (c *Company) BriefingIRI() string { return c.activity(briefingID) }

func (c *Company) activity(course int) string {
	return c.MoodleURL + "/course/view.php?id=" + strconv.Itoa(course)
}

// Starts has a person begin: the statement arrives. It does not ask Moodle, as
// when somebody uses another's session or a copy of the content.
func (c *Company) Starts(id string) {
	c.says(id, "http://adlnet.gov/expapi/verbs/initialized", c.CourseIRI())
}

// Completes has a person complete the course.
func (c *Company) Completes(id string) {
	for _, p := range c.People() {
		if p.ID == id {
			c.Moodle.Change(func(s *State) {
				s.CourseCompletions = append(s.CourseCompletions, CourseCompletion{User: p.account, Course: courseID, At: c.now().Unix()})
			})
		}
	}
	c.says(id, "http://adlnet.gov/expapi/verbs/completed", c.CourseIRI())
}

// Briefed has a person take the executive briefing instead.
func (c *Company) Briefed(id string) {
	c.says(id, "http://adlnet.gov/expapi/verbs/completed", c.BriefingIRI())
}

// UseCase is what a leader shares.
type UseCase struct{ Title, Prompt, Output, Result string }

// Shares has a leader share a use case of their own, as the form of leadfront does.
func (c *Company) Shares(id string, u UseCase) {
	const extension = "https://github.com/leadfront/leadfront/xapi/"
	c.say(id, "http://adlnet.gov/expapi/verbs/shared", map[string]any{
		"object": map[string]any{"id": c.MoodleURL + "/use-cases/" + newID(), "definition": map[string]any{
			"type": "https://github.com/leadfront/leadfront/xapi/use-case", "name": map[string]string{"en": u.Title}}},
		"result": map[string]any{"extensions": map[string]any{extension + "prompt": u.Prompt, extension + "output": u.Output,
			extension + "result": u.Result, extension + "own_work": true}},
		"context": map[string]any{"contextActivities": map[string]any{"parent": []any{map[string]string{"id": c.CourseIRI()}}}},
	})
}

// says sends a statement as Moodle's plugin logstore_xapi does: the actor is the
// account's number in Moodle.
func (c *Company) says(id, verb, object string) {
	c.say(id, verb, map[string]any{"object": map[string]any{"id": object, "definition": map[string]any{"type": "https://w3id.org/xapi/cmi5/activitytype/course"}}})
}

// say sends a statement with further parts.
func (c *Company) say(id, verb string, parts map[string]any) {
	for _, p := range c.People() {
		if p.ID != id {
			continue
		}
		whole := map[string]any{
			"id":        newID(),
			"actor":     map[string]any{"name": p.Name, "account": map[string]any{"homePage": c.MoodleURL, "name": strconv.FormatInt(p.account, 10)}},
			"verb":      map[string]any{"id": verb},
			"timestamp": c.now().UTC().Format(time.RFC3339Nano),
		}
		maps.Copy(whole, parts)
		statement, err := json.Marshal(whole)
		if err == nil {
			c.LRS.Add(string(statement))
		}
	}
}

// newID is a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
