// Package lmstest is what every LMS connector promises, as one suite of tests. A
// connector that passes it loses no state and locks nobody out by accident,
// whatever its platform does.
package lmstest

import (
	"context"
	"hash/fnv"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// LMS is the part of a connector that is held to the contract (connector.LMS).
type LMS interface {
	Capabilities() rules.Capabilities
	Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error)
	Starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error)
	Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome
}

// Fault is a way in which a platform fails.
type Fault string

// The faults. Those of Undone keep a call from being carried out; after those of
// Done it was, and its answer is spoilt.
const (
	Down        Fault = "down"        // no connection
	Error500    Fault = "500"         //
	Garbage     Fault = "garbage"     // an answer in no known format
	Empty       Fault = "empty"       // success without content
	Redirect    Fault = "redirect"    // to another server
	Slow        Fault = "slow"        // no answer, ever
	Maintenance Fault = "maintenance" // refused for now
	DeadToken   Fault = "dead token"  // refused for good

	Half    Fault = "half"    // half of the entries are carried out, success for all
	Pretend Fault = "pretend" // nothing is carried out, success
	Cut     Fault = "cut"     // carried out, half an answer
	Lost    Fault = "lost"    // carried out, no answer
)

// Undone are the faults by which nothing is carried out and no success told.
var Undone = []Fault{Down, Error500, Garbage, Empty, Redirect, Slow, Maintenance, DeadToken}

// Harness is a platform with one course, in its first state, and a connector to
// it. Its reads need no permit.
type Harness struct {
	LMS    LMS
	Target rules.Target
	// Permit grants writing, as a connector.Gate does.
	Permit func(context.Context) (context.Context, func())

	// Learners are account ids, in the order of the platform: at least three
	// batches of them, with access, none of whom has started.
	Learners []string
	// Teacher has access with a role besides that of a learner.
	Teacher string
	// Row names the enrolment row of an account; nil: by the account's id.
	Row func(account string) string

	// What others do on the platform.
	Suspend   func(account string)
	Unsuspend func(account string)
	Visit     func(account string) // starts the course
	Ruin      func(account string) // makes every write that names the account fail
	// Sneak opens a second way in for the account and the course; nil where a hold
	// bars every way. Rejoins: the way leads through the row that was held.
	Sneak   func(account string)
	Rejoins bool
	// Hide hides the course from learners and from the connector.
	Hide func()

	// Held reports whether the platform keeps the account out. On a platform that is
	// closed by default it does of everybody until they are added.
	Held func(account string) bool
	// Written counts the calls that reached the platform to write, and Named how
	// many of them named the account.
	Written func() int
	Named   func(account string) int

	// FailReads and FailWrites switch a fault on, after skip calls have gone well;
	// Heal switches all off.
	FailReads, FailWrites func(f Fault, skip int)
	Heal                  func()
}

// Run holds the connectors that it is given to the contract. Each test has its
// own harness.
func Run(t *testing.T, start func(t *testing.T) Harness) {
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
			h := start(t)
			c.test(t, h)
		})
	}
}

var contract = []struct {
	name string
	test func(*testing.T, Harness)
}{
	{"reads everybody", readsEverybody},
	{"reads whole or not at all", readsWhole},
	{"tells starts", tellsStarts},
	{"starts are whole or not at all", startsWhole},
	{"holds and releases", holdsAndReleases},
	{"adds and never takes away", addsAndStays},
	{"a hidden course is no course", hiddenCourse},
	{"writes nothing without a permit", needsPermit},
	{"never sends twice", neverTwice},
	{"one bad row does not stop the rest", oneBadRow},
	{"a lost answer is settled by reading", lostAnswer},
	{"an undone write is not taken for done", undone},
	{"half a batch is seen", halfBatch},
	{"a success that is none is seen", pretended},
	{"without a read-back nothing is known", noReadBack},
	{"writes nothing on a reading that failed", noReading},
	{"leaves a suspension by others alone", foreignSuspension},
	{"never writes whoever is no learner", noLearner},
	{"holds nobody who keeps another way in", secondWayIn},
	{"stops when the token dies", tokenDies},
	{"ends when it is told to", cancelled},
	{"writes an empty list as nothing", nothingToDo},
	{"every cell of its table", everyCell},
	{"ssosync 194: answered with nothing", answeredWithNothing},
	{"ssosync 234: failed while paging", failedWhilePaging},
	{"external-dns 2232: ignored the dry run", ignoredTheDryRun},
	{"external-dns 3841: throttled is not empty", throttledIsNotEmpty},
	{"Rocket.Chat 41976: nothing to add still releases", nothingToAddStillReleases},
	{"openedx-platform 36965: met and still locked", metAndStillLocked},
}

