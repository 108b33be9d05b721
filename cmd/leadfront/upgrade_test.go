package main

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// unpackStore takes the place of a firm's store, HR file and configuration with
// what an earlier version left: only where the servers are is changed.
func (f *firm) unpackStore(t *testing.T, archive string) {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(f.dir, "data")
	if err := errors.Join(os.RemoveAll(data), os.Mkdir(data, 0o750)); err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(zipped)
	for {
		h, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		dir := f.dir
		if strings.HasPrefix(h.Name, "leadfront.") && h.Name != "leadfront.yaml" {
			dir = data
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, h.Name), text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	f.reconfigure(t, "listen: 127.0.0.1:40607", "listen: "+f.listen)
	f.reconfigure(t, `url: "http://127.0.0.1:39781/xapi"`, `url: "`+f.LRSURL+`"`)
	f.reconfigure(t, `      url: "http://127.0.0.1:38931"`, `      url: "`+f.MoodleURL+`"`)
}

// sqlite runs statements on the database behind the program's back and returns the
// one column that the last of them answers.
func (f *firm) sqlite(t *testing.T, query string) (column []string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "data", "leadfront.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		column = append(column, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return column
}

// TestUpgrade opens what each earlier schema left, configuration and database, and
// goes on where it stopped: nobody is held anew, nobody is let in by the upgrade, and a leader
// who qualifies afterwards has those released whom the earlier version held.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob(filepath.Join(root, "connector", "store", "testdata", "schema*.tar.gz"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no store of an earlier version is kept", err)
	}
	for _, archive := range archives {
		t.Run(filepath.Base(archive), func(t *testing.T) {
			t.Parallel()
			upgrade(t, archive)
		})
	}
}

func upgrade(t *testing.T, archive string) {
	f := newFirm(t)
	f.unpackStore(t, archive)
	held := f.sqlite(t, "SELECT person FROM v_holds WHERE state = 'in place' ORDER BY person")
	for _, id := range held {
		f.enrolment(id, sandbox.Suspended)
	}
	leaders := f.sqlite(t, "SELECT json_extract(waits_for, '$[0]') FROM v_holds WHERE state = 'in place' ORDER BY 1 LIMIT 1")
	if len(held) < 20 || len(leaders) != 1 {
		t.Fatalf("%d held, waiting for %v", len(held), leaders)
	}
	entries := f.sqlite(t, "SELECT max(seq) FROM v_log")

	// Reading alone changes nothing, so it cannot migrate, and says who does.
	if status, _, said := f.run(t.Context(), "audit", "verify"); status == exitOK || !strings.Contains(said, "start the daemon of this version first") {
		t.Errorf("reading an earlier schema: exit code %d, %s", status, said)
	}
	if got := f.cycle(t, "sync"); len(got.Outcomes) != 0 || !slices.Equal(f.held(), held) || len(f.writes()) != 0 {
		t.Errorf("the first cycle moved %+v; %d are held, want %d", got.Outcomes, len(f.held()), len(held))
	}
	if out := f.must(t, "audit", "verify"); strings.Contains(out, "NOT SOUND") {
		t.Error(out)
	}
	f.must(t, "plan") // exit code 0: nothing to do
	if got := f.sqlite(t, "SELECT count(*) FROM v_log WHERE seq <= "+entries[0]); !slices.Equal(got, entries) {
		t.Errorf("of the %s entries before the upgrade %v are left", entries[0], got)
	}

	f.must(t, "attest", leaders[0], "--program", "ai-foundations", "--done", "2026-11-23", "--by", "Olga", "--reason", "seen in class")
	f.cycle(t, "sync")
	if !f.released(leaders[0]) || len(f.held()) >= len(held) {
		t.Errorf("%s has qualified, and %d of %d are held still", leaders[0], len(f.held()), len(held))
	}
	f.must(t, "audit", "verify")
	if status, out, problems := f.run(t.Context(), "audit", "replay"); status != exitOK {
		t.Errorf("replay over the upgrade: exit code %d\n%s%s", status, out, problems)
	}

	f.sqlite(t, "PRAGMA user_version = 999")
	for _, command := range []string{"sync", "plan", "run"} {
		if status, _, said := f.run(t.Context(), command); status != exitFailure || !strings.Contains(said, "made by a newer leadfront; install that version again (schema 999") {
			t.Errorf("%s on a newer schema: exit code %d, %s", command, status, said)
		}
	}
}

// TestBackupRestoreRemove types what config/deploy/README.md tells operators to,
// in the folder of a store: the commands are taken from the page.
func TestBackupRestoreRemove(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "config", "deploy", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("sqlite3"); err != nil && os.Getenv("CI") == "" {
		t.Skip("sqlite3 is not here; Debian has it in sqlite3")
	}
	f, backup := newFirm(t), t.TempDir()
	f.launch(t)
	data := filepath.Join(f.dir, "data")
	shell := func(after string) {
		t.Helper()
		_, text, found := strings.Cut(string(page), after)
		_, text, _ = strings.Cut(text, "    cd /var/lib/leadfront\n")
		text, _, _ = strings.Cut(text, "\n\n")
		text, _, _ = strings.Cut(text, "    chown ")
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(text, "/srv/backup", backup))
		cmd.Dir = data
		if out, err := cmd.CombinedOutput(); err != nil || !found {
			t.Fatalf("%s: %v\n%s", text, err, out)
		}
	}
	shell("The head first, then the database")
	held := f.held()
	for _, name := range []string{"leadfront.db", "leadfront.head"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte("a disk has failed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, _ := f.run(t.Context(), "audit", "verify"); status == exitOK {
		t.Error("a destroyed store verifies")
	}
	shell("To restore, with the daemon stopped:")
	f.must(t, "audit", "verify")
	if got := f.cycle(t, "sync"); len(got.Outcomes) != 0 || !slices.Equal(f.held(), held) {
		t.Errorf("the restored store moved %+v", got.Outcomes)
	}

	f.must(t, "release-all", "--program", "ai-foundations", "--by", "Olga", "--reason", "leadfront is removed")
	if got := f.sqlite(t, "SELECT count(*) FROM v_holds WHERE state <> 'closed'"); got[0] != "0" || len(f.held()) != 0 {
		t.Errorf("before leadfront goes, %v holds are open and %d people held", got, len(f.held()))
	}
}
