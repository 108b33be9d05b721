package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// What a reviewer broke, by name.

// A backup that is copied back after a clean stop is the backup, and not the backup
// with newer frames of the WAL replayed over it.
func TestARestoredBackupIsWhole(t *testing.T) {
	s := fresh(t)
	life(t, s)
	aside := t.TempDir()
	copyFile(t, filepath.Join(s.dir, headFile), filepath.Join(aside, headFile))
	_, err := s.writer.Exec(`VACUUM INTO ?`, filepath.Join(aside, dbFile))
	must(t, err)
	before := kinds(t, s, 0)
	for i := range 300 {
		must(t, s.Config(t.Context(), Configuration{Hash: fmt.Sprint(i)}, hour(i)))
	}
	must(t, s.Close())
	info, err := os.Stat(filepath.Join(s.dir, dbFile+"-wal"))
	must(t, err)
	equal(t, "bytes in the WAL after a clean stop", info.Size(), int64(0))
	copyFile(t, filepath.Join(aside, dbFile), filepath.Join(s.dir, dbFile))
	copyFile(t, filepath.Join(aside, headFile), filepath.Join(s.dir, headFile))
	s = reopen(t, s.dir)
	equal(t, "log", kinds(t, s, 0), before)
	for i := range 5 {
		must(t, s.Config(t.Context(), Configuration{Hash: fmt.Sprint("again", i)}, hour(i)))
	}
	var sound string
	must(t, s.writer.QueryRow(`PRAGMA integrity_check`).Scan(&sound))
	equal(t, "integrity_check", sound, "ok")
	must(t, verify(t, s))
}

// A head that cannot be written is found before anything is logged: otherwise each
// restart would log a plan and do nothing.
func TestAHeadThatCannotBeWrittenStopsTheStart(t *testing.T) {
	s := fresh(t)
	log := kinds(t, s, 0)
	must(t, s.Close())
	obstacle := filepath.Join(s.dir, headFile+".new")
	must(t, os.Mkdir(obstacle, 0o700))
	second, err := Open(t.Context(), s.dir, Options{})
	must(t, err)
	defer second.Close()
	if err := second.Lock(t.Context()); err == nil || !strings.Contains(err.Error(), "its head file could not be written") {
		t.Fatalf("locked: %v", err)
	}
	must(t, os.Remove(obstacle))
	must(t, second.Lock(t.Context()))
	equal(t, "log", kinds(t, second, 0), log)
}

func TestPersonalContentCannotBeReplaced(t *testing.T) {
	s := fresh(t)
	life(t, s)
	for _, sql := range []string{
		`INSERT OR REPLACE INTO log_personal SELECT seq, salt, '{}' FROM log_personal WHERE seq = 2`,
		`INSERT INTO log_personal SELECT 1, salt, content FROM log_personal WHERE seq = 2`,
		`INSERT OR REPLACE INTO log_personal SELECT max(seq), salt, '{}' FROM log_personal`,
	} {
		out, err := cli(t, s, sql).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "not changed") {
			t.Errorf("%s: %v: %s", sql, err, out)
		}
	}
	must(t, verify(t, s))
}

func TestEvidenceCannotBeChanged(t *testing.T) {
	s := fresh(t)
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: statements(t)}, hour(1))
	must(t, err)
	for _, sql := range []string{
		`UPDATE evidence SET object = 'x'`,
		`INSERT OR REPLACE INTO evidence SELECT source, stored, statement, at, 'passed', verb, object, actor, authority, digest, more, learnt FROM evidence LIMIT 1`,
	} {
		out, err := cli(t, s, sql).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "not changed") {
			t.Errorf("%s: %v: %s", sql, err, out)
		}
	}
	var at string
	must(t, s.reader.QueryRow(`SELECT min(learnt) FROM v_evidence WHERE seq > 1`).Scan(&at))
	equal(t, "learnt", at, stamp(hour(1)))
}

// Nobody has signed what follows the head: it must at least be what it hashes to.
func TestAForgedEntryBehindTheHeadIsRefused(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	_, err := s.writer.Exec(`INSERT INTO log (seq, at, kind, program, target, person, body, leaf)
		VALUES (3, ?, 'approval', '', '', '', '{}', x'00')`, stamp(hour(2)))
	must(t, err)
	must(t, s.Close())
	if _, err := Open(t.Context(), s.dir, Options{}); !errors.Is(err, ErrRolledBack) {
		t.Errorf("opened: %v", err)
	}
}

func TestAHalfMadeStoreSaysWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, ownKey), nil, 0o600))
	err := Init(t.Context(), dir, day0)
	if err == nil || errors.Is(err, ErrExists) || !strings.Contains(err.Error(), ownKey) || !strings.Contains(err.Error(), "remove") {
		t.Errorf("init: %v", err)
	}
}

// A pending plan of many rows that differs a little from cycle to cycle costs what
// differs, and each of its forms can be approved as it was.
func TestAPendingPlanThatKeepsChanging(t *testing.T) {
	s := fresh(t)
	r := rules.Refusal{Program: "ai", Move: rules.MoveHold, Because: rules.Reason{Code: rules.CodeFirstEnforcement}}
	for i := range 500 {
		r.Changes = append(r.Changes, change(fmt.Sprint(1000+i), rules.MoveHold))
	}
	for i := range 20 {
		r.Changes = r.Changes[1:]
		r.Changes = append(r.Changes[:len(r.Changes):len(r.Changes)], change(fmt.Sprint(2000+i), rules.MoveHold))
		r.Digest = rules.Digest(r.Changes)
		intend(t, s, rules.Cycle{At: hour(1), Refusals: []rules.Refusal{r}})
	}
	var rows, personal int
	must(t, s.reader.QueryRow(`SELECT count(*), (SELECT sum(length(content)) FROM log_personal) FROM refused`).Scan(&rows, &personal))
	equal(t, "rows of changes", rows, 519)
	if personal > 20*200 {
		t.Errorf("the log's personal part has %d bytes", personal)
	}
	plans, err := s.Refused(t.Context(), hour(2))
	must(t, err)
	equal(t, "plans", len(plans), 20)
	equal(t, "refused", len(facts(t, s, hour(2)).Refused), 20)
	for _, p := range plans {
		equal(t, "digest of what is kept", rules.Digest(p.Changes), p.Digest)
	}
	perform(t, s, rules.Act{Kind: rules.ActApprove, Digest: plans[3].Digest}, hour(2))
	equal(t, "approved", len(facts(t, s, hour(3)).Approvals[0].Changes), 500)
}

// A process that ended between intent and answer leaves an outcome: nobody knows.
// What it released is not taken for somebody else's act.
func TestAnIntentWithoutAnswerGetsAnOutcome(t *testing.T) {
	s := fresh(t)
	held := intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
	must(t, s.Settle(t.Context(), []rules.Outcome{outcome(held[0], rules.Done, hour(1))}))
	release := change("101", rules.MoveRelease)
	release.Hold = held[0].Hold
	intend(t, s, rules.Cycle{At: hour(2), Changes: []rules.Change{release}})
	equal(t, "releasing before the answer", facts(t, s, hour(2)).Holds[0].Releasing, true)
	s = again(t, s) // killed
	f := facts(t, s, hour(3))
	equal(t, "releasing", f.Holds[0].Releasing, true)
	intend(t, s, rules.Cycle{At: hour(3)})
	var intents, outcomes int
	must(t, s.reader.QueryRow(`SELECT sum(kind = 'intent'), sum(kind = 'outcome') FROM log`).Scan(&intents, &outcomes))
	equal(t, "outcomes", outcomes, intents)
	var result, why string
	must(t, s.reader.QueryRow(`SELECT result, error FROM v_changes ORDER BY intent DESC LIMIT 1`).Scan(&result, &why))
	equal(t, "result", result, "unknown")
	equal(t, "why", why, "the process ended before the answer")
	equal(t, "releasing after it", facts(t, s, hour(4)).Holds[0].Releasing, true)
}

