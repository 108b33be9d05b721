package main

import (
	"bytes"
	"context"
	"testing"
)

// breaking is an input that panics, as a defect would.
type breaking struct{}

func (breaking) Read([]byte) (int, error) { panic("broken") }

// TestPanicIsNotSuccess: only kong's own way out ends quietly.
func TestPanicIsNotSuccess(t *testing.T) {
	var out, errs bytes.Buffer
	defer func() {
		if r := recover(); r != "broken" {
			t.Errorf("recovered %v, want the panic itself", r)
		}
	}()
	status := run(context.Background(), []string{"inspect", "-"}, func(string) string { return "" }, breaking{}, &out, &errs)
	t.Errorf("exit %d with %q", status, errs.String())
}
