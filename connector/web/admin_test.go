package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/web"
)

// TestAdmin: a reload answers what became of it, and no web page can ask for one.
func TestAdmin(t *testing.T) {
	var answer error
	reloads := 0
	s := web.NewAdmin(func(context.Context) error { reloads++; return answer }, quiet())
	if status, body := ask(s, "POST", "/-/reload"); status != http.StatusOK || reloads != 1 {
		t.Error(status, body, reloads)
	}
	answer = errors.New("leadfront.yaml:3:1: mode: is not one of observe, release-only or enforce")
	if status, body := ask(s, "POST", "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(body, answer.Error()) {
		t.Error(status, body)
	}
	reloads = 0
	r := httptest.NewRequest("POST", "/-/reload", nil)
	r.Header.Set("Origin", "https://evil.example")
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Error(w.Code)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if status, _ := ask(s, "GET", "/-/reload"); status != http.StatusMethodNotAllowed || reloads != 0 {
		t.Error(status, reloads)
	}
	w = httptest.NewRecorder()
	if s.ServeHTTP(w, httptest.NewRequestWithContext(gone, "POST", "/-/reload", nil)); w.Code != http.StatusAccepted {
		t.Error("still waiting:", w.Code)
	}
	if status, _ := ask(s, "GET", "/metrics"); status != http.StatusNotFound {
		t.Error("the admin listener serves metrics:", status)
	}
}
