package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Violation is a breach of the sequence or of the identity of the course. Its
// identity is (Program, Person, Kind, Subject), and of a state that returns, Again; it
// opens once and ends once.
type Violation struct {
	Program string        `json:"program"`
	Person  string        `json:"person"`
	Kind    ViolationKind `json:"kind"`
	// Subject tells two breaches of one kind apart: the look-alike's activity, the
	// missing component, the row. Empty where a person can have only one.
	Subject string `json:"subject,omitempty"`
	// At is when it happened; for states, when it was first seen.
	At       time.Time `json:"at"`
	Evidence []string  `json:"evidence,omitempty"` // statement ids
	Because  []Reason  `json:"because,omitempty"`
	// Resolved: it happened, and what was broken has been made good since.
	Resolved bool `json:"resolved,omitempty"`
	// Again is how many times the same was found and resolved before: of a state that
	// returns, each time is an opening of its own. What speaks of the past opens once.
	Again int `json:"again,omitempty"`
	// Hours is, of what came too early, by how many hours the gate opened later; nil
	// while it is shut.
	Hours *float64 `json:"hours,omitempty"`
}

// ViolationKind names what was broken.
type ViolationKind string

// The violations that are judged.
const (
	StartedEarly        ViolationKind = "started_early"
	CompletedEarly      ViolationKind = "completed_early"
	BriefingSubstituted ViolationKind = "briefing_substituted"
	ComponentMissing    ViolationKind = "component_missing"
	WrongEdition        ViolationKind = "wrong_edition"
	TooFast             ViolationKind = "too_fast" // completed sooner after the start than the course takes
	Overridden          ViolationKind = "overridden"
	HoldNotEffective    ViolationKind = "hold_not_effective"
	ReleaseStuck        ViolationKind = "release_stuck"  // released long ago, and the hold is still in place
	ShareOverdue        ViolationKind = "share_overdue"  // a leader has not shared within the cadence
	NotBriefed          ViolationKind = "not_briefed"    // a leader has completed the course and not the playbook
	ShowcaseStale       ViolationKind = "showcase_stale" // of nobody: a quarter without a contribution
	LevelSilent         ViolationKind = "level_silent"   // of nobody: a level of management without one
)

// Severity says how much a violation of the kind puts at risk: high, medium or low.
func (k ViolationKind) Severity() string {
	switch k {
	case BriefingSubstituted, ComponentMissing, CompletedEarly, HoldNotEffective, ReleaseStuck:
		return "high"
	case ShareOverdue, ShowcaseStale, LevelSilent:
		return "low"
	}
	return "medium"
}

// Returns reports whether the kind is a state that can be made good and come back, such
// as a level of management that falls silent: that is another violation then.
func (k ViolationKind) Returns() bool {
	return k == LevelSilent || k == ShareOverdue || k == ShowcaseStale || k == NotBriefed
}

// ID is the violation's name for good: 12 hex digits of its identity. The first time is
// named as if there were no other, so what comes later changes no name.
func (v Violation) ID() string {
	name := fmt.Appendf(nil, "%q %q %q %q", v.Program, v.Person, v.Kind, v.Subject)
	if v.Again > 0 {
		name = fmt.Appendf(name, " %d", v.Again)
	}
	sum := sha256.Sum256(name)
	return hex.EncodeToString(sum[:6])
}

// History reports whether the kind speaks of an instant in the past. Such a
// violation that is no longer found was never one: it is retracted. A violation
// of a state that is no longer found is resolved.
func (k ViolationKind) History() bool {
	return k == StartedEarly || k == CompletedEarly || k == ShowcaseStale
}

// Key is the identity of the violation.
func (v Violation) Key() ViolationKey {
	return ViolationKey{v.Program, v.Person, v.Kind, v.Subject}
}

// ViolationKey identifies a violation.
type ViolationKey struct {
	Program, Person string
	Kind            ViolationKind
	Subject         string
}
