package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
)

// blindFirm is a company in which a leader has completed, somebody else took the
// briefing, and statements name people by their account in the LMS alone.
func blindFirm(t *testing.T) *firm {
	t.Helper()
	f := newFirm(t)
	f.launch(t)
	f.Completes(president)
	f.Briefed(partners)
	f.cycle(t, "sync")
	return f
}

// unchanged runs something while the LMS is down and looks that nothing of what
// is known of people has changed by it.
func (f *firm) unchanged(t *testing.T, do func()) {
	t.Helper()
	kinds := []string{store.LogDecision, store.LogViolationOpened, store.LogViolationResolved, store.LogViolationRetracted}
	before := map[string]int{}
	for _, k := range kinds {
		before[k] = f.count(t, k)
	}
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	do()
	for _, k := range kinds {
		if n := f.count(t, k); n != before[k] {
			t.Errorf("%d entries of kind %s were logged because the LMS was down", n-before[k], k)
		}
	}
	if open := f.facts(t).Open; len(open) != 1 || open[0].Person != partners {
		t.Errorf("open violations: %+v, want the briefing of %s", open, partners)
	}
	f.Moodle.Heal()
}

// TestNobodyIsAStrangerBecauseTheLMSIsDown: where the LMS alone says whose account
// a statement names, a command that cannot read it decides nothing.
func TestNobodyIsAStrangerBecauseTheLMSIsDown(t *testing.T) {
	t.Parallel()
	f := blindFirm(t)
	f.unchanged(t, func() {
		for _, command := range []string{"sync", "plan"} {
			if status, out, _ := f.run(t.Context(), command); status != exitFailure || !strings.Contains(out, "Nothing was decided") || strings.Contains(out, "violation") {
				t.Errorf("%s: exit code %d:\n%s", command, status, out)
			}
		}
		if status, out, problems := f.run(t.Context(), "explain", president); status != exitFailure || out != "" || !strings.Contains(problems, "could not be read") {
			t.Errorf("explain: exit code %d:\n%s%s", status, out, problems)
		}
		status, out, _ := f.run(t.Context(), "-o", "json", "plan")
		var plan planJSON
		if err := json.Unmarshal([]byte(out), &plan); err != nil || status != exitFailure || len(plan.Changes)+len(plan.Violations) != 0 || len(plan.Unread) != 1 {
			t.Errorf("plan: exit code %d, %v:\n%s", status, err, out)
		}
	})
	f.Completes(viceYang)
	if f.cycle(t, "sync"); !f.released(viceYang) {
		t.Error("the reports of whoever completes after it are still on hold")
	}
}

// TestTheLMSIsRememberedWhileItIsDown: a daemon that has read it goes on learning.
func TestTheLMSIsRememberedWhileItIsDown(t *testing.T) {
	t.Parallel()
	f := blindFirm(t)
	stop := f.daemon(t)
	failures := f.count(t, store.LogSourceFailed) // before the LMS is down: the daemon may be quick
	f.unchanged(t, func() {
		eventually(t, "the daemon misses the LMS", func() bool { return f.count(t, store.LogSourceFailed) > failures })
		for range 2 {
			if status, _, problems := f.run(t.Context(), "sync"); status != exitFailure || !strings.Contains(problems, "a cycle was run; moodle: ") {
				t.Errorf("sync beside the daemon: exit code %d: %s; want it to fail and to name the LMS", status, problems)
			}
		}
	})
	f.Completes(viceYang)
	eventually(t, "the reports are released when it is back", func() bool { return f.released(viceYang) })
	if status, log := stop(); status != exitOK {
		t.Errorf("exit code %d:\n%s", status, log)
	}
}
