package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

var (
	demoLine  = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d #(\d+) +(.*)$`)
	demoWrite = regexp.MustCompile(`^(hold|release) [^:]*\((\w+)\): .* \((\w+)\)(?: \[.*\])?$`)
)

// demoMove is one write: whose enrolment, and which way.
type demoMove struct {
	person string
	hold   bool
}

// demoWritten counts the writes that the LMS has carried out, by its own log.
func demoWritten(t *testing.T, m *sandbox.Moodle) map[demoMove]int {
	t.Helper()
	count := map[demoMove]int{}
	log := m.Log()
	m.Change(func(s *sandbox.State) {
		for _, c := range log {
			for _, w := range c.Writes {
				if !c.Applied {
					t.Errorf("the LMS was asked for a write that it did not make: %+v", c)
				}
				count[demoMove{s.User(w.User).IDNumber, w.Suspend}]++
			}
		}
	})
	return count
}

// demoLogged reads the audit log: its entries by number, and the writes that it
// says were made.
func demoLogged(t *testing.T, dir string) (map[string]store.LogEntry, map[demoMove]int) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(dir, "data"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.LogPage(t.Context(), 0, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	entries, made, moves := map[string]store.LogEntry{}, map[demoMove]int{}, map[int64]rules.Move{}
	for _, e := range list {
		entries[strconv.FormatInt(e.Seq, 10)] = e
		var b body
		switch err := json.Unmarshal([]byte(e.Body), &b); {
		case err != nil:
		case e.Kind == store.LogIntent:
			moves[e.Seq] = b.Move
		case e.Kind == store.LogOutcome && b.Result == rules.Done:
			made[demoMove{e.PersonID, moves[b.Intent] == rules.MoveHold}]++
		}
	}
	return entries, made
}

// TestDemoTellsTheTruth plays the demo to its end and compares the three accounts
// of it: what was printed, the audit log, and the LMS's own log of requests.
func TestDemoTellsTheTruth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out, problems bytes.Buffer
	p := &program{ctx: t.Context(), getenv: func(string) string { return "" }, stdin: strings.NewReader(""),
		stdout: &out, stderr: &problems, now: time.Now, cli: &cli{Output: "text"}}
	d, err := p.openDemo(dir)
	if err != nil {
		t.Fatal(err)
	}
	if status := p.exit(d.run(true)); status != exitOK {
		t.Fatalf("exit code %d\n%s%s", status, &out, &problems)
	}
	entries, logged := demoLogged(t, dir)
	written := demoWritten(t, d.company.Moodle)
	if !maps.Equal(logged, written) {
		t.Errorf("by the audit log these were written: %v\nby the LMS these: %v", logged, written)
	}
	lines := demoLine.FindAllStringSubmatch(out.String(), -1)
	shown := 0
	for _, l := range lines {
		e, ok := entries[l[1]]
		if !ok {
			t.Errorf("printed and not in the audit log: %s", l[0])
		}
		w := demoWrite.FindStringSubmatch(l[2])
		if w == nil {
			if e.Kind == store.LogOutcome {
				t.Errorf("a write is printed in another shape: %s", l[0])
			}
			continue
		}
		shown++
		if e.Kind != store.LogOutcome || e.PersonID != w[2] || w[3] != string(rules.Done) || written[demoMove{w[2], w[1] == "hold"}] == 0 {
			t.Errorf("printed, and not what happened: %s", l[0])
		}
	}
	// The rest of the output is heading and summary.
	if body := strings.Count(out.String(), "\n"); len(lines) < 40 || shown < 30 || body > len(lines)+10 {
		t.Errorf("%d lines, of which %d are entries and %d writes", body, len(lines), shown)
	}
	want := fmt.Sprintf("107 people, %d holds placed, %d lifted, 58 still in place, 2 violations (1 open), refused and quarantined: 1 plans, 3 HR files", 106, 48)
	if !strings.Contains(out.String(), want) {
		t.Errorf("the summary is not\n%s\nbut\n%s", want, out.String()[max(0, out.Len()-400):])
	}
	if problems.Len() != 0 {
		t.Errorf("on standard error: %s", &problems)
	}
}

// TestDemoEndsByInterrupt: Ctrl-C in the middle is no failure.
func TestDemoEndsByInterrupt(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	read, write := io.Pipe()
	status := make(chan int, 1)
	var problems bytes.Buffer
	dir := t.TempDir()
	go func() {
		status <- run(ctx, []string{"demo", "--dir", dir}, func(string) string { return "" }, strings.NewReader(""), write, &problems)
		write.Close()
	}()
	var out bytes.Buffer
	part := make([]byte, 4096)
	for {
		n, err := read.Read(part)
		out.Write(part[:n])
		if strings.Contains(out.String(), "HR file accepted") {
			interrupt()
		}
		if err != nil {
			break
		}
	}
	if s := <-status; s != exitOK || problems.Len() != 0 || !strings.Contains(out.String(), "HR file accepted") {
		t.Errorf("exit code %d\n%s\n%s", s, &out, &problems)
	}
}
