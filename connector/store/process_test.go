package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Other processes are this test program again, told by the environment what to do.
const (
	helperDo  = "LEADFRONT_STORE_TEST_DO"
	helperDir = "LEADFRONT_STORE_TEST_DIR"
)

func TestMain(m *testing.M) {
	do, ok := map[string]func(context.Context, string) error{
		"load": load, "hang": hang, "hold": hold, "request": request, "lock": lock,
	}[os.Getenv(helperDo)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := do(context.Background(), os.Getenv(helperDir)); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func locked(ctx context.Context, dir string) (*Store, error) {
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return nil, err
	}
	return s, s.Lock(ctx)
}

func lock(ctx context.Context, dir string) error {
	s, err := locked(ctx, dir)
	if err != nil {
		return err
	}
	return s.Close()
}

// pageSize is how many statements a page of load has: a page is kept whole or not.
const pageSize = 20

// load writes pages and cycles for ever and says after each what was acknowledged.
func load(ctx context.Context, dir string) error {
	s, err := locked(ctx, dir)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		page := rules.Page{Cursor: strconv.Itoa(n)}
		for i := range pageSize {
			page.Evidence = append(page.Evidence, rules.Evidence{Statement: fmt.Sprintf("%d-%d", n, i), Stored: hour(n)})
		}
		if _, err := s.Learn(ctx, walk("main", "c"), page, hour(n)); err != nil {
			return err
		}
		c := rules.Cycle{At: hour(n), Changes: []rules.Change{change(strconv.Itoa(2*n), rules.MoveHold), change(strconv.Itoa(2*n+1), rules.MoveHold)}}
		if _, err := s.Intend(ctx, c); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// hang dies in the middle of a transaction.
func hang(ctx context.Context, dir string) error {
	s, err := locked(ctx, dir)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		k := cycle{tx: t, Cycle: rules.Cycle{At: hour(1)}}
		if err := k.changes([]rules.Change{change("101", rules.MoveHold)}); err != nil {
			return err
		}
		fmt.Println("in the middle")
		_, err := io.Copy(io.Discard, os.Stdin)
		return errors.Join(err, errors.New("nobody killed it"))
	})
}

// hold is a daemon that does nothing.
func hold(ctx context.Context, dir string) error {
	s, err := locked(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Println("locked")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

func request(ctx context.Context, dir string) error {
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	id, err := s.Request(ctx, rules.Act{Kind: rules.ActReleaseAll, Program: "ai", By: "Pat", Reason: "test", At: hour(1)})
	fmt.Println(id)
	return errors.Join(err, s.Close())
}

// process is another process with what it says.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
	stdin io.Closer
}

func start(t *testing.T, do, dir string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), helperDo+"="+do, helperDir+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	in, err := cmd.StdinPipe()
	must(t, err)
	must(t, cmd.Start())
	p := &process{cmd, bufio.NewScanner(out), in}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return p
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatalf("the other process ended: %v", p.lines.Err())
	}
	return p.lines.Text()
}

// kill ends the process at once and returns the last line that it had said.
func (p *process) kill(t *testing.T, last string) string {
	t.Helper()
	must(t, p.Process.Kill())
	for p.lines.Scan() {
		last = p.lines.Text()
	}
	_ = p.Wait()
	return last
}

func TestKillingLosesNothingThatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	must(t, Init(t.Context(), dir, day0))
	for _, rounds := range []int{1, 3, 7, 12} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		must(t, Init(t.Context(), dir, day0))
		p := start(t, "load", dir)
		var last string
		for range rounds {
			last = p.line(t)
		}
		acknowledged, err := strconv.Atoi(p.kill(t, last))
		must(t, err)
		s := reopen(t, dir)
		must(t, verify(t, s))
		f := facts(t, s, hour(1))
		pages := len(f.Evidence) / pageSize
		if pages < acknowledged || pages > acknowledged+1 || len(f.Evidence)%pageSize != 0 {
			t.Errorf("%d pages acknowledged, %d statements found", acknowledged, len(f.Evidence))
		}
		if n := len(f.Holds); n < 2*acknowledged || n > 2*acknowledged+2 || n%2 != 0 {
			t.Errorf("%d cycles acknowledged, %d holds found", acknowledged, n)
		}
		cursor, err := s.Cursor(t.Context(), walk("main", "c"))
		must(t, err)
		equal(t, "the cursor is that of the last page", cursor, strconv.Itoa(pages))
		must(t, s.Close())
	}
}

func TestKillingInMidTransactionLeavesNothingOfIt(t *testing.T) {
	s := fresh(t)
	intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("100", rules.MoveHold)}})
	log := kinds(t, s, 0)
	must(t, s.Close())
	p := start(t, "hang", s.dir)
	equal(t, "said", p.line(t), "in the middle")
	p.kill(t, "")
	s = reopen(t, s.dir)
	must(t, verify(t, s))
	equal(t, "log", kinds(t, s, 0), log)
	equal(t, "holds", len(facts(t, s, hour(2)).Holds), 1)
	intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
}

