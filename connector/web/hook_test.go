package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/leadfront/leadfront/connector/web"
)

const pushed = `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://x.example/c"}}`

func sign(key string, at time.Time, body string) map[string]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "." + body))
	return map[string]string{web.HookTimestamp: stamp, web.HookSignature: "sha256=" + hex.EncodeToString(mac.Sum(nil))}
}

// TestHook: only who knows the secret, and sends statements, is a reason to look.
func TestHook(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	looks := 0
	s := web.NewServer(prometheus.NewRegistry(), func() error { return nil }, quiet())
	s.Hook(&web.Hook{Token: "to-ken", Key: "secret", Window: 5 * time.Minute, MaxBody: 1000, Now: func() time.Time { return now }, Look: func() { looks++ }})
	bearer := func(token string) map[string]string { return map[string]string{"Authorization": "Bearer " + token} }
	with := func(h map[string]string, name, value string) map[string]string { h[name] = value; return h }
	for name, c := range map[string]struct {
		body    string
		headers map[string]string
		want    int
	}{
		"one":                    {pushed, bearer("to-ken"), 202},
		"several":                {"[" + pushed + "," + pushed + "]", bearer("to-ken"), 202},
		"signed":                 {pushed, sign("secret", now, pushed), 202},
		"signed a while ago":     {pushed, sign("secret", now.Add(-4*time.Minute), pushed), 202},
		"signed long ago":        {pushed, sign("secret", now.Add(-6*time.Minute), pushed), 401},
		"signed in the future":   {pushed, sign("secret", now.Add(6*time.Minute), pushed), 401},
		"signed with other key":  {pushed, sign("Secret", now, pushed), 401},
		"signed, other body":     {strings.Replace(pushed, "a@", "b@", 1), sign("secret", now, pushed), 401},
		"signed, other time":     {pushed, with(sign("secret", now, pushed), web.HookTimestamp, strconv.FormatInt(now.Unix()+1, 10)), 401},
		"signed, no time":        {pushed, with(sign("secret", now, pushed), web.HookTimestamp, ""), 401},
		"signed, no hex":         {pushed, with(sign("secret", now, pushed), web.HookSignature, "sha256=zz"), 401},
		"signed, nothing in it":  {pushed, with(sign("secret", now, pushed), web.HookSignature, "sha256="), 401},
		"nobody":                 {pushed, nil, 401},
		"wrong token":            {pushed, bearer("to-keN"), 401},
		"part of the token":      {pushed, bearer("to-ke"), 401},
		"basic":                  {pushed, map[string]string{"Authorization": "Basic to-ken"}, 401},
		"nobody, and large":      {strings.Repeat("x", 2000), nil, 401},
		"large":                  {"[" + strings.Repeat(pushed+",", 20) + pushed + "]", bearer("to-ken"), 413},
		"no JSON":                {"completed!", bearer("to-ken"), 422},
		"nothing":                {"", bearer("to-ken"), 422},
		"an empty list":          {"[]", bearer("to-ken"), 422},
		"no verb":                {`{"actor":{"mbox":"x"},"object":{"id":"y"}}`, bearer("to-ken"), 422},
		"one of them no object":  {"[" + pushed + ",7]", bearer("to-ken"), 422},
		"a statement and a half": {pushed + "{", bearer("to-ken"), 422},
	} {
		looks = 0
		r := httptest.NewRequest("POST", "/hooks/xapi", strings.NewReader(c.body))
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.want || looks != map[bool]int{true: 1}[c.want == http.StatusAccepted] {
			t.Errorf("%s: %d and looked %d times, want %d", name, w.Code, looks, c.want)
		}
	}
}

// TestHookWithoutSecrets: a way in that is not configured is closed.
func TestHookWithoutSecrets(t *testing.T) {
	now := time.Now()
	s := web.NewServer(prometheus.NewRegistry(), func() error { return nil }, quiet())
	if status, _ := ask(s, "POST", "/hooks/xapi"); status != http.StatusNotFound {
		t.Errorf("without a hook %d", status)
	}
	s.Hook(&web.Hook{Window: time.Hour, MaxBody: 1000, Now: time.Now, Look: func() { t.Error("looked") }})
	for _, headers := range []map[string]string{{"Authorization": "Bearer "}, {"Authorization": "Bearer"}, sign("", now, pushed)} {
		r := httptest.NewRequest("POST", "/hooks/xapi", strings.NewReader(pushed))
		for name, value := range headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%v: %d", headers, w.Code)
		}
	}
}
