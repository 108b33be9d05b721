package rules

import "time"

// Facts is everything that one judgement rests on, at one moment. The store
// gives all of it but Now, Mode and what was read from the LMS in this cycle.
// The slices are not changed by anyone once handed over.
type Facts struct {
	Now  time.Time
	Mode Mode

	Snapshots []Snapshot // accepted ones, oldest first; the last one rules
	Evidence  []Evidence // everything ever learnt, voided or not, in no order
	Sources   []Source
	Standings []Standing
	Waivers   []Waiver
	Attests   []Attest
	Witnesses []Witness // what the LMS says of completions
	// Unwitnessed are the keys of targets that could not be asked for completions.
	Unwitnessed map[string]bool
	Holds       []Hold // open ones
	Overrides   []Override
	Paused      map[string]bool // programmes under release-all
	Pauses      []Pause         // when they were, or were before
	Gates       []Gate          // of cohorts, that were opened
	// Policy is what decides by the configuration that was logged last, PolicySince when
	// it was.
	Policy      string
	PolicySince time.Time
	Decided     []Decided      // the last logged decision of each person and programme
	Open        []Violation    // violations that are open in the log
	Over        []ViolationKey // violations that were resolved, as often as they were; only what Returns opens again
	Refused     []string       // digests of plans that were refused in the last 24 hours

	// Noted is what the sources showed of themselves and of what they hold:
	// statements that cannot be read, a source that was reset.
	Noted []Finding

	Enrolments []Enrolment     // rows of the targets that could be read
	Targets    map[string]bool // keys of the targets that were read whole in this cycle

	Totals    []Total // writes intended in the last 24 hours
	Approvals []Approval
	Enforced  map[string]bool // programmes whose first holds were approved since the last pause
}

// Pause is a time in which a programme was under release-all.
type Pause struct {
	Program string
	From    time.Time
	To      time.Time // zero: it lasts
}

// Decided is a decision under its names, as the log keeps it.
type Decided struct {
	Program string   `json:"program"`
	Person  string   `json:"person"`
	Verdict Verdict  `json:"verdict"`
	Row     int      `json:"row"` // of the decision table
	Because []Reason `json:"because,omitempty"`
	// Waits names the leaders who are waited for, or who were when the person was
	// last to wait: that is how a release by their completion is told from one by
	// a change of organisation.
	Waits []string `json:"waits,omitempty"`
	// Waited is when the person was last decided to wait: what was known by then is no
	// news. Of whoever waits now it is the moment of the cycle; zero: never.
	Waited time.Time `json:"-"`
	At     time.Time `json:"-"` // when it was logged; zero: not yet
}

// Verdict is what a person is owed.
type Verdict string

// The verdicts: none (not our business), clear (may go), hold (must wait), keep
// (nothing changes, because something that would decide is not known).
const (
	None  Verdict = "none"
	Clear Verdict = "clear"
	Wait  Verdict = "hold"
	Keep  Verdict = "keep"
)

// Total counts intended changes of one kind in the guard's window, without those
// that the approval of a whole plan let through.
type Total struct {
	Program string
	Move    Move
	Cause   Cause
	Count   int
}

// Approval is a one-shot permission for a refused plan.
type Approval struct {
	Digest  string // Digest of the changes that it lets through
	Part    bool   // they are a part of what was refused: the rest goes on asking
	Changes []ChangeKey
	By      string
	Reason  string
	At      time.Time
	Expires time.Time
}

// ChangeKey identifies a change within plans.
type ChangeKey struct {
	Program string `json:"program"`
	Target  string `json:"target"`
	Row     string `json:"row"`
	Move    Move   `json:"move"`
}

// Refusal is a part of a plan that the guard did not let through.
type Refusal struct {
	Program string `json:"program"`
	Move    Move   `json:"move"`
	Because Reason `json:"because"` // first enforcement, or too many, with the figures
	Digest  string `json:"digest"`  // what to approve
	// Opens is when the window opens that the changes wait for besides; zero: for none.
	Opens   time.Time `json:"opens,omitzero"`
	Changes []Change  `json:"changes"`
}