func TestTwoProcesses(t *testing.T) {
	s := fresh(t)
	must(t, s.Close())
	daemon := start(t, "hold", s.dir)
	equal(t, "said", daemon.line(t), "locked")

	second, err := Open(t.Context(), s.dir, Options{})
	must(t, err)
	defer second.Close()
	var refused *LockedError
	if err := second.Lock(t.Context()); !errors.As(err, &refused) || refused.PID != daemon.Process.Pid {
		t.Fatalf("locked beside process %d: %v", daemon.Process.Pid, err)
	}
	asker := start(t, "request", s.dir)
	id, err := strconv.ParseInt(asker.line(t), 10, 64)
	must(t, err)
	must(t, asker.Wait())
	paused, err := second.Paused(t.Context())
	must(t, err)
	equal(t, "paused beside a daemon", paused, map[string]bool{"ai": true})
	_, done, err := second.Answer(t.Context(), id)
	must(t, err)
	equal(t, "done", done, false)

	daemon.kill(t, "")
	must(t, second.Lock(t.Context())) // at once, without a wait
}

// cli runs Debian's sqlite3 on the store, as an auditor does.
func cli(t *testing.T, s *Store, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("sqlite3")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("this test needs the sqlite3 command: apt-get install sqlite3")
	}
	if err != nil {
		t.Fatal("this test needs the sqlite3 command: apt-get install sqlite3")
	}
	return exec.CommandContext(t.Context(), path, append([]string{filepath.Join(s.dir, dbFile)}, args...)...)
}

func TestTheLogIsAppendOnlyForEveryClient(t *testing.T) {
	s := fresh(t)
	life(t, s)
	before := kinds(t, s, 0)
	for _, sql := range []string{
		`UPDATE log SET kind = 'x' WHERE seq = 2`,
		`UPDATE OR IGNORE log SET body = '{}'`,
		`DELETE FROM log WHERE seq = 2`,
		`DELETE FROM log`,
		`INSERT OR REPLACE INTO log SELECT * FROM log WHERE seq = 2`,
		`REPLACE INTO log SELECT seq, at, 'forged', program, target, person, body, commitment, leaf FROM log WHERE seq = 3`,
		`INSERT INTO log SELECT * FROM log WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET kind = 'x'`,
		`INSERT INTO log SELECT seq + 1000, at, kind, program, target, person, body, commitment, leaf FROM log WHERE seq = 2`,
		`UPDATE log_personal SET content = '{}'`,
	} {
		out, err := cli(t, s, sql).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "append-only") && !strings.Contains(string(out), "not changed") {
			t.Errorf("%s: %v: %s", sql, err, out)
		}
	}
	equal(t, "log", kinds(t, s, 0), before)
	must(t, verify(t, s))
}

func TestReadingNeitherBlocksNorIsBlocked(t *testing.T) {
	s := fresh(t)
	life(t, s)
	reader, err := s.reader.BeginTx(t.Context(), nil)
	must(t, err)
	defer reader.Rollback()
	var before, after int
	must(t, reader.QueryRow(`SELECT count(*) FROM log`).Scan(&before))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.Intend(ctx, rules.Cycle{At: hour(9), Changes: []rules.Change{change("109", rules.MoveHold)}}); err != nil {
		t.Errorf("writing beside an open reader: %v", err)
	}
	must(t, reader.QueryRow(`SELECT count(*) FROM log`).Scan(&after))
	equal(t, "the reader's own moment", after, before)
}

func TestMethodsMayBeCalledTogether(t *testing.T) {
	s := fresh(t)
	all := statements(t)
	calls := []func(i int) error{
		func(i int) error {
			_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: all[:i*4], Cursor: "x"}, hour(i))
			return err
		},
		func(i int) error {
			_, err := s.Intend(t.Context(), rules.Cycle{At: hour(i), Changes: []rules.Change{change(strconv.Itoa(i), rules.MoveHold)}})
			return err
		},
		func(i int) error { _, err := s.Facts(t.Context(), hour(i)); return err },
		func(i int) error { return s.Accept(t.Context(), company(t), hour(i)) },
		func(int) error { _, err := s.Request(t.Context(), rules.Act{Kind: rules.ActSync}); return err },
		func(int) error { _, err := s.Acts(t.Context()); return err },
		func(int) error { _, err := s.Paused(t.Context()); return err },
		func(int) error { _, err := s.Figures(t.Context()); return err },
		func(i int) error { _, err := s.LogPage(t.Context(), int64(i), 10); return err },
	}
	failed := make(chan error)
	for _, call := range calls {
		go func() {
			var errs error
			for i := range 20 {
				errs = errors.Join(errs, call(i))
			}
			failed <- errs
		}()
	}
	for range calls {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	s = again(t, s)
	must(t, verify(t, s))
	f := facts(t, s, hour(30))
	equal(t, "holds", len(f.Holds), 20)
	equal(t, "evidence", len(f.Evidence), 76)
	equal(t, "organisations", len(f.Snapshots), 1)
	figures, err := s.Figures(t.Context())
	must(t, err)
	equal(t, "requests", figures.Requests, int64(20))
}
