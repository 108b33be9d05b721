package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

const enforce, observe, releaseOnly = "mode: enforce", "mode: observe", "mode: release-only"

var signature = []string{"--by", "Olga", "--reason", "a test"}

// releaseAll is the kill switch with its operands.
var releaseAll = append([]string{"release-all", "--program", "ai-foundations"}, signature...)

// refused runs a command that has to fail and returns what it says.
func (f *firm) refused(t *testing.T, args ...string) string {
	t.Helper()
	status, out, problems := f.run(t.Context(), args...)
	if status != exitFailure {
		t.Errorf("leadfront %v: exit code %d, want 1\n%s%s", args, status, out, problems)
	}
	return out + problems
}

// TestObserveWritesNothing: neither an approval nor a completion makes observe
// write. Holds that are in place stay, and release-all lifts them all the same.
func TestObserveWritesNothing(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.reconfigure(t, enforce, observe)
	writes := len(f.writes())
	f.Completes("100")
	f.cycle(t, "sync")
	f.cycle(t, "sync")
	if status, out, _ := f.run(t.Context(), "plan"); status != exitChanges || !strings.Contains(out, "not now: mode") {
		t.Errorf("plan: exit code %d\n%s\nwant the 14 releases that the mode stops", status, out)
	}
	if len(f.writes()) != writes || len(f.held()) != 106 || f.count(t, store.LogIntent) != 106 {
		t.Errorf("observe has written %d calls", len(f.writes())-writes)
	}
	f.must(t, releaseAll...)
	if n := len(f.held()); n != 0 {
		t.Errorf("after release-all in observe %d are still on hold", n)
	}
}

// latecomers takes thirty people out of the course, to be called before the launch.
// When they arrive they are more than the guard lets be held unasked.
func (f *firm) latecomers() (arrive func()) {
	var late []sandbox.Enrolment
	f.Moodle.Change(func(s *sandbox.State) {
		late = slices.Clone(s.Enrolments[60:90])
		s.Enrolments = slices.Delete(s.Enrolments, 60, 90)
	})
	return func() {
		f.Moodle.Change(func(s *sandbox.State) {
			for _, e := range late {
				s.Enrol(e, 5)
			}
		})
	}
}

// TestReleaseOnlyHoldsNobody: releases are made, and nobody is held.
func TestReleaseOnlyHoldsNobody(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	arrive := f.latecomers()
	f.launch(t)
	f.reconfigure(t, enforce, releaseOnly)
	arrive()
	f.Completes("100")
	if c := f.cycle(t, "sync"); len(f.held()) != 62 || !f.released("100") || len(c.Plan.Refused) != 0 {
		t.Errorf("%d on hold, refused %+v; want 62, without the thirty and the president's 14, and nothing to approve", len(f.held()), c.Plan.Refused)
	}
}

// TestRefusalAndApprovalSurviveRestarts: each command is a process of its own. The
// refusal is logged once, however often it is refused; the approval that could not
// be used yet is used by the next cycle that can, once.
func TestRefusalAndApprovalSurviveRestarts(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	digest := f.open(t)
	for range 2 {
		if again := f.cycle(t, "sync").Plan.Refused; len(again) != 1 || again[0].Digest != digest {
			t.Errorf("refused anew is %+v, want %s", again, digest)
		}
	}
	if n := f.count(t, store.LogRefusal); n != 1 {
		t.Errorf("the refusal is in the log %d times", n)
	}
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	f.refused(t, append([]string{"approve", digest}, signature...)...)
	if f.Moodle.Heal(); f.count(t, store.LogApproval) != 1 || len(f.held()) != 0 {
		t.Errorf("with the LMS down %d are on hold; want the approval kept and nobody held", len(f.held()))
	}
	if f.cycle(t, "sync"); len(f.held()) != 106 || f.count(t, store.LogApprovalUsed) != 1 {
		t.Errorf("%d on hold by the next cycle; want the approval used", len(f.held()))
	}
	if said := f.refused(t, append([]string{"approve", digest}, signature...)...); !strings.Contains(said, digest) {
		t.Errorf("approved twice it says %q", said)
	}
}

