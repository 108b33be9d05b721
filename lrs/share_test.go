package lrs_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

const sharedIn = "https://lms.example.org/course/view.php?id=42"

func sharing(kind rules.Kind, id string) rules.Sharing {
	s := rules.Sharing{Statement: id, Kind: kind, Program: "ai", Person: "7", Actor: rules.Actor{Kind: rules.ActorMbox, Value: "Lea.Lead@corp.example"},
		Object: "https://leadfront.corp.example/showcase/abcdefghijklmnopqrstuvwxyz", Place: sharedIn, At: time.Date(2026, 10, 5, 9, 0, 0, 1e6, time.UTC)}
	if kind == rules.KindShared {
		s.Said = (&rules.Showcase{}).Say(map[string]string{"title": "Minutes “für alle”", "prompt": "Summarise <these> minutes\n\n…", "output": "o", "result": "r", "own_work": "true", "tool": "Copilot"})
	}
	return s
}

// writer is a writer through the same wall as in the program, and the gate of it.
func writer(t *testing.T, handler http.Handler, o lrs.Config) (*lrs.Writer, *rest.Gate, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	gate := &rest.Gate{}
	client, err := rest.New(rest.Config{URL: server.URL + "/xapi", Rate: 1000}, rest.Gets(), gate, rest.XAPIWrites("statements", lrs.SharingVerbs())...)
	if err != nil {
		t.Fatal(err)
	}
	o.Name = "main"
	return lrs.NewWriter(o, client), gate, server
}

// What is sent comes back with the next reading as the use case that it was, once,
// however often it was sent.
func TestWhatIsSharedIsReadBack(t *testing.T) {
	store := lrstest.New(lrstest.Options{})
	w, gate, server := writer(t, store, lrs.Config{})
	if err := w.Send(t.Context(), sharing(rules.KindShared, "10000000-0000-4000-8000-000000000001")); !errors.Is(err, rest.ErrNotPermitted) {
		t.Fatalf("without a permit: %v", err)
	}
	ctx, done := gate.Permit(t.Context())
	defer done()
	all := []rules.Sharing{sharing(rules.KindShared, "10000000-0000-4000-8000-000000000001"),
		sharing(rules.KindConfirmed, "10000000-0000-4000-8000-000000000002"), sharing(rules.KindUnshared, "10000000-0000-4000-8000-000000000003")}
	for range 2 { // an answer was lost
		for _, s := range all {
			if err := w.Send(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	client, err := rest.New(rest.Config{URL: server.URL + "/xapi", Rate: 1000}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{sharedIn}}}}}
	var got []rules.Evidence
	for page, err := range lrs.New(lrs.Config{Name: "main"}, client, lrs.NewWatch([]rules.Program{p})).Pages(t.Context(), "") {
		if err != nil || len(page.Quarantined) > 0 {
			t.Fatal(err, page.Quarantined)
		}
		got = append(got, page.Evidence...)
	}
	if len(got) != len(all) {
		t.Fatalf("%d statements came back, want %d", len(got), len(all))
	}
	for i, e := range got {
		want := all[i]
		if e.Kind != want.Kind || e.Object != want.Object || e.Statement != want.Statement || !e.Timestamp.Equal(want.At) || e.Actor.Value != want.Actor.Value {
			t.Errorf("sent %+v, read %+v", want, e)
		}
	}
	if parts := p.Showcase.Heard(*got[0].Said); parts["title"] != "Minutes “für alle”" || parts["prompt"] != "Summarise <these> minutes\n\n…" || parts["own_work"] != "true" || parts["tool"] != "Copilot" {
		t.Errorf("read back as %v", parts)
	}
}

// A conflict is none where the statement is there; what the LRS will never take is
// told from what may work later.
func TestWhatBecomesOfASending(t *testing.T) {
	const id = "10000000-0000-4000-8000-00000000000a"
	for name, test := range map[string]struct {
		status, single int
		final, done    bool
	}{
		"conflict with what was sent before": {http.StatusConflict, http.StatusOK, false, true},
		"conflict with nothing to be found":  {http.StatusConflict, http.StatusNotFound, true, false},
		"refused":                            {http.StatusBadRequest, 0, true, false},
		"no right to write":                  {http.StatusForbidden, 0, false, false},
		"down":                               {http.StatusServiceUnavailable, 0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w, gate, _ := writer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					w.WriteHeader(test.status)
					return
				}
				w.WriteHeader(test.single)
				_, _ = w.Write([]byte(`{"id":"` + id + `","actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"v:x"},"object":{"id":"o:x"}}`))
			}), lrs.Config{})
			ctx, done := gate.Permit(t.Context())
			defer done()
			err := w.Send(ctx, sharing(rules.KindShared, id))
			if (err == nil) != test.done || errors.Is(err, lrs.ErrRefused) != test.final {
				t.Errorf("%v; want done %v, final %v", err, test.done, test.final)
			}
		})
	}
}

// Whatever else somebody might make of the permit, the wire takes only sharing.
func TestTheWireTakesOnlySharing(t *testing.T) {
	var reached int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reached++; w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(server.Close)
	gate := &rest.Gate{}
	client, err := rest.New(rest.Config{URL: server.URL + "/xapi", Rate: 1000}, rest.Gets(), gate, rest.XAPIWrites("statements", lrs.SharingVerbs())...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, done := gate.Permit(t.Context())
	defer done()
	const id = "10000000-0000-4000-8000-00000000000a"
	body, err := lrs.Encode(sharing(rules.KindShared, id))
	if err != nil {
		t.Fatal(err)
	}
	good := string(body)
	try := func(method, path, body string) error {
		_, err := client.R().SetContext(ctx).SetBody(body).Execute(method, path)
		return err
	}
	if err := try(http.MethodPut, "/statements?statementId="+id, good); err != nil || reached != 1 {
		t.Fatal("sharing does not pass, so nothing below would prove anything:", err)
	}
	for name, err := range map[string]error{
		"POST":           try(http.MethodPost, "/statements", good),
		"other verb":     try(http.MethodPut, "/statements?statementId="+id, strings.Replace(good, "adlnet.gov/expapi/verbs/shared", "adlnet.gov/expapi/verbs/completed", 1)),
		"voiding":        try(http.MethodPut, "/statements?statementId="+id, strings.Replace(good, "adlnet.gov/expapi/verbs/shared", "adlnet.gov/expapi/verbs/voided", 1)),
		"two verbs":      try(http.MethodPut, "/statements?statementId="+id, strings.Replace(good, `"verb":`, `"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"verb":`, 1)),
		"another id":     try(http.MethodPut, "/statements?statementId="+strings.Replace(id, "a", "b", 1), good),
		"a list":         try(http.MethodPut, "/statements?statementId="+id, "["+good+"]"),
		"other resource": try(http.MethodPut, "/activities/state?statementId="+id, good),
		"DELETE":         try(http.MethodDelete, "/statements?statementId="+id, ""),
	} {
		if !errors.Is(err, rest.ErrNotPermitted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if reached != 1 {
		t.Errorf("%d requests reached the LRS", reached)
	}
}
