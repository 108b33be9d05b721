package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func TestPagesMayRepeatAndNothingIsKeptTwice(t *testing.T) {
	s := fresh(t)
	all := statements(t)
	for i := range 3 {
		page := rules.Page{Evidence: all[:40+i*20], Cursor: "c"}
		_, err := s.Learn(t.Context(), walk("main", "contract"), page, hour(i))
		must(t, err)
	}
	s = again(t, s)
	n, err := s.Learn(t.Context(), walk("main", "contract"), rules.Page{Evidence: all, Cursor: "d"}, hour(4))
	must(t, err)
	equal(t, "fresh after 80 were known", n, len(all)-80)
	s = again(t, s)
	got := map[string]rules.Evidence{}
	for _, e := range facts(t, s, hour(5)).Evidence {
		got[e.Statement] = e
	}
	equal(t, "statements", len(got), len(all))
	for _, want := range all {
		want.Timestamp, want.Stored = want.Timestamp.UTC(), want.Stored.UTC()
		want.Learnt = got[want.Statement].Learnt
		if equal(t, want.Statement, got[want.Statement], want); want.Learnt == 0 {
			t.Errorf("%s was learnt under no entry of the log", want.Statement)
		}
	}
}

func TestOneIDWithTwoContentsIsLoggedOnce(t *testing.T) {
	s := fresh(t)
	first := statements(t)[0]
	other := first
	other.Digest, other.Stored = "something else", first.Stored.Add(time.Second)
	for range 2 {
		_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: []rules.Evidence{first, other}}, hour(1))
		must(t, err)
		s = again(t, s)
	}
	kept := facts(t, s, hour(2)).Evidence
	first.Learnt = kept[0].Learnt
	equal(t, "evidence", kept, []rules.Evidence{first})
	equal(t, "log", kinds(t, s, 1), []string{LogConflict, LogLearnt})
	// The same id from another source is another statement.
	n, err := s.Learn(t.Context(), walk("second", "c"), rules.Page{Evidence: []rules.Evidence{other}}, hour(3))
	must(t, err)
	equal(t, "fresh of another source", n, 1)
}

func TestCursorBelongsToOneContract(t *testing.T) {
	s := fresh(t)
	source := func() rules.Source { return facts(t, s, hour(9)).Sources[0] }
	learn := func(contract, cursor string, last bool, at time.Time) {
		_, err := s.Learn(t.Context(), walk("main", contract), rules.Page{Cursor: cursor, Last: last}, at)
		must(t, err)
	}
	cursor := func(contract string) string {
		c, err := s.Cursor(t.Context(), walk("main", contract))
		must(t, err)
		return c
	}
	equal(t, "before anything", cursor("one"), "")
	learn("one", "a", false, hour(1))
	equal(t, "in the middle", source(), rules.Source{Name: "main", Kind: rules.SourceRecords})
	learn("one", "b", true, hour(2))
	through := rules.Source{Name: "main", Kind: rules.SourceRecords, Through: true, Read: hour(2), History: map[string]string{"ai": "one"}}
	equal(t, "at the end", source(), through)
	learn("one", "c", false, hour(3)) // what came since does not take it back
	equal(t, "after the end", source(), through)
	s = again(t, s)
	equal(t, "same contract", cursor("one"), "c")
	equal(t, "followed on for another contract", cursor("two"), "c")
	learn("two", "d", false, hour(4))
	equal(t, "a page of the other contract", source(), through)
}

// A first reading that has not come to its end starts again for another contract.
func TestUnfinishedFirstReadingStartsAgain(t *testing.T) {
	s := fresh(t)
	_, err := s.Learn(t.Context(), walk("main", "one"), rules.Page{Cursor: "a"}, hour(1))
	must(t, err)
	c, err := s.Cursor(t.Context(), walk("main", "two"))
	must(t, err)
	equal(t, "cursor", c, "")
	_, err = s.Learn(t.Context(), walk("main", "two"), rules.Page{Cursor: "b", Last: true}, hour(2))
	must(t, err)
	equal(t, "history", facts(t, s, hour(3)).Sources[0].History, map[string]string{"ai": "two"})
}

