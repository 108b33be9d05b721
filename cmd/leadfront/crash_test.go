package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// Other processes are this test program again: with crashConfig they do what
// crashDo says and kill themselves at crashAt; with mainArgs they are leadfront.
const (
	crashConfig = "LEADFRONT_TEST_CONFIG"
	crashDo     = "LEADFRONT_TEST_DO"
	crashAt     = "LEADFRONT_TEST_CRASH_AT"
	mainArgs    = "LEADFRONT_TEST_ARGS"
)

func TestMain(m *testing.M) {
	if args := os.Getenv(mainArgs); args != "" {
		os.Args = append([]string{"leadfront"}, strings.Split(args, "\n")...)
		main()
	}
	if path := os.Getenv(crashConfig); path != "" {
		p := &program{ctx: context.Background(), getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
			now: time.Now, cli: &cli{Config: path, Output: "text"}}
		os.Exit(p.exit(p.mortal(os.Getenv(crashDo), point(os.Getenv(crashAt)))))
	}
	os.Exit(m.Run())
}

// point is where a process kills itself.
type point string

const (
	never        point = ""
	beforeIntend point = "before intend"
	afterIntend  point = "after intend"
	midApply     point = "in mid-apply, half of it written"
	unread       point = "in mid-apply, written and not read back"
	beforeSettle point = "after apply, before settle"
	afterSettle  point = "after the first batch has settled"
	afterAct     point = "before the cycle, after the act"
	midPage      point = "between two pages"
	pageUnlearnt point = "with a page fetched and not learnt"
)

// here kills the process if this is the point. It does not return then.
func (p point) here(at point) {
	if p != at {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	fmt.Fprintln(os.Stderr, "cannot kill myself:", err)
	select {}
}

// mortal does what a command does beside no daemon, with a store and an LMS that
// kill the process at the point.
func (p *program) mortal(do string, at point) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(c, false)
	if err != nil {
		return err
	}
	if err := st.Lock(p.ctx); err != nil {
		return err
	}
	s, err := p.build(c)
	if err != nil {
		return err
	}
	for i := range s.lms {
		s.lms[i].LMS = &mortalLMS{s.lms[i].LMS, at}
	}
	if err := s.begin(p.ctx, p, st); err != nil {
		return err
	}
	l, err := s.loop(p, &mortalStore{Store: st, at: at}, p.logger(c.Log, false), nil)
	if err != nil {
		return err
	}
	verb, operand, _ := strings.Cut(do, " ")
	a := rules.Act{By: "Olga", Reason: "crash test", At: p.now()}
	then := thenCycle
	switch verb {
	case "approve":
		a.Kind, a.Digest = rules.ActApprove, operand
	case "release-all":
		a.Kind, a.Program, then = rules.ActReleaseAll, operand, (*connector.Loop).Release
	default:
		_, err := thenCycle(l, p.ctx)
		return err
	}
	answer, err := l.Perform(p.ctx, a)
	if err != nil || strings.HasPrefix(answer, store.RefusedPrefix) {
		return errors.Join(err, errors.New(answer))
	}
	at.here(afterAct)
	_, err = then(l, p.ctx)
	return err
}

// mortalStore kills the process before or after one of its transactions.
type mortalStore struct {
	connector.Store
	at    point
	pages int
}

func (s *mortalStore) Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error) {
	s.at.here(beforeIntend)
	changes, err := s.Store.Intend(ctx, c)
	s.at.here(afterIntend)
	return changes, err
}

func (s *mortalStore) Learn(ctx context.Context, w rules.Walk, page rules.Page, at time.Time) (int, error) {
	if s.pages++; s.pages == 2 {
		s.at.here(pageUnlearnt)
	}
	fresh, err := s.Store.Learn(ctx, w, page, at)
	if s.pages == 2 {
		s.at.here(midPage)
	}
	return fresh, err
}

func (s *mortalStore) Settle(ctx context.Context, outcomes []rules.Outcome) error {
	s.at.here(beforeSettle)
	err := s.Store.Settle(ctx, outcomes)
	s.at.here(afterSettle)
	return err
}

// mortalLMS kills the process in the middle of a batch.
type mortalLMS struct {
	connector.LMS
	at point
}

func (m *mortalLMS) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	if m.at == midApply {
		m.LMS.Apply(ctx, t, changes[:len(changes)/2])
		m.at.here(midApply)
	}
	return m.LMS.Apply(ctx, t, changes)
}

// crash runs the act in a process of its own, which has to die at the point by
// its own hand, or to end well if it never does.
func (f *firm) crash(t *testing.T, do string, at point) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashConfig+"="+f.config, crashDo+"="+do, crashAt+"="+string(at))
	if at == unread {
		// The answer is withheld until the process is dead.
		f.Moodle.Fail(sandbox.Fault{Kind: sandbox.Stalled, Function: "enrol_manual_enrol_users", Times: 1})
	}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	before := len(f.writes())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if at == unread {
		eventually(t, "the write arrives", func() bool { return len(f.writes()) > before })
		_ = cmd.Process.Kill()
	}
	err := cmd.Wait()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed := ok && status.Signaled() && status.Signal() == syscall.SIGKILL
	if killed != (at != never) {
		t.Fatalf("%s: the process ended by %v:\n%s", at, err, said.String())
	}
}

