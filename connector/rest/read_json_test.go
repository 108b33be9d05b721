package rest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/leadfront/leadfront/connector/rest"
)

// TestReadsByJSON: some servers are asked by POST. The question passes, and
// nothing that differs from it, however alike.
func TestReadsByJSON(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	table := []rest.Read{{Method: http.MethodPost, Path: "/people/search", JSON: `{"fields":["id"],"page":1}`, Vary: []string{"page"}}}
	client, err := rest.New(rest.Config{URL: server.URL, Rate: 1e6}, table, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		kind, path, body string
		passes           bool
	}{
		"the question":       {"application/json", "/people/search", `{"fields":["id"],"page":1}`, true},
		"another page":       {"application/json", "/people/search", `{"page":7, "fields":["id"]}`, true},
		"page is an object":  {"application/json", "/people/search", `{"fields":["id"],"page":{"delete":true}}`, false},
		"another field":      {"application/json", "/people/search", `{"fields":["pay"],"page":1}`, false},
		"one more":           {"application/json", "/people/search", `{"fields":["id"],"page":1,"delete":true}`, false},
		"a name twice":       {"application/json", "/people/search", `{"fields":["pay"],"page":1,"fields":["id"]}`, false},
		"another place":      {"application/json", "/people", `{"fields":["id"],"page":1}`, false},
		"not called JSON":    {"text/plain", "/people/search", `{"fields":["id"],"page":1}`, false},
		"more than one body": {"application/json", "/people/search", `{"fields":["id"],"page":1}{}`, false},
		"nothing":            {"application/json", "/people/search", ``, false},
	} {
		_, err := client.R().SetHeader("Content-Type", test.kind).SetBody([]byte(test.body)).Post(test.path)
		if refused := errors.Is(err, rest.ErrNotPermitted); refused == test.passes {
			t.Errorf("%s: %v", name, err)
		}
	}
}
