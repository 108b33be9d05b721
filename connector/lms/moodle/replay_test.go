package moodle

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// recordings are those of the sandbox, which is held to the same ones.
const recordings = "../../sandbox/testdata/moodle"

// recorded is one exchange with a real Moodle.
type recorded struct {
	Request struct {
		Form [][2]string
	}
	Response struct {
		Status      int
		ContentType string `json:"content_type"`
		JSON        json.RawMessage
		Text        string
	}
}

func (r recorded) form() map[string]string {
	form := map[string]string{}
	for _, f := range r.Request.Form {
		form[f[0]] = f[1]
	}
	return form
}

// errorCode returns the code of a recorded refusal.
func (r recorded) errorCode() string {
	var refusal struct{ ErrorCode string }
	_ = json.Unmarshal(r.Response.JSON, &refusal) // a list has none
	return refusal.ErrorCode
}

// A correct client can send each of these requests and read each of these
// answers. The site plays one recording; what the client sends must have the
// recorded fields, by name.
func TestClientReplaysTheRecordings(t *testing.T) {
	var setup struct {
		Exchanges map[string]struct{ For string }
	}
	read(t, "setup", &setup)
	replayed := 0
	for name, x := range setup.Exchanges {
		if x.For != "client" {
			continue
		}
		replayed++
		t.Run(name, func(t *testing.T) { replayClient(t, name) })
	}
	if replayed != 127 {
		t.Errorf("%d exchanges were replayed", replayed)
	}
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func replayClient(t *testing.T, name string) {
	var r recorded
	read(t, name, &r)
	var sent url.Values
	var raw string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		raw = string(body)
		sent, _ = url.ParseQuery(raw)
		w.Header().Set("Content-Type", r.Response.ContentType)
		w.WriteHeader(r.Response.Status)
		if r.Response.JSON != nil {
			_, _ = w.Write(r.Response.JSON)
		} else {
			_, _ = w.Write([]byte(r.Response.Text))
		}
	}))
	defer server.Close()
	form := r.form()
	lms, gate := recordedClient(t, server.URL, form["wstoken"])
	ctx, done := gate.Permit(t.Context())
	defer done()

	err := speak[form["wsfunction"]](t, lms, ctx, form)
	compareForms(t, form, sent)
	if form["wsfunction"] == writeFunction {
		suspendComesFirst(t, raw)
	}
	var refused *Error
	switch code := r.errorCode(); {
	case r.Response.Status != http.StatusOK:
		if err == nil || errors.As(err, &refused) {
			t.Errorf("status %d gives %v", r.Response.Status, err)
		}
	case code != "":
		if !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("refusal %s gives %v", code, err)
		}
	case err != nil:
		t.Error(err)
	}
}

func recordedClient(t *testing.T, address, token string) (*LMS, *rest.Gate) {
	t.Helper()
	gate := new(rest.Gate)
	client, err := rest.Moodle(rest.Config{URL: address, Token: rest.Secret(token), Rate: 1e6, Retries: -1}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := New(Config{Name: "m", Probe: "p", Windows: WindowsNone}, client)
	if err != nil {
		t.Fatal(err)
	}
	return lms, gate
}

// compareForms compares by name. Of a list the client asks for other fields of
// people, in pages and in order, which the recording need not have.
func compareForms(t *testing.T, want map[string]string, sent url.Values) {
	t.Helper()
	got := map[string]string{}
	for name, values := range sent {
		if len(values) != 1 {
			t.Errorf("%s was sent %d times", name, len(values))
		}
		got[name] = values[0]
	}
	if want["wsfunction"] == "core_enrol_get_enrolled_users" {
		want, got = listOptions(want), listOptions(got)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the request differs (-recorded +sent):\n%s", diff)
	}
}

func listOptions(form map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range form {
		prefix, isName := strings.CutSuffix(name, "[name]")
		switch {
		case isName && (value == "onlysuspended" || value == "onlyactive"):
			out[value] = form[prefix+"[value]"]
		case !strings.HasPrefix(name, "options["):
			out[name] = value
		}
	}
	delete(out, "onlyactive") // the client takes everybody and who is suspended
	return out
}

var entryName = regexp.MustCompile(`enrolments%5B(\d+)%5D%5B([a-z]+)%5D=`)

// suspendComesFirst: an entry that PHP cuts off must not have lost it.
func suspendComesFirst(t *testing.T, raw string) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range entryName.FindAllStringSubmatch(raw, -1) {
		if !seen[m[1]] && m[2] != "suspend" {
			t.Errorf("entry %s begins with %s", m[1], m[2])
		}
		seen[m[1]] = true
	}
	if len(seen) == 0 {
		t.Error("no entries were sent")
	}
}