// TestApproveWithAWrongDigest says what is wrong and lets nothing through.
func TestApproveWithAWrongDigest(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	digest := f.open(t)
	for wrong, words := range map[string]string{"0123456789abcdef": "no plan of digest", digest[:4]: "give more of it", "": "give more of it"} {
		if said := f.refused(t, append([]string{"approve", wrong}, signature...)...); !strings.Contains(said, words) {
			t.Errorf("approve %q says %q, want %q", wrong, said, words)
		}
		if said := f.refused(t, append([]string{"org", "approve", wrong}, signature...)...); wrong != "" && !strings.Contains(said, "digest") {
			t.Errorf("org approve %q says %q", wrong, said)
		}
	}
	if f.cycle(t, "sync"); len(f.writes()) != 0 || f.count(t, store.LogApproval) != 0 {
		t.Errorf("%d calls were written on a wrong digest", len(f.writes()))
	}
	if f.cycle(t, append([]string{"approve", strings.ToUpper(digest[:8])}, signature...)...); len(f.held()) != 106 {
		t.Errorf("%d on hold after a digest that was cut short, and clear all the same; want 106", len(f.held()))
	}
}

// TestReleaseAll needs only the LMS and the store. Where the LMS is down too, the
// latch falls and the holds are lifted as soon as it is back. Resume does not hold
// again whoever was released.
func TestReleaseAll(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.LRS.Fault(lrstest.Faults{Status: 503})
	if err := os.Remove(f.HRFile); err != nil {
		t.Fatal(err)
	}
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	if said := f.refused(t, releaseAll...); !strings.Contains(said, "NOT READ") || len(f.held()) != 106 {
		t.Errorf("with everything down it says\n%s", said)
	}
	f.Moodle.Heal()
	if said := f.refused(t, "sync"); len(f.held()) != 0 {
		t.Errorf("with the LMS back %d are on hold after a sync:\n%s", len(f.held()), said)
	}
	f.LRS.Fault(lrstest.Faults{})
	if err := f.Export(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if c := f.cycle(t, "sync"); len(c.Outcomes) != 0 {
			t.Errorf("while paused it does %v", c.Outcomes)
		}
	}
	f.must(t, append([]string{"resume", "--program", "ai-foundations"}, signature...)...)
	if c := f.cycle(t, "sync"); len(f.held()) != 0 || len(c.Plan.Refused) != 0 {
		t.Errorf("after resume %d are on hold and %v wait; want whoever was released to stay clear", len(f.held()), c.Plan.Refused)
	}
	if said := f.refused(t, append([]string{"resume", "--program", "ai-foundations"}, signature...)...); !strings.Contains(said, "not paused") {
		t.Errorf("resume of what goes on says %q", said)
	}
	if said := f.refused(t, "release-all", "--program", "other", "--by", "Olga", "--reason", "x"); !strings.Contains(said, "ai-foundations") {
		t.Errorf("release-all of an unknown programme says %q, want the ones that there are", said)
	}
}

// TestReleaseAllWithNothingElse: LRS and HR down, only the LMS answers.
func TestReleaseAllWithNothingElse(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.LRS.Fault(lrstest.Faults{Hold: t.Context().Done()})
	if err := os.Remove(f.HRFile); err != nil {
		t.Fatal(err)
	}
	asked := len(f.LRS.Requests())
	f.must(t, releaseAll...)
	if len(f.held()) != 0 || len(f.LRS.Requests()) != asked {
		t.Errorf("%d are on hold, and the LRS was asked %d times", len(f.held()), len(f.LRS.Requests())-asked)
	}
}