// HoldUpdate is what a reading of the LMS says about a hold of ours.
type HoldUpdate struct {
	Hold int64
	Seen bool // now read as suspended
	// Missing: the row is gone from this whole reading; Found: it is back.
	Missing, Found bool
	Close          bool
	// Because says why it is closed.
	Because Reason
	// Overridden: somebody re-activated the row; remembered with its date.
	Overridden bool
}

// Cycle is what one cycle has decided, to be made durable in one transaction
// before the first write.
type Cycle struct {
	At         time.Time
	PolicyHash string
	Decided    []Decided // only those that differ from the last logged ones
	Opened     []Violation
	Ended      []Ended
	Standings  []Standing // new or extended
	Gates      []Gate     // of cohorts, opened by this cycle
	Holds      []HoldUpdate
	Leaders    []LeaderState // all leaders of now; a state, replaced as a whole
	UseCases   []UseCase     // all that were ever shared; a state, replaced as a whole
	Changes    []Change      // allowed and guarded: to be written
	Refusals   []Refusal     // new ones
	Consumed   []string      // digests of approvals that were used
	Findings   []Finding     // all of now; a state, replaced as a whole
	Digest     string        // of Changes

	// Rows and Read are what the decisions rest on of the platforms: Facts.Enrolments
	// and Facts.Targets.
	Rows []Enrolment
	Read map[string]bool
	// Sources are how HR and the records had been read: Facts.Sources.
	Sources []Source
}

// LeaderState is where one leader stands in one programme.
type LeaderState struct {
	Program   string
	Person    string
	Level     int       // distance from the listed top; -1: none is reached
	Reports   int       // people whose effective leader this is
	Waiting   int       // how many of them are held because of this leader
	Completed time.Time // zero: not yet
	Qualified bool
	Waived    bool // need-not-lead: not required, and never shown as qualified
	// Requirements are what the programme asks of leaders, the course first.
	Requirements []Requirement
}

// Ended is a violation that has ended.
type Ended struct {
	Violation Violation
	State     string // "resolved" or "retracted"
	Because   Reason
}

// Act is something that an operator asked for, by name and with a reason.
type Act struct {
	ID      int64      `json:"id,omitempty"`
	Kind    ActKind    `json:"kind"`
	Program string     `json:"program,omitempty"`
	Person  string     `json:"person,omitempty"` // HR id
	Digest  string     `json:"digest,omitempty"` // of a plan or a snapshot
	Waiver  WaiverKind `json:"waiver,omitempty"`
	Number  int64      `json:"number,omitempty"` // of a waiver
	Expires time.Time  `json:"expires,omitzero"`
	Done    time.Time  `json:"done,omitzero"`    // of an attest: when the course was completed
	Since   time.Time  `json:"since,omitzero"`   // zero: from the beginning
	Actors  []int64    `json:"actors,omitempty"` // of an erasure: the store's numbers of the identifiers of Person
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
	At      time.Time  `json:"at"`
	// Trouble is what went wrong in the cycle that was asked for; empty: nothing.
	Trouble string `json:"-"`
}

// ActKind names what an operator asks for.
type ActKind string

// The acts.
const (
	ActApprove    ActKind = "approve"     // a refused plan, by Digest; of Person and whoever is below only, if given
	ActOrgApprove ActKind = "org-approve" // a quarantined snapshot, by Digest
	ActWaive      ActKind = "waive"
	ActRevoke     ActKind = "revoke" // waiver Number
	ActReleaseAll ActKind = "release-all"
	ActResume     ActKind = "resume"
	ActAttest     ActKind = "attest"   // Person completed the course on Done
	ActDisown     ActKind = "disown"   // close the holds of Person without a write
	ActBackfill   ActKind = "backfill" // read the records again for Program, from Since
	ActErase      ActKind = "erase"    // destroy the personal data of Person, who has left
	ActSync       ActKind = "sync"     // run a cycle now; leaves no trace of its own
)
