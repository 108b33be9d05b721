package scim_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/hris/scim"
)

// TestWhatOthersWrote answers each file that others published to a pull, as the list
// that it is or as the only user in one: it is read, or refused for the stated reason.
// The people were counted by hand.
func TestWhatOthersWrote(t *testing.T) {
	want := map[string]string{
		"elimity-azuread-create_user.json":                    "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1<",
		"elimity-okta-create_user.json":                       "test.user@okta.local<",
		"rfc7643-8.2-user-full.json":                          "bjensen@example.com<",
		"rfc7643-8.3-enterprise_user.json":                    "bjensen@example.com<26118915-6090-4610-87e4-49d8ca9f808d",
		"rfc7643-8.5-service_provider_configuration.json":     "! a user has no id",
		"rfc7643-8.7.1-schema-enterprise_user.json":           "! not the JSON of a SCIM list",
		"rfc7644-3.12-error-bad_request.json":                 "! neither totalResults nor Resources",
		"rfc7644-3.12-error-not_found.json":                   "! neither totalResults nor Resources",
		"rfc7644-3.4.2-list_response-partial_attributes.json": "! nobody in it has a manager",
		"rfc7644-3.4.3-search_request.json":                   "! neither totalResults nor Resources",
		"scim-sdk-user-resource-with-enterprise-user.json":    "chuck<26118915-6090-4610-87e4-49d8ca9f808d",
		"scim-sdk-user-resource-with-extension.json":          "chuck<26118915-6090-4610-87e4-49d8ca9f808d",
		"scim2-server-fake-users.json":                        "! a user has no id (0 of 10 people)",
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, %v; want the %d that were looked at", len(files), err, len(want))
	}
	for _, path := range files {
		name := filepath.Base(path)
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(listed(t, name)) })
		org, err := source(t, client, func(c *scim.Config) { c.ID = "userName" }).Org(t.Context())
		why, refused := strings.CutPrefix(want[name], "! ")
		if refused {
			if err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v; want an error with %q", name, err, why)
			}
			continue
		}
		got := ""
		for _, p := range org.People {
			got += p.ID + "<" + p.Manager
		}
		if err != nil || got != want[name] {
			t.Errorf("%s: %s, %v; want %s", name, got, err, want[name])
		}
	}
}

// listed is the file as an answer to a pull.
func listed(t *testing.T, name string) []byte {
	data := file(t, name)
	users := []json.RawMessage{data}
	var recorded struct{ Request, Resources json.RawMessage }
	switch {
	case json.Unmarshal(data, &users) == nil:
	case json.Unmarshal(data, &recorded) == nil && recorded.Resources != nil:
		return data
	case recorded.Request != nil:
		var exchange struct{ Response json.RawMessage }
		if err := json.Unmarshal(data, &exchange); err != nil {
			t.Fatal(err)
		}
		users = []json.RawMessage{exchange.Response}
	case strings.Contains(name, "error"), strings.Contains(name, "search"):
		return data
	}
	text, err := json.Marshal(map[string]any{"totalResults": len(users), "Resources": users})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
