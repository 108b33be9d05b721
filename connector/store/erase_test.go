package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// leaver is a store in which 101 (Neena Yang, nyang@corp.example) waited for 100,
// 108 and others waited for 101, and 101 has left: HR no longer names them.
func leaver(t *testing.T) *Store {
	t.Helper()
	s := fresh(t)
	own := rules.Evidence{Statement: "11111111-2222-4333-8444-555555555555", Digest: "d1", Stored: hour(1), Timestamp: hour(1), Object: "https://x.example/",
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: "nyang@corp.example", Raw: "mailto:nyang@corp.example"}}
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: append(statements(t), own), Last: true,
		Quarantined: []rules.Quarantined{{Problem: "x", Raw: []byte(`{"actor":"mailto:NYANG@corp.example"}`)}}}, hour(1))
	must(t, err)
	life(t, s)
	intend(t, s, rules.Cycle{At: hour(4), Decided: []rules.Decided{{Program: "ai", Person: "108", Verdict: rules.Wait, Row: 10,
		Waits: []string{"101"}, Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: "101"}}}},
		Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: "p1", Changes: []rules.Change{change("101", rules.MoveHold)}}}})
	id, err := s.Request(t.Context(), rules.Act{Kind: rules.ActWaive, Person: "101", By: "Pat", Reason: "ill", At: hour(4)})
	must(t, err)
	acts, err := s.Acts(t.Context())
	must(t, err)
	equal(t, "request", acts[0].ID, id)
	_, err = s.Perform(t.Context(), acts[0], hour(4))
	must(t, err)
	intend(t, s, shows(5, "101", "102"))
	release := change("101", rules.MoveRelease)
	release.Hold = 1
	c := intend(t, s, rules.Cycle{At: hour(5), Changes: []rules.Change{release}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(c[0], rules.Done, hour(5))}))
	_, err = s.Checkpoint(t.Context(), hour(5))
	must(t, err)
	left := company(t)
	left.Digest = "without 101"
	left.People = nil
	for _, p := range company(t).People {
		if p.Manager == "101" {
			p.Manager = "100"
		}
		if p.ID != "101" {
			left.People = append(left.People, p)
		}
	}
	must(t, s.Accept(t.Context(), left, hour(6)))
	return s
}

func erase(t *testing.T, s *Store) string {
	t.Helper()
	trace, err := s.Trace(t.Context(), "101")
	must(t, err)
	ids := rules.NewIdentities(rules.Identity{}, trace.People, nil)
	act := rules.Act{Kind: rules.ActErase, Person: "101"}
	for id, actor := range trace.Actors {
		if i, how := ids.Resolve(actor); i >= 0 && how.OK() {
			act.Actors = append(act.Actors, id)
		}
	}
	equal(t, "identifiers found", len(act.Actors), 1)
	return perform(t, s, act, hour(7))
}

