package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/connector/hris/report"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

func now() time.Time { return time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) }

func serve(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server
}

func source(t *testing.T, url string, c report.Config) *report.Source {
	t.Helper()
	if c.Name == "" {
		c.Name = "hr"
	}
	if c.Within == 0 {
		c.Within = time.Minute
	}
	table := rest.Gets()
	if whole := c.WithDefaults(); whole.Body != "" {
		table = []rest.Read{{Method: http.MethodPost, JSON: whole.Body, Vary: whole.Vary}}
	}
	client, err := rest.New(rest.Config{URL: url, Rate: 1e6, Retries: -1}, table, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := report.New(c, client, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// small is an odd report: ids as numbers, several addresses, dates.
const small = `{"rows":[
	{"no":1,"name":"Ida Möller","mail":["ida@corp.example"],"state":"on"},
	{"no":12345678901234567890,"name":"Bo Lind","mail":["bo@corp.example","bo@old.example",null],"boss":1,"state":"away","unit":"Sales","lms":"no","site":"Oslo","kind":"Contractor"}]}`

func smallConfig() report.Config {
	return report.Config{Rows: ".rows[]", Fields: report.Fields{ID: ".no", Manager: ".boss", Email: ".mail[0]", Emails: ".mail[1:][]",
		Name: ".name", Status: ".state", Department: ".unit", Location: ".site", Type: ".kind", NoAccount: `.lms == "none"`},
		Status: hris.StatusMap{Active: []string{"on"}, Leave: []string{"away"}}}
}

func TestContract(t *testing.T) {
	want := []rules.Person{
		{ID: "1", Name: "Ida Möller", Email: "ida@corp.example", Status: rules.Active},
		{ID: "12345678901234567890", Name: "Bo Lind", Email: "bo@corp.example", Emails: []string{"bo@old.example"}, Manager: "1", Status: rules.Leave, Department: "Sales", Location: "Oslo", Type: "Contractor"},
	}
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		var fault hristest.Fault
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if fault == hristest.Missing {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = w.Write([]byte(map[hristest.Fault]string{
				"": small, hristest.Nobody: `{"rows":[]}`, hristest.Cut: small[:len(small)/2], hristest.Garbage: "<html>Please sign in</html>",
				hristest.Renamed: strings.Replace(small, `"boss"`, `"supervisor"`, 1), hristest.NewStatus: strings.Replace(small, `"away"`, `"gardening"`, 1),
			}[fault]))
		})
		return hristest.Bench{Source: source(t, server.URL, smallConfig()), Want: want,
			Break: func(_ *testing.T, f hristest.Fault) { fault = f }, Repair: func(*testing.T) { fault = "" }}
	})
}