// A clock that goes back neither repeats a refusal nor makes a plan unapprovable.
func TestAClockThatGoesBack(t *testing.T) {
	s := fresh(t)
	r := rules.Refusal{Program: "ai", Move: rules.MoveHold, Digest: "p1", Because: rules.Reason{Code: rules.CodeFirstEnforcement},
		Changes: []rules.Change{change("101", rules.MoveHold)}}
	intend(t, s, rules.Cycle{At: hour(1), Refusals: []rules.Refusal{r}})
	perform(t, s, rules.Act{Kind: rules.ActApprove, Digest: "p1"}, hour(2))
	intend(t, s, rules.Cycle{At: hour(3), Consumed: []string{"p1"}, Changes: r.Changes})
	must(t, s.Accept(t.Context(), company(t), hour(3)))
	log := len(kinds(t, s, 0))
	for range 3 { // the clock is set back to hour 2
		intend(t, s, rules.Cycle{At: hour(2), Refusals: []rules.Refusal{r}})
	}
	equal(t, "entries", kinds(t, s, int64(log)), []string{LogOutcome, LogRefusal})
	if a := perform(t, s, rules.Act{Kind: rules.ActApprove, Digest: "p1"}, hour(2)); strings.HasPrefix(a, RefusedPrefix) {
		t.Error(a)
	}
	second := company(t)
	second.Digest, second.People = "second", second.People[1:]
	must(t, s.Accept(t.Context(), second, hour(2)))
	var back int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM log a JOIN log b ON b.seq = a.seq + 1 WHERE b.at < a.at`).Scan(&back))
	equal(t, "entries that go back", back, 0)
	must(t, s.reader.QueryRow(`SELECT count(*) FROM snapshot a JOIN snapshot b ON b.id = a.id + 1 WHERE b.at < a.at`).Scan(&back))
	equal(t, "organisations that go back", back, 0)
}

// Whom nobody waits for any more, whatever comes of the release, is not waited for.
func TestAHoldThatIsBeingReleasedWaitsForNobody(t *testing.T) {
	s := fresh(t)
	d := rules.Decided{Program: "ai", Person: "101", Verdict: rules.Wait, Row: 10, Waits: []string{"100"}}
	intend(t, s, rules.Cycle{At: hour(1), Decided: []rules.Decided{d}, Changes: []rules.Change{change("101", rules.MoveHold)}})
	d.Verdict, d.Row = rules.Clear, 9 // and keeps whom it waited for last
	intend(t, s, rules.Cycle{At: hour(2), Decided: []rules.Decided{d}})
	var waits string
	must(t, s.reader.QueryRow(`SELECT waits_for FROM v_holds`).Scan(&waits))
	equal(t, "waits for", waits, "[]")
}

// Whoever is erased is forgotten also where others' entries mention them.
func TestPersonalContentNamesNobodyByHRId(t *testing.T) {
	s := fresh(t)
	life(t, s)
	intend(t, s, rules.Cycle{At: hour(9), Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: "p1",
		Because: rules.Reason{Code: rules.CodeFirstEnforcement}, Changes: []rules.Change{change("107", rules.MoveHold)}}}})
	var n int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM log_personal WHERE content LIKE '%"100"%' OR content LIKE '%"107"%'`).Scan(&n))
	equal(t, "rows that name Steven King or the refused", n, 0)
	page, err := s.LogPage(t.Context(), 0, 100)
	must(t, err)
	resolved := 0
	for _, e := range page {
		if strings.Contains(e.Personal, `"person":"100"`) {
			resolved++
		}
	}
	if resolved < 2 {
		t.Errorf("%d entries say for readers that they wait for 100", resolved)
	}
	var people string
	must(t, s.reader.QueryRow(`SELECT people FROM v_log WHERE kind = 'decision'`).Scan(&people))
	if !strings.Contains(people, `"100 Steven King"`) {
		t.Errorf("people of the decision: %s", people)
	}
}

// The part that is kept for ever holds no hash that a guess could be checked with.
func TestTheLogHoldsNoUnsaltedDigest(t *testing.T) {
	s := fresh(t)
	life(t, s)
	c := change("108", rules.MoveHold)
	digest := rules.Digest([]rules.Change{c})
	intend(t, s, rules.Cycle{At: hour(9), Digest: digest, PolicyHash: "policyhash", Changes: []rules.Change{c}})
	intend(t, s, rules.Cycle{At: hour(9), Refusals: []rules.Refusal{{Program: "ai", Move: rules.MoveHold, Digest: digest, Changes: []rules.Change{c}}}})
	perform(t, s, rules.Act{Kind: rules.ActApprove, Digest: digest}, hour(9))
	intend(t, s, rules.Cycle{At: hour(9), Consumed: []string{digest}, Changes: []rules.Change{c}})
	var n int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM log WHERE body LIKE '%' || ? || '%' OR body LIKE '%policyhash%'
		OR body LIKE '%"h1"%' OR body LIKE '%oracle-hr%' OR body LIKE '%digest%' OR body LIKE '%hash%'`, digest).Scan(&n))
	equal(t, "entries with a digest", n, 0)
	var plan, config, org string
	must(t, s.reader.QueryRow(`SELECT p.kind, c.kind, o.kind FROM log i JOIN log p ON p.seq = json_extract(i.body, '$.plan')
		JOIN log c ON c.seq = json_extract(p.body, '$.config') JOIN log o ON o.seq = json_extract(p.body, '$.org')
		WHERE i.kind = 'intent' ORDER BY i.seq DESC LIMIT 1`).Scan(&plan, &config, &org))
	equal(t, "what an intent rests on", []string{plan, config, org}, []string{LogPlan, LogConfig, LogSnapshotAccepted})
}
