package store

import (
	"crypto/ed25519"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/rules"
)

// logged is a store with a life, evidence, and checkpoints on the way, closed; and
// the checkpoints as somebody outside has kept them.
func logged(t *testing.T) (dir string, outside []string) {
	t.Helper()
	s := fresh(t)
	checkpoint := func(h int) {
		note, err := s.Checkpoint(t.Context(), hour(h))
		must(t, err)
		outside = append(outside, note)
	}
	checkpoint(0)
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: statements(t), Last: true}, hour(1))
	must(t, err)
	life(t, s)
	intend(t, s, shows(4, "101", "102"))
	checkpoint(4)
	c := intend(t, s, rules.Cycle{At: hour(5), Changes: []rules.Change{change("104", rules.MoveHold)}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Done, hour(5))}))
	checkpoint(6)
	must(t, s.Close())
	return s.dir, outside
}

// shows is a cycle that relies on what a platform shows.
func shows(at int, people ...string) rules.Cycle {
	c := rules.Cycle{At: hour(at), Read: map[string]bool{"moodle/AI-101": true}}
	for _, who := range people {
		ch := change(who, rules.MoveHold)
		c.Rows = append(c.Rows, rules.Enrolment{Target: ch.Target, Row: ch.Row, Account: ch.Account, State: rules.RowActive})
	}
	return c
}

// What a platform shows is logged when it is news, and only then.
func TestReadingsAreKeptWhenTheyDiffer(t *testing.T) {
	s := fresh(t)
	intend(t, s, shows(1, "101", "102"))
	log := kinds(t, s, 1)
	equal(t, "log", log, []string{LogRows})
	again2 := shows(2, "102", "101")
	again2.Rows[0].Asked = true
	intend(t, s, again2)
	s = again(t, s)
	intend(t, s, shows(3, "101", "102"))
	unread := shows(4)
	unread.Read = map[string]bool{"moodle/AI-101": false}
	intend(t, s, unread)
	equal(t, "the same, asked, after a restart, unread", kinds(t, s, 1), log)
	started := shows(5, "101", "102")
	started.Rows[0].Start = rules.SignStarted
	intend(t, s, started)
	equal(t, "a start", len(kinds(t, s, 1)), 2)
	intend(t, s, shows(6, "101", "102"))
	equal(t, "not asked any more", len(kinds(t, s, 1)), 2)
	intend(t, s, shows(7, "102"))
	equal(t, "a row is gone", len(kinds(t, s, 1)), 3)
	var then, now int
	must(t, s.reader.QueryRow(`SELECT sum(first <= 3 AND (gone = 0 OR gone > 3)), sum(gone = 0) FROM enrolment`).Scan(&then, &now))
	equal(t, "rows then and now", []int{then, now}, []int{2, 1})
}

func verified(t *testing.T, dir string, o VerifyOptions) *Verification {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{Unchecked: true})
	must(t, err)
	defer s.Close()
	v, err := s.Verify(t.Context(), o)
	must(t, err)
	return v
}

func TestASoundLogVerifies(t *testing.T) {
	dir, outside := logged(t)
	var last, total int64
	v := verified(t, dir, VerifyOptions{Outside: outside, Progress: func(d, n int64) { last, total = d, n }})
	equal(t, "problems", v.Problems, []Problem{})
	equal(t, "checkpoints, inside and outside", v.Checkpoints, 6)
	equal(t, "evidence and enrolments", v.Evidence, int64(len(statements(t))+2))
	if v.Entries < 15 || last != v.Entries || total != v.Entries {
		t.Errorf("%d entries, progress %d of %d", v.Entries, last, total)
	}
	since := verified(t, dir, VerifyOptions{Since: outside[1]})
	equal(t, "problems since a checkpoint", since.Problems, []Problem{})
	equal(t, "root", since.Root, v.Root)
}

// owned is the file as whoever may write it opens it.
func owned(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := open(filepath.Join(dir, dbFile), write)
	must(t, err)
	return db
}

