package rules

import (
	"slices"
	"time"
)

// Policy is the part of the configuration that the judgement needs.
type Policy struct {
	Programs []Program
	Acting   []Acting // who leads in whose place, and when
	Tops     []string // IDs of the listed tops of the organisation; never empty
	// DoubtHolds turns row 8 of the decision table from keep to hold.
	DoubtHolds bool
	Identity   Identity
	// Match says, by name of LMS, which field of its accounts names a person:
	// MatchIDNumber, MatchEmail or MatchUsername.
	Match map[string]string
	// OverrideRespected is how long an override by hand is respected; 14 days.
	OverrideRespected time.Duration
	// Digest names the configuration that this policy was made from, and Decides what
	// of it decides: the mode, intervals and addresses have no part in that.
	Digest, Decides string
}

// The fields by which an account of an LMS is matched to a person: the id that
// HR gave the LMS, any of the person's addresses, or a user name equal to the HR
// id but for letter case.
const (
	MatchIDNumber = "idnumber"
	MatchEmail    = "email"
	MatchUsername = "username"
)

// Program is one course rolled out to one audience from a launch date.
type Program struct {
	ID       string
	Title    string
	Launch   time.Time
	Ends     time.Time // zero: open-ended
	Targets  []Target
	Audience Audience
	Course   Course
	Sequence Sequence
	Clock    Clock
	// Contracts are further courses that leaders are asked for, the playbook among
	// them.
	Contracts []Contract
	Showcase  Showcase
	// Compare asks for the comparison of teams whose leader led with others.
	Compare bool
	Witness string // whose word counts for a completion; empty: WitnessLRS
}

// Sequence says who is waited for, and for what.
type Sequence struct {
	Scope   string  // one of the Scope constants
	Gate    string  // one of the Gate constants
	Levels  int     // ScopeChain: how many leaders above are waited for; 0: up to the top
	Percent float64 // ScopeCohort: share of the leaders, rounded up; 0: all
	Unit    string  // ScopeCohort: UnitAudience, or UnitDepartment; empty: the audience
	// Require is what a leader must have done beside what Gate says: RequireUseCase
	// or IDs of Contracts.
	Require []string
	// Grace is for how long somebody who has come to lead is new, and nothing but the
	// gate itself is expected of them.
	Grace time.Duration
	// MaxHold is how long somebody may be on hold before it is a finding; 0: for ever.
	MaxHold time.Duration
	// ReleaseAfter has whoever is on hold for longer than MaxHold let go.
	ReleaseAfter bool
}

// The scopes: who is waited for. The leader, all leaders above, or all leaders of
// the audience.
const (
	ScopeManager = "manager"
	ScopeChain   = "chain"
	ScopeCohort  = "cohort"
)

// The units of a cohort.
const (
	UnitAudience   = "audience"
	UnitDepartment = "department"
)

// The gates: what a leader must have done.
const (
	GateCompleted = "completed" // completed the course
	GateThreshold = "threshold" // and shared a use case
)

// Target is one course in one LMS.
type Target struct {
	LMS    string // name of the LMS in the configuration
	Course string // the course's key there
	// Closed targets let nobody in until released; open ones let everybody in
	// until held.
	Closed bool
	// PerPerson: the platform shows whether a person has access, not each row.
	PerPerson bool
	// TellsStarts: the platform can tell whether somebody has started; where it
	// then does not, no hold is placed.
	TellsStarts bool
	// EnrolOnRelease enrols a cleared person who was never seen enrolled.
	EnrolOnRelease bool
}

// Key names the target in the store, the log and on pages: "lms/course".
func (t Target) Key() string { return t.LMS + "/" + t.Course }

// Clock bounds how far the timestamps of senders are believed.
type Clock struct {
	FutureSkew time.Duration // a timestamp later than stored by more than this is not believed
	LateAfter  time.Duration // a statement stored later than this after its timestamp is flagged late
}

// Course is the contract: what "the identical course" means.
type Course struct {
	Editions []Edition
	// CompleteWhen is any-of. An emitter preset has been expanded into it.
	CompleteWhen []CompleteRule
	// NotEquivalent names look-alikes that never count, such as a briefing.
	NotEquivalent []string
	RequirePass   bool
	MinScore      *float64 // scaled, -1..1
	AcceptWaived  bool
	// ComponentCompletion: a component counts as completed only where the result
	// says completion true; some emitters send the verb for anything.
	ComponentCompletion bool
	Equal               [][]string // components of different editions declared equal
	Authorities         []Actor    // empty: any
	// Platforms are those in whose context a statement must be; empty: any.
	Platforms []string
	// MinDuration is how long the course takes at least, from start to completion.
	// Whoever is faster has completed it all the same; it is a violation, no gate.
	MinDuration time.Duration
}

// Edition is one accepted form of the course.
type Edition struct {
	Name                 string
	Language             string
	Activities           []string // activity IRIs, compared as strings
	PublisherIDs         []string // cmi5 publisher ids
	Components           []Component
	From, Until          time.Time // validity, by the instant of completion; From inclusive, Until exclusive; zero: open
	Revisions            []string
	AllowMissingRevision bool
}

// Component is an exercise or the assessment of an edition. Exactly one of
// Activity, PublisherID and AnyOf is set.
type Component struct {
	Activity    string
	PublisherID string
	Completed   bool     // must be completed
	Passed      bool     // must be passed
	MinScore    *float64 // scaled
	AnyOf       []Component
}

// CompleteRule is one way in which a statement completes the course.
type CompleteRule struct {
	Verb       string // IRI
	Profile    string // "": any statement; "cmi5": cmi5 defined statements only
	Completion *bool  // result.completion must be present and equal
	Success    *bool  // result.success must be present and equal
	Components bool   // instead of a verb: meeting all components of an edition suffices
}

// Identity says how actors of statements become people.
type Identity struct {
	Placeholders      []string      // addresses that stand for nobody, such as "unknown@example.com"
	DomainAliases     [][]string    // mail domains that mean the same
	HomePageAliases   [][]string    // account home pages that mean the same
	SHA1WithoutMailto bool          // also accept the hash of the bare address (Open edX)
	Accounts          []AccountRule // what the account names of a home page are
	// Aliases say whose an identifier is, before anything that HR or the rules say.
	Aliases []Alias
	// GroupMembers: what a statement says of a group counts for each of its members.
	GroupMembers bool
}

// byAccount reports whether accounts of an LMS say whose a statement is.
func (c *Identity) byAccount() bool {
	return slices.ContainsFunc(c.Accounts, func(r AccountRule) bool { return r.Name == AccountByLMSID || r.Name == AccountByUsername })
}

// Alias is one identifier and the person whose it is.
type Alias struct {
	Actor  Actor  // normalised
	Person string // HR id
}

// AccountRule says what account.name is under one account.homePage.
type AccountRule struct {
	HomePage string
	// Name is one of the AccountBy constants.
	Name string
	// LMS names the LMS whose account this is, for the lms_ kinds.
	LMS string
}

// What an account name can be.
const (
	AccountByPerson   = "person"       // the HR id
	AccountByEmail    = "email"        // an e-mail address
	AccountByLMSID    = "lms_id"       // the LMS's own account id
	AccountByUsername = "lms_username" // the LMS's user name
)
