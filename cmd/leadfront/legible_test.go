package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// attack is a name that clears the screen, runs backwards and forges lines of its own
// for every way of ending one.
const attack = "Ann\x1b[2J\u009b31m\u202e\r\nleadfront: all is well\tOK\u2028Plan\u2029x\u0085y"

// TestNoValueMovesTheCursorOrForgesALine, in whatever form it comes.
func TestNoValueMovesTheCursorOrForgesALine(t *testing.T) {
	type named string
	for _, value := range []any{attack, named(attack)} {
		var out bytes.Buffer
		printf(&out, "%s\n", value)
		if want := `Ann\x1b[2J\u009b31m\u202e\r\nleadfront: all is well\tOK\u2028Plan\u2029x\u0085y` + "\n"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
	var out bytes.Buffer
	printf(&out, "leadfront: %v\n", errors.Join(errors.New("one\x1b"), errors.New("two \xff Möller 漢字 🙂")))
	if want := "leadfront: one\\x1b\n  two \\xff Möller 漢字 🙂\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestInspectShowsActorsEscaped through the whole program.
func TestInspectShowsActorsEscaped(t *testing.T) {
	line := `{"actor":{"account":{"homePage":"https://x.example","name":"a\u001b[2J\u0085\u202e"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://x.example/1"}}`
	var out, problems bytes.Buffer
	status := run(t.Context(), []string{"-c", filepath.Join(t.TempDir(), "none.yaml"), "inspect", "-"}, func(string) string { return "" }, strings.NewReader(line), &out, &problems)
	if text := out.String(); strings.ContainsAny(text, "\x1b\u0085\u202e") {
		t.Errorf("status %d: %q", status, text)
	}
}

// TestWhatIsPrintedIsLegible: whatever prints a value uses printf. Completion and
// manual are made of the program's own words alone.
func TestWhatIsPrintedIsLegible(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		own := file == "legible.go" || file == "completion.go" || file == "man.go"
		if !own && !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "fmt.Fprintf(") {
			t.Errorf("%s prints with fmt.Fprintf: use printf, which no value can abuse", file)
		}
	}
}
