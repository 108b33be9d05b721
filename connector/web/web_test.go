package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/leadfront/leadfront/connector/web"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// ask makes one request of a server, without a network.
func ask(s http.Handler, method, path string) (status int, body string) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

func TestHealthAndReadiness(t *testing.T) {
	var problem atomic.Pointer[error]
	s := web.NewServer(prometheus.NewRegistry(), func() error {
		if p := problem.Load(); p != nil {
			return *p
		}
		return nil
	}, quiet())
	missing := errors.New("the first cycle has not settled yet")
	problem.Store(&missing)
	if status, body := ask(s, "GET", "/-/ready"); status != http.StatusServiceUnavailable || !strings.Contains(body, missing.Error()) {
		t.Errorf("before the first cycle ready answers %d %q, want 503 and why", status, body)
	}
	if status, _ := ask(s, "GET", "/-/healthy"); status != http.StatusOK {
		t.Errorf("healthy answers %d while not ready: whoever restarts on it would restart for ever", status)
	}
	problem.Store(nil)
	if status, body := ask(s, "GET", "/-/ready"); status != http.StatusOK || body != "ready\n" {
		t.Errorf("ready answers %d %q", status, body)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	s := web.NewServer(prometheus.NewRegistry(), func() error { return nil }, quiet())
	for _, path := range []string{"/", "/people/104", "/api/v1/people", "/-/reload", "/metrics/", "/debug/pprof/", "/%2e%2e/etc/passwd", "/showcase"} {
		if status, body := ask(s, "GET", path); status != http.StatusNotFound || body != "Not Found\n" {
			t.Errorf("GET %s answers %d %q, want the plain 404", path, status, body)
		}
	}
	for _, path := range []string{"/metrics", "/-/healthy", "/-/ready"} {
		if status, body := ask(s, "POST", path); status != http.StatusMethodNotAllowed || body != "Method Not Allowed\n" {
			t.Errorf("POST %s answers %d %q", path, status, body)
		}
	}
}

// TestHead: probes that ask for the head alone get that of GET.
func TestHead(t *testing.T) {
	server := httptest.NewServer(web.NewServer(prometheus.NewRegistry(), func() error { return nil }, quiet()))
	defer server.Close()
	for path, want := range map[string]int{"/-/healthy": http.StatusOK, "/metrics": http.StatusOK, "/nothing": http.StatusNotFound, "/hooks/xapi": http.StatusNotFound} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || len(body) != 0 || err != nil {
			t.Errorf("HEAD %s answers %d with %q (%v), want %d", path, resp.StatusCode, body, err, want)
		}
	}
}

// TestHeadersAreBounded: a request is not read at any length.
func TestHeadersAreBounded(t *testing.T) {
	l, err := web.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.NewServer(prometheus.NewRegistry(), func() error { return nil }, quiet()).Serve(ctx, l)
	}()
	for size, want := range map[int]int{16 << 10: http.StatusOK, 200 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		resp, err := http.Get("http://" + l.Addr().String() + "/-/healthy?" + strings.Repeat("x", size))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d bytes: %d, want %d", size, resp.StatusCode, want)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.7:0", "example.org:0", "127.0.0.1.example.org:0", "9464", ""} {
		l, err := web.Listen(t.Context(), address)
		if err == nil {
			l.Close()
			t.Errorf("listens on %q, where nobody signs in", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0"} {
		l, err := web.Listen(t.Context(), address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if _, err := web.Listen(t.Context(), l.Addr().String()); err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
			t.Errorf("an address that is taken: %v, want an error that names it", err)
		}
		l.Close()
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	reg := prometheus.NewRegistry()
	web.NewMetrics(reg, "v1")
	s := web.NewServer(reg, func() error { return nil }, quiet())
	l, err := web.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), `leadfront_build_info{version="v1"} 1`) {
		t.Errorf("%d, %v\n%s", r.StatusCode, err, body)
	}
	stop()
	select {
	case err := <-served:
		if err != nil {
			t.Errorf("a clean stop: %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on serving")
	}
}
