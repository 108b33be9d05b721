package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

const shownAt = "https://leadfront.corp.example/showcase/abc"

func going(n int, kind rules.Kind, state rules.OutgoingState) rules.Outgoing {
	return rules.Outgoing{State: state, Due: hour(n), Sharing: rules.Sharing{Statement: fmt.Sprintf("10000000-0000-4000-8000-%012d", n), Kind: kind,
		Program: "ai", Person: "101", Object: shownAt, At: hour(n), Actor: rules.Actor{Kind: rules.ActorMbox, Value: "nyang@corp.example"},
		Said: rules.Said{Name: "Neena's minutes"}}}
}

// onTheWay is the outbox as kinds and states.
func onTheWay(t *testing.T, s *Store) (list []string) {
	t.Helper()
	all, err := s.Outbox().All(t.Context())
	must(t, err)
	for _, o := range all {
		list = append(list, fmt.Sprintf("%s %s", o.Kind, o.State))
	}
	return list
}

func due(t *testing.T, s *Store, at time.Time) []rules.Outgoing {
	t.Helper()
	all, err := s.Outbox().Due(t.Context(), at)
	must(t, err)
	return all
}

// What was shared outlives the process, waits for its time, and is sent in order.
func TestTheOutboxOutlivesTheProcess(t *testing.T) {
	s := fresh(t)
	must(t, s.Outbox().Enqueue(t.Context(), going(1, rules.KindUnshared, rules.OutgoingWaiting)))
	must(t, s.Outbox().Enqueue(t.Context(), going(2, rules.KindShared, rules.OutgoingWaiting)))
	s = again(t, s)
	if got := due(t, s, hour(0)); len(got) != 0 {
		t.Errorf("%d are due before their time", len(got))
	}
	first := due(t, s, hour(9))
	if len(first) != 1 || first[0].Kind != rules.KindUnshared || first[0].Sharing.Said.Name != "Neena's minutes" {
		t.Fatalf("due: %+v; want what is taken back alone", first)
	}
	begun, err := s.Outbox().Begin(t.Context(), first[0].ID)
	must(t, err)
	must(t, s.Outbox().Failed(t.Context(), first[0].ID, "LRS main: 503", hour(10)))
	if got := due(t, s, hour(9)); !begun || len(got) != 0 {
		t.Errorf("begun %v, then due before its next time: %v", begun, got)
	}
	must(t, s.Outbox().Sent(t.Context(), first[0].ID, hour(10)))
	if got := due(t, s, hour(10)); len(got) != 1 || got[0].Kind != rules.KindShared || got[0].Tries != 0 {
		t.Errorf("due after that: %+v; want the new text", got)
	}
	must(t, s.Outbox().Failed(t.Context(), due(t, s, hour(10))[0].ID, "refused", time.Time{}))
	equal(t, "in the end", onTheWay(t, s), []string{"unshared sent", "shared refused"})
}

// An edit of what nobody has seen leaves no trace of the old text; an edit of what may
// be in the record store takes that back first.
func TestReplace(t *testing.T) {
	back, next := going(8, rules.KindUnshared, rules.OutgoingWaiting), going(9, rules.KindShared, rules.OutgoingReview)
	for name, test := range map[string]struct {
		live, begun bool
		withdraw    bool
		want        []string
	}{
		"edited before it was sent":    {want: []string{"shared review"}},
		"edited while it is sent":      {begun: true, want: []string{"shared waiting", "unshared waiting", "shared review"}},
		"edited in the showcase":       {live: true, want: []string{"unshared waiting", "shared review"}},
		"withdrawn before it was sent": {withdraw: true},
		"withdrawn from the showcase":  {withdraw: true, live: true, want: []string{"unshared waiting"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t)
			must(t, s.Outbox().Enqueue(t.Context(), going(1, rules.KindShared, rules.OutgoingReview)))
			if test.begun {
				_, err := s.Outbox().Begin(t.Context(), 1)
				must(t, err)
			}
			if test.withdraw {
				must(t, s.Outbox().Replace(t.Context(), test.live, back))
			} else {
				must(t, s.Outbox().Replace(t.Context(), test.live, back, next))
			}
			equal(t, "on the way", onTheWay(t, s), test.want)
		})
	}
}

