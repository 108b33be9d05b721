package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
)

const token = "s3cr3t-t0ken/+&"

func config(url string) rest.Config {
	return rest.Config{URL: url, Token: token, Rate: 1e6, RetryWait: time.Millisecond, Retries: 2}
}

// served answers each request with the next of the handlers, the last for ever.
func served(t *testing.T, handlers ...http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers[min(int(n.Add(1)), len(handlers))-1](w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(code)
	}
}

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte("half"))
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestOnlyReadsAreTriedAgain(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{"429": status(429), "502": status(502), "503": status(503),
		"504": status(504), "cut answer": cut, "lost connection": hangUp} {
		t.Run(name, func(t *testing.T) {
			server, n := served(t, bad, bad, status(204))
			var gate rest.Gate
			client, err := rest.New(config(server.URL), rest.Gets(), &gate, rest.Read{Method: "POST", Path: "/x", Form: map[string][]string{"do": {"it"}}})
			if err != nil {
				t.Fatal(err)
			}
			if r, err := client.R().Get("/x"); err != nil || r.StatusCode() != 204 || n.Load() != 3 {
				t.Errorf("read: %v after %d requests", err, n.Load())
			}
			n.Store(0)
			ctx, done := gate.Permit(t.Context())
			defer done()
			r, err := client.R().SetContext(ctx).SetFormData(map[string]string{"do": "it"}).Post("/x")
			if err == nil && r.IsSuccess() || n.Load() != 1 {
				t.Errorf("write: %v after %d requests", err, n.Load())
			}
		})
	}
}

func TestMoodleReadsAreTriedAgain(t *testing.T) {
	server, n := served(t, status(503), status(200))
	client := moodleWith(t, config(server.URL))
	_, err := client.R().SetFormData(map[string]string{"wsfunction": "core_enrol_get_enrolled_users"}).Post(rest.MoodlePath)
	if err != nil || n.Load() != 2 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
}

func TestOtherAnswersAreNotTriedAgain(t *testing.T) {
	for _, code := range []int{200, 400, 401, 403, 404, 500} {
		server, n := served(t, status(code))
		client, _ := rest.New(config(server.URL), rest.Gets(), nil)
		if r, err := client.R().Get("/x"); err != nil || r.StatusCode() != code || n.Load() != 1 {
			t.Errorf("%d: %v after %d requests", code, err, n.Load())
		}
	}
}

func TestRedirectsAndForeignOriginsAreRefused(t *testing.T) {
	foreign, reached := served(t, status(200))
	server, n := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, foreign.URL+"/x?token="+token, http.StatusFound)
	})
	client, _ := rest.New(config(server.URL), rest.Gets(), nil)
	_, err := client.R().Get("/x")
	if !errors.Is(err, rest.ErrRedirect) || n.Load() != 1 || strings.Contains(err.Error(), token) {
		t.Errorf("redirect: %v after %d requests", err, n.Load())
	}
	if _, err = client.R().Get(foreign.URL + "/x"); !errors.Is(err, rest.ErrForeignOrigin) {
		t.Error("foreign origin:", err)
	}
	if _, err = client.R().SetHeader("Host", "other.example").Get("/x"); !errors.Is(err, rest.ErrForeignOrigin) {
		t.Error("foreign host:", err)
	}
	if reached.Load() != 0 {
		t.Error("the foreign server was reached")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	server, n := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1001)) })
	cfg := config(server.URL)
	cfg.MaxBody = 1000
	client, _ := rest.New(cfg, rest.Gets(), nil)
	if _, err := client.R().Get("/x"); !errors.Is(err, rest.ErrTooLarge) || n.Load() != 1 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
	cfg.MaxBody = 1001
	client, _ = rest.New(cfg, rest.Gets(), nil)
	if r, err := client.R().Get("/x"); err != nil || len(r.Body()) != 1001 {
		t.Errorf("just as much as allowed: %v", err)
	}
}