// Whoever is erased is in no file any more, and the log still verifies.
func TestErasureLeavesNothingInAnyFile(t *testing.T) {
	s := leaver(t)
	before := len(kinds(t, s, 0))
	words := []string{"Neena", "Yang", "nyang", "NYANG", `"9101"`, "11111111-2222-4333-8444", "manual:101", `"101"`}
	if found := inFiles(t, s.dir, words); len(found) != len(words) {
		t.Fatalf("before, only %q is there: the test shows nothing", found)
	}
	answer := erase(t, s)
	if strings.HasPrefix(answer, RefusedPrefix) || !strings.Contains(answer, "1 rows of evidence") {
		t.Fatal(answer)
	}
	if found := inFiles(t, s.dir, words); len(found) != 0 {
		t.Errorf("after, still there: %q", found)
	}
	pseudonym := strings.Fields(answer)[1]
	var n int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM v_log WHERE person = ?`, pseudonym).Scan(&n))
	if n < 8 {
		t.Errorf("%d entries show the pseudonym", n)
	}
	var waits string
	must(t, s.reader.QueryRow(`SELECT waits_for FROM v_decisions WHERE person = '108'`).Scan(&waits))
	equal(t, "whom 108 waits for", waits, `["`+pseudonym+`"]`)
	equal(t, "entries", len(kinds(t, s, 0)), before+1)
	_, err := s.Checkpoint(t.Context(), hour(8))
	must(t, err)
	dir := s.dir
	equal(t, "the organisation of then", rules.PeopleOf(facts(t, s, hour(8)).Snapshots, 0)[1].ID, pseudonym)
	must(t, s.Close())
	v := verified(t, dir, VerifyOptions{})
	equal(t, "problems", v.Problems, []Problem{})
	if v.Erased < 5 {
		t.Errorf("%d entries are known to have been erased", v.Erased)
	}
	// Rows that go beyond what the log knows of are found.
	wreck(t, dir, `DELETE FROM evidence WHERE statement = (SELECT min(statement) FROM evidence)`)
	equal(t, "one more row gone", verified(t, dir, VerifyOptions{}).Problems[0].Kind, ProblemEvidence)
}

// inFiles are the words that occur in any file of the store.
func inFiles(t *testing.T, dir string, words []string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "*", "leadfront*")) // the folder's name is no pattern
	must(t, err)
	var all []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		all = append(all, b...)
	}
	if len(files) < 4 {
		t.Fatalf("files: %q", files)
	}
	for _, w := range words {
		if bytes.Contains(all, []byte(w)) {
			found = append(found, w)
		}
	}
	return found
}

func TestErasureIsRefusedWhileThePersonIsNeeded(t *testing.T) {
	s := fresh(t)
	life(t, s)
	act := rules.Act{Kind: rules.ActErase, Person: "101"}
	for _, tt := range []struct{ person, want string }{{"101", "in the organisation that rules"}, {"nobody", "nothing is known"}} {
		act.Person = tt.person
		if a := perform(t, s, act, hour(4)); !strings.HasPrefix(a, RefusedPrefix) || !strings.Contains(a, tt.want) {
			t.Errorf("%s: %s", tt.person, a)
		}
	}
	left := company(t)
	left.Digest, left.People = "left", append(left.People[:1:1], left.People[2:]...)
	must(t, s.Accept(t.Context(), left, hour(6)))
	act.Person = "101"
	if a := perform(t, s, act, hour(7)); !strings.Contains(a, "still on hold in 1 enrolments") {
		t.Error(a)
	}
	must(t, verify(t, s))
}

// A reader that keeps the file open keeps the WAL too: the answer says so.
func TestErasureSaysWhenTheWALCannotBeEmptied(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the busy time-out")
	}
	s := leaver(t)
	_, err := s.writer.Exec(`PRAGMA busy_timeout = 50`)
	must(t, err)
	reader, err := s.reader.BeginTx(t.Context(), nil)
	must(t, err)
	defer reader.Rollback()
	var n int
	must(t, reader.QueryRow(`SELECT count(*) FROM log`).Scan(&n))
	if answer := erase(t, s); !strings.Contains(answer, "NOT YET") {
		t.Error(answer)
	}
}

// A backup without its head is taken only by name and with a reason, and the log
// says so.
func TestARestoredDatabaseIsAcceptedByName(t *testing.T) {
	s := fresh(t)
	life(t, s)
	must(t, s.Close())
	old := filepath.Join(t.TempDir(), dbFile)
	copyFile(t, filepath.Join(s.dir, dbFile), old)
	s = reopen(t, s.dir)
	must(t, s.Config(t.Context(), Configuration{Hash: "h2"}, hour(9)))
	lost, err := s.Checkpoint(t.Context(), hour(9))
	must(t, err)
	must(t, s.Close())
	if err := AcceptRestored(t.Context(), s.dir, "", "Pat", "r", hour(10)); !errors.Is(err, ErrNotRestored) {
		t.Errorf("a database that fits: %v", err)
	}
	copyFile(t, old, filepath.Join(s.dir, dbFile))
	if _, err := Open(t.Context(), s.dir, Options{}); !errors.Is(err, ErrRolledBack) {
		t.Errorf("before: %v", err)
	}
	must(t, AcceptRestored(t.Context(), s.dir, "", "Pat", "the disk died", hour(10)))
	s = reopen(t, s.dir)
	log := kinds(t, s, 0)
	equal(t, "last entry", log[len(log)-1], LogRestored)
	must(t, s.Close())
	equal(t, "problems", verified(t, s.dir, VerifyOptions{}).Problems, []Problem{})
	equal(t, "what was lost is named for ever", verified(t, s.dir, VerifyOptions{Outside: []string{lost}}).Problems[0].Kind, ProblemForked)
	wreck(t, s.dir, `UPDATE log SET body = '{}' WHERE seq = 2`)
	must(t, os.Remove(filepath.Join(s.dir, headFile)))
	if err := AcceptRestored(t.Context(), s.dir, "", "Pat", "r", hour(10)); err == nil || !strings.Contains(err.Error(), "does not verify") {
		t.Errorf("a log that was tampered with: %v", err)
	}
}