// A second person lets a use case go on, or gives it back; its author is none, and
// nobody can do it twice.
func TestSecondPerson(t *testing.T) {
	s := fresh(t)
	must(t, s.Outbox().Enqueue(t.Context(), going(5, rules.KindShared, rules.OutgoingReview)))
	for _, test := range []struct {
		by   string
		want bool
	}{{"101", false}, {"102", true}, {"103", false}} {
		ok, err := s.Outbox().Look(t.Context(), shownAt, test.by, false, "names a customer", hour(2))
		must(t, err)
		equal(t, "looked at by "+test.by, ok, test.want)
	}
	all, err := s.Outbox().All(t.Context())
	must(t, err)
	if all[0].Note != "names a customer" || all[0].Looked != "102" || len(due(t, s, hour(99))) != 0 {
		t.Errorf("given back: %+v", all[0])
	}
	must(t, s.Outbox().Replace(t.Context(), false, going(6, rules.KindUnshared, rules.OutgoingReview), going(7, rules.KindShared, rules.OutgoingReview)))
	if ok, err := s.Outbox().Look(t.Context(), shownAt, "102", true, "", hour(2)); err != nil || !ok || len(due(t, s, hour(2))) != 1 {
		t.Errorf("let through: %v, %v, due %d", ok, err, len(due(t, s, hour(2))))
	}
}

// What nobody looks at goes on by itself.
func TestReviewNeverBecomesAQueue(t *testing.T) {
	s := fresh(t)
	must(t, s.Outbox().Enqueue(t.Context(), going(48, rules.KindShared, rules.OutgoingReview)))
	if len(due(t, s, hour(47))) != 0 || len(due(t, s, hour(48))) != 1 {
		t.Errorf("due before %d and after %d; want 0 and 1", len(due(t, s, hour(47))), len(due(t, s, hour(48))))
	}
}

// A row goes once its statement was read back.
func TestWhatWasReadBackIsForgotten(t *testing.T) {
	s := fresh(t)
	for n := 1; n <= 2; n++ {
		must(t, s.Outbox().Enqueue(t.Context(), going(n, rules.KindShared, rules.OutgoingWaiting)))
		must(t, s.Outbox().Sent(t.Context(), int64(n), hour(3)))
	}
	_, err := s.Learn(t.Context(), walk("main", "c"), rules.Page{Last: true, Evidence: []rules.Evidence{{Source: "main", Digest: "d",
		Statement: going(1, 0, "").Statement, Stored: hour(3), Timestamp: hour(1), Object: shownAt, Kind: rules.KindShared}}}, hour(4))
	must(t, err)
	must(t, s.Outbox().Tidy(t.Context(), hour(5)))
	equal(t, "left", onTheWay(t, s), []string{"shared sent"})
	must(t, s.Outbox().Tidy(t.Context(), hour(5).Add(sentFor)))
	equal(t, "left a month later", len(onTheWay(t, s)), 0)
}

// What somebody who is erased was about to share, and what they said of others', is in
// no file any more.
func TestErasureKnowsTheOutbox(t *testing.T) {
	s := leaver(t)
	must(t, s.Outbox().Enqueue(t.Context(), going(1, rules.KindShared, rules.OutgoingReview)))
	other := going(2, rules.KindShared, rules.OutgoingReview)
	other.Person, other.Object, other.Actor.Value, other.Said.Name = "108", shownAt+"d", "other@corp.example", "Other's"
	must(t, s.Outbox().Enqueue(t.Context(), other))
	_, err := s.Outbox().Look(t.Context(), other.Object, "101", false, "signed: Neena", hour(2))
	must(t, err)
	words := []string{"Neena", "nyang", `"101"`}
	if found := inFiles(t, s.dir, words); len(found) != len(words) {
		t.Fatalf("before, only %q is there: the test shows nothing", found)
	}
	erase(t, s)
	if found := inFiles(t, s.dir, words); len(found) != 0 {
		t.Errorf("after, still there: %q", found)
	}
	equal(t, "of others", onTheWay(t, s), []string{"shared returned"})
}