// TestPresets reads an answer of each product, made after its documentation, in
// two pages where the product has pages: the same three people come out.
func TestPresets(t *testing.T) {
	want := `[{"id":"100","name":"Ida Möller","email":"ida@corp.example","status":1,"department":"Board"},` +
		`{"id":"00012","name":"Bo Lind","email":"bo@corp.example","manager":"100","status":1,"department":"Sales"},` +
		`{"id":"13","name":"Cy Åberg","email":"cy@corp.example","manager":"00012","status":3,"department":"Sales"}]`
	for _, preset := range []string{"workday", "bamboohr", "successfactors", "hibob", "personio"} {
		t.Run(preset, func(t *testing.T) {
			pages := 0
			var server *httptest.Server
			server = serve(t, func(w http.ResponseWriter, r *http.Request) {
				pages++
				asked := r.URL.Query().Get("offset") + r.URL.Query().Get("$skiptoken")
				if body, err := io.ReadAll(r.Body); err == nil && len(body) > 0 {
					var q struct {
						Page float64 `json:"page"`
					}
					_ = json.Unmarshal(body, &q)
					asked = fmt.Sprint(q.Page)
				}
				name := preset + ".json"
				if asked == "2" || asked == "S2" {
					name = preset + "-2.json"
				}
				data, err := os.ReadFile(filepath.Join("testdata", name))
				if err != nil {
					t.Error(err)
				}
				_, _ = w.Write([]byte(strings.ReplaceAll(string(data), "HOST", server.URL)))
			})
			org, err := source(t, server.URL+"/report", report.Config{Preset: preset}).Org(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := json.Marshal(org.People); string(got) != want {
				t.Errorf("people are\n%s, want\n%s", got, want)
			}
			if wantPages := map[string]int{"workday": 1, "hibob": 1}[preset]; pages != max(wantPages, 1) && pages != 2 {
				t.Errorf("%d pages", pages)
			}
		})
	}
}

// TestRefused: rules that lead nowhere, answers that are not whole, expressions
// that fail.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*report.Config)
		body string
		want error
		text string
	}{
		"one page for ever":    {func(c *report.Config) { c.Next = `{page: 2}` }, small, report.ErrRepeated, ""},
		"another server":       {func(c *report.Config) { c.Next = `"https://evil.example/x"` }, small, rest.ErrForeignOrigin, ""},
		"no address":           {func(c *report.Config) { c.Next = `":x"` }, small, nil, "is no address"},
		"next is a number":     {func(c *report.Config) { c.Next = `2` }, small, nil, "neither an address nor an object nor null"},
		"not all":              {func(c *report.Config) { c.Total = `3` }, small, report.ErrShort, "2 rows of 3"},
		"an object for a name": {func(c *report.Config) { c.Fields.Name = "." }, small, nil, "row 1: fields.name: yields an object or a list"},
		"fails on a row":       {func(c *report.Config) { c.Fields.Name = ".name | keys" }, small, nil, "row 1: fields.name: "},
		"two names":            {func(c *report.Config) { c.Fields.Name = ".name, .name" }, small, nil, "yields 2 values"},
		"halts":                {func(c *report.Config) { c.Fields.Name = "halt" }, small, nil, "the expression halts"},
		"rows elsewhere":       {nil, `{"error":"no"}`, nil, "rows: "},
		"two documents":        {nil, small + small, nil, "goes on after its JSON"},
		"spreadsheet ids":      {nil, strings.Replace(small, `"no":1,`, `"no":"1.2E+11",`, 1), hris.ErrShortened, ""},
		"no account, maybe":    {func(c *report.Config) { c.Fields.NoAccount = `"soon"` }, small, nil, `fields.no_account: "soon" is neither yes nor no`},
		"a date in words":      {func(c *report.Config) { c.Fields.From = `"soon"` }, small, nil, `fields.from: "soon" is not a date`},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(test.body)) })
			c := smallConfig()
			if test.edit != nil {
				test.edit(&c)
			}
			org, err := source(t, server.URL, c).Org(t.Context())
			if err == nil || len(org.People) > 0 || (test.want != nil && !errors.Is(err, test.want)) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%d people, %v; want none, %v %q", len(org.People), err, test.want, test.text)
			}
		})
	}
}

// TestNoEnvironment: an expression sees the answer and nothing of this machine.
func TestNoEnvironment(t *testing.T) {
	t.Setenv("LEADFRONT_TEST_SECRET", "TESTSECRET")
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(small)) })
	c := smallConfig()
	c.Fields.Name = "env.LEADFRONT_TEST_SECRET"
	org, err := source(t, server.URL, c).Org(t.Context())
	if err != nil || org.People[0].Name != "" {
		t.Errorf("name %q, %v", org.People[0].Name, err)
	}
}

func TestValidate(t *testing.T) {
	c := report.Config{Preset: "worday", Rows: ".rows[", Body: "[]", Fields: report.Fields{ID: ".id"}}
	const want = `preset: "worday" is not one of bamboohr, hibob, personio, successfactors, workday
fields.manager: is required: the expression of the manager's employee id
within: must be longer than 0
rows: cannot be read as jq: unexpected EOF
body: is not a JSON object`
	if err := c.Validate(); err == nil || err.Error() != want {
		t.Errorf("Validate =\n%v, want\n%s", err, want)
	}
	for _, preset := range []string{"workday", "bamboohr", "successfactors", "hibob", "personio"} {
		c := report.Config{Preset: preset, Within: time.Minute}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", preset, err)
		}
	}
}
