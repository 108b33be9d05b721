package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// output runs a command of the program that needs no configuration.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if status := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &out, &problems); status != exitOK {
		t.Fatalf("%v: exit code %d\n%s", args, status, problems.String())
	}
	return out.String()
}

// TestCompletionInBash has bash itself complete command lines.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	script := output(t, "completion", "bash")
	for line, want := range map[string]string{
		"leadfront expl":                 "explain",
		"leadfront org a":                "approve",
		"leadfront -c x.yaml waive rev":  "revoke",
		"leadfront release-all --prog":   "--program",
		"leadfront org approve --reas":   "--reason",
		"leadfront org check --conf":     "--config",
		"leadfront explain somebody pla": "",
	} {
		words := strings.Fields(line)
		ask := script + "\nCOMP_WORDS=(" + line + "); COMP_CWORD=" + string(rune('0'+len(words)-1)) + "; _leadfront; echo \"${COMPREPLY[*]}\""
		out, err := exec.CommandContext(t.Context(), bash, "-c", ask).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", line, got, err, want)
		}
	}
}

// TestCompletionElsewhere: the other shells are told of every command, and take
// the script where they are there to be asked.
func TestCompletionElsewhere(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"zsh", "fish"} {
		script := output(t, "completion", shell)
		for _, name := range []string{"explain", "release-all", "approve", "revoke", "headless"} {
			if !strings.Contains(script, name) {
				t.Errorf("%s does not hear of %s", shell, name)
			}
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(t.Context(), path, "-n")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
}

// TestManualPage: every command and flag is in it, and groff finds nothing odd.
func TestManualPage(t *testing.T) {
	t.Parallel()
	page := output(t, "man")
	root, err := commandLine()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range places(root)[1:] {
		if len(l.below) == 0 && !strings.Contains(page, "\n.SS "+roff(l.path)) {
			t.Errorf("it says nothing of %s", l.path)
		}
		for _, f := range l.flags {
			if !strings.Contains(page, `\-\-`+roff(f.Name)) {
				t.Errorf("it says nothing of --%s", f.Name)
			}
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not here")
	}
	cmd := exec.CommandContext(t.Context(), groff, "-k", "-man", "-Tutf8", "-ww", "-z")
	cmd.Stdin = strings.NewReader(page)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("groff: %v\n%s", err, out)
	}
}
