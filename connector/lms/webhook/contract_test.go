package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/lms/lmstest"
	"github.com/leadfront/leadfront/connector/lms/webhook"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

const key = "TESTTOKEN-0123456789"

var target = rules.Target{LMS: "own", Course: "AI-101"}

// connect returns a connector to the service, and the gate of its writes.
func connect(t *testing.T, h http.Handler, cfg webhook.Config) (*webhook.LMS, *rest.Gate) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	gate := new(rest.Gate)
	client, err := rest.Webhook(rest.Config{URL: server.URL, Token: key, Rate: 1e6, Retries: -1, Timeout: 2 * time.Second}, gate)
	if err != nil {
		t.Fatal(err)
	}
	lms, err := webhook.New(cfg, client)
	if err != nil {
		t.Fatal(err)
	}
	return lms, gate
}

func service(closed bool, learners int) *sandbox.Webhook {
	s := &sandbox.Webhook{Roster: sandbox.Roster{Course: target.Course}, Key: key, Closed: closed, PageSize: 100, Now: time.Now}
	lmstest.Seats(&s.Roster, learners)
	return s
}

func TestContract(t *testing.T) {
	for name, closed := range map[string]bool{"open": false, "closed": true} {
		t.Run(name, func(t *testing.T) {
			lmstest.Run(t, func(t *testing.T) lmstest.Harness {
				s := service(closed, 230)
				h := lmstest.OnRoster(t, &s.Roster, 230)
				lms, gate := connect(t, s, webhook.Config{Name: "own", Closed: closed, Starts: true})
				h.LMS, h.Target = lms, target
				h.Permit = func(ctx context.Context) (context.Context, func()) { return gate.Permit(ctx) }
				if closed {
					h.Held = func(a string) bool { return !s.Seats(a)[0].Released }
				}
				return h
			})
		})
	}
}

// TestRefusesTheOtherKind: a service that is closed where an open one is
// configured, or the other way round, is not read: everything would be decided the
// wrong way round.
func TestRefusesTheOtherKind(t *testing.T) {
	lms, _ := connect(t, service(true, 3), webhook.Config{Name: "own"})
	if rows, err := lms.Enrolments(t.Context(), target); err == nil || rows != nil {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestAnswersThatAreNone: what does not hold together is an error and never a
// shorter list.
func TestAnswersThatAreNone(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":         `{}`,
		"null rows":       `{"closed":false,"rows":null,"next":""}`,
		"no next":         `{"closed":false,"rows":[]}`,
		"no account":      `{"closed":false,"rows":[{"row":"1","state":"active","learner":true}],"next":""}`,
		"unknown state":   `{"closed":false,"rows":[{"row":"1","account":{"id":"1"},"state":"paused"}],"next":""}`,
		"row twice":       `{"closed":false,"rows":[{"row":"1","account":{"id":"1"},"state":"active"},{"row":"1","account":{"id":"1"},"state":"active"}],"next":""}`,
		"circle":          `{"closed":false,"rows":[],"next":"1"}`,
		"not this course": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			lms, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }), webhook.Config{Name: "own"})
			if rows, err := lms.Enrolments(t.Context(), target); err == nil || rows != nil {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		})
	}
}

// TestWithoutAWordNobodyIsALearner: a row of which nothing is said about learner
// or started is never written.
func TestWithoutAWordNobodyIsALearner(t *testing.T) {
	lms, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"closed":false,"rows":[{"row":"1","account":{"id":"1"},"state":"active"}],"next":""}`))
	}), webhook.Config{Name: "own", Starts: true})
	rows, err := lms.Enrolments(t.Context(), target)
	if err != nil || len(rows) != 1 || rows[0].Barred != rules.BarredRole || rows[0].Start != rules.SignUnknown {
		t.Errorf("%+v, %v", rows, err)
	}
}
