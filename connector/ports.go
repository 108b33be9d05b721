package connector

import (
	"context"
	"iter"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// HRIS is where HR keeps who reports to whom.
type HRIS interface {
	// Org returns the whole organisation, or an error; never a part. An empty,
	// cut or inconsistent answer is an error that says what to do about it.
	Org(ctx context.Context) (rules.Org, error)
}

// Records is a source of learning records, such as an LRS.
type Records interface {
	// Pages yields the pages after the cursor, which is empty for "from the
	// beginning" and otherwise one that a page of this source carried. It stops
	// after the page that says Last, or after an error. A page is yielded while
	// the next one is already being fetched. Pages may repeat evidence.
	Pages(ctx context.Context, cursor string) iter.Seq2[rules.Page, error]
}

// Rereader is a record source whose history can be read again. Both methods are
// only asked of a source that is being followed.
type Rereader interface {
	// From returns the cursor of a walk that begins at the instant, or at the
	// beginning of time. Other asks for pages of another size, so that what is lost
	// between two pages is not lost there again.
	From(since time.Time, other bool) (cursor string)
	// Fates says what has become of each of the statements, in their order. An error
	// says that the source could not be asked.
	Fates(ctx context.Context, statements []string) ([]rules.Fate, error)
}

// LMS is a platform that enrolments are read from and written to. One cycle uses
// it from one goroutine.
type LMS interface {
	Capabilities() rules.Capabilities
	// Enrolments returns every enrolment row of the target, or an error.
	Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error)
	// Starts returns the given rows with Start filled in as far as the platform
	// can tell. SignUnknown stays where it cannot.
	Starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error)
	// Apply writes the changes, all of the target t, and reads back. It returns
	// one outcome per change, in their order. It is safe to repeat after a read;
	// one bad row does not stop the rest. It needs the context of a Permit.
	Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome
}

// Gate grants the permission to write. Nothing that was not granted can leave.
type Gate interface {
	// Permit returns a context under which writes pass until done is called.
	Permit(ctx context.Context) (permitted context.Context, done func())
}

// Store remembers. Every method is one transaction: durable when it returns
// without error, and without effect when it returns one.
type Store interface {
	// Facts returns all that is known at now, but for what the LMS shows.
	Facts(ctx context.Context, now time.Time) (rules.Facts, error)

	// Cursor returns where the walk is to go on. It is empty, start again, when the
	// walk was begun for other contracts; but a source that has once been followed
	// to its end is followed on, whatever the contracts: history is for CatchUp.
	Cursor(ctx context.Context, w rules.Walk) (string, error)
	// Learn keeps the evidence of a page together with the walk's cursor. It reports
	// how much of it was not known before. The last page of a first Follow, and that
	// of a CatchUp, make the walk's contracts the history of the source.
	Learn(ctx context.Context, w rules.Walk, page rules.Page, at time.Time) (fresh int, err error)
	// Begin makes a walk start anew. It goes on in Learn until a page says Last.
	Begin(ctx context.Context, w rules.Walk, since, at time.Time) error
	// History returns the contracts, by programme, for which the history of a
	// source was last read to its end.
	History(ctx context.Context, source string) (map[string]string, error)
	// Walks returns every walk but those that follow, ended or not.
	Walks(ctx context.Context) ([]rules.WalkState, error)

	// Source notes how reading a source went: problem is empty when it was read
	// whole. The log says when one was lost and when it was back, once each.
	Source(ctx context.Context, name, problem string, at time.Time) error

	// Accept makes the organisation the one that rules from at on, and logs it.
	// One equal to the last accepted only moves its date of reading.
	Accept(ctx context.Context, org rules.Org, at time.Time) error
	// Quarantine keeps the organisation for an approval. A repeat of the same
	// digest changes nothing.
	Quarantine(ctx context.Context, org rules.Org, because []rules.Reason, at time.Time) error
	// Approved reports whether the quarantined organisation of this digest was
	// approved and the approval not used yet; using it is Accept's doing.
	Approved(ctx context.Context, digest string) (bool, error)
	// Snapshot returns the organisation of that digest, accepted or in quarantine.
	Snapshot(ctx context.Context, digest string) (org rules.Org, found bool, err error)

	// Intend makes a cycle durable before its first write. It returns the changes
	// with their Intent, and the Hold of new holds, set.
	Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error)
	// Settle logs what became of changes and moves the holds accordingly.
	Settle(ctx context.Context, outcomes []rules.Outcome) error

	// Acts returns what operators have asked for and nobody has done yet.
	Acts(ctx context.Context) ([]rules.Act, error)
	// Perform does one act and logs it; a refusal (nothing of that digest, no such
	// person) is the act's answer and not an error of Perform.
	Perform(ctx context.Context, a rules.Act, at time.Time) (answer string, err error)
	// Checkpoint signs how long the log is and what it says, and returns the signed
	// note: a new one only if something was logged since the last.
	Checkpoint(ctx context.Context, at time.Time) (note string, err error)

	// Paused returns the programmes under release-all, read anew: those that are
	// latched and those for which an act is waiting.
	Paused(ctx context.Context) (map[string]bool, error)
}