// atMostOnceMore checks the writes after the given number of calls to Moodle: no
// row is written more than twice, and the second time only after the course was
// read. It returns how many rows were written twice.
func (f *firm) atMostOnceMore(t *testing.T, after int) (repeated int) {
	t.Helper()
	written, lastRead, wroteAt := map[int64]int{}, 0, map[int64]int{}
	for i, call := range f.Moodle.Log()[after:] {
		if call.Function == "core_enrol_get_enrolled_users" && call.Answer == "ok" {
			lastRead = i
		}
		for _, w := range call.Writes {
			if written[w.User]++; written[w.User] == 2 {
				repeated++
			}
			if written[w.User] > 2 || written[w.User] == 2 && lastRead < wroteAt[w.User] {
				t.Errorf("user %d was written %d times, the last one without a reading in between", w.User, written[w.User])
			}
			wroteAt[w.User] = i
		}
	}
	return repeated
}

// settles runs cycles until one does nothing, which the second one has to be.
func (f *firm) settles(t *testing.T) {
	t.Helper()
	f.cycle(t, "sync")
	if again := f.cycle(t, "sync"); len(again.Outcomes) != 0 || again.Learnt != 0 {
		t.Errorf("the second cycle after the crash still does %v and learns %d", again.Outcomes, again.Learnt)
	}
}

// TestCrashWhileHolding kills the first enforcement. The next start goes on, with
// no more than the approval that was given.
func TestCrashWhileHolding(t *testing.T) {
	for _, at := range []point{never, afterAct, beforeIntend, afterIntend, midApply, unread, beforeSettle, afterSettle} {
		t.Run("at "+string(at), func(t *testing.T) {
			t.Parallel()
			f := newFirm(t)
			digest := f.open(t)
			before := len(f.Moodle.Log())
			f.crash(t, "approve "+digest, at)
			f.entries(t) // readable, and not shorter than its head says, before anybody repairs it
			f.settles(t)
			if n := len(f.held()); n != 106 || slices.Contains(f.held(), "100") {
				t.Errorf("%d people are on hold in the end; want 106, all but the president", n)
			}
			for _, h := range f.facts(t).Holds {
				if !h.Seen {
					t.Errorf("the hold of %s is in place and not known to be", h.Person)
				}
			}
			if n := f.atMostOnceMore(t, before); n != 0 {
				t.Errorf("%d rows were written twice, though a reading shows what was written", n)
			}
			if n := f.count(t, store.LogApprovalUsed); n != 1 {
				t.Errorf("the approval was used %d times", n)
			}
		})
	}
}

// TestCrashWhileReleasing kills the cycle after the president's completion, and
// release-all, in the same places. Moodle shows people and not rows, so a release
// whose outcome is not known is sent once more.
func TestCrashWhileReleasing(t *testing.T) {
	for _, at := range []point{never, beforeIntend, afterIntend, midApply, unread, beforeSettle} {
		t.Run("by evidence, at "+string(at), func(t *testing.T) {
			t.Parallel()
			f := newFirm(t)
			f.launch(t)
			f.Completes("100")
			before := len(f.Moodle.Log())
			f.crash(t, "sync", at)
			f.entries(t)
			f.settles(t)
			if n := len(f.held()); n != 92 || !f.released("100") {
				t.Errorf("%d people are on hold, want 92: all but the president and their 14 reports", n)
			}
			f.atMostOnceMore(t, before)
			if n := len(f.facts(t).Holds); n != 92 {
				t.Errorf("%d holds are open, want 92", n)
			}
		})
	}
	for _, at := range []point{never, afterAct, beforeIntend, afterIntend, midApply, unread, beforeSettle, afterSettle} {
		t.Run("release-all, at "+string(at), func(t *testing.T) {
			t.Parallel()
			f := newFirm(t)
			f.launch(t)
			before := len(f.Moodle.Log())
			f.crash(t, "release-all ai-foundations", at)
			f.entries(t)
			f.settles(t)
			facts := f.facts(t)
			if len(f.held()) != 0 || len(facts.Holds) != 0 || !facts.Paused["ai-foundations"] {
				t.Errorf("%d people are on hold in the LMS and %d in the store, paused: %v", len(f.held()), len(facts.Holds), facts.Paused)
			}
			f.atMostOnceMore(t, before)
		})
	}
}

// TestCrashWhilePaging kills the reading between pages: what was learnt is kept,
// the reading goes on where it was, and nothing is learnt twice or lost.
func TestCrashWhilePaging(t *testing.T) {
	for at, learnt := range map[point]int{pageUnlearnt: 2, midPage: 4} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			f := newFirm(t, [2]string{"overlap: 1s", "overlap: 1s, limit: 2"})
			f.launch(t)
			for _, id := range f.leaders()[:5] {
				f.Completes(id)
			}
			f.crash(t, "sync", at)
			f.entries(t)
			if n := len(f.facts(t).Evidence); n != learnt || len(f.held()) != 106 {
				t.Errorf("after the crash %d pieces of evidence are known and %d on hold; want %d and 106", n, len(f.held()), learnt)
			}
			before := len(f.LRS.Requests())
			f.settles(t)
			if first := f.LRS.Requests()[before]; !strings.Contains(first.Path, "/more/") {
				t.Errorf("after the crash it began with %s?%s, not where it was", first.Path, first.Query)
			}
			if n := len(f.facts(t).Evidence); n != 5 || slices.ContainsFunc(f.leaders()[:5], func(id string) bool { return !f.released(id) }) {
				t.Errorf("in the end %d pieces of evidence are known and on hold are %v", n, f.held())
			}
		})
	}
}
