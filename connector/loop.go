package connector

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Options is what a Loop is made of. All fields are required but where it says so.
type Options struct {
	Policy    *rules.Policy // its targets' capabilities are filled in by New
	Mode      rules.Mode
	Guards    map[string]rules.GuardLimits // by programme
	OrgLimits rules.OrgLimits
	HRIS      HRISSource
	Records   []RecordSource
	LMS       []LMSSource
	Store     Store
	Gate      Gate
	Now       func() time.Time
	Log       *slog.Logger
	Witnesses []Witness // keep checkpoints of the audit log; may be none
	// Settled is told of every cycle when it has settled, from the loop's goroutine.
	Settled func(*Report)
	// Alive is called at least once a second while the loop waits, and in a cycle
	// between any two steps of bounded length; from the loop's goroutine. May be nil.
	Alive func()
	// Reading is told after every page of statements how many of them this reading of
	// the source has brought; from the loop's goroutine. May be nil.
	Reading func(source string, statements int)
}

// Schedule says how often a source is read and how old a reading may become
// before nothing new is decided on it. A zero limit is any age.
type Schedule struct {
	Every time.Duration
	Limit time.Duration
}

// HRISSource is the HR source with its name and schedule.
type HRISSource struct {
	Name string
	Schedule
	HRIS HRIS
}

// RecordSource is a record source with its name and schedule.
type RecordSource struct {
	Name string
	Schedule
	Records Records
	Rescan  time.Duration // how often everything is read again, to find what was lost; zero: never
	Sweep   time.Duration // how often what decisions rest on is asked for by its ids; zero: never
}

// LMSSource is a platform with its name and schedule.
type LMSSource struct {
	Name string
	Schedule
	LMS     LMS
	Windows Windows // when it may be changed; nil: at any time
}

// Loop runs cycles. It is used by one goroutine; Kick may be called by any.
type Loop struct {
	Options
	due      map[string]time.Time // by source: when to read it next
	accepted *rules.Org           // the organisation that rules; nil: none, or not loaded
	loaded   bool
	kick     chan struct{}
	look     chan struct{}
	halt     chan struct{}
	problems map[string]string            // by source: as last noted in the log
	said     map[string]testimony         // by target: the second witness
	rows     map[string][]rules.Enrolment // by target: as last read whole
	whole    map[string]bool              // by target: the last reading was
	looked   time.Time                    // when a push had the records read last
	noted    map[string]bool

	witnessed map[int]string       // by witness: the checkpoint that it has kept last
	strange   map[string]time.Time // by target: since when too many holds read as lifted
	breakers  map[string]*breaker  // by target

	contracts map[string]string // digests by programme
	marks     *rules.Marker
	back      map[string]*lookBack
	notes     map[string][]rules.Finding // by record source: what its last reading showed of itself
	judged    *Report                    // the last one with a judgement
	memory    rules.Memory
	hurried   bool // reading again waits for the next cycle rather than hold this one up
}

// New returns a loop over the sources. What each platform can do is written into
// the policy's targets, for the rules to see.
func New(o Options) *Loop {
	policy := *o.Policy
	policy.Programs = slices.Clone(policy.Programs)
	for i := range policy.Programs {
		p := &policy.Programs[i]
		p.Targets = slices.Clone(p.Targets)
		for t := range p.Targets {
			for _, s := range o.LMS {
				if s.Name == p.Targets[t].LMS {
					can := s.LMS.Capabilities()
					p.Targets[t].Closed, p.Targets[t].PerPerson, p.Targets[t].TellsStarts = can.Closed, can.PerPerson, can.Starts
				}
			}
		}
	}
	o.Policy = &policy
	contracts := map[string]string{}
	for i := range policy.Programs {
		contracts[policy.Programs[i].ID] = policy.Programs[i].RecordsDigest()
	}
	return &Loop{Options: o, strange: map[string]time.Time{}, whole: map[string]bool{}, breakers: map[string]*breaker{}, contracts: contracts, marks: rules.NewMarker(policy.Programs), back: map[string]*lookBack{}, notes: map[string][]rules.Finding{},
		due: map[string]time.Time{}, problems: map[string]string{}, rows: map[string][]rules.Enrolment{}, said: map[string]testimony{}, noted: map[string]bool{}, witnessed: map[int]string{}, kick: make(chan struct{}, 1), look: make(chan struct{}, 1), halt: make(chan struct{}, 1)}
}

// Release runs one cycle without reading HR or the records: what release-all
// needs.
func (l *Loop) Release(ctx context.Context) (*Report, error) {
	r := &Report{At: l.Now(), Mode: l.Mode, Latched: true}
	if err := l.judge(ctx, r); err != nil {
		return r, err
	}
	if err := l.act(ctx, r); err != nil {
		return r, err
	}
	return r, l.settled(ctx, r)
}

