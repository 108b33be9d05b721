package sandbox

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// moodlePath is where Moodle's REST server answers.
const moodlePath = "/webservice/rest/server.php"

// Moodle answers web service calls as a Moodle site does. It is an http.Handler
// and may be used from many goroutines.
type Moodle struct {
	now func() time.Time

	mu     sync.Mutex
	state  State
	log    []Call
	faults []*Fault
}

// NewMoodle returns a site in that state; now is its clock.
func NewMoodle(s State, now func() time.Time) *Moodle {
	return &Moodle{state: s, now: now}
}

// Call is one line of the request log.
type Call struct {
	At       time.Time
	Function string
	Writes   []Write // what it asked to be written
	// Answer is "null" for a write that was made, "ok" for a read, Moodle's
	// errorcode for a refusal, and the kind of a fault that kept the answer back.
	Answer string
	// Applied: it changed something or would have: a write that was carried out,
	// also where the answer was lost.
	Applied bool
}

// Write is one entry of an enrolment call, or of an addition to a group.
type Write struct {
	User, Course int64
	Role         int
	Suspend      bool
	Group        int64
}

// Log returns the calls so far, oldest first.
func (m *Moodle) Log() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.log)
}

// Change runs f on the state, as if administrators or learners had acted.
func (m *Moodle) Change(f func(*State)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.state)
}

// ServeHTTP answers one web service call.
func (m *Moodle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != moodlePath {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.state.defaults()
	q := m.parse(r, string(body))
	fault := m.fault(q.function)
	reply := m.answer(q, fault)
	m.mu.Unlock()
	fault.send(w, r, reply)
}

// answer runs a call and logs it. A fault that comes before the call keeps it
// from being run.
func (m *Moodle) answer(q *query, fault *Fault) reply {
	call := Call{At: m.now(), Function: q.function, Writes: q.writes()}
	defer func() { m.log = append(m.log, call) }()
	if fault != nil && fault.Kind.before() {
		call.Answer = string(fault.Kind)
		if fault.Kind != Half && fault.Kind != Pretend {
			return reply{}
		}
	}
	if page, down := m.outOfService(); down {
		call.Answer = strconv.Itoa(page.status)
		return page
	}
	value, refused := m.run(q, fault)
	switch {
	case refused != nil:
		call.Answer = refused.code
		return q.encode(refused.value())
	case value == nil:
		call.Answer, call.Applied = "null", true
	default:
		call.Answer = "ok"
	}
	if fault != nil {
		call.Answer = string(fault.Kind)
		call.Applied = call.Applied && fault.Kind != Pretend
	}
	return q.encode(value)
}

// outOfService answers for a site that does not get as far as reading the call.
func (m *Moodle) outOfService() (reply, bool) {
	const html = "text/html; charset=utf-8"
	switch site := m.state.Site; {
	case site.Maintenance == "cli":
		return reply{http.StatusServiceUnavailable, html, []byte("<!DOCTYPE html>\n<html><head><title>Test LMS under maintenance</title></head></html>")}, true
	case site.Maintenance == "cli-html":
		return reply{http.StatusServiceUnavailable, html, []byte("<html><body>Site is being upgraded</body></html>")}, true
	case site.NoREST, site.NoWebServices:
		return reply{http.StatusForbidden, html, nil}, true
	}
	return reply{}, false
}

// run authenticates and carries out a call. A nil value is the null of a write.
func (m *Moodle) run(q *query, fault *Fault) (any, *refusal) {
	if refused := m.authenticate(q); refused != nil {
		return nil, refused
	}
	if q.function == "" {
		return nil, invalidParameter()
	}
	f, known := functions[q.function]
	if !known && !slices.Contains(foreign, q.function) {
		return nil, missingRecord("external_functions")
	}
	if !slices.Contains(m.state.ServiceAccount.Functions, q.function) || !known {
		return nil, noAccess()
	}
	if fault != nil && fault.Kind == Refuse {
		return nil, &refusal{`core\exception\moodle_exception`, fault.Code, "Refused"}
	}
	q.fault = fault
	return f(&m.state, q)
}

// authenticate is Moodle's check of token, service and account, in its order.
func (m *Moodle) authenticate(q *query) *refusal {
	s := &m.state
	if s.Site.DatabaseDown {
		return &refusal{"dml_connection_exception", "dbconnectionfailed", "<p>Error: Database connection failed</p>\n" +
			"<p>It is possible that the database is overloaded or otherwise not running properly.</p>\n" +
			"<p>The site administrator should also check that the database details have been correctly specified in config.php</p>"}
	}
	token, ok := s.Tokens[q.one("wstoken")]
	if !ok {
		return &refusal{`core\exception\moodle_exception`, "invalidtoken", "Invalid token - token not found"}
	}
	if token.Expired {
		delete(s.Tokens, q.one("wstoken"))
		return noAccess()
	}
	account := s.User(s.ServiceAccount.User)
	switch {
	case account == nil, token.IP != "", s.Site.ServiceOff:
		return noAccess()
	case s.Site.Maintenance == "web":
		return &refusal{`core\exception\moodle_exception`, "sitemaintenance", "The site is undergoing maintenance and is currently not available"}
	case account.Suspended:
		return &refusal{`core\exception\moodle_exception`, "wsaccessusersuspended", "Refused web service access for suspended username: " + account.Username}
	case !s.may("webservice/rest:use", 0):
		return noAccess()
	}
	return nil
}

func (s *State) defaults() {
	if s.Tokens == nil {
		s.Tokens = map[string]Token{"TESTTOKEN": {}}
	}
	if s.Site.MaxInputVars == 0 {
		s.Site.MaxInputVars = 1000
	}
}

// query is one call as PHP would see it.
type query struct {
	function string
	json     bool
	form     map[string]string
	names    []string // of form, in the order in which they came
	now      int64
	base     string
	fault    *Fault
}

// parse reads query and form as PHP does: the form wins, of two fields of one
// name the last, only forms are read, and what is over the limit of fields is
// dropped without a word.
func (m *Moodle) parse(r *http.Request, body string) *query {
	q := &query{form: map[string]string{}, now: m.now().Unix(), base: "http://" + r.Host}
	q.add(r.URL.RawQuery, m.state.Site.MaxInputVars)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" && r.Method == http.MethodPost {
		q.add(body, m.state.Site.MaxInputVars)
	}
	q.function, q.json = q.one("wsfunction"), q.one("moodlewsrestformat") == "json"
	return q
}

func (q *query) add(encoded string, limit int) {
	n := 0
	for encoded != "" && n <= limit {
		var pair string
		pair, encoded, _ = strings.Cut(encoded, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err != nil || err2 != nil || name == "" {
			continue
		}
		n++
		if _, again := q.form[name]; !again {
			q.names = append(q.names, name)
		}
		q.form[name] = value
	}
}

func (q *query) one(name string) string { return q.form[name] }
