package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

// verify recomputes the whole log from its rows.
func verify(t *testing.T, s *Store) error {
	t.Helper()
	rows, err := s.reader.Query(`SELECT l.seq, l.leaf, l.commitment, c.salt, c.content FROM log l
		LEFT JOIN log_personal c ON c.seq = l.seq ORDER BY l.seq`)
	must(t, err)
	defer rows.Close()
	page, err := s.LogPage(t.Context(), 0, 1<<30)
	must(t, err)
	for i, e := range page {
		var seq int64
		var leaf, commitment, salt []byte
		var content *string
		rows.Next()
		must(t, rows.Scan(&seq, &leaf, &commitment, &salt, &content))
		if seq != int64(i+1) || !bytes.Equal(leaf, sum(e.Entry)) {
			return fmt.Errorf("entry %d does not verify", i+1)
		}
		if content != nil && !audit.Keeps(commitment, salt, *content) {
			return fmt.Errorf("entry %d does not commit to its content", i+1)
		}
	}
	return rows.Err()
}

func life(t *testing.T, s *Store) {
	t.Helper()
	configured(t, s)
	must(t, s.Accept(t.Context(), company(t), hour(1)))
	c := intend(t, s, rules.Cycle{At: hour(2), Changes: []rules.Change{change("101", rules.MoveHold)},
		Decided: []rules.Decided{{Program: "ai", Person: "101", Verdict: rules.Wait, Row: 10, Waits: []string{"100"},
			Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: "100"}}}},
		Opened: []rules.Violation{{Program: "ai", Person: "101", Kind: rules.StartedEarly, Evidence: []string{"71e8a5c0-statement"}}},
		Leaders: []rules.LeaderState{{Program: "ai", Person: "100", Reports: 14, Waiting: 1},
			{Program: "ai", Person: "102", Level: 1, Reports: 1, Completed: hour(1), Qualified: true}}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Done, hour(2))}))
	perform(t, s, rules.Act{Kind: rules.ActWaive, Waiver: rules.MayStart, Program: "ai", Person: "103", Expires: hour(100)}, hour(3))
	perform(t, s, rules.Act{Kind: rules.ActReleaseAll, Program: "ai"}, hour(3))
	perform(t, s, rules.Act{Kind: rules.ActResume, Program: "ai"}, hour(3))
}

// The log for ever is the table without the rows that erasure destroys.
func TestTheLogItselfHoldsNoPersonalData(t *testing.T) {
	s := fresh(t)
	life(t, s)
	must(t, verify(t, s))
	page, err := s.LogPage(t.Context(), 0, 1000)
	must(t, err)
	for _, e := range page {
		// One piece of everything that says who somebody is.
		for _, word := range []string{"Neena", "Yang", "nyang", "manual:", `"101"`, `"100"`, `"103"`, "71e8a5c0", "Pat", "because of a test"} {
			if strings.Contains(string(e.Canonical()), word) {
				t.Errorf("entry %d (%s) contains %q: %s", e.Seq, e.Kind, word, e.Body)
			}
		}
		if e.PersonID != "" && (len(e.Entry.Person) != 32 || e.Personal == "" && e.Kind != LogOutcome) {
			t.Errorf("entry %d: reference %q, personal %q", e.Seq, e.Entry.Person, e.Personal)
		}
	}
}

// What later erasure does: the log still verifies, and says that something is gone.
func TestTheLogVerifiesWithoutTheErasedRows(t *testing.T) {
	s := fresh(t)
	life(t, s)
	_, err := s.writer.Exec(`DELETE FROM log_personal; DELETE FROM person`)
	must(t, err)
	s = again(t, s)
	must(t, verify(t, s))
	page, err := s.LogPage(t.Context(), 3, 1)
	must(t, err)
	if !page[0].Erased || page[0].Name != "" || page[0].Personal != "" {
		t.Errorf("%+v", page[0])
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o640))
}

