package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-resty/resty/v2"
	"github.com/leadfront/leadfront/connector/rest"
)

// counter is a server that counts what reaches it.
func counter(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		_, _ = w.Write([]byte("null"))
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func moodle(t *testing.T, url string, gate *rest.Gate) *resty.Client {
	t.Helper()
	c, err := rest.Moodle(rest.Config{URL: url, Token: "TESTTOKEN", Rate: 1e6}, gate)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const form = "application/x-www-form-urlencoded"

// faulty is what a connector that ignores dry-run may try.
var faulty = map[string]func(*resty.Request) (*resty.Response, error){
	"unlisted POST": func(r *resty.Request) (*resty.Response, error) {
		return r.SetFormData(map[string]string{"user": "6"}).Post("/user/action.php")
	},
	"DELETE": func(r *resty.Request) (*resty.Response, error) { return r.Delete(rest.MoodlePath) },
	"GET with a read in the query": func(r *resty.Request) (*resty.Response, error) {
		return r.SetQueryParam("wsfunction", "core_enrol_get_enrolled_users").Get(rest.MoodlePath)
	},
	"GET with a write in the query": func(r *resty.Request) (*resty.Response, error) {
		return r.SetQueryParam("wsfunction", "enrol_manual_enrol_users").Get(rest.MoodlePath)
	},
	"write function": func(r *resty.Request) (*resty.Response, error) {
		return r.SetFormData(map[string]string{"wsfunction": "enrol_manual_enrol_users"}).Post(rest.MoodlePath)
	},
	"write function declared as a read in the query": func(r *resty.Request) (*resty.Response, error) {
		return r.SetQueryParam("wsfunction", "core_enrol_get_enrolled_users").
			SetFormData(map[string]string{"wsfunction": "enrol_manual_enrol_users"}).Post(rest.MoodlePath)
	},
	"read with a write in the query": func(r *resty.Request) (*resty.Response, error) {
		return r.SetQueryParam("wsfunction", "enrol_manual_enrol_users").
			SetFormData(map[string]string{"wsfunction": "core_enrol_get_enrolled_users"}).Post(rest.MoodlePath)
	},
	"read as JSON":        raw("application/json", `{"wsfunction":"core_enrol_get_enrolled_users"}`),
	"read as multipart":   raw("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=wsfunction\r\n\r\nenrol_manual_enrol_users\r\n--x--"),
	"read without a type": raw("", "wsfunction=core_enrol_get_enrolled_users"),
	"two functions":       raw(form, "wsfunction=core_enrol_get_enrolled_users&wsfunction=enrol_manual_enrol_users"),
	"two, write first":    raw(form, "wsfunction=enrol_manual_enrol_users&wsfunction=core_enrol_get_enrolled_users"),
	"function as a list":  raw(form, "wsfunction=core_enrol_get_enrolled_users&wsfunction[0]=enrol_manual_enrol_users"),
	"open bracket":        raw(form, "wsfunction=core_enrol_get_enrolled_users&wsfunction[=enrol_manual_enrol_users"),
	"leading blank":       raw(form, "wsfunction=core_enrol_get_enrolled_users&+wsfunction=enrol_manual_enrol_users"),
	"NUL in the name":     raw(form, "wsfunction=core_enrol_get_enrolled_users&wsfunction%00=enrol_manual_enrol_users"),
	"other case of name":  raw(form, "WSFunction=core_enrol_get_enrolled_users"),
	"both cases of name":  raw(form, "wsfunction=core_enrol_get_enrolled_users&WSFUNCTION=enrol_manual_enrol_users"),
	"other case of value": raw(form, "wsfunction=Core_Enrol_Get_Enrolled_Users"),
	"value with a blank":  raw(form, "wsfunction=core_enrol_get_enrolled_users+"),
	"semicolon":           raw(form, "wsfunction=core_enrol_get_enrolled_users;wsfunction=enrol_manual_enrol_users"),
	"bad escape":          raw(form, "wsfunction=core_enrol_get_enrolled_users&x=%zz"),
	"no function":         raw(form, "courseid=2"),
	"empty":               raw(form, ""),
	"method override": func(r *resty.Request) (*resty.Response, error) {
		r.SetHeader("X-HTTP-Method-Override", "DELETE")
		return raw(form, "wsfunction=core_enrol_get_enrolled_users")(r)
	},
	"other path": func(r *resty.Request) (*resty.Response, error) {
		return r.SetFormData(map[string]string{"wsfunction": "core_enrol_get_enrolled_users"}).Post(rest.MoodlePath + "/x")
	},
	"other spelling of the path": func(r *resty.Request) (*resty.Response, error) {
		return r.SetFormData(map[string]string{"wsfunction": "core_enrol_get_enrolled_users"}).Post("/webservice/rest/../soap/server.php")
	},
}

func raw(kind, body string) func(*resty.Request) (*resty.Response, error) {
	return func(r *resty.Request) (*resty.Response, error) {
		return r.SetHeader("Content-Type", kind).SetBody([]byte(body)).Post(rest.MoodlePath)
	}
}

func TestNothingLeavesWithoutAPermit(t *testing.T) {
	var gate, other rest.Gate
	server, reached := counter(t)
	client := moodle(t, server.URL, &gate)
	if _, err := raw(form, "wsfunction=core_enrol_get_enrolled_users")(client.R()); err != nil || reached.Swap(0) != 1 {
		t.Fatal("a raw read does not pass, so nothing below would prove anything:", err)
	}
	over, done := gate.Permit(t.Context())
	done()
	foreign, _ := other.Permit(t.Context())
	for name, attempt := range faulty {
		for kind, ctx := range map[string]context.Context{"none": t.Context(), "over": over, "of another gate": foreign} {
			if _, err := attempt(client.R().SetContext(ctx)); !errors.Is(err, rest.ErrNotPermitted) {
				t.Errorf("%s, permit %s: %v", name, kind, err)
			}
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests reached the server", n)
	}
}

// TestAPermitIsForWhatIsListed: with a permit in hand, whatever is neither a read nor
// the one write of this client stays here.
func TestAPermitIsForWhatIsListed(t *testing.T) {
	var gate rest.Gate
	server, reached := counter(t)
	client := moodle(t, server.URL, &gate)
	ctx, done := gate.Permit(t.Context())
	defer done()
	if _, err := raw(form, "wsfunction=enrol_manual_enrol_users&enrolments[0][suspend]=1")(client.R().SetContext(ctx)); err != nil || reached.Load() != 1 {
		t.Fatal("a listed write:", err)
	}
	for _, body := range []string{"wsfunction=core_user_delete_users&userids[0]=3", "wsfunction=enrol_manual_unenrol_users", "wsfunction=enrol_manual_enrol_users&wsfunction=core_user_delete_users"} {
		if _, err := raw(form, body)(client.R().SetContext(ctx)); !errors.Is(err, rest.ErrNotPermitted) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := client.R().SetContext(ctx).Delete(rest.MoodlePath); !errors.Is(err, rest.ErrNotPermitted) {
		t.Error("DELETE:", err)
	}
	if n := reached.Load(); n != 1 {
		t.Errorf("%d requests reached the server, want 1", n)
	}
}

func TestANilGatePermitsNothing(t *testing.T) {
	var gate rest.Gate
	server, reached := counter(t)
	client, err := rest.New(rest.Config{URL: server.URL}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, done := gate.Permit(t.Context())
	defer done()
	if _, err = client.R().SetContext(ctx).Post("/x"); !errors.Is(err, rest.ErrNotPermitted) {
		t.Error(err)
	}
	if _, err = client.R().SetContext(ctx).SetBody("x").Put("/x"); !errors.Is(err, rest.ErrNotPermitted) {
		t.Error(err)
	}
	if _, err = client.R().Get("/x?since=1"); err != nil || reached.Load() != 1 {
		t.Errorf("a read: %v, %d requests", err, reached.Load())
	}
}

func TestReadsPassAndWritesPassWithAPermit(t *testing.T) {
	var gate rest.Gate
	server, reached := counter(t)
	client := moodle(t, server.URL, &gate)
	read := map[string]string{"wsfunction": "core_enrol_get_enrolled_users", "courseid": "2", "options[0][name]": "sortby"}
	if _, err := client.R().SetFormData(read).Post(rest.MoodlePath); err != nil {
		t.Error("a listed read:", err)
	}
	ctx, done := gate.Permit(t.Context())
	write := map[string]string{"wsfunction": "enrol_manual_enrol_users"}
	if _, err := client.R().SetContext(ctx).SetFormData(write).Post(rest.MoodlePath); err != nil {
		t.Error("a write with a permit:", err)
	}
	done()
	if _, err := client.R().SetContext(ctx).SetFormData(write).Post(rest.MoodlePath); !errors.Is(err, rest.ErrNotPermitted) {
		t.Error("a write with a permit that is over:", err)
	}
	if n := reached.Load(); n != 2 {
		t.Errorf("%d requests reached the server, want 2", n)
	}
}

// FuzzReads holds the table to PHP's reading of a form: whatever body passes as
// a read names one listed function and no other under any spelling.
func FuzzReads(f *testing.F) {
	for _, s := range []string{"wsfunction=core_enrol_get_enrolled_users", "wsfunction=a&wsfunction=b", "%20wsfunction=x", "a[0]=1"} {
		f.Add(s)
	}
	var gate rest.Gate
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		sent = r.PostForm.Get("wsfunction")
	}))
	f.Cleanup(server.Close)
	client, err := rest.Moodle(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e9, Retries: -1}, &gate)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		sent = ""
		if _, err := raw(form, body)(client.R()); err != nil {
			return
		}
		if strings.Count(strings.ToLower(body), "wsfunction") != 1 || !strings.Contains(sent, "_get_") {
			t.Errorf("passed as a read: %q", body)
		}
	})
}

func moodleWith(t *testing.T, cfg rest.Config) *resty.Client {
	t.Helper()
	c, err := rest.Moodle(cfg, new(rest.Gate))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheMoodleTokenStandsInTheFormOnly(t *testing.T) {
	var body, head string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, head = string(b), fmt.Sprint(r.URL, r.Header)
	}))
	t.Cleanup(server.Close)
	client := moodle(t, server.URL, nil)
	if _, err := raw(form, "wsfunction=core_enrol_get_enrolled_users")(client.R()); err != nil {
		t.Fatal(err)
	}
	if want := "moodlewsrestformat=json&wstoken=TESTTOKEN&wsfunction=core_enrol_get_enrolled_users"; body != want {
		t.Errorf("sent %s, want %s", body, want)
	}
	if strings.Contains(head, "TESTTOKEN") {
		t.Errorf("the token is in the address or a header: %s", head)
	}
}
