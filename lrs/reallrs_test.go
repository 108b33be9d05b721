//go:build reallrs

package lrs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

const realCourse = "https://lms.example.org/real/course"

// realID is the n-th statement id of one run; runs do not meet in one LRS.
func realID(run string, n int) string { return fmt.Sprintf("%s-0000-4000-8000-%012d", run, n) }

func realStatement(id, who string) map[string]any {
	return map[string]any{"id": id, "actor": map[string]any{"mbox": "mailto:" + who + "@example.org"},
		"verb":   map[string]any{"id": "http://adlnet.gov/expapi/verbs/completed"},
		"object": map[string]any{"id": realCourse}, "timestamp": "2026-03-01T10:00:00Z"}
}

func postReal(t *testing.T, url, user, password string, statements ...any) {
	t.Helper()
	body, err := json.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/statements", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(user, password)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Experience-API-Version", "1.0.3")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("the LRS answers %s: %.300s", resp.Status, answer)
	}
}

func realClient(t *testing.T, url, user, password string, limit int) *lrs.Client {
	t.Helper()
	client, err := rest.New(rest.Config{URL: url, Username: user, Password: rest.Secret(password), Rate: 1000}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	watch := lrs.NewWatch([]rules.Program{{Course: rules.Course{Editions: []rules.Edition{{Activities: []string{realCourse}}}}}})
	return lrs.New(lrs.Config{Name: "real", Limit: limit}, client, watch)
}

func pull(t *testing.T, c *lrs.Client) (evidence map[string]rules.Evidence, cursor string) {
	t.Helper()
	evidence = map[string]rules.Evidence{}
	for page, err := range c.Pages(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Evidence {
			evidence[e.Statement] = e
		}
		cursor = page.Cursor
	}
	return evidence, cursor
}

// TestRealPages reads a batch that shares one stored, a void and a reference from an
// LRS that nobody here wrote, in pages of 7 and of 1,000: the same comes out.
func TestRealPages(t *testing.T) {
	url := os.Getenv("LEADFRONT_TEST_LRS")
	if url == "" {
		t.Fatal("LEADFRONT_TEST_LRS is empty; .ci/run starts an LRS and sets it")
	}
	const run = "c0ffee01"
	var batch []any
	for n := range 20 {
		batch = append(batch, realStatement(realID(run, n), fmt.Sprint("p", n)))
	}
	postReal(t, url, "any", "anything", batch...)
	reference := func(n int, verb string, target int) map[string]any {
		s := realStatement(realID(run, n), "admin")
		s["verb"] = map[string]any{"id": "http://adlnet.gov/expapi/verbs/" + verb}
		s["object"] = map[string]any{"objectType": "StatementRef", "id": realID(run, target)}
		return s
	}
	postReal(t, url, "any", "anything", reference(20, "voided", 3))
	postReal(t, url, "any", "anything", reference(21, "completed", 4))
	for _, limit := range []int{7, 1000} {
		c := realClient(t, url, "any", "anything", limit)
		all, cursor := pull(t, c)
		got := 0
		stored := map[string]int{}
		for id, e := range all {
			if strings.HasPrefix(id, run) && e.Object == realCourse {
				got++
				stored[e.Stored.String()]++
			}
		}
		if got != 19 || len(stored) != 1 {
			t.Errorf("limit %d: %d statements of the batch with %d different stored, want 19 (one is voided) with one", limit, got, len(stored))
		}
		if v := all[realID(run, 20)]; v.Kind != rules.KindVoided || v.Voids != realID(run, 3) {
			t.Errorf("limit %d: the void is %+v", limit, v)
		}
		if _, ok := all[realID(run, 21)]; ok {
			t.Errorf("limit %d: a statement about a statement is taken for one about the course", limit)
		}
		fates, err := c.Fates(t.Context(), []string{realID(run, 1), realID(run, 3), realID(run, 99)})
		if want := fmt.Sprint([]rules.Fate{rules.FateStands, rules.FateVoided, rules.FateMissing}); err != nil || fmt.Sprint(fates) != want {
			t.Errorf("limit %d: fates %v, %v; want %s", limit, fates, err, want)
		}
		if !strings.Contains(cursor, "canaries") {
			t.Errorf("limit %d: no canary in %s", limit, cursor)
		}
	}
}

// TestRealAuth: the LRS itself refuses who is unknown, and that is said; whoever has
// the password reads.
func TestRealAuth(t *testing.T) {
	url := os.Getenv("LEADFRONT_TEST_LRS_AUTH")
	if url == "" {
		t.Fatal("LEADFRONT_TEST_LRS_AUTH is empty; .ci/run starts an LRS that asks for a password, and sets it")
	}
	postReal(t, url, "leadfront", "right", realStatement(realID("c0ffee02", 1), "ann"))
	if all, _ := pull(t, realClient(t, url, "leadfront", "right", 100)); len(all) != 1 {
		t.Errorf("%d statements with the right password", len(all))
	}
	for page, err := range realClient(t, url, "leadfront", "wrong", 100).Pages(t.Context(), "") {
		if err == nil || !strings.Contains(err.Error(), "401") || !strings.Contains(err.Error(), "check the credentials") {
			t.Errorf("with a wrong password: %+v, %v", page, err)
		}
	}
}