// TestPrerequisiteMetStillLocked is openedx-platform 36965: the leader has
// completed and the LMS acknowledges a release that it does not carry out. It is
// tried again until the row is seen active.
func TestPrerequisiteMetStillLocked(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.launch(t)
	f.Completes("100")
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Pretend, Function: "enrol_manual_enrol_users", Times: 2})
	for range 2 {
		if said := f.refused(t, "sync"); !strings.Contains(said, "ineffective") || len(f.held()) != 106 {
			t.Errorf("with %d on hold it says\n%s", len(f.held()), said)
		}
	}
	if f.cycle(t, "sync"); !f.released("100") {
		t.Error("the reports of the president are still on hold")
	}
}

// TestNothingToAddStillReleases is Rocket.Chat 41976: a cycle with no hold to
// place lifts holds, and so does one whose holds are refused.
func TestNothingToAddStillReleases(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	arrive := f.latecomers()
	f.launch(t)
	arrive()
	f.Completes("100")
	c := f.cycle(t, "sync")
	if len(c.Plan.Refused) != 1 || c.Plan.Refused[0].Move != "hold" || !f.released("100") {
		t.Errorf("refused is %+v, and the president's reports are released: %v; want the holds refused and the releases done", c.Plan.Refused, f.released("100"))
	}
	f.Completes("101")
	if f.cycle(t, "sync"); !f.released("101") {
		t.Error("with nothing to hold nobody is released")
	}
}

// TestCommandsBesideADaemon: everything that an operator does works while the
// daemon runs, and the daemon does it.
func TestCommandsBesideADaemon(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	stop := f.daemon(t)
	if said := f.refused(t, "run"); !strings.Contains(said, "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("a second daemon says %q; want it to name process %d", said, os.Getpid())
	}
	orgs, err := f.memory(t).HeldOrgs(t.Context())
	if err != nil || len(orgs) != 1 {
		t.Fatalf("%d organisations wait, %v", len(orgs), err)
	}
	f.must(t, append([]string{"org", "approve", orgs[0].Digest[:12]}, signature...)...)
	var refused []store.RefusedPlan
	eventually(t, "the first holds are refused", func() bool {
		refused, err = f.memory(t).Refused(t.Context(), time.Now())
		return err == nil && len(refused) == 1
	})
	if status, out, problems := f.run(t.Context(), "plan"); status != exitChanges || !strings.Contains(out, refused[0].Digest) {
		t.Errorf("plan: exit code %d, want 2 and the digest %s\n%.2000s%s", status, refused[0].Digest, out, problems)
	}
	f.must(t, append([]string{"waive", "add", "104", "--program", "ai-foundations", "--until", "2099-01-01"}, signature...)...)
	if list := f.must(t, "waive", "list"); !strings.Contains(list, "in force") || !strings.Contains(list, "Olga") {
		t.Errorf("waive list says\n%s", list)
	}
	f.must(t, append([]string{"waive", "revoke", "1"}, signature...)...)
	if said := f.refused(t, append([]string{"waive", "revoke", "1"}, signature...)...); !strings.Contains(said, "was revoked") {
		t.Errorf("revoked twice it says %q", said)
	}
	f.must(t, append([]string{"approve", refused[0].Digest}, signature...)...)
	f.must(t, "sync")
	if n := len(f.held()); n != 105 {
		t.Errorf("%d on hold after approve and sync; want 105, without the president and whom the waiver has let through", n)
	}
	if out := f.must(t, "explain", "105"); !strings.Contains(out, "103") {
		t.Errorf("explain does not name the leader who is waited for:\n%s", out)
	}
	f.Completes("100")
	if f.must(t, "sync"); !f.released("100") {
		t.Errorf("sync beside the daemon came back before the release was settled: %v", f.held())
	}
	f.must(t, releaseAll...)
	eventually(t, "all holds are lifted", func() bool { return len(f.held()) == 0 })
	f.must(t, append([]string{"resume", "--program", "ai-foundations"}, signature...)...)
	if said := f.refused(t, "init"); !strings.Contains(said, strconv.Itoa(os.Getpid())) && !strings.Contains(said, "there is a store") {
		t.Errorf("init beside a daemon says %q", said)
	}
	if status, log := stop(); status != exitOK || strings.Contains(log, "level=ERROR") {
		t.Errorf("the daemon ended with exit code %d:\n%s", status, log)
	}
}

