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
	// Witness says whose word counts for a completion: lrs, lms or either; lrs.
	// Whatever counts, a leader of whom the two disagree is a finding.
	Witness string `yaml:"witness"`
	// Playbook is the activity in which leaders are briefed to coach; left out: none.
	Playbook string `yaml:"playbook"`
	// Contracts are further courses that sequence.require can name.
	Contracts []Contract `yaml:"contracts"`
	Showcase  Showcase   `yaml:"showcase"`
	// Compare shows how teams whose leader led do beside others; false.
	Compare bool `yaml:"compare"`

	Shared later `yaml:"shared"`
}

// Target is one course in one LMS.
type Target struct {
	LMS            string `yaml:"lms"`              // name of one of the lms entries
	Course         string `yaml:"course"`           // the course's key there; for Moodle its short name
	EnrolOnRelease later  `yaml:"enrol_on_release"` // enrol whoever may start and was never seen enrolled: no platform here is asked for accounts that are not enrolled
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

	// MinDuration is how long the course takes at least; whoever is faster is shown
	// as a violation, and has completed it all the same.
	MinDuration time.Duration `yaml:"min_duration"`
	// Platforms are the values of context.platform that count; left out: any.
	Platforms []string `yaml:"platforms"`
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
	Scope string `yaml:"scope"`
	// Gate is completed, or threshold (completed and shared a use case); completed.
	Gate string `yaml:"gate"`
	// Require is what a leader must have done beside that: use_case, playbook, or ids
	// of contracts.
	Require []string `yaml:"require"`
	Levels  int      `yaml:"levels"`  // of chain: how many leaders above; left out: up to the top
	Percent float64  `yaml:"percent"` // of cohort: how many of the leaders, rounded up; 100
	// MaxHold is how long somebody may be on hold; left out: for ever. AfterMaxHold says
	// what happens then: alert (a finding) or release (and a finding); alert.
	MaxHold      time.Duration `yaml:"max_hold"`
	AfterMaxHold string        `yaml:"after_max_hold"`
	// Grace is for how long nothing but the gate is expected of somebody who has
	// become a leader, and within which leaders are briefed; 14d.
	Grace time.Duration `yaml:"grace"`
	Unit  string        `yaml:"unit"` // of cohort: the leaders of the audience, or of one's department; audience
}

// Contract is a further course that leaders can be asked for.
type Contract struct {
	ID     string `yaml:"id"`
	Course Course `yaml:"course"`
}

// Showcase says what counts as a use case, and how alive the showcase must stay.
type Showcase struct {
	Places []string `yaml:"places"` // activities in which use cases are shared, such as a forum; the course is one in any case
	Verbs  Verbs    `yaml:"verbs"`
	Fields Fields   `yaml:"fields"`
	// Require are the parts without which a share is an endorsement and does not
	// count; prompt, output, result, own_work.
	Require []string `yaml:"require"`
	// Count is claimed (a share counts) or confirmed (once a member of the leader's
	// team has confirmed it); claimed.
	Count string `yaml:"count"`
	// Every is quarter: each needs a contribution. Left out: none does.
	Every       string        `yaml:"every"`
	FiscalStart int           `yaml:"fiscal_start"` // month, 1 to 12, in which the first quarter begins; 1
	Cadence     time.Duration `yaml:"cadence"`      // each leader shares at least this often; left out: once is enough
}

// Verbs are IRIs beside those that are known: shared, unshare, confirm and the like.
type Verbs struct {
	Share   []string `yaml:"share"`
	Unshare []string `yaml:"unshare"`
	Confirm []string `yaml:"confirm"`
}

// Fields says where a statement has the parts of a use case: name, response,
// more_info, object, file, or the IRI of an extension.
type Fields struct {
	Title   string `yaml:"title"` // name
	Prompt  string `yaml:"prompt"`
	Output  string `yaml:"output"`
	Result  string `yaml:"result"`
	OwnWork string `yaml:"own_work"`
	Link    string `yaml:"link"` // more_info
	Tool    string `yaml:"tool"`
	Topic   string `yaml:"topic"`
}

// SetDefaults fills in what may be left out.
func (f *Fields) SetDefaults() {
	d := rules.DefaultFields()
	*f = Fields{d[rules.PartTitle], d[rules.PartPrompt], d[rules.PartOutput], d[rules.PartResult], d[rules.PartOwnWork], d[rules.PartLink],
		d[rules.PartTool], d[rules.PartTopic]}
}

// byPart are the fields by the name of the part.
func (f *Fields) byPart() map[string]string {
	return map[string]string{rules.PartTitle: f.Title, rules.PartPrompt: f.Prompt, rules.PartOutput: f.Output,
		rules.PartResult: f.Result, rules.PartOwnWork: f.OwnWork, rules.PartLink: f.Link, rules.PartTool: f.Tool, rules.PartTopic: f.Topic}
}

// SetDefaults fills in what may be left out.
func (s *Showcase) SetDefaults() {
	s.Require = []string{rules.PartPrompt, rules.PartOutput, rules.PartResult, rules.PartOwnWork}
	s.Count, s.FiscalStart = countClaimed, 1
	s.Fields.SetDefaults()
}

// What happens to whoever is on hold for too long, and what counts.
const (
	afterAlert   = "alert"
	afterRelease = "release"

	countClaimed   = "claimed"
	countConfirmed = "confirmed"
	everyQuarter   = "quarter"
)

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
	p.Sequence = Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted, Percent: 100, Unit: rules.UnitAudience, Grace: 14 * 24 * time.Hour, AfterMaxHold: afterAlert}
	p.Clock = Clock{FutureSkew: 5 * time.Minute, LateAfter: 7 * 24 * time.Hour}
	limits := rules.DefaultGuardLimits()
	p.Guards = Guards{Holds: limits.Holds, Releases: limits.Releases}
	p.Witness = "lrs"
	p.Showcase.SetDefaults()
}