// hold and release are changes as the loop would plan them from a fresh reading.
func (h Harness) hold(accounts ...string) (changes []rules.Change) {
	for _, a := range accounts {
		changes = append(changes, h.change(a, rules.MoveHold, rules.RowActive, rules.RowSuspended))
	}
	return changes
}

func (h Harness) release(accounts ...string) (changes []rules.Change) {
	for _, a := range accounts {
		changes = append(changes, h.change(a, rules.MoveRelease, rules.RowSuspended, rules.RowActive))
	}
	return changes
}

// act is what the platform does to keep or let people in: holds, or where it is
// closed by default, additions.
func (h Harness) act(accounts ...string) (changes []rules.Change) {
	if !h.LMS.Capabilities().Closed {
		return h.hold(accounts...)
	}
	for _, a := range accounts {
		changes = append(changes, h.change(a, rules.MoveAdd, rules.RowActive, rules.RowActive))
	}
	return changes
}

// acted reports whether that has come about.
func (h Harness) acted(account string) bool { return h.Held(account) != h.LMS.Capabilities().Closed }

// onlyOpen skips what only platforms do that let everybody in until held.
func (h Harness) onlyOpen(t *testing.T) {
	t.Helper()
	if h.LMS.Capabilities().Closed {
		t.Skip("the platform is closed by default: it holds nobody")
	}
}

func (h Harness) row(account string) string {
	if h.Row == nil {
		return account
	}
	return h.Row(account)
}

func (h Harness) change(account string, move rules.Move, from, to rules.RowState) rules.Change {
	intent := fnv.New32a() // one of its own for each, whatever the ids are
	intent.Write([]byte(account))
	id := int64(intent.Sum32())
	return rules.Change{
		Program: "p", Target: h.Target.Key(), Row: h.row(account), Account: rules.Account{LMS: h.Target.LMS, ID: account},
		Person: "person " + account, Move: move, From: from, To: to, Intent: id + 1,
	}
}

// apply writes under a permit, and checks what holds of every answer.
func (h Harness) apply(ctx context.Context, t *testing.T, changes []rules.Change) []rules.Outcome {
	t.Helper()
	permitted, done := h.Permit(ctx)
	defer done()
	outcomes := h.LMS.Apply(permitted, h.Target, changes)
	if len(outcomes) != len(changes) {
		t.Fatalf("%d outcomes of %d changes", len(outcomes), len(changes))
	}
	for i, o := range outcomes {
		if o.Change.Row != changes[i].Row || o.Change.Intent != changes[i].Intent {
			t.Fatalf("outcome %d is of another change", i)
		}
		if o.At.IsZero() || (o.Result != rules.Done) != (o.Error != "") {
			t.Errorf("outcome without time, or failure without a word, or a success with one: %+v", o)
		}
		if o.Result == rules.Done && (o.Seen != changes[i].To || h.Held(changes[i].Account.ID) != (changes[i].To == rules.RowSuspended)) {
			t.Errorf("done, and not so: %+v", o)
		}
	}
	return outcomes
}

// want fails unless all outcomes have the result.
func want(t *testing.T, outcomes []rules.Outcome, result rules.Result) {
	t.Helper()
	for _, o := range outcomes {
		if o.Result != result {
			t.Errorf("%s of %s: %s (%s), want %s", o.Change.Move, o.Change.Row, o.Result, o.Error, result)
			return
		}
	}
}

// rows reads the course, by account.
func (h Harness) rows(t *testing.T) map[string]rules.Enrolment {
	t.Helper()
	list, err := h.LMS.Enrolments(t.Context(), h.Target)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]rules.Enrolment, len(list))
	for _, r := range list {
		rows[r.Account.ID] = r
	}
	if len(rows) != len(list) {
		t.Fatal("one account has two rows")
	}
	return rows
}
