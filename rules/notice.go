package rules

import "time"

// NoticeKind says what somebody is told.
type NoticeKind string

// The notices. The first goes to leaders, the second to learners, the others to operators.
const (
	NoticeBlocking       NoticeKind = "blocking"        // people wait for this leader, who could act
	NoticeMayStart       NoticeKind = "may_start"       // was held, and has been let in
	NoticePlanRefused    NoticeKind = "plan_refused"    // waits for an approval
	NoticeOrgQuarantined NoticeKind = "org_quarantined" // waits for an approval
	NoticeSourceStale    NoticeKind = "source_stale"    // read too long ago to decide on
	NoticeAuditProblems  NoticeKind = "audit_problems"  // the log is not sound
)

// NoticeKinds are all of them.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeBlocking, NoticeMayStart, NoticePlanRefused, NoticeOrgQuarantined, NoticeSourceStale, NoticeAuditProblems}
}

// ToOperators reports whether operators are told, and not the person whom it is about.
func (k NoticeKind) ToOperators() bool { return k != NoticeBlocking && k != NoticeMayStart }

// NoticeState is how far a notice is.
type NoticeState string

// The states. One that is waiting may have been tried; of one that is sending nobody
// knows yet whether it arrived.
const (
	NoticeWaiting   NoticeState = "waiting"
	NoticeSending   NoticeState = "sending"
	NoticeSent      NoticeState = "sent"
	NoticeFailed    NoticeState = "failed"    // will not be tried again
	NoticeUnknown   NoticeState = "unknown"   // its answer was lost twice: it may have arrived
	NoticeOvertaken NoticeState = "overtaken" // what it was about was over before it could be sent
)

// Notice is one message to one receiver by one channel: what it is about, and how far
// it is. Its text is no part of it: that is written when it is sent, from what is true
// then.
type Notice struct {
	ID      int64
	Kind    NoticeKind
	Person  string   // HR id of the receiver; empty: the operators
	Channel string   // smtp or webhook
	About   []string // names of the matters, such as a programme or a source
	At      time.Time
	Due     time.Time // not to be tried before
	State   NoticeState
	Tries   int
	Lost    int    // how often it was begun without an answer
	Problem string // why the last attempt failed
}

// Released is the release of a hold, or the adding to a gate, that has been carried out.
type Released struct {
	Program string
	Person  string
	At      time.Time
}
