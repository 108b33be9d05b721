package sandbox_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/leadfront/leadfront/connector/sandbox"
)

// setup is testdata/moodle/setup.json.
type setup struct {
	Start     map[string]sandbox.State `json:"start"`
	Exchanges map[string]struct {
		For, Part     string
		Function      string
		Setup, Effect []op
	} `json:"exchanges"`
}

// exchange is one recorded file.
type exchange struct {
	Request struct {
		Method, Path, Body string
		ContentType        string `json:"content_type"`
		Form               [][2]string
	}
	Response struct {
		Status      int
		ContentType string `json:"content_type"`
		JSON        json.RawMessage
		Text        string
	}
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "moodle", name+".json"))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// recordedAt is when the exchanges were recorded.
var recordedAt = time.Unix(1795446500, 0)

func TestMoodleAnswersAsTheRecordedOneDid(t *testing.T) {
	var s setup
	load(t, "setup", &s)
	names := make([]string, 0, len(s.Exchanges))
	for name := range s.Exchanges {
		names = append(names, name)
	}
	slices.Sort(names)
	var site *sandbox.Moodle
	var server *httptest.Server
	part, replayed := "", 0
	for _, name := range names {
		x := s.Exchanges[name]
		if x.Part != part {
			part = x.Part
			site = sandbox.NewMoodle(start(s, part), func() time.Time { return recordedAt })
			server = httptest.NewServer(site)
			t.Cleanup(server.Close)
		}
		site.Change(func(state *sandbox.State) { apply(t, state, s, x.Setup) })
		if x.For == "reference" && x.Function != "core_group_add_group_members" {
			site.Change(func(state *sandbox.State) { apply(t, state, s, x.Effect) })
			continue
		}
		replayed++
		t.Run(name, func(t *testing.T) { replay(t, server.URL, name) })
	}
	if replayed != 157 {
		t.Errorf("%d exchanges were replayed", replayed)
	}
}

// start is a start state in service.
func start(s setup, part string) sandbox.State {
	state := s.Start[part]
	state.Tokens = map[string]sandbox.Token{"TESTTOKEN": {}}
	return state
}

func replay(t *testing.T, server, name string) {
	var x exchange
	load(t, name, &x)
	body, query := x.Request.Body, ""
	if x.Request.Form != nil {
		form := url.Values{}
		for _, f := range x.Request.Form {
			form.Add(f[0], f[1])
		}
		if body = form.Encode(); x.Request.Method == http.MethodGet {
			body, query = "", "?"+body
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), x.Request.Method, server+x.Request.Path+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", x.Request.ContentType)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != x.Response.Status || resp.Header.Get("Content-Type") != x.Response.ContentType {
		t.Errorf("answered %d %s, want %d %s", resp.StatusCode, resp.Header.Get("Content-Type"), x.Response.Status, x.Response.ContentType)
	}
	switch kind := x.Response.ContentType; {
	case kind == "application/json":
		if diff := cmp.Diff(loose(t, x.Response.JSON), loose(t, got)); diff != "" {
			t.Errorf("the answer differs (-recorded +sandbox):\n%s", diff)
		}
	case strings.Contains(kind, "xml"):
		if diff := cmp.Diff(leaves(t, x.Response.Text), leaves(t, string(got))); diff != "" {
			t.Errorf("the answer differs (-recorded +sandbox):\n%s", diff)
		}
	case name != "140-maintenance-mode": // a page of style sheets
		if string(got) != x.Response.Text {
			t.Errorf("answered %q, want %q", got, x.Response.Text)
		}
	}
}

var (
	address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	revised = regexp.MustCompile(`/(theme/image\.php/boost/core|pluginfile\.php)/\d+/`)
)

// loose blurs what setup.json says is to be compared loosely: addresses, dates of
// the installation, versions and order of the functions. The text of a refusal
// that quotes a date in the site's format is left out too.
func loose(t *testing.T, data []byte) any {
	t.Helper()
	text := address.ReplaceAllString(string(data), "http://site")
	text = revised.ReplaceAllString(text, "/$1/0/")
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not JSON: %q", data)
	}
	return blur(v)
}

func blur(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			switch key {
			case "timecreated", "timemodified", "startdate":
				delete(v, key)
			case "functions":
				v[key] = functionNames(v[key])
			default:
				v[key] = blur(v[key])
			}
		}
		if v["errorcode"] == "notopenyet" || v["errorcode"] == "expired" {
			delete(v, "message")
		}
	case []any:
		for i := range v {
			v[i] = blur(v[i])
		}
	}
	return v
}

func functionNames(v any) (names []string) {
	list, _ := v.([]any)
	for _, f := range list {
		o, _ := f.(map[string]any)
		name, _ := o["name"].(string)
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// leaves reads Moodle's XML as sorted lines of key and value.
func leaves(t *testing.T, text string) (lines []string) {
	t.Helper()
	text = revised.ReplaceAllString(address.ReplaceAllString(text, "http://site"), "/$1/0/")
	d := xml.NewDecoder(strings.NewReader(text))
	key := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			slices.Sort(lines)
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(token.Attr) == 1 && token.Attr[0].Name.Local != "null" {
				key = token.Attr[0].Value
			}
		case xml.CharData:
			// versions differ between functions, and are not known here
			if value := strings.TrimSpace(string(token)); value != "" && key != "version" {
				lines = append(lines, key+"="+value)
			}
		}
	}
}
