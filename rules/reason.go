package rules

import "time"

// Reason is one cause, as data: a code with its operands. Only the operands
// that the code needs are set.
type Reason struct {
	Code      Code      `json:"code"`
	Person    string    `json:"person,omitempty"`    // whom it is about, an HR id
	Activity  string    `json:"activity,omitempty"`  // an activity IRI
	Statement string    `json:"statement,omitempty"` // a statement id
	At        time.Time `json:"at,omitzero"`
	Detail    string    `json:"detail,omitempty"` // a source, a row, a limit: never a secret
	Count     int       `json:"count,omitempty"`  // how many have
	Of        int       `json:"of,omitempty"`     // of how many
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
	CodeCohortQualified Code = "cohort_qualified"  // 9: Count of Of leaders
	CodeCohortOpen      Code = "cohort_open"       // 9: At is when the gate was opened
	CodeCohortWaiting   Code = "cohort_waiting"    // 10: Count of Of leaders
)

// The codes of what is missing, of findings and of what happens to holds.
const (
	CodeCourseMissing   Code = "course_not_completed"
	CodeUseCaseMissing  Code = "use_case_missing"
	CodeEndorsementOnly Code = "endorsement_only"       // Detail: the parts that are missing
	CodeDuplicateOnly   Code = "duplicate_only"         // the text is somebody's already
	CodeUnconfirmed     Code = "use_case_unconfirmed"   // nobody of the team has confirmed it
	CodeNotBriefed      Code = "playbook_missing"       // the playbook
	CodeContractMissing Code = "contract_not_completed" // Detail: which

	CodeUnplaced       Code = "unplaced"
	CodeUnknownManager Code = "unknown_manager"
	CodeSelfManager    Code = "self_manager"
	CodeCycle          Code = "cycle"
	CodeDuplicateID    Code = "duplicate_id"
	CodeTopMissing     Code = "top_missing"
	CodeStatusUnknown  Code = "status_unknown" // HR does not say whether this leader is there

	// CodeSharedIdentifier: HR gives an address to this person and to another one.
	CodeSharedIdentifier Code = "shared_identifier"

	CodeNoAccount         Code = "no_account"
	CodeTwoAccounts       Code = "two_accounts"
	CodeUnknownAccount    Code = "unknown_account"
	CodeAmbiguousAccount  Code = "ambiguous_account"
	CodeRecordsDisagree   Code = "records_disagree" // the records and the LMS, about a leader
	CodeHeldTooLong       Code = "held_too_long"    // 11, and a finding: on hold since At
	CodeLeaderSilent      Code = "leader_silent"    // at work in the LMS, and no statement ever came
	CodeLeaderCannotAct   Code = "leader_cannot_act"
	CodeNotWritable       Code = "row_not_writable"
	CodeStartUnknown      Code = "start_unknown"
	CodeHoldWhileObserve  Code = "hold_while_observing"
	CodeOverrideRespected Code = "override_respected"

	CodeGateShut           Code = "gate_shut"           // Person is the leader who had not qualified at At
	CodeRowGone            Code = "row_gone"            // the enrolment is gone from a whole reading
	CodeNotOurs            Code = "not_ours"            // somebody else suspended the row
	CodeReactivated        Code = "reactivated"         // somebody re-activated the row
	CodeReleasedUnanswered Code = "released_unanswered" // we released the row, the answer was lost, and it is active
	CodeConcluded          Code = "concluded"           // the row is concluded or completed
	CodeNeverSeen          Code = "never_seen"          // a hold that was intended and never seen
	CodeAccessLeft         Code = "access_left"         // held, and access is there by another way
	CodeFirstEnforcement   Code = "first_enforcement"   // the first holds of a programme ask
	CodeTooMany            Code = "too_many"            // Detail: figures of the guard
	CodeMadeGood           Code = "made_good"           // the leader has qualified since
	CodeSharedSince        Code = "shared_since"        // Person has shared at At
	CodeDisowned           Code = "disowned"            // an operator gave the hold up
	CodeNoLongerFound      Code = "no_longer_found"     // later evidence shows otherwise
)
