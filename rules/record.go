package rules

import "time"

// Record is the fold of a person's evidence in one programme. It is a function of
// the set of statements, whatever the order in which they came.
type Record struct {
	// Started is the first start that stands, by StartedBy; zero: none stands.
	Started   time.Time
	StartedBy string // lower-case statement id
	// EverStarted counts starts that were voided since.
	EverStarted time.Time
	// StartKnown is when that first start was stored, and learnt.
	StartKnown Known

	// Completed is when the last required part was met; zero: not completed.
	Completed time.Time
	// Evidence are the statements that prove it, one per requirement, each the
	// earliest by (instant, stored, id), in that order.
	Evidence []string
	// Known is when the last of that evidence was stored, and learnt.
	Known Known
	// FirstCompleted is the earliest completion that was ever proven, counting what
	// was voided or retracted since: was the gate open then?
	FirstCompleted time.Time

	Flags      []Code      // how far the evidence is to be trusted, sorted
	Missing    []Reason    // what is missing for completion; empty when completed
	Violations []Violation // of the identity of the course
}

// The flags of a record.
const (
	FlagLate             Code = "late"              // stored long after its timestamp
	FlagFutureTimestamp  Code = "future_timestamp"  // not believed: stored counts
	FlagMissingTimestamp Code = "missing_timestamp" // stored counts
	FlagTimeUncertain    Code = "time_uncertain"    // the timestamp named no zone
	FlagFolded           Code = "matched_folded_address"
	FlagWaived           Code = "waived" // a part was waived by the LMS
)

// The findings of records.
const (
	CodeComponentMissing     Code = "component_missing"
	CodeUnresolvedActor      Code = "unresolved_actor"
	CodeAmbiguousActor       Code = "ambiguous_actor"
	CodePlaceholderActor     Code = "placeholder_actor"
	CodeGroupActor           Code = "group_actor"
	CodeNearMissAccount      Code = "near_miss_account"
	CodeNearMissIRI          Code = "near_miss_iri"
	CodeUntrustedAuthority   Code = "untrusted_authority"
	CodeUntrustedPlatform    Code = "untrusted_platform"
	CodeContradictoryResult  Code = "contradictory_result"
	CodePassedThenFailed     Code = "passed_then_failed"
	CodeSatisfiedWithoutWork Code = "satisfied_without_work"
	CodeRegistrationShared   Code = "registration_shared"
	CodeNoTime               Code = "no_time"
	CodeTimeToCome           Code = "time_to_come"
	CodeStatementChanged     Code = "statement_changed"
	CodeMalformedStatement   Code = "malformed_statement"
	CodeStatementMissing     Code = "statement_missing" // gone from its source, which is no void
	CodeRecordsReset         Code = "records_reset"     // a source was emptied or replaced
	CodeSinceOnTimestamp     Code = "since_on_timestamp"
)