// History is read again for one programme, page by page, while the other stands.
func TestCatchingUpMakesHistory(t *testing.T) {
	s := fresh(t)
	follow := rules.Walk{Source: "main", Purpose: rules.Follow, Contracts: map[string]string{"ai": "1", "bi": "1"}}
	_, err := s.Learn(t.Context(), follow, rules.Page{Cursor: "front", Last: true}, hour(1))
	must(t, err)
	up := rules.Walk{Source: "main", Purpose: rules.CatchUp, Contracts: map[string]string{"bi": "2"}}
	history := func() map[string]string {
		h, err := s.History(t.Context(), "main")
		must(t, err)
		return h
	}
	for i, page := range []rules.Page{{Cursor: "x", Statements: 7}, {Cursor: "y", Statements: 5, Newest: hour(0)}, {Last: true, Statements: 2}} {
		equal(t, "history before the end", history(), map[string]string{"ai": "1", "bi": "1"})
		_, err := s.Learn(t.Context(), up, page, hour(i+2))
		must(t, err)
		c, err := s.Cursor(t.Context(), up)
		must(t, err)
		equal(t, "cursor", c, page.Cursor)
		s = again(t, s)
	}
	equal(t, "history", history(), map[string]string{"ai": "1", "bi": "2"})
	states, err := s.Walks(t.Context())
	must(t, err)
	equal(t, "walks", states, []rules.WalkState{{Source: "main", Purpose: rules.CatchUp, Statements: 14, Newest: hour(0), Begun: hour(2), Done: hour(4)}})
	c, err := s.Cursor(t.Context(), follow)
	must(t, err)
	equal(t, "the front", c, "front")
	up.Contracts["bi"] = "3"
	c, err = s.Cursor(t.Context(), up)
	must(t, err)
	equal(t, "for a third contract", c, "")
	_, err = s.Learn(t.Context(), up, rules.Page{Cursor: "z", Statements: 3}, hour(6))
	must(t, err)
	states, err = s.Walks(t.Context())
	must(t, err)
	equal(t, "counted anew", [2]any{states[0].Statements, states[0].Begun}, [2]any{3, hour(6)})
}

// A backfill is asked for once and lasts until its last page.
func TestBackfillIsKeptUntilItIsDone(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	act := rules.Act{Kind: rules.ActBackfill, Program: "ai", Since: hour(-5), By: "Olga", Reason: "a feed was late"}
	if answer := perform(t, s, act, hour(1)); !strings.HasPrefix(answer, RefusedPrefix) {
		t.Errorf("nothing was ever read, and the answer is %q", answer)
	}
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Cursor: "front", Last: true}, hour(1))
	must(t, err)
	perform(t, s, act, hour(2))
	states, err := s.Walks(t.Context())
	must(t, err)
	equal(t, "walks", states, []rules.WalkState{{Source: "main", Purpose: rules.Backfill, Since: hour(-5), Begun: hour(2)}})
	w := rules.Walk{Source: "main", Purpose: rules.Backfill}
	_, err = s.Learn(t.Context(), w, rules.Page{Cursor: "p", Evidence: statements(t)[:3], Statements: 9}, hour(3))
	must(t, err)
	s = again(t, s)
	_, err = s.Learn(t.Context(), w, rules.Page{Last: true}, hour(4))
	must(t, err)
	states, err = s.Walks(t.Context())
	must(t, err)
	equal(t, "walks", states, []rules.WalkState{{Source: "main", Purpose: rules.Backfill, Since: hour(-5), Statements: 9, Fresh: 3, Begun: hour(2), Done: hour(4)}})
	equal(t, "log", kinds(t, s, 1), []string{LogConfig, LogBackfill, LogLearnt})
}

// Who vouches for statements is remembered with their last one, a hundred of them.
func TestEmitters(t *testing.T) {
	s := fresh(t)
	for i, page := range []map[string]time.Time{{"moodle": hour(5)}, {"moodle": hour(3), "h5p": hour(1)}} {
		_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Emitters: page}, hour(i))
		must(t, err)
	}
	crowd := map[string]time.Time{"moodle": hour(7)}
	for i := range 200 {
		crowd[fmt.Sprint("somebody ", i)] = hour(6)
	}
	got, err := s.Emitters(t.Context())
	must(t, err)
	equal(t, "emitters", got, []Emitter{{"main", "h5p", hour(1)}, {"main", "moodle", hour(5)}})
	_, err = s.Learn(t.Context(), walk("main", "c"), rules.Page{Emitters: crowd}, hour(8))
	must(t, err)
	got, err = s.Emitters(t.Context())
	must(t, err)
	equal(t, "how many", len(got), maxEmitters)
	equal(t, "one that was known", got[len(got)-1], Emitter{"main", "moodle", hour(7)})
}

