package rules

import "time"

// Move is what a change does to a row.
type Move string

// The moves. None of them unenrols, deletes or concludes.
const (
	MoveHold    Move = "hold"    // active -> suspended
	MoveRelease Move = "release" // suspended -> active, of a hold of ours
	MoveAdd     Move = "add"     // into the released group of a closed target
	MoveEnrol   Move = "enrol"   // absent -> active
)

// Cause says what brought a change about. Only org and config are guarded.
type Cause string

// The causes of a change.
const (
	CauseEvidence Cause = "evidence"
	CauseOrg      Cause = "org"
	CauseConfig   Cause = "config"
	CauseClock    Cause = "clock"
	CauseOperator Cause = "operator" // a waiver, an approval
	CausePause    Cause = "pause"    // release-all: bypasses mode and guards
	CauseUndo     Cause = "undo"     // what is left of a hold that is no longer ours is lifted
)

// Change is one enrolment row to be moved.
type Change struct {
	Program string   `json:"program"`
	Target  string   `json:"target"`
	Row     string   `json:"row"`
	Account Account  `json:"account"`
	Person  string   `json:"person"` // HR id; empty when the match was lost since the hold
	Move    Move     `json:"move"`
	From    RowState `json:"from"`
	To      RowState `json:"to"`
	Cause   Cause    `json:"cause"`
	Because []Reason `json:"because"`
	// Hold is the ID of the hold that a release undoes, or that a repeated hold
	// continues; 0 for a new one.
	Hold int64 `json:"hold,omitempty"`
	// Undo: the release only lifts what may be left of a hold that is no longer
	// ours. It does not clear the person, as a release that they were owed does.
	Undo bool `json:"undo,omitempty"`
	// Approved is the digest of the approval that let the change through.
	Approved string `json:"approved,omitempty"`
	// Intent is given by the store when the change is durable; 0 before.
	Intent int64 `json:"intent,omitempty"`
}

// Result is how one change went.
type Result string

// The results of a change.
const (
	// Done: written and read back as wanted.
	Done Result = "done"
	// Ineffective: the platform acknowledged the write and the read-back
	// disagrees: a hold with access left, a release without access.
	Ineffective Result = "ineffective"
	// Failed: the platform refused; nothing was written.
	Failed Result = "failed"
	// Unknown: no answer, or no read-back. The next cycle sees what is true.
	Unknown Result = "unknown"
	// Skipped: not tried, because the batch before it failed for good, the latch
	// fell, or time ran out.
	Skipped Result = "skipped"
)

// Outcome is what became of one change.
type Outcome struct {
	Change Change
	Result Result
	Seen   RowState // what the read-back showed; meaningful for Done and Ineffective
	// Whole: it is the target or the whole platform that refuses, not this row.
	Whole bool
	Error string // the platform's error code or a short reason, never a secret
	At    time.Time
}

// Capabilities is what an LMS connector can do and tell.
type Capabilities struct {
	Platform  string // "moodle"
	Closed    bool   // lets nobody in until released
	PerPerson bool   // shows whether a person has access, not each row
	Starts    bool   // can tell whether somebody has started
	// Batch is how many releases are given to it at once; 0: 100. It is more where
	// checking one costs as much as checking many.
	Batch int
}