// An older file put back, another log swapped in, a head of another key, a head
// that is gone: each is refused. A log that is longer than its head is not.
func TestARolledBackDatabaseIsRefused(t *testing.T) {
	aside := t.TempDir()
	old := filepath.Join(aside, dbFile)
	oldHead := filepath.Join(aside, headFile)
	s := fresh(t)
	dir, db := s.dir, filepath.Join(s.dir, dbFile)
	must(t, s.Close())
	copyFile(t, db, old)
	copyFile(t, filepath.Join(dir, headFile), oldHead)
	s = reopen(t, dir)
	life(t, s)
	must(t, s.Close())

	restore := func(head, database string) error {
		must(t, os.RemoveAll(db+"-wal"))
		must(t, os.RemoveAll(db+"-shm"))
		copyFile(t, database, db)
		copyFile(t, head, filepath.Join(dir, headFile))
		s, err := Open(t.Context(), dir, Options{})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	newDB, newHead := filepath.Join(aside, "new.db"), filepath.Join(aside, "new.head")
	copyFile(t, db, newDB)
	copyFile(t, filepath.Join(dir, headFile), newHead)
	if err := restore(newHead, old); !errors.Is(err, ErrRolledBack) {
		t.Errorf("yesterday's database: %v", err)
	}
	must(t, restore(oldHead, old))
	s = reopen(t, dir) // the same key goes on in another way
	for i := range 40 {
		must(t, s.Config(t.Context(), Configuration{Hash: fmt.Sprint(i)}, hour(i)))
	}
	must(t, s.Close())
	fork := filepath.Join(aside, "fork.db")
	copyFile(t, db, fork)
	if err := restore(newHead, fork); !errors.Is(err, ErrRolledBack) {
		t.Errorf("a fork of the log: %v", err)
	}
	if err := restore(oldHead, newDB); err != nil {
		t.Errorf("killed before the head was written: %v", err)
	}
	other := fresh(t)
	life(t, other)
	must(t, other.Close())
	if err := restore(newHead, filepath.Join(other.dir, dbFile)); err == nil {
		t.Error("another log was taken")
	}
	if err := restore(filepath.Join(other.dir, headFile), newDB); !errors.Is(err, audit.ErrHead) {
		t.Errorf("the head of another key: %v", err)
	}
	must(t, os.Remove(filepath.Join(dir, headFile)))
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no head: %v", err)
	}
	must(t, restore(newHead, newDB))
}

// Somebody who may write the file can drop the triggers; the head still tells.
func TestAForgedLastEntryIsRefused(t *testing.T) {
	for _, forge := range []string{`UPDATE log SET body = '{}' WHERE seq = 2`, `UPDATE log SET leaf = x'00' WHERE seq = 2`} {
		s := fresh(t)
		configured(t, s)
		_, err := s.writer.Exec(`DROP TRIGGER log_no_update; ` + forge)
		must(t, err)
		must(t, s.Close())
		if _, err := Open(t.Context(), s.dir, Options{}); !errors.Is(err, ErrRolledBack) {
			t.Errorf("%s: %v", forge, err)
		}
	}
}

// A head that cannot be written is an error, the entry is kept all the same, and the
// next commit goes on from it.
func TestAHeadThatCannotBeWritten(t *testing.T) {
	s := fresh(t)
	obstacle := filepath.Join(s.dir, headFile+".new")
	must(t, os.Mkdir(obstacle, 0o700))
	err := s.Config(t.Context(), Configuration{Hash: "h1"}, hour(1))
	if err == nil || !strings.Contains(err.Error(), "its head file could not be written") {
		t.Errorf("without a head: %v", err)
	}
	equal(t, "log", kinds(t, s, 1), []string{LogConfig})
	must(t, os.RemoveAll(obstacle))
	must(t, s.Config(t.Context(), Configuration{Hash: "h2"}, hour(2)))
	s = again(t, s)
	must(t, verify(t, s))
	equal(t, "log", kinds(t, s, 1), []string{LogConfig, LogConfig})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	s := fresh(t)
	_, err := s.writer.Exec(`PRAGMA user_version = 999`)
	must(t, err)
	must(t, s.Close())
	if _, err := Open(t.Context(), s.dir, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	s, other := fresh(t), fresh(t)
	must(t, s.Close())
	copyFile(t, filepath.Join(other.dir, ownKey), filepath.Join(s.dir, ownKey))
	s, err := Open(t.Context(), s.dir, Options{})
	must(t, err)
	defer s.Close()
	if err := s.Lock(t.Context()); err == nil || !strings.Contains(err.Error(), "not the key that the log goes on with") {
		t.Errorf("another key: %v", err)
	}
}

var update = flag.Bool("update", false, "write the golden files")

func TestSchemaIsTheGoldenOne(t *testing.T) {
	s := fresh(t)
	rows, err := s.reader.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name`)
	must(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		all = append(all, text+";\n")
	}
	got := strings.Join(slices.Clip(all), "\n")
	if *update {
		must(t, os.WriteFile("testdata/schema.sql", []byte(got), 0o644))
	}
	want, err := os.ReadFile("testdata/schema.sql")
	must(t, err)
	equal(t, "schema", got, string(want))
}

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	s := fresh(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1",
		"recursive_triggers": "1", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		must(t, s.writer.QueryRow("PRAGMA "+pragma).Scan(&got))
		equal(t, pragma, got, want)
	}
	if _, err := s.reader.Exec(`DELETE FROM evidence`); err == nil {
		t.Error("the readers can write")
	}
	page, err := s.LogPage(t.Context(), 0, 1)
	must(t, err)
	equal(t, "leaf", hex.EncodeToString(sum(page[0].Entry)), s.tail.Leaf.String())
}