// Cycle runs one cycle over the sources that are due, or over all of them. What
// one source cannot give is in the report and stops nobody else; the error is
// that of the store, without which nothing may be done, or of the context.
func (l *Loop) Cycle(ctx context.Context, all bool) (*Report, error) {
	r := &Report{At: l.Now(), Mode: l.Mode}
	acts, err := l.takeActs(ctx, r)
	if err != nil {
		return r, err
	}
	r.Acts, all = acts, all || acts > 0
	r.At = l.Now() // after the acts: a waiver counts in the cycle that it starts
	if err := l.readSources(ctx, r, all); err != nil {
		return r, err
	}
	if !all && !r.Fresh && !l.lmsDue(r.At) {
		return r, l.settled(ctx, r)
	}
	if !all {
		if done, err := l.hurry(ctx, r); done || err != nil {
			return r, l.ended(ctx, r, err)
		}
	}
	err = l.judge(ctx, r)
	if err == nil {
		err = l.act(ctx, r)
	}
	return r, l.ended(ctx, r, err)
}

// ended settles a cycle that came to its end.
func (l *Loop) ended(ctx context.Context, r *Report, err error) error {
	if err != nil {
		return err
	}
	return l.settled(ctx, r)
}

func (l *Loop) settled(ctx context.Context, r *Report) error {
	if err := l.noteSources(ctx, r); err != nil {
		return err
	}
	if err := l.witness(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	r.Took = l.Now().Sub(r.At)
	if l.Settled != nil {
		l.Settled(r)
	}
	if err := l.answerSyncs(ctx, r); err != nil {
		return err
	}
	return ctx.Err()
}

// noteSources lets the log say which sources were lost and which are back. One
// with several targets is lost while any of them is.
func (l *Loop) noteSources(ctx context.Context, r *Report) error {
	problems := map[string]string{}
	for _, s := range r.Sources {
		if problem := problems[s.Name]; problem == "" {
			problems[s.Name] = problemOf(s.Err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(problems)) {
		if l.problems[name] == problems[name] && l.noted[name] {
			continue
		}
		if err := l.Store.Source(ctx, name, problems[name], l.Now()); err != nil && ctx.Err() == nil {
			return err
		}
		l.problems[name], l.noted[name] = problems[name], true
	}
	return nil
}

func problemOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// readSources reads HR and the records that are due. To lift every hold needs only
// the LMS and the store.
func (l *Loop) readSources(ctx context.Context, r *Report, all bool) error {
	if r.Latched {
		return nil
	}
	if all || l.isDue(l.HRIS.Name, r.At) {
		if err := l.readOrg(ctx, r); err != nil {
			return err
		}
	}
	for _, s := range l.Records {
		if !all && !l.isDue(s.Name, r.At) {
			continue
		}
		if err := l.readRecords(ctx, r, s); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loop) isDue(name string, now time.Time) bool { return !now.Before(l.due[name]) }

func (l *Loop) lmsDue(now time.Time) bool {
	return slices.ContainsFunc(l.LMS, func(s LMSSource) bool { return l.isDue(s.Name, now) })
}

// judge reads the LMSs and makes the plan out of all facts.
func (l *Loop) judge(ctx context.Context, r *Report) error {
	if err := l.loadFacts(ctx, r); err != nil {
		return err
	}
	l.readLMS(ctx, r)
	l.plan(r)
	l.judged = r
	if !r.Latched {
		if err := l.askCompletions(ctx, r); err != nil {
			return err
		}
	}
	return l.askStarts(ctx, r)
}

// loadFacts loads all that is known but for what the platforms show.
func (l *Loop) loadFacts(ctx context.Context, r *Report) error {
	facts, err := l.Store.Facts(ctx, r.At)
	if err != nil {
		return fmt.Errorf("load the facts: %w", err)
	}
	facts.Mode = l.Mode
	facts.Sources = l.sources(facts.Sources)
	for _, s := range l.Records {
		facts.Noted = append(append(facts.Noted, l.notes[s.Name]...), l.missing(s.Name)...)
	}
	facts.Targets = map[string]bool{}
	r.Facts = &facts
	return nil
}

// plan is the pure part of a cycle: judge, diff, mode, guard.
func (l *Loop) plan(r *Report) {
	r.Judgement = l.memory.Judge(l.Policy, r.Facts)
	r.Wanted = rules.Diff(l.Policy, r.Facts, r.Judgement)
	if r.Blind != "" || r.Latched {
		r.Wanted = r.Wanted.Without(func(c *rules.Change) bool { return c.Cause != rules.CausePause })
	}
	audience := map[string]int{}
	for i := range r.Judgement.Programs {
		pj := &r.Judgement.Programs[i]
		audience[pj.Program.ID] = pj.Audience()
	}
	r.Plan, r.Refusals = rules.Guard(l.Guards, l.Mode.Allow(r.Wanted), r.Facts, audience)
	l.within(r)
}

// mostAsks bounds how often the platforms are asked in one cycle: an answer may
// let other holds through the guard, about which nobody has been asked yet.
const mostAsks = 5

// askStarts asks the platforms for signs of a start of everybody who is about to
// be held, and judges again with what they say: holding somebody in mid-course
// would lose their work. Only people who would really be held are asked about, and
// whoever was not asked about is not held.
func (l *Loop) askStarts(ctx context.Context, r *Report) error {
	for range mostAsks {
		asked := false
		for _, s := range l.LMS {
			if !s.LMS.Capabilities().Starts {
				continue
			}
			for _, t := range l.targetsOf(s.Name) {
				l.alive()
				asked = l.askTarget(ctx, r, s, t) || asked
			}
		}
		if !asked {
			return ctx.Err()
		}
		l.plan(r)
	}
	r.Plan = r.Plan.Without(func(c *rules.Change) bool { return unasked(r, c) })
	return ctx.Err()
}

// askTarget asks about the rows of one target that are about to be held.
func (l *Loop) askTarget(ctx context.Context, r *Report, s LMSSource, t rules.Target) bool {
	rows := aboutToBeHeld(r, t.Key())
	if len(rows) == 0 {
		return false
	}
	answer, err := s.LMS.Starts(ctx, t, pick(r.Facts.Enrolments, rows))
	if err == nil && len(answer) != len(rows) {
		err = fmt.Errorf("%d answers to %d questions", len(answer), len(rows))
	}
	if err != nil {
		r.fail(s.Name, fmt.Errorf("ask for signs of a start: %w", err))
	}
	for k, i := range rows {
		e := &r.Facts.Enrolments[i]
		e.Asked = true
		if err != nil {
			e.Start = rules.SignUnknown
			continue
		}
		e.Start, e.StartAt = answer[k].Start, answer[k].StartAt
	}
	return true
}

// unasked reports whether the change is a new hold on a row about which the
// platform was not asked.
func unasked(r *Report, c *rules.Change) bool {
	for _, i := range aboutToBeHeld(r, c.Target) {
		if r.Facts.Enrolments[i].Row == c.Row && c.Move == rules.MoveHold {
			return true
		}
	}
	return false
}

// aboutToBeHeld lists the enrolments of the target that the plan would hold, anew or
// again, and about which nobody has asked in this cycle.
func aboutToBeHeld(r *Report, target string) []int {
	held := map[string]bool{}
	for _, c := range r.Plan.Changes {
		if c.Target == target && c.Move == rules.MoveHold {
			held[c.Row] = true
		}
	}
	var out []int
	for i := range r.Facts.Enrolments {
		e := &r.Facts.Enrolments[i]
		if e.Target == target && !e.Asked && held[e.Row] {
			out = append(out, i)
		}
	}
	return out
}

func pick(list []rules.Enrolment, at []int) []rules.Enrolment {
	out := make([]rules.Enrolment, len(at))
	for k, i := range at {
		out[k] = list[i]
	}
	return out
}

// targetsOf are the targets in that LMS, each once.
func (l *Loop) targetsOf(lms string) []rules.Target {
	var out []rules.Target
	for _, p := range l.Policy.Programs {
		for _, t := range p.Targets {
			if t.LMS == lms && !slices.ContainsFunc(out, func(o rules.Target) bool { return o.Key() == t.Key() }) {
				out = append(out, t)
			}
		}
	}
	return out
}

// sources are the configured sources with what the store knows of them: one that
// was never read is there too, as never read.
func (l *Loop) sources(known []rules.Source) []rules.Source {
	find := func(name string, kind rules.SourceKind, limit time.Duration) rules.Source {
		for _, s := range known {
			if s.Name == name && s.Kind == kind {
				s.Limit = limit
				return s
			}
		}
		return rules.Source{Name: name, Kind: kind, Limit: limit}
	}
	out := []rules.Source{find(l.HRIS.Name, rules.SourceHRIS, l.HRIS.Limit)}
	for _, s := range l.Records {
		source := find(s.Name, rules.SourceRecords, s.Limit)
		source.Behind = l.behind(source.History)
		out = append(out, source)
	}
	return out
}