// wreck runs SQL on the file with all triggers dropped, as its owner can.
func wreck(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db := owned(t, dir)
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	must(t, err)
	var names []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	must(t, rows.Close())
	for _, name := range names {
		_, err := db.Exec(`DROP TRIGGER ` + name)
		must(t, err)
	}
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// Each way to tamper is found, and named with its place.
func TestTamperingIsFoundAndNamed(t *testing.T) {
	const swap = `UPDATE log SET seq = -seq WHERE seq IN (6, 7); UPDATE log SET seq = 13 + seq WHERE seq IN (-6, -7)`
	for _, tt := range []struct {
		name, sql, kind string
		seq             int64
	}{
		{"a byte of an entry", `UPDATE log SET body = replace(body, 'hold', 'Hold') WHERE kind = 'decision'`, ProblemEntry, 5},
		{"the time of an entry", `UPDATE log SET at = '2026-10-01T08:00:00.000000001Z' WHERE seq = 4`, ProblemEntry, 4},
		{"a time that is none", `UPDATE log SET at = 'yesterday' WHERE seq = 4`, ProblemEntry, 4},
		{"a leaf hash", `UPDATE log SET leaf = x'00' WHERE seq = 5`, ProblemEntry, 5},
		{"a deleted entry", `DELETE FROM log_personal WHERE seq = 6; DELETE FROM log WHERE seq = 6`, ProblemGap, 6},
		{"two entries in another order", swap, ProblemEntry, 6},
		{"personal content", `UPDATE log_personal SET content = replace(content, 'waiting', 'Waiting') WHERE seq = 5`, ProblemPersonal, 5},
		{"a salt", `UPDATE log_personal SET salt = zeroblob(32) WHERE seq = 6`, ProblemPersonal, 6},
		{"the tail cut off", `DELETE FROM log_personal WHERE seq > 15; DELETE FROM log WHERE seq > 15; DELETE FROM checkpoint WHERE size > 15`, ProblemTail, 16},
		{"a checkpoint", `UPDATE checkpoint SET note = replace(note, 'at 2026', 'at 2025') WHERE size = 1`, ProblemCheckpoint, 1},
		{"a checkpoint under another size", `UPDATE checkpoint SET size = 2 WHERE size = 1`, ProblemCheckpoint, 2},
		{"evidence of somebody else", `UPDATE evidence SET actor = (SELECT max(id) FROM actor) WHERE statement = (SELECT min(statement) FROM evidence)`, ProblemEvidence, 2},
		{"what a platform had shown", `UPDATE enrolment SET body = replace(body, '"State":1', '"State":2') WHERE row = 'manual:101'`, ProblemEvidence, 14},
		{"deleted evidence", `DELETE FROM evidence WHERE statement = (SELECT min(statement) FROM evidence)`, ProblemEvidence, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, _ := logged(t)
			wreck(t, dir, `PRAGMA foreign_keys = 0`, tt.sql)
			v := verified(t, dir, VerifyOptions{})
			if len(v.Problems) == 0 || v.Problems[0].Kind != tt.kind || v.Problems[0].Seq != tt.seq {
				t.Errorf("want %s at %d, got %+v", tt.kind, tt.seq, v.Problems)
			}
		})
	}
}

// Whoever recomputes the hashes as well is found by the checkpoints, and whoever
// drops those too, by the ones that have left the machine.
func TestAConsistentForgeryIsFoundByCheckpoints(t *testing.T) {
	dir, outside := logged(t)
	db := owned(t, dir)
	e, _, err := entryAt(t.Context(), db, 6)
	must(t, err)
	must(t, db.Close())
	e.Program = "other"
	leaf := e.Leaf()
	wreck(t, dir)
	db = owned(t, dir)
	_, err = db.Exec(`UPDATE log SET program = 'other', leaf = ? WHERE seq = 6`, leaf[:])
	must(t, err)
	v := verified(t, dir, VerifyOptions{})
	if len(v.Problems) != 1 || v.Problems[0].Kind != ProblemForked || v.Problems[0].Seq != 2 {
		t.Errorf("with the checkpoints beside it: %+v", v.Problems)
	}
	_, err = db.Exec(`DELETE FROM checkpoint`)
	must(t, err)
	must(t, db.Close())
	equal(t, "with no checkpoint at all, nothing is found: the documentation says so", verified(t, dir, VerifyOptions{}).Problems, []Problem{})
	v = verified(t, dir, VerifyOptions{Outside: outside})
	if len(v.Problems) != 1 || v.Problems[0].Kind != ProblemForked || !strings.Contains(v.Problems[0].Text, "outside") {
		t.Errorf("with checkpoints from outside: %+v", v.Problems)
	}
}

