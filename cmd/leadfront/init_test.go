package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/sandbox"
)

// site is the company of the sandbox with its secrets in files, and no leadfront yet.
func newSite(t *testing.T) (c *sandbox.Company, dir string, flags []string) {
	t.Helper()
	dir = t.TempDir()
	c, err := sandbox.NewCompany(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	text := c.Config("127.0.0.1:0")
	secret := func(key string) string {
		_, after, _ := strings.Cut(text, key+": ")
		value := strings.FieldsFunc(after, func(r rune) bool { return r == ',' || r == '\n' })[0]
		file := filepath.Join(dir, key)
		if err := os.WriteFile(file, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return c, dir, []string{"--lrs", c.LRSURL, "--lrs-user", "leadfront", "--lrs-password-file", secret("password"), "--hr", c.HRFile,
		"--top", president, "--moodle", c.MoodleURL, "--moodle-token-file", secret("token")}
}

func initialise(t *testing.T, dir string, flags ...string) (status int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), append([]string{"-c", filepath.Join(dir, "leadfront.yaml"), "init"}, flags...), func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String() + stderr.String()
}

// TestInitWritesWhatCheckPasses: from a few flags, and what the systems show, to a
// configuration in which check finds no error, and a plan.
func TestInitWritesWhatCheckPasses(t *testing.T) {
	t.Parallel()
	c, dir, flags := newSite(t)
	c.Completes(president)
	status, out := initialise(t, dir, append(flags, "--course", "AI-101", "--program", "ai", "--launch", "2026-01-01")...)
	if status != exitOK {
		t.Fatalf("exit code %d:\n%s", status, out)
	}
	for _, want := range []string{`found: id is in column`, `found: course AI-101`, "1 × " + c.CourseIRI(), "wrote a configuration"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	f := &firm{Company: c, dir: dir, config: filepath.Join(dir, "leadfront.yaml")}
	// The file is seconds old, and the example waits for a minute of quiet.
	f.reconfigure(t, "stable: 60s", "stable: 0s")
	status, checked, problems := f.run(t.Context(), "check")
	if status != exitOK {
		t.Errorf("check: exit code %d:\n%s%s", status, checked, problems)
	}
	if text, err := os.ReadFile(f.config); err != nil || !bytes.Contains(text, []byte("# How much leadfront may do:")) {
		t.Errorf("the comments are gone: %v", err)
	}
	// Once more, over it: nothing is changed.
	if status, out := initialise(t, dir, "--top", "1"); status != exitFailure || !strings.Contains(out, "left alone") {
		t.Errorf("over a configuration: exit code %d: %s", status, out)
	}
}

// TestInitDecidesNothingBySilence: several courses, several who might be at the top,
// secrets that are not there.
func TestInitDecidesNothingBySilence(t *testing.T) {
	t.Parallel()
	_, dir, flags := newSite(t)
	for i, a := range flags {
		if a == "--top" {
			flags = append(flags[:i:i], flags[i+2:]...)
			break
		}
	}
	status, out := initialise(t, dir, flags...)
	if status != exitOK || !strings.Contains(out, "note: say which course") || !strings.Contains(out, "note: nobody leads 100") {
		t.Errorf("exit code %d:\n%s", status, out)
	}
	if _, err := config.Load(filepath.Join(dir, "leadfront.yaml")); err != nil {
		t.Errorf("what was written is no configuration: %v", err)
	}
	other := t.TempDir()
	status, out = initialise(t, other, "--moodle", "https://moodle.example.org", "--moodle-token-file", filepath.Join(other, "none"))
	if _, err := os.Stat(filepath.Join(other, "leadfront.yaml")); status != exitFailure || !strings.Contains(out, "nothing was written") || err == nil {
		t.Errorf("exit code %d: %s", status, out)
	}
}

// TestInitAsks: the answers of a person, some of them left empty.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	c, _, flags := newSite(t)
	c.Completes(president)
	c.Briefed(partners)
	var out bytes.Buffer
	p := &program{ctx: t.Context(), stdout: &out, stderr: &out, cli: &cli{}}
	answers := strings.Join([]string{c.HRFile, "100, 101", c.MoodleURL, flags[len(flags)-1], "", "1", c.LRSURL, "leadfront", flags[5], "ai", ""}, "\n")
	v := &interview{program: p, draft: config.NewDraft(), in: bufio.NewScanner(strings.NewReader(answers))}
	text, err := v.write()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`tops: ["100", "101"]`, `course: "AI-101"`, `launch: 2026-10-01`, `id: "ai"`, c.CourseIRI()} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s\n%s", want, text, out.String())
		}
	}
}
