package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminals opens a pseudo-terminal: what is written to one end shows at the other.
func terminals(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetUint32(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// TestProgress: on a terminal one line that changes, after a second and no sooner; in a
// file whole lines, after half a minute, without a control character.
func TestProgress(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	play := func(f *os.File) {
		p := &program{stderr: f, now: func() time.Time { return now }, cli: &cli{}}
		told := p.progress()
		for i := range 400 {
			now = now.Add(100 * time.Millisecond)
			told.reading("main", (i+1)*1000)
		}
		told.end()
	}
	person, tty := terminals(t)
	seen := make(chan string)
	go func() {
		text, _ := io.ReadAll(person) // ends with an error when the program has gone
		seen <- string(text)
	}()
	play(tty)
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	shown := <-seen
	lines := strings.Split(shown, "\r")
	if len(lines) < 70 || lines[1] != "statements of main read: 10000" || strings.TrimSpace(lines[len(lines)-2]) != "" || strings.Contains(shown, "\n") {
		t.Errorf("on a terminal: %q", shown)
	}

	file, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	play(file)
	text, err := os.ReadFile(file.Name())
	if err != nil || string(text) != "statements of main read: 300000\n" || bytes.ContainsRune(text, '\r') {
		t.Errorf("in a file: %q, %v", text, err)
	}
}

// TestSomebodyIsThere: the null device is nobody.
func TestSomebodyIsThere(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if _, tty := terminals(t); !terminal(tty) || terminal(null) || terminal(&bytes.Buffer{}) {
		t.Error("who is a terminal is mistaken")
	}
}