// outcomes counts the logged outcomes by result.
func (f *firm) outcomes(t *testing.T) map[rules.Result]int {
	t.Helper()
	n := map[rules.Result]int{}
	for _, e := range f.entries(t) {
		var b body
		if e.Kind == store.LogOutcome && json.Unmarshal([]byte(e.Body), &b) == nil {
			n[b.Result]++
		}
	}
	return n
}

// TestStopInTheMiddleOfAWrite: the daemon is told to stop while Moodle carries out
// a write and keeps its answer back. It ends well and soon, with every intent
// settled, and the next start sends nothing again that is there.
func TestStopInTheMiddleOfAWrite(t *testing.T) {
	t.Parallel()
	f := newFirm(t, [2]string{"timeout: 2s", "timeout: 60s"})
	digest := f.open(t)
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	f.refused(t, append([]string{"approve", digest}, signature...)...)
	f.Moodle.Heal()
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Stalled, Function: "enrol_manual_enrol_users", Times: 1})
	before := len(f.Moodle.Log())
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan string, 1)
	go func() {
		status, _, log := f.run(ctx, "run")
		end <- fmt.Sprint(status, " ", log)
	}()
	eventually(t, "the write arrives", func() bool { return len(f.writes()) == 1 })
	cancel()
	select {
	case said := <-end:
		if !strings.HasPrefix(said, "0 ") || !strings.Contains(said, "msg=stopped") {
			t.Errorf("the daemon ended with %s", said)
		}
	case <-time.After(time.Minute):
		t.Fatal("the daemon does not stop")
	}
	if n := f.outcomes(t); n[rules.Unknown] != 100 || n[rules.Skipped] != 6 {
		t.Errorf("the outcomes are %v; want 100 unknown and 6 that were not tried", n)
	}
	f.settles(t)
	if again := f.atMostOnceMore(t, before); again != 0 || len(f.held()) != 106 {
		t.Errorf("%d on hold, %d rows written twice; want 106 and none", len(f.held()), again)
	}
}

// TestStopAtAnyMoment stops the daemon after ever longer, in its start, its
// readings, its first plan and its writes: each time it ends well, complains of
// nothing, and leaves a log that can be read.
func TestStopAtAnyMoment(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	digest := f.open(t)
	f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Down})
	f.refused(t, append([]string{"approve", digest}, signature...)...)
	f.Moodle.Heal()
	leaders := f.leaders()
	for i := range 40 {
		if i%4 == 3 {
			f.Completes(leaders[i/4])
		}
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(time.Duration(i)*4*time.Millisecond, cancel)
		if status, _, log := f.run(ctx, "run"); status != exitOK || strings.Contains(log, "level=ERROR") {
			t.Errorf("stopped after %d ms it ends with exit code %d:\n%s", i*4, status, log)
		}
		timer.Stop()
		f.entries(t)
	}
	if f.settles(t); slices.ContainsFunc(leaders[:10], func(id string) bool { return !f.released(id) }) {
		t.Errorf("in the end %v are on hold", f.held())
	}
}

// TestTerminated stops a daemon of its own process by SIGTERM, at rest and in the
// middle of a reading that hangs.
func TestTerminated(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]bool{"at rest": false, "while the LRS hangs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFirm(t, [2]string{"retries: -1, timeout: 2s", "retries: -1, timeout: 60s"})
			var asked atomic.Bool
			if hang {
				f.LRS.Fault(lrstest.Faults{Hold: t.Context().Done(), When: func(*http.Request) bool { asked.Store(true); return true }})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), mainArgs+"="+strings.Join([]string{"-c", f.config, "run"}, "\n"))
			var log strings.Builder
			cmd.Stderr = &log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the daemon is at it", func() bool {
				status, _ := f.get(t, "/-/ready")
				return status == http.StatusOK || asked.Load()
			})
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil || !strings.Contains(log.String(), "msg=stopped") {
				t.Errorf("the daemon ended by %v:\n%s", err, log.String())
			}
			f.entries(t)
		})
	}
}