// What cannot be read is a finding, counted by what is wrong with it.
func TestUnreadableStatementsAreFindings(t *testing.T) {
	s := fresh(t)
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Quarantined: []rules.Quarantined{
		{Problem: "verb: is none", Raw: []byte("1")}, {Problem: "verb: is none", Raw: []byte("2")}, {Problem: "actor: is none", Raw: []byte("3")}}}, hour(1))
	must(t, err)
	equal(t, "findings", facts(t, s, hour(2)).Noted, []rules.Finding{
		{Code: rules.CodeMalformedStatement, Detail: "2 in main: verb: is none"}, {Code: rules.CodeMalformedStatement, Detail: "1 in main: actor: is none"}})
}

// Whoever plans beside a daemon finds where it stands, and moves nothing.
func TestCursorIsFoundBesideADaemon(t *testing.T) {
	s := fresh(t)
	_, err := s.Learn(t.Context(), walk("main", "one"), rules.Page{Cursor: "a", Last: true}, hour(1))
	must(t, err)
	beside, err := Open(t.Context(), s.dir, Options{ReadOnly: true})
	must(t, err)
	defer beside.Close()
	for _, tc := range []struct{ source, contract, want string }{
		{"main", "one", "a"}, {"main", "two", "a"}, {"other", "one", ""},
	} {
		c, err := beside.Cursor(t.Context(), walk(tc.source, tc.contract))
		must(t, err)
		equal(t, tc.source+" for "+tc.contract, c, tc.want)
	}
	equal(t, "still through", facts(t, s, hour(2)).Sources[0].Through, true)
}

func TestUnreadableStatementsExpire(t *testing.T) {
	s := fresh(t)
	bad := rules.Quarantined{Statement: "x", Problem: "verb: not an IRI", Raw: []byte(`{"verb":3}`)}
	for i := range 2 {
		_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Quarantined: []rules.Quarantined{bad, {Problem: "empty"}}}, hour(i))
		must(t, err)
	}
	kept, err := s.Quarantined(t.Context(), 10)
	must(t, err)
	equal(t, "kept", kept, []Unreadable{{rules.Quarantined{Problem: "empty"}, "main", hour(0)}, {bad, "main", hour(0)}})
	_, err = s.Learn(t.Context(), walk("main", "c"), rules.Page{}, hour(31*24))
	must(t, err)
	kept, err = s.Quarantined(t.Context(), 10)
	must(t, err)
	equal(t, "after 31 days", len(kept), 0)
}

// A statement may claim any year; none may poison the store.
func TestTimesOutsideTheCalendar(t *testing.T) {
	s := fresh(t)
	far := rules.Evidence{Statement: "far", Timestamp: time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -5*3600))}
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: []rules.Evidence{far}}, hour(1))
	must(t, err)
	s = again(t, s)
	e := facts(t, s, hour(2)).Evidence[0]
	equal(t, "clamped", e.Timestamp, latest)
	equal(t, "missing", e.Stored.IsZero(), true)
}

// What Facts handed over does not change when more is learnt.
func TestFactsAreNotChangedByLearning(t *testing.T) {
	s := fresh(t)
	all := statements(t)
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: all[:10]}, hour(1))
	must(t, err)
	before := facts(t, s, hour(2)).Evidence
	_, err = s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: all[10:]}, hour(3))
	must(t, err)
	equal(t, "length", len(before), 10)
	if cap(before) != 10 {
		t.Error("an append by the reader would reach into the store's memory")
	}
	equal(t, "length of the next", len(facts(t, s, hour(4)).Evidence), len(all))
}

// TestEvidenceStaysTheSameUntilSomethingIsLearnt: the same slice, by which a judgement
// tells that nothing needs to be weighed again; and what was handed out never changes.
func TestEvidenceStaysTheSameUntilSomethingIsLearnt(t *testing.T) {
	s := fresh(t)
	all := statements(t)
	learn := func(list []rules.Evidence, at time.Time) {
		_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Evidence: list}, at)
		must(t, err)
	}
	learn(all[:40], hour(1)) // before anybody judges
	first := facts(t, s, hour(2)).Evidence
	learn(all[:40], hour(3))
	second := facts(t, s, hour(4)).Evidence
	equal(t, "after a page that repeats", len(second), 40)
	if &first[0] != &second[0] {
		t.Error("another slice, though nothing was learnt")
	}
	learn(all[:41], hour(5))
	equal(t, "after a page with one more", len(facts(t, s, hour(6)).Evidence), 41)
	equal(t, "handed out before", len(first), 40)
	equal(t, "room behind it", cap(first), 40)
}
