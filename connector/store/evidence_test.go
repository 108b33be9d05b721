package store

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func TestPagesMayRepeatAndNothingIsKeptTwice(t *testing.T) {
	s := fresh(t)
	all := statements(t)
	for i := range 3 {
		page := rules.Page{Evidence: all[:40+i*20], Cursor: "c"}
		_, err := s.Learn(t.Context(), "main", "contract", page, hour(i))
		must(t, err)
	}
	s = again(t, s)
	n, err := s.Learn(t.Context(), "main", "contract", rules.Page{Evidence: all, Cursor: "d"}, hour(4))
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
		equal(t, want.Statement, got[want.Statement], want)
	}
}

func TestOneIDWithTwoContentsIsLoggedOnce(t *testing.T) {
	s := fresh(t)
	first := statements(t)[0]
	other := first
	other.Digest, other.Stored = "something else", first.Stored.Add(time.Second)
	for range 2 {
		_, err := s.Learn(t.Context(), "main", "c", rules.Page{Evidence: []rules.Evidence{first, other}}, hour(1))
		must(t, err)
		s = again(t, s)
	}
	equal(t, "evidence", facts(t, s, hour(2)).Evidence, []rules.Evidence{first})
	equal(t, "log", kinds(t, s, 1), []string{LogConflict})
	// The same id from another source is another statement.
	n, err := s.Learn(t.Context(), "second", "c", rules.Page{Evidence: []rules.Evidence{other}}, hour(3))
	must(t, err)
	equal(t, "fresh of another source", n, 1)
}

func TestCursorBelongsToOneContract(t *testing.T) {
	s := fresh(t)
	source := func() rules.Source { return facts(t, s, hour(9)).Sources[0] }
	learn := func(contract, cursor string, last bool, at time.Time) {
		_, err := s.Learn(t.Context(), "main", contract, rules.Page{Cursor: cursor, Last: last}, at)
		must(t, err)
	}
	cursor := func(contract string) string {
		c, err := s.Cursor(t.Context(), "main", contract)
		must(t, err)
		return c
	}
	equal(t, "before anything", cursor("one"), "")
	learn("one", "a", false, hour(1))
	equal(t, "in the middle", source(), rules.Source{Name: "main", Kind: rules.SourceRecords})
	learn("one", "b", true, hour(2))
	through := rules.Source{Name: "main", Kind: rules.SourceRecords, Through: true, Read: hour(2)}
	equal(t, "at the end", source(), through)
	learn("one", "c", false, hour(3)) // what came since does not take it back
	equal(t, "after the end", source(), through)
	s = again(t, s)
	equal(t, "same contract", cursor("one"), "c")
	equal(t, "other contract", cursor("two"), "")
	through.Through = false
	equal(t, "not read for the other contract", source(), through)
	equal(t, "back to the first contract", cursor("one"), "")
	learn("two", "d", false, hour(4))
	equal(t, "a page of the other contract", source(), through)
}

// Whoever plans beside a daemon finds where it stands, and moves nothing.
func TestCursorIsFoundBesideADaemon(t *testing.T) {
	s := fresh(t)
	_, err := s.Learn(t.Context(), "main", "one", rules.Page{Cursor: "a", Last: true}, hour(1))
	must(t, err)
	beside, err := Open(t.Context(), s.dir, Options{ReadOnly: true})
	must(t, err)
	defer beside.Close()
	for _, tc := range []struct{ source, contract, want string }{
		{"main", "one", "a"}, {"main", "two", ""}, {"other", "one", ""},
	} {
		c, err := beside.Cursor(t.Context(), tc.source, tc.contract)
		must(t, err)
		equal(t, tc.source+" for "+tc.contract, c, tc.want)
	}
	equal(t, "still through", facts(t, s, hour(2)).Sources[0].Through, true)
}

func TestUnreadableStatementsExpire(t *testing.T) {
	s := fresh(t)
	bad := rules.Quarantined{Statement: "x", Problem: "verb: not an IRI", Raw: []byte(`{"verb":3}`)}
	for i := range 2 {
		_, err := s.Learn(t.Context(), "main", "c", rules.Page{Quarantined: []rules.Quarantined{bad, {Problem: "empty"}}}, hour(i))
		must(t, err)
	}
	kept, err := s.Quarantined(t.Context(), 10)
	must(t, err)
	equal(t, "kept", kept, []Unreadable{{rules.Quarantined{Problem: "empty"}, "main", hour(0)}, {bad, "main", hour(0)}})
	_, err = s.Learn(t.Context(), "main", "c", rules.Page{}, hour(31*24))
	must(t, err)
	kept, err = s.Quarantined(t.Context(), 10)
	must(t, err)
	equal(t, "after 31 days", len(kept), 0)
}

// A statement may claim any year; none may poison the store.
func TestTimesOutsideTheCalendar(t *testing.T) {
	s := fresh(t)
	far := rules.Evidence{Statement: "far", Timestamp: time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -5*3600))}
	_, err := s.Learn(t.Context(), "main", "c", rules.Page{Evidence: []rules.Evidence{far}}, hour(1))
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
	_, err := s.Learn(t.Context(), "main", "c", rules.Page{Evidence: all[:10]}, hour(1))
	must(t, err)
	before := facts(t, s, hour(2)).Evidence
	_, err = s.Learn(t.Context(), "main", "c", rules.Page{Evidence: all[10:]}, hour(3))
	must(t, err)
	equal(t, "length", len(before), 10)
	if cap(before) != 10 {
		t.Error("an append by the reader would reach into the store's memory")
	}
	equal(t, "length of the next", len(facts(t, s, hour(4)).Evidence), len(all))
}