func TestYesterdaysFileAndAnotherLogAreFound(t *testing.T) {
	s := fresh(t)
	life(t, s)
	must(t, s.Close())
	old := filepath.Join(t.TempDir(), dbFile)
	copyFile(t, filepath.Join(s.dir, dbFile), old)
	copyFile(t, filepath.Join(s.dir, headFile), old+".head")
	s = reopen(t, s.dir)
	must(t, s.Config(t.Context(), Configuration{Hash: "h2"}, hour(9)))
	note, err := s.Checkpoint(t.Context(), hour(9))
	must(t, err)
	key, err := s.Keys(t.Context())
	must(t, err)
	must(t, s.Close())
	copyFile(t, old, filepath.Join(s.dir, dbFile))
	v := verified(t, s.dir, VerifyOptions{})
	equal(t, "by the head file", v.Problems[0].Kind, ProblemTail)
	copyFile(t, old+".head", filepath.Join(s.dir, headFile))
	v = verified(t, s.dir, VerifyOptions{Outside: []string{note}})
	if len(v.Problems) != 1 || v.Problems[0].Kind != ProblemTail || v.Problems[0].Seq != v.Entries+1 {
		t.Errorf("yesterday's file with its head: %+v", v.Problems)
	}
	// It goes on from there: a fork.
	s = reopen(t, s.dir)
	must(t, s.Config(t.Context(), Configuration{Hash: "h3"}, hour(9)))
	must(t, s.Close())
	v = verified(t, s.dir, VerifyOptions{Outside: []string{note}})
	equal(t, "gone on", v.Problems[0].Kind, ProblemForked)

	other, outside := logged(t)
	v = verified(t, other, VerifyOptions{Keys: []ed25519.PublicKey{key.Last()}})
	equal(t, "another log", v.Problems[0].Kind, ProblemKey)
	v = verified(t, other, VerifyOptions{Outside: []string{note}})
	equal(t, "a checkpoint of another log", v.Problems[0].Kind, ProblemCheckpoint)
	must(t, os.WriteFile(filepath.Join(other, headFile), []byte("{}"), 0o640))
	v = verified(t, other, VerifyOptions{Outside: outside})
	equal(t, "the head file", v.Problems[0].Kind, ProblemHead)
}

// An intent has one outcome, and an outcome an intent, whoever has written them.
func TestIntentsAndOutcomesAreOneToOne(t *testing.T) {
	dir, _ := logged(t)
	s := reopen(t, dir)
	intend(t, s, rules.Cycle{At: hour(7), Changes: []rules.Change{change("105", rules.MoveHold)}})
	must(t, s.Close())
	v := verified(t, dir, VerifyOptions{})
	equal(t, "under way", v.Unanswered, int64(1))
	equal(t, "problems", v.Problems, []Problem{})
	s = reopen(t, dir)
	must(t, s.write(t.Context(), func(tx *tx) error {
		for _, intent := range []int{2, 8} { // no intent, and one that has its outcome
			if _, err := tx.log(line{at: hour(8), kind: LogOutcome, public: map[string]any{"intent": intent}}); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, s.Close())
	v = verified(t, dir, VerifyOptions{})
	if len(v.Problems) != 2 || v.Problems[0].Kind != ProblemOutcome || v.Problems[1].Kind != ProblemOutcome {
		t.Errorf("problems: %+v", v.Problems)
	}
}

// A proof is checked with the key alone; the store is not needed.
func TestAProofOfEachEntry(t *testing.T) {
	dir, outside := logged(t)
	s := reopen(t, dir)
	key, err := s.Keys(t.Context())
	must(t, err)
	for seq := int64(1); seq <= s.tail.Seq; seq++ {
		p, err := s.Prove(t.Context(), seq)
		must(t, err)
		c, err := p.Check(key.Last())
		must(t, err)
		last, err := audit.ParseCheckpoint(outside[2], key.Origin(), key.Last())
		must(t, err)
		equal(t, "root", c.Root, last.Root)
	}
	must(t, s.Config(t.Context(), Configuration{Hash: "h9"}, hour(9)))
	if _, err := s.Prove(t.Context(), s.tail.Seq); err == nil || !strings.Contains(err.Error(), "next cycle") {
		t.Errorf("an entry behind the last checkpoint: %v", err)
	}
	before, err := s.Checkpoint(t.Context(), hour(9))
	must(t, err)
	again, err := s.Checkpoint(t.Context(), hour(10))
	must(t, err)
	equal(t, "nothing was logged: the checkpoint", again, before)
}
