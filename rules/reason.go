package rules

import (
	"strings"
	"time"
)

// Reason is one cause, as data: a code with its operands. Only the operands
// that the code needs are set.
type Reason struct {
	Code      Code      `json:"code"`
	Person    string    `json:"person,omitempty"`    // whom it is about, an HR id
	Activity  string    `json:"activity,omitempty"`  // an activity IRI
	Statement string    `json:"statement,omitempty"` // a statement id
	At        time.Time `json:"at,omitzero"`
	Detail    string    `json:"detail,omitempty"` // a source, a row, a limit: never a secret
}

// Code names a reason. Codes are stable: the log keeps them.
type Code string

// The codes of decisions, by the row of the table that gives them.
const (
	CodePaused          Code = "paused"            // 0: release-all is in force
	CodeEnded           Code = "ended"             // 0: At is the end
	CodeInactive        Code = "inactive"          // 0
	CodeOutsideAudience Code = "outside_audience"  // 0: Detail is the department
	CodeNotLaunched     Code = "not_launched"      // 1: At is the launch
	CodeCompleted       Code = "completed"         // 2: At, Statement
	CodeMayStart        Code = "may_start"         // 3: At is the expiry
	CodeStartedWaived   Code = "started_waived"    // 3: started while a waiver was in force
	CodeStarted         Code = "started"           // 4: At; Statement or Detail "lms"
	CodeReleased        Code = "released_before"   // 5: At
	CodeAudienceUnknown Code = "audience_unknown"  // 6
	CodeNotMatched      Code = "account_unmatched" // 6: no account of the LMS is this person's
	CodeMissing         Code = "missing_from_org"  // 6
	CodeUnread          Code = "records_unread"    // 6: Detail is the source
	CodeStale           Code = "source_stale"      // 6: Detail is the source, At its last reading
	CodeTop             Code = "top"               // 7
	CodeDoubt           Code = "doubt"             // 8: Person whose edge, Detail the finding
	CodeLeaderQualified Code = "leader_qualified"  // 9: Person, At
	CodeNoLeaderLeft    Code = "no_leader_left"    // 9
	CodeWaitingFor      Code = "waiting_for"       // 10: Person
	CodeLeaderAway      Code = "leader_away"       // beside 9 and 10: Person climbed over, Detail the status
)

// The codes of what is missing, of findings and of what happens to holds.
const (
	CodeCourseMissing Code = "course_not_completed"

	CodeUnplaced       Code = "unplaced"
	CodeUnknownManager Code = "unknown_manager"
	CodeSelfManager    Code = "self_manager"
	CodeCycle          Code = "cycle"
	CodeDuplicateID    Code = "duplicate_id"
	CodeTopMissing     Code = "top_missing"

	CodeNoAccount         Code = "no_account"
	CodeTwoAccounts       Code = "two_accounts"
	CodeUnknownAccount    Code = "unknown_account"
	CodeAmbiguousAccount  Code = "ambiguous_account"
	CodeLeaderCannotAct   Code = "leader_cannot_act"
	CodeNotWritable       Code = "row_not_writable"
	CodeStartUnknown      Code = "start_unknown"
	CodeHoldWhileObserve  Code = "hold_while_observing"
	CodeOverrideRespected Code = "override_respected"

	CodeGateShut         Code = "gate_shut"         // Person is the leader who had not qualified at At
	CodeRowGone          Code = "row_gone"          // the enrolment is gone from a whole reading
	CodeReactivated      Code = "reactivated"       // somebody re-activated the row
	CodeConcluded        Code = "concluded"         // the row is concluded or completed
	CodeNeverSeen        Code = "never_seen"        // a hold that was intended and never seen
	CodeAccessLeft       Code = "access_left"       // held, and access is there by another way
	CodeFirstEnforcement Code = "first_enforcement" // the first holds of a programme ask
	CodeTooMany          Code = "too_many"          // Detail: figures of the guard
	CodeMadeGood         Code = "made_good"         // the leader has qualified since
	CodeNoLongerFound    Code = "no_longer_found"   // later evidence shows otherwise
)