// speak sends a recorded request by the client's own means.
var speak = map[string]func(*testing.T, *LMS, context.Context, map[string]string) error{
	writeFunction: func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		m.cfg.Role = number(t, form["enrolments[0][roleid]"])
		a := &applying{lms: m, course: int64(number(t, form["enrolments[0][courseid]"]))}
		var batch []int
		for i := 0; form["enrolments["+strconv.Itoa(i)+"][userid]"] != ""; i++ {
			entry := "enrolments[" + strconv.Itoa(i) + "]"
			c := rules.Change{Account: rules.Account{ID: form[entry+"[userid]"]}, To: rules.RowActive}
			if form[entry+"[suspend]"] == "1" {
				c.To = rules.RowSuspended
			} else {
				form[entry+"[suspend]"] = "0" // left out means active; the client says so
			}
			a.outcomes = append(a.outcomes, rules.Outcome{Change: c})
			batch = append(batch, i)
		}
		return a.send(ctx, batch)
	},
	"core_enrol_get_enrolled_users": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		users, err := m.page(ctx, int64(number(t, form["courseid"])), listOptions(form)["onlysuspended"] == "1", 0)
		for _, u := range users {
			if u.ID == 0 {
				t.Error("a person without an id was read")
			}
		}
		return err
	},
	"core_course_get_courses_by_field": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		courses, err := m.courses(ctx, form["field"], form["value"])
		for _, c := range courses {
			if c.ID != 2 || c.Visible != 1 || c.ShortName != "AI-101" || !slices.Contains(c.Methods, "manual") {
				t.Errorf("read %+v", c)
			}
		}
		return err
	},
	"core_user_get_users_by_field": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		values := []string{}
		for i := 0; form["values["+strconv.Itoa(i)+"]"] != ""; i++ {
			values = append(values, form["values["+strconv.Itoa(i)+"]"])
		}
		_, err := m.accounts(ctx, form["field"], values...)
		return err
	},
	"core_webservice_get_site_info": func(t *testing.T, m *LMS, ctx context.Context, _ map[string]string) error {
		info, err := m.siteInfo(ctx)
		if err == nil && (info.Release == "" || !slices.Contains(info.names(), writeFunction)) {
			t.Errorf("read %+v", info)
		}
		return err
	},
	"core_enrol_get_course_enrolment_methods": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		_, err := m.openMethods(ctx, int64(number(t, form["courseid"])))
		return err
	},
	"core_completion_get_course_completion_status": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		return m.completionReadable(ctx, int64(number(t, form["courseid"])), form["userid"])
	},
	"core_completion_get_activities_completion_status": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		var answer struct{ Statuses []struct{ CMID int64 } }
		return m.call(ctx, "core_completion_get_activities_completion_status",
			fields{{"courseid", form["courseid"]}, {"userid", form["userid"]}}, &answer)
	},
	"mod_scorm_get_scorms_by_courses": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		ids, err := m.scorms(ctx, int64(number(t, form["courseids[0]"])))
		if err == nil && !slices.Equal(ids, []int64{1}) {
			t.Errorf("read %v", ids)
		}
		return err
	},
	"mod_scorm_get_scorm_attempt_count": func(t *testing.T, m *LMS, ctx context.Context, form map[string]string) error {
		_, err := m.attempts(ctx, int64(number(t, form["scormid"])), form["userid"])
		return err
	},
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
