package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/rules"
)

// TestSourcesFromConfiguration reads one company through every kind of HTTP source
// and a completed, corrected file, as a configuration names them.
func TestSourcesFromConfiguration(t *testing.T) {
	const enterprise = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	answers := map[string]string{
		"/people.csv": "ID,Boss\n1,\n2,1\n",
		"/scim/Users": `{"totalResults":2,"Resources":[{"id":"a","active":true,` + enterprise + `:{"employeeNumber":"1"}},` +
			`{"id":"b","active":true,"emails":[{"value":"two@corp.example"}],` + enterprise + `:{"employeeNumber":"2","manager":{"value":"a"}}}]}`,
		"/report": `[{"no":"1"},{"no":"2","boss":"1"}]`,
		"/token":  `{"access_token":"TESTACCESS","expires_in":60}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := map[string]string{"/scim/Users": "Bearer to-ken", "/report": "Bearer TESTACCESS"}[r.URL.Path]
		if want != "" && r.Header.Get("Authorization") != want {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(answers[r.URL.Path]))
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	for name, text := range map[string]string{"people.csv": answers["/people.csv"],
		"overrides.yml": "tops: [\"0\"]\nexternal:\n  - {id: \"3\", manager: \"1\"}\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct{ hris, extra, want string }{
		"file":  {`[{csv: {path: people.csv, stable: 0, columns: {id: ID, manager: Boss}}}]`, "", "1< 2<1"},
		"https": {`[{csv: {http: {url: "URL/people.csv"}, columns: {id: ID, manager: Boss}}}]`, "", "1< 2<1"},
		"scim":  {`[{scim: {url: "URL/scim", token: to-ken}}]`, "", "1< 2<1two@corp.example"},
		"report": {`[{report: {url: "URL/report", fields: {id: .no, manager: .boss}, oauth: {token_url: "URL/token", client_id: x, client_secret: se-cret}}}]`,
			"", "1< 2<1"},
		"completed, corrected": {`[{csv: {path: people.csv, stable: 0, columns: {id: ID, manager: Boss}}}, ` +
			`{scim: {name: idp, url: "URL/scim", token: to-ken, completes: {prefer: [email]}}}]`, "overrides: overrides.yml\n", "1< 2<1two@corp.example 3<1"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("leadfront.yaml", folder, []byte(sourceConfig(strings.ReplaceAll(test.hris, "URL", server.URL), test.extra)))
			if err != nil {
				t.Fatal(err)
			}
			p := &program{now: func() time.Time { return time.Now().Add(time.Hour) }}
			s, err := p.build(c)
			if err != nil {
				t.Fatal(err)
			}
			org, err := s.hris.HRIS.Org(t.Context())
			if err != nil || people(org) != test.want {
				t.Errorf("people %q, %v; want %q", people(org), err, test.want)
			}
			if tops := strings.Join(s.policy.Tops, " "); (tops == "1 0") != (test.extra != "") {
				t.Errorf("tops %s", tops)
			}
			if shown := c.Redacted(); strings.Contains(shown, "to-ken") || strings.Contains(shown, "se-cret") || strings.Contains(shown, "overridden") != (test.extra != "") {
				t.Errorf("the log would keep\n%s", shown)
			}
		})
	}
}

// TestSourcesThatAreBuilt: the other kinds, which no server here answers, are made
// from a configuration and say their name when they are not reached.
func TestSourcesThatAreBuilt(t *testing.T) {
	for want, hris := range map[string]string{
		"ldap hr: cannot be reached":   `[{ldap: {url: "ldap://127.0.0.1:1", bind_dn: "cn=x,dc=corp", password: pass-word, base: "dc=corp"}}]`,
		"graph hr: no token":           `[{graph: {url: "http://127.0.0.1:1/v1.0", login: "http://127.0.0.1:1", tenant: corp.example, client_id: x, client_secret: se-cret}}]`,
		"report hr: cannot be fetched": `[{report: {preset: hibob, url: "http://127.0.0.1:1/v1/people/search", username: u, password: pass-word, retries: -1}}]`,
	} {
		c, err := config.Parse("leadfront.yaml", t.TempDir(), []byte(sourceConfig(hris, "")))
		if err != nil {
			t.Fatal(err)
		}
		s, err := (&program{now: time.Now}).build(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.hris.HRIS.Org(t.Context()); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "cret") || strings.Contains(err.Error(), "pass-word") {
			t.Errorf("%v; want %s and no secret", err, want)
		}
	}
}

func people(org rules.Org) string {
	var out []string
	for _, p := range org.People {
		out = append(out, p.ID+"<"+p.Manager+p.Email)
	}
	return strings.Join(out, " ")
}

func sourceConfig(hris, extra string) string {
	return `mode: observe
data: data
tops: ["1"]
` + extra + `records: [{lrs: {url: "https://lrs.corp.example", username: u, password: pass-word}}]
hris: ` + hris + `
lms: [{moodle: {url: "https://moodle.corp.example", token: mo-odle, probe: "1", windows: none}}]
programs:
  - {id: ai, launch: 2026-10-01, targets: [{lms: moodle, course: AI}], course: {emitter: moodle-logstore, editions: [{activities: ["https://x.example/a"]}]}}
`
}