// sentences are templates: {person}, {activity}, {at}, {detail}, {statement}
// stand for the operands.
var sentences = map[Code]string{
	CodePaused:            "the programme is paused by release-all",
	CodeEnded:             "the programme ended on {at}",
	CodeInactive:          "HR states that this person is inactive",
	CodeOutsideAudience:   "the programme is not for department {detail}",
	CodeNotLaunched:       "the programme launches on {at}",
	CodeCompleted:         "completed the course on {at}",
	CodeMayStart:          "a may-start waiver is in force until {at}",
	CodeStartedWaived:     "started on {at} under a may-start waiver",
	CodeStarted:           "has started on {at}; nobody is held in mid-course",
	CodeReleased:          "was released on {at}; whoever was released stays clear",
	CodeAudienceUnknown:   "HR does not say whether this person is in the audience",
	CodeNotMatched:        "no account of the LMS is matched to this person",
	CodeMissing:           "is missing from the organisation as HR gives it",
	CodeUnread:            "record source {detail} has not been read to its end yet",
	CodeStale:             "source {detail} has not been read within its limit",
	CodeTop:               "is a listed top of the organisation",
	CodeDoubt:             "the way up is in doubt at {person}: {detail}",
	CodeLeaderQualified:   "{person} has qualified on {at}",
	CodeNoLeaderLeft:      "everybody above, up to the top, is stated to be away",
	CodeWaitingFor:        "waits for {person}",
	CodeLeaderAway:        "{person} is away ({detail}) and was climbed over",
	CodeCourseMissing:     "{person} has not completed the course",
	CodeUnplaced:          "has no manager and is not a listed top",
	CodeUnknownManager:    "has a manager who is not in the organisation: {detail}",
	CodeSelfManager:       "is stated to be their own manager",
	CodeCycle:             "is part of a circle of managers",
	CodeDuplicateID:       "stands twice in the organisation",
	CodeTopMissing:        "is a listed top and not in the organisation",
	CodeNoAccount:         "has no account in {detail}",
	CodeTwoAccounts:       "has two accounts in {detail}",
	CodeUnknownAccount:    "account {detail} belongs to nobody in the organisation",
	CodeAmbiguousAccount:  "account {detail} could belong to more than one person",
	CodeLeaderCannotAct:   "is waited for and cannot take the course: {detail}",
	CodeNotWritable:       "this enrolment is never written: {detail}",
	CodeStartUnknown:      "the LMS cannot say whether this person has started, so no hold is placed",
	CodeHoldWhileObserve:  "holds of ours are in place while the mode only observes",
	CodeOverrideRespected: "somebody re-activated this enrolment on {at}; that is respected",
	CodeGateShut:          "{person} had not qualified on {at}",
	CodeRowGone:           "the enrolment is gone",
	CodeReactivated:       "somebody re-activated the enrolment",
	CodeConcluded:         "the enrolment is concluded",
	CodeNeverSeen:         "the hold was intended and never seen in place",
	CodeAccessLeft:        "the hold is in place and access is left by another way",
	CodeFirstEnforcement:  "the first holds of a programme ask for approval",
	CodeTooMany:           "too many at once: {detail}",
	CodeMadeGood:          "{person} has qualified on {at}",
	CodeNoLongerFound:     "later evidence shows otherwise",
}

// Sentence says the reason in words. The name function turns an HR id into what
// the reader may see; nil leaves the id.
func (r Reason) Sentence(name func(id string) string) string {
	if name == nil {
		name = func(id string) string { return id }
	}
	text, ok := sentences[r.Code]
	if !ok {
		text = strings.ReplaceAll(string(r.Code), "_", " ")
		if r.Detail != "" {
			text += ": {detail}"
		}
	}
	at := ""
	if !r.At.IsZero() {
		at = r.At.UTC().Format("2006-01-02 15:04 MST")
	}
	who := ""
	if r.Person != "" {
		who = name(r.Person)
	}
	return strings.NewReplacer("{person}", who, "{activity}", r.Activity, "{at}", at,
		"{detail}", r.Detail, "{statement}", r.Statement).Replace(text)
}
