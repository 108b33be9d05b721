package rules

import "time"

// ActorKind is the kind of inverse functional identifier that an actor has
// (xAPI 1.0.3, Data 2.4.2.3).
type ActorKind uint8

// The kinds of actor identifier.
const (
	ActorNone    ActorKind = iota // no identifier: an anonymous group
	ActorMbox                     // Value is the address without "mailto:"
	ActorSHA1                     // Value is 40 lower-case hex digits
	ActorOpenID                   // Value is the URI
	ActorAccount                  // Value is the name, HomePage the home page
)

// Actor is who a statement names, raw beside the normalised form.
type Actor struct {
	Kind     ActorKind `json:"kind,omitempty"`
	Group    bool      `json:"group,omitempty"`
	HomePage string    `json:"homePage,omitempty"` // of an account
	// Value is normalised: Unicode NFC, mail domain folded to lower case.
	Value string `json:"value,omitempty"`
	// Raw is the identifier as the statement had it.
	Raw string `json:"raw,omitempty"`
	// Members are the members of a group; for an authority that is a pair of
	// application and user, both.
	Members []Actor `json:"members,omitempty"`
}

// String returns the identifier for people to read.
func (a Actor) String() string {
	switch {
	case a.Kind == ActorNone && a.Group:
		return "anonymous group"
	case a.Kind == ActorAccount:
		return a.HomePage + " " + a.Value
	case a.Group:
		return "group " + a.Value
	}
	return a.Value
}

// Kind is what the verb of a statement would prove about its object.
type Kind uint8

// The kinds of evidence.
const (
	KindNone       Kind = iota
	KindStarted         // initialized, launched, attempted
	KindProgressed      // progressed, terminated: a start as well
	KindCompleted
	KindPassed
	KindFailed
	KindVoided      // Target names the statement that no longer counts
	KindSatisfied   // cmi5, written by the LMS: no start
	KindWaived      // cmi5, written by the LMS: no start
	KindUncompleted // retracts completions of its object up to its instant
	KindRegistered  // never a start
	KindShared      // a use case was shown
	KindUnshared    // and taken back
	KindConfirmed   // and confirmed by a colleague
)

var kindNames = [...]string{"none", "started", "progressed", "completed", "passed", "failed", "voided",
	"satisfied", "waived", "uncompleted", "registered", "shared", "unshared", "confirmed"}

// String returns the word that inspect and the log use.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "none"
}

// ParseKind is the inverse of String.
func ParseKind(name string) Kind {
	for i, n := range kindNames {
		if n == name {
			return Kind(i)
		}
	}
	return KindNone
}

// Score is result.score; nil fields were absent.
type Score struct {
	Scaled *float64 `json:"scaled,omitempty"`
	Raw    *float64 `json:"raw,omitempty"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
}

// Evidence is what one statement proves, still under the names of its source:
// who that is, and whether it is the identical course, is judged later.
type Evidence struct {
	Source    string    `json:"source"`    // name of the record source
	Statement string    `json:"statement"` // lower-case statement id
	Stored    time.Time `json:"stored"`    // zero: the source did not say
	Timestamp time.Time `json:"timestamp"` // zero: missing
	// TimeUncertain: the timestamp named no zone.
	TimeUncertain bool   `json:"timeUncertain,omitempty"`
	Actor         Actor  `json:"actor"`
	Verb          string `json:"verb"` // IRI
	Kind          Kind   `json:"kind"`
	// Object is the activity IRI; empty when the object is no activity.
	Object     string `json:"object,omitempty"`
	ObjectType string `json:"objectType,omitempty"` // definition.type of an activity
	// Voids is the lower-case id of the statement that this one voids.
	Voids string `json:"voids,omitempty"`
	// Parents, Grouping and Category are the ids of contextActivities.
	Parents  []string `json:"parents,omitempty"`
	Grouping []string `json:"grouping,omitempty"`
	Category []string `json:"category,omitempty"`

	Registration string `json:"registration,omitempty"` // lower-case
	Revision     string `json:"revision,omitempty"`
	Platform     string `json:"platform,omitempty"`

	Completion *bool    `json:"completion,omitempty"`
	Success    *bool    `json:"success,omitempty"`
	Score      *Score   `json:"score,omitempty"`
	Mastery    *float64 `json:"mastery,omitempty"` // cmi5 masteryscore of the context
	// Tracked is for how long the source itself saw the learner at it; 0: it does not
	// say. What a sender claims as a duration is none.
	Tracked time.Duration `json:"tracked,omitempty"`

	// Said is what a share carries of the use case.
	Said *Said `json:"said,omitempty"`

	Authority Actor `json:"authority"`
	// Digest is the hex SHA-256 of what the statement says, as far as it can
	// decide anything: labels, stored and authority are not part of it. The same id
	// with another digest is a finding.
	Digest string `json:"digest,omitempty"`
	// For are the programmes to whose course it belonged when it was learnt. A start
	// stays one, whatever the contract names by now.
	For []string `json:"for,omitempty"`
	// Learnt is the number of the log entry under which the store keeps it; 0: none.
	Learnt int64 `json:"-"`
}

// Known is when something could be known: when its source stored it, and under which
// entry of the log leadfront learnt it; 0: not by the log.
type Known struct {
	Stored time.Time
	Learnt int64
}

func (k Known) later(o Known) Known {
	return Known{later(k.Stored, o.Stored), max(k.Learnt, o.Learnt)}
}

// Quarantined is a statement that could not be read.
type Quarantined struct {
	Statement string // id, when there was a legible one
	Problem   string // what is wrong and where, without personal content
	Raw       []byte // the statement itself, at most 64 KiB
}

// Page is one page of a record source.
type Page struct {
	Evidence    []Evidence
	Quarantined []Quarantined
	Unkept      int       // how many more could not be read, and are not kept
	Statements  int       // how many statements the page held, relevant or not
	Newest      time.Time // newest stored of the page; zero when empty
	// Emitters says, by the authority that vouches for it, when what the page holds
	// was last stored.
	Emitters map[string]time.Time
	// Notes are what is odd about the source itself.
	Notes []Finding
	// Cursor is where to go on after this page; opaque to everyone but the source.
	Cursor string
	// Last: the source has been read to its end for now.
	Last bool
}
