package config

import (
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Program is one course rolled out to one audience from a launch date.
type Program struct {
	ID       string    `yaml:"id"`     // lower-case letters, digits, - and _; it stays in the log for ever
	Title    string    `yaml:"title"`  // the ID where none is given
	Launch   time.Time `yaml:"launch"` // required: nobody is held before
	Ends     time.Time `yaml:"ends"`   // left out: open-ended
	Targets  []Target  `yaml:"targets"`
	Audience Audience  `yaml:"audience"` // left out: everybody
	Course   Course    `yaml:"course"`
	Sequence Sequence  `yaml:"sequence"`
	Clock    Clock     `yaml:"clock"`
	Guards   Guards    `yaml:"guards"`
	// Witness says whose word counts for a leader's completion; lrs.
	Witness string `yaml:"witness"`

	Showcase later `yaml:"showcase"`
	Playbook later `yaml:"playbook"`
	Shared   later `yaml:"shared"`
}

// Target is one course in one LMS.
type Target struct {
	LMS            string `yaml:"lms"`              // name of one of the lms entries
	Course         string `yaml:"course"`           // the course's key there; for Moodle its short name
	EnrolOnRelease bool   `yaml:"enrol_on_release"` // enrol whoever may start and was never seen enrolled
}

// Audience says for whom the course is: whoever fits every field that is given, or
// is listed, and is not excluded. The leaders above them lead in any case.
type Audience struct {
	Filter  `yaml:",inline"`
	Exclude Filter `yaml:"exclude"` // whoever fits one of its fields
}

// Filter tells people apart by what HR states of them.
type Filter struct {
	Departments []string `yaml:"departments"` // left out: every department, and so on
	Locations   []string `yaml:"locations"`
	Types       []string `yaml:"types"`  // kinds of employment, as HR writes them
	Levels      []int    `yaml:"levels"` // distance from the listed top, which is 0
	People      []string `yaml:"people"` // HR ids
}

func (f Filter) filter() rules.Filter { return rules.Filter(f) }

// Course is the contract: what "the identical course" means.
type Course struct {
	// Emitter names the preset of what sends the statements, instead of
	// complete_when.
	Emitter      string         `yaml:"emitter"`
	Editions     []Edition      `yaml:"editions"`      // at least one
	CompleteWhen []CompleteRule `yaml:"complete_when"` // any of them completes
	// NotEquivalent names look-alikes that never count, such as a briefing.
	NotEquivalent       []string   `yaml:"not_equivalent"`
	RequirePass         bool       `yaml:"require_pass"`
	MinScore            *float64   `yaml:"min_score"` // scaled, -1 to 1
	AcceptWaived        bool       `yaml:"accept_waived"`
	ComponentCompletion bool       `yaml:"component_completion"` // a component needs completion: true
	Equal               [][]string `yaml:"equal"`                // components of several editions that are the same
	Authorities         []Agent    `yaml:"authorities"`          // whose statements count; left out: anybody's

	MinDuration later `yaml:"min_duration"`
	Platforms   later `yaml:"platforms"`
}

// Edition is one accepted form of the course: a language, a version.
type Edition struct {
	Name                 string      `yaml:"name"`
	Language             string      `yaml:"language"`
	Activities           []string    `yaml:"activities"`    // activity IRIs
	PublisherIDs         []string    `yaml:"publisher_ids"` // of cmi5
	Components           []Component `yaml:"components"`
	ValidFrom            time.Time   `yaml:"valid_from"`  // a completion from then on
	ValidUntil           time.Time   `yaml:"valid_until"` // and before then
	Revisions            []string    `yaml:"revisions"`
	AllowMissingRevision bool        `yaml:"allow_missing_revision"`
}

// Component is an exercise or the assessment of an edition.
type Component struct {
	Activity    string      `yaml:"activity"` // exactly one of activity, publisher_id, any_of
	PublisherID string      `yaml:"publisher_id"`
	AnyOf       []Component `yaml:"any_of"`
	Completed   bool        `yaml:"completed"` // what must have happened: any of these three
	Passed      bool        `yaml:"passed"`
	MinScore    *float64    `yaml:"min_score"` // scaled, -1 to 1
}

// CompleteRule is one way in which a statement completes the course.
type CompleteRule struct {
	Verb       string `yaml:"verb"`       // IRI
	Profile    string `yaml:"profile"`    // cmi5: only its defined statements
	Completion *bool  `yaml:"completion"` // result.completion must be this
	Success    *bool  `yaml:"success"`    // result.success must be this
	Components bool   `yaml:"components"` // instead of a verb: all components of one edition were met
}

// Agent is the authority of statements, by exactly one identifier.
type Agent struct {
	Mbox     string `yaml:"mbox"` // an address, with or without mailto:
	OpenID   string `yaml:"openid"`
	HomePage string `yaml:"home_page"` // of an account, with name
	Name     string `yaml:"name"`
}

// Sequence says who is waited for, and for what.
type Sequence struct {
	// Scope is manager (one's own leader), chain (every leader above) or cohort (all
	// leaders of the audience); manager.
	Scope   string  `yaml:"scope"`
	Gate    string  `yaml:"gate"`    // completed
	Levels  int     `yaml:"levels"`  // of chain: how many leaders above; left out: up to the top
	Percent float64 `yaml:"percent"` // of cohort: how many of the leaders, rounded up; 100
	Unit    string  `yaml:"unit"`    // of cohort: the leaders of the audience, or of one's department; audience
}

// Clock bounds how far the timestamps of senders are believed.
type Clock struct {
	FutureSkew time.Duration `yaml:"future_skew"` // 5m
	LateAfter  time.Duration `yaml:"late_after"`  // 7d
}

// Guards bound how many changes of a kind pass unasked within 24 hours.
type Guards struct {
	Holds    rules.Limit `yaml:"holds"`    // new holds; count 20 or percent 5 of the audience, whichever is more
	Releases rules.Limit `yaml:"releases"` // caused by org or config changes; count 10 or percent 2
}

// Limits are the guards as the judgement knows them.
func (g Guards) Limits() rules.GuardLimits { return rules.GuardLimits(g) }

// SetDefaults fills in what may be left out.
func (p *Program) SetDefaults() {
	p.Sequence = Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted, Percent: 100, Unit: rules.UnitAudience}
	p.Clock = Clock{FutureSkew: 5 * time.Minute, LateAfter: 7 * 24 * time.Hour}
	limits := rules.DefaultGuardLimits()
	p.Guards = Guards{Holds: limits.Holds, Releases: limits.Releases}
	p.Witness = "lrs"
}
