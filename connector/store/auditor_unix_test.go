//go:build unix

package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the usual number of the user without rights.
const nobody = 65534

// asAuditor runs the command as another user of the same group, where this test may:
// only root can become somebody else.
func asAuditor(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		t.Log("not root: the auditor is this user")
		return cmd
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: uint32(os.Getgid()), NoSetGroups: false}}
	return cmd
}

// S7 of what was found by running: the auditor has another user, may read and not
// write, and comes while the daemon runs as well as after it was stopped.
func TestAnAuditorReadsTheFile(t *testing.T) {
	// Not t.TempDir, which nobody else may enter.
	base, err := os.MkdirTemp("", "leadfront-auditor-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	must(t, os.Chmod(base, 0o755))
	dir := filepath.Join(base, "data")
	must(t, Init(t.Context(), dir, day0))

	asked := func(s *Store, sql string) string {
		t.Helper()
		cmd := asAuditor(t, cli(t, s, "-readonly", sql))
		cmd.Dir = "/"
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", sql, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	const holds = `SELECT person, name, state, waits_for FROM v_holds`
	const want = `101|Neena Yang|in place|["100"]`

	s := &Store{dir: dir}
	equal(t, "after init", asked(s, `SELECT kind FROM v_log`), LogKey)
	s = reopen(t, dir)
	life(t, s)
	equal(t, "while the daemon runs", asked(s, holds), want)
	must(t, s.Close())
	equal(t, "after a clean stop", asked(s, holds), want)
	s = reopen(t, dir)
	equal(t, "after a restart", asked(s, holds), want)

	for view, row := range map[string]string{
		`SELECT program, name, kind, state FROM v_violations`:                      `ai|Neena Yang|started_early|open`,
		`SELECT person, name, verdict, table_row, waits_for FROM v_decisions`:      `101|Neena Yang|hold|10|["100"]`,
		`SELECT enrolment, name, move, was, wanted, result, seen FROM v_changes`:   `manual:101|Neena Yang|hold|active|suspended|done|suspended`,
		`SELECT name, level, reports, waiting, qualified FROM v_leaders LIMIT 1`:   `Steven King|0|14|1|0`,
		`SELECT program, leaders, qualified, all_qualified FROM v_threshold`:       `ai|2|1|0`,
		`SELECT kind, name, granted_by, reason FROM v_waivers`:                     `may-start|Alexander James|Pat|because of a test`,
		`SELECT count(*) FROM v_evidence`:                                          `0`,
		`SELECT count(*) FROM v_findings`:                                          `0`,
		`SELECT intended FROM v_holds`:                                             `2026-10-01T10:00:00.000000000Z`,
		`SELECT name, json_extract(body, '$.move') FROM v_log WHERE kind='intent'`: `Neena Yang|hold`,
	} {
		equal(t, view, asked(s, view), row)
	}
	if os.Getuid() != 0 {
		return
	}
	if out, err := asAuditor(t, cli(t, s, `DELETE FROM evidence`)).CombinedOutput(); err == nil {
		t.Errorf("the auditor wrote: %s", out)
	}
	key, err := asAuditor(t, exec.CommandContext(t.Context(), "cat", filepath.Join(dir, ownKey))).CombinedOutput()
	if err == nil || strings.Contains(string(key), "PRIVATE") {
		t.Error("the auditor read the signing key")
	}
}
