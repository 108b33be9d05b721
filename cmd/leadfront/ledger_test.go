package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// notary stands before a platform and notes how long the audit log is when each
// request comes: what the platform was asked to write can then be laid beside what
// was announced before, and what was said to have become of it.
type notary struct {
	platform http.Handler
	calls    func() int   // in the platform's own log
	entries  func() int64 // in the audit log

	mu   sync.Mutex
	seqs []int64 // by place in the platform's own log
}

// ServeHTTP hands one request on.
func (n *notary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before, seq := n.calls(), n.entries()
	defer func() { // also when the platform breaks the connection off
		for range n.calls() - before {
			n.seqs = append(n.seqs, seq)
		}
	}()
	n.platform.ServeHTTP(w, r)
}

// length tells how many entries the audit log has.
func (f *firm) length(t *testing.T) func() int64 {
	t.Helper()
	log := f.memory(t)
	return func() int64 {
		figures, err := log.Figures(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Errorf("how long is the log? %v", err)
		}
		return figures.LogEntries
	}
}

// notarise puts a notary before Moodle.
func (f *firm) notarise(t *testing.T) *notary {
	t.Helper()
	n := &notary{platform: f.Moodle, calls: func() int { return len(f.Moodle.Log()) }, entries: f.length(t)}
	front := http.HandlerFunc(n.ServeHTTP)
	f.front.Store(&front)
	return n
}

// demanded is one enrolment that a platform was asked to write.
type demanded struct {
	account string
	seq     int64 // how long the audit log was
	made    bool  // it was carried out
}

func (n *notary) ofMoodle(m *sandbox.Moodle) (all []demanded) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, c := range m.Log() {
		for _, w := range c.Writes {
			all = append(all, demanded{strconv.FormatInt(w.User, 10), n.seqs[i], c.Applied})
		}
	}
	return all
}

func (n *notary) ofRoster(r *sandbox.Roster) (all []demanded) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, c := range r.Log() {
		for _, user := range c.Users {
			all = append(all, demanded{user, n.seqs[i], slices.Contains(c.Made, user)})
		}
	}
	return all
}

// entered is an intent with its outcome, as the audit log has them.
type entered struct {
	seq, settled int64
	account      string
	result       rules.Result
	asItWas      bool // the row showed already what was wanted
}

// announced are the intents for one platform, and how many there are of each
// result.
func (f *firm) announced(t *testing.T, lms string) (all []entered, of map[rules.Result]int) {
	t.Helper()
	of = map[rules.Result]int{}
	place := map[int64]int{}
	for _, e := range f.entries(t) {
		var b struct {
			Intent   int64
			Result   rules.Result
			From, To string
		}
		var c struct{ Account struct{ LMS, ID string } }
		if json.Unmarshal([]byte(e.Body), &b) != nil {
			t.Fatalf("entry %d: %s", e.Seq, e.Body)
		}
		switch e.Kind {
		case store.LogIntent:
			if err := json.Unmarshal([]byte(e.Personal), &c); err != nil || c.Account.ID == "" {
				t.Fatalf("intent %d names no account: %s", e.Seq, e.Personal)
			}
			if c.Account.LMS == lms {
				place[e.Seq] = len(all)
				all = append(all, entered{seq: e.Seq, account: c.Account.ID, asItWas: b.From == b.To})
			}
		case store.LogOutcome:
			if i, ours := place[b.Intent]; ours {
				if all[i].settled != 0 {
					t.Errorf("intent %d has two outcomes", b.Intent)
				}
				all[i].settled, all[i].result = e.Seq, b.Result
				of[b.Result]++
			}
		}
	}
	return all, of
}

// balance lays what a platform was asked to write beside the audit log. Each request
// belongs to the one intent that was there before it and whose outcome came after
// it; and what the outcome says is what has happened.
func balance(t *testing.T, intents []entered, writes []demanded) {
	t.Helper()
	made, asked := make([]int, len(intents)), make([]int, len(intents))
	for _, w := range writes {
		i := slices.IndexFunc(intents, func(e entered) bool {
			return e.account == w.account && e.seq <= w.seq && (e.settled == 0 || e.settled > w.seq)
		})
		if i < 0 {
			t.Errorf("account %s was written when the log had %d entries, and no intent was open for it", w.account, w.seq)
			continue
		}
		asked[i]++
		if w.made {
			made[i]++
		}
	}
	for i, e := range intents {
		fits := made[i] <= 1
		switch e.result {
		case rules.Done:
			fits = made[i] == 1 || e.asItWas && asked[i] == 0
		case rules.Skipped:
			fits = asked[i] == 0
		case rules.Failed:
			fits = made[i] == 0 // a platform that refuses before it reads notes nobody
		case rules.Ineffective:
			fits = asked[i] > 0
		case "":
			t.Errorf("intent %d about account %s has no outcome", e.seq, e.account)
		}
		if !fits {
			t.Errorf("intent %d about account %s ended as %q: %d requests, %d carried out", e.seq, e.account, e.result, asked[i], made[i])
		}
	}
}
