package signin

import (
	"errors"
	"testing"
	"time"
)

// TestEndedSessionsStayEnded: a request that was under way when somebody signed out
// does not bring the session back when it is done.
func TestEndedSessionsStayEnded(t *testing.T) {
	m, later := newMemory(2), time.Now().Add(time.Hour)
	for _, token := range []string{"a", "b"} {
		if err := m.Commit(token, []byte("x"), later); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Commit("c", []byte("x"), later); !errors.Is(err, errFull) {
		t.Errorf("one more than there may be: %v", err)
	}
	if err := m.Delete("a"); err != nil {
		t.Fatal(err)
	}
	if err := m.Commit("a", []byte("x"), later); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := m.Find("a"); found {
		t.Error("it is back")
	}
	if all, _ := m.All(); len(all) != 1 {
		t.Errorf("%d sessions are left, want 1", len(all))
	}
}