func TestWaitsAreBounded(t *testing.T) {
	stop := make(chan struct{})
	server, _ := served(t, func(http.ResponseWriter, *http.Request) { <-stop })
	defer close(stop)
	cfg := config(server.URL)
	cfg.Timeout, cfg.Retries = 30*time.Millisecond, -1
	client, _ := rest.New(cfg, rest.Gets(), nil)
	if _, err := client.R().Get("/x"); err == nil || !strings.Contains(err.Error(), "imeout") {
		t.Error(err)
	}
	cfg.Timeout, cfg.Rate = time.Minute, 0.001
	client, _ = rest.New(cfg, rest.Gets(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, _ = client.R().SetContext(ctx).Get("/x")
	if _, err := client.R().SetContext(ctx).Get("/x"); err == nil {
		t.Error("the rate limit was waited for beyond the deadline, or not at all")
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	server, _ := served(t, status(200))
	server.Close()
	cfg := config(server.URL)
	cfg.Retries = -1
	client, err := rest.New(cfg, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, path := range []string{"/x", "/x?token=" + token, "/" + token} {
		_, err = client.R().Get(path)
		texts = append(texts, fmt.Sprint(err), fmt.Sprintf("%+v", err))
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", cfg.Token, "config", cfg)
	j, _ := json.Marshal(cfg)
	texts = append(texts, log.String(), string(j), fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg.Token))
	for _, text := range texts {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("shown: %s", text)
		}
	}
}

// TestWhatAServerRepeatsOfUsIsMasked: its words end up in logs, on screens and in
// the database.
func TestWhatAServerRepeatsOfUsIsMasked(t *testing.T) {
	const password = `p4"ss<w/ord`
	var sent string
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			user, pass, _ := r.BasicAuth()
			_, sent, _ = strings.Cut(r.Header.Get("Authorization"), " ")
			w.Header().Set("Location", "/login/"+sent+"/x")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(map[string]string{"user": user, "said": pass, "header": sent})
			_, _ = fmt.Fprintln(w, pass, html.EscapeString(pass), strings.ReplaceAll(sent, "/", `\/`))
		}
	}
	for _, code := range []int{302, 400, 401, 500} {
		server, _ := served(t, echo(code))
		client, err := rest.New(rest.Config{URL: server.URL, Username: "us?er>", Password: password, Rate: 1e6, Retries: -1}, rest.Gets(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := client.R().Get("/x")
		text := fmt.Sprint(err) + string(r.Body())
		if sent == "" || strings.Contains(text, strings.TrimRight(sent, "=")) || strings.Contains(text, "p4") || !strings.Contains(text, "<secret>") {
			t.Errorf("%d: shown: %s", code, text)
		}
	}
}

func TestConfigProblemsAreAllNamed(t *testing.T) {
	err := rest.Config{URL: "ftp://u:" + token + "@h", Username: "u", Token: token, Rate: -1}.Validate()
	for _, want := range []string{"url", "password", "not both", "negative"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in: %v", want, err)
		}
	}
	for _, bad := range []string{"", "lms.example", "https://", "https://u:p@h", "https://h?x=1", "https://h#x", "https://h\n"} {
		if (rest.Config{URL: bad}).Validate() == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	for url, want := range map[string]bool{"http://lms.example": true, "https://lms.example": false,
		"http://127.0.0.1:80": false, "http://localhost/x": false, "http://[::1]:8": false} {
		if got := (rest.Config{URL: url}).Insecure(); got != want {
			t.Errorf("%s insecure: %v", url, got)
		}
	}
}

// TestATokenThatWasTradedForIsMasked: it stands in no configuration, and neither the
// words of a refusal, nor its status, nor where it points, nor an error of the wire
// repeat it; nor the secret that was traded.
func TestATokenThatWasTradedForIsMasked(t *testing.T) {
	const derived, secret = `eyJhbGciOi.JSUzI1"NiJ9/x+y`, "tr4ded&for"
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, sent, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			w.Header().Set("Location", "/login/"+url.PathEscape(sent))
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "bad token " + sent, "secret": r.PostFormValue("client_secret")})
			_, _ = fmt.Fprintln(w, sent, url.QueryEscape(sent), html.EscapeString(sent), url.QueryEscape(r.PostFormValue("client_secret")))
		}
	}
	for _, handler := range []http.HandlerFunc{echo(302), echo(400), echo(401), echo(500), hangUp} {
		server, _ := served(t, handler)
		cfg := rest.Config{URL: server.URL, Rate: 1e6, Retries: -1}
		client, err := rest.New(cfg, rest.Gets(), nil)
		if err != nil {
			t.Fatal(err)
		}
		login, err := rest.New(cfg, rest.Tokens(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"Bearer ", "JWT "} {
			r, err := client.R().SetHeader("Authorization", scheme+derived).Get("/x")
			unseen(t, fmt.Sprint(err, r.Status(), string(r.Body())), "eyJ", "NiJ9")
		}
		r, err := login.R().SetFormData(map[string]string{"grant_type": "client_credentials", "client_secret": secret}).Post("")
		unseen(t, fmt.Sprint(err, r.Status(), string(r.Body())), "tr4ded")
		if _, err := client.R().SetAuthToken(derived).Get("/x/" + url.PathEscape(derived)); !errors.Is(err, rest.ErrSecretInURL) {
			t.Errorf("a token in an address: %v", err)
		}
	}
}

func unseen(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("shown: %s", text)
		}
	}
}
