package hris_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
)

// TestOnlyAWholeAnswer: a part (206), nothing (204) and an accepted question (202)
// are successes to HTTP, and no organisation.
func TestOnlyAWholeAnswer(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_, _ = w.Write([]byte("body"))
		}
	}))
	t.Cleanup(server.Close)
	for code, want := range map[int]string{200: "", 202: "202 Accepted", 204: "204 No Content", 206: "206 Partial Content",
		401: "check the credentials", 403: "check the credentials", 404: "check the url: because", 500: "500 Internal Server Error: because"} {
		status = code
		body, _, err := hris.Get(t.Context(), resty.New().SetBaseURL(server.URL), "", "", func([]byte) string { return "because" })
		switch {
		case want == "" && (err != nil || string(body) != "body"):
			t.Errorf("%d: %q, %v", code, body, err)
		case want != "" && (err == nil || len(body) > 0 || !strings.Contains(err.Error(), want)):
			t.Errorf("%d: %q, %v; want no body and %q", code, body, err, want)
		}
	}
}
