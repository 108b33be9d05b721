package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doctor runs check and returns its lines by subject and check.
func (f *firm) doctor(t *testing.T) map[string][]line {
	t.Helper()
	_, out, problems := f.run(t.Context(), "check", "-o", "json")
	var lines []line
	if err := json.Unmarshal([]byte(out), &lines); err != nil {
		t.Fatalf("%v: %s%s", err, out, problems)
	}
	by := map[string][]line{}
	for _, l := range lines {
		by[l.Subject+" "+l.Check] = append(by[l.Subject+" "+l.Check], l)
	}
	return by
}

// says fails unless some line of that name has the result and the text, in its detail
// or in what to do.
func says(t *testing.T, by map[string][]line, name, result, text string) {
	t.Helper()
	for _, l := range by[name] {
		if l.Result == result && strings.Contains(l.Detail+" "+l.Do, text) {
			return
		}
	}
	t.Errorf("%s: %+v, want %s with %q", name, by[name], result, text)
}

// TestCheckAsksTheLRSForTheCourse: an activity that no statement names is the
// commonest mistake, and one that is almost named the next.
func TestCheckAsksTheLRSForTheCourse(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	says(t, f.doctor(t), "program ai-foundations seen", checkWarning, "no statement in lrs")
	f.Completes(president)
	says(t, f.doctor(t), "program ai-foundations seen", checkOK, "LRS lrs has statements")
	f.reconfigure(t, `activities: ["http://`, `activities: ["https://`)
	says(t, f.doctor(t), "program ai-foundations seen", checkWarning, "statements name http://")
}

// TestCheckLooksAtTheMachine: room, key and ports, the same beside a daemon.
func TestCheckLooksAtTheMachine(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	by := f.doctor(t)
	says(t, by, "machine disk", checkOK, "GiB free")
	says(t, by, "machine listen", checkOK, "is free")
	says(t, by, "machine key", checkOK, "0600")
	says(t, by, "hris hr fields", checkOK, "of 107 people: email 107, manager 106")
	says(t, by, "hris hr made", checkOK, "ago")
	stop := f.daemon(t)
	says(t, f.doctor(t), "machine listen", checkOK, "is served by a running leadfront")
	stop()

	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", f.listen)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := os.Chmod(filepath.Join(f.dir, "data", "leadfront.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	by = f.doctor(t)
	says(t, by, "machine listen", checkError, "another address")
	says(t, by, "machine key", checkError, "chmod 600")
}
