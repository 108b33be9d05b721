package rules

import "time"

// Account is an account of an LMS.
type Account struct {
	LMS       string
	ID        string // the LMS's own id
	Username  string
	IDNumber  string // the id that HR gave the LMS, where it has one
	Email     string
	Suspended bool // the whole account, not the enrolment
}

// RowState is the state of an enrolment row as read.
type RowState uint8

// The states of an enrolment row.
const (
	RowAbsent RowState = iota
	RowActive
	RowSuspended
	RowConcluded // concluded or completed: left alone
)

var rowStateNames = [...]string{"absent", "active", "suspended", "concluded"}

// String returns the word of the tables.
func (s RowState) String() string { return rowStateNames[s] }

// Sign is what an LMS can tell about a start.
type Sign uint8

// Unknown is not "not started".
const (
	SignUnknown Sign = iota
	SignNone
	SignStarted
)

// Enrolment is one enrolment row of one LMS account in one target, as read.
type Enrolment struct {
	Target  string // Target.Key
	Row     string // the row's own name on its platform, stable
	Account Account
	State   RowState
	// Barred says why this row is never written: "role" (not exactly the learner
	// role), "window" (an enrolment window would be wiped). Empty: writable.
	Barred string
	// Released: a member of the released group, on closed targets.
	Released bool
	Start    Sign
	StartAt  time.Time // when the LMS says so; zero: it does not
	// Asked: the LMS was asked about this very row, not only listed it. Where it
	// then still cannot tell, no hold is placed.
	Asked bool
}

// Hold is our record of one hold on one row. It lives until closed.
type Hold struct {
	ID       int64
	Program  string
	Target   string
	Row      string
	Account  string    // account id
	Person   string    // HR id of the person at the time
	Intended time.Time // when it was intended, durable
	Intent   int64     // the number of the log entry that says so; 0: none
	// Seen: the row has been read as suspended since.
	Seen bool
	// Sent: a write of it may have reached the platform. Where none did, a row that
	// reads as suspended is somebody else's.
	Sent bool
	// Missing is since when the row is gone from whole readings; zero: it is there.
	Missing time.Time
	// Ineffective: written once, and the person still had access by another way.
	Ineffective bool
	// Releasing: a release of it was intended, and nobody knows whether the platform
	// made it.
	Releasing bool
}

// Override is the memory that somebody re-activated a row that we held.
type Override struct {
	Program string
	Target  string
	Row     string
	Person  string // HR id, as the hold had it
	At      time.Time
}

// Standing is what stays true of a person in a programme for ever.
type Standing struct {
	Program  string
	Person   string
	Started  time.Time // first start ever learnt; zero: never
	StartBy  string    // statement id, or "lms"
	Released time.Time // first release intended, or clear with access in a mode that writes
}

// WaiverKind is one of two.
type WaiverKind string

// The two kinds of waiver.
const (
	MayStart    WaiverKind = "may-start"
	NeedNotLead WaiverKind = "need-not-lead"
)

// Waiver is a named exemption.
type Waiver struct {
	ID      int64
	Kind    WaiverKind
	Program string
	Person  string
	Reason  string
	By      string
	From    time.Time
	Expires time.Time
	Revoked time.Time // zero: not revoked
}

// InForce reports whether the waiver is in force at t.
func (w Waiver) InForce(t time.Time) bool {
	return !t.Before(w.From) && t.Before(w.Expires) && (w.Revoked.IsZero() || t.Before(w.Revoked))
}

// Attest is somebody's word, given by name, that a person has completed the course.
type Attest struct {
	ID      int64
	Program string
	Person  string
	Done    time.Time // when the course was completed
	By      string
	Reason  string
	At      time.Time // when the word was given
}

// Source is the state of one thing that is read.
type Source struct {
	Name    string
	Kind    SourceKind
	Read    time.Time     // last whole and accepted reading; zero: never
	Limit   time.Duration // how old a reading may be; zero: any age
	Through bool          // records: read to the end at least once
	// History is, of records, the contract for which the history of each programme
	// was last read to its end: digests by programme.
	History map[string]string
	// Behind are the programmes whose history has not been read for their present
	// contract.
	Behind []string
}

// SourceKind tells sources apart.
type SourceKind string

// The kinds of source.
const (
	SourceRecords SourceKind = "records"
	SourceHRIS    SourceKind = "hris"
	SourceLMS     SourceKind = "lms"
)

// Stale reports whether the source has never been read, or not within its limit.
func (s Source) Stale(now time.Time) bool {
	return s.Read.IsZero() || (s.Limit > 0 && now.Sub(s.Read) > s.Limit)
}
