package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/store"
)

// TestWhoeverDoesNotWaitIsToldSo: an interrupt is not the daemon's being slow.
func TestWhoeverDoesNotWaitIsToldSo(t *testing.T) {
	f := newFirm(t)
	st, err := store.Open(t.Context(), filepath.Join(filepath.Dir(f.config), "data"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	status, _, said := f.run(ctx, "sync")
	if status != exitFailure || strings.Contains(said, answerWithin.String()) || !strings.Contains(said, "was not waited for") {
		t.Errorf("exit code %d, %q", status, said)
	}
}
