package rules

import (
	"maps"
	"slices"
	"time"
)

// Judgement is what Judge found: for every programme a decision for everybody in
// the organisation, and everything that is wrong. It does not change, and any number
// of goroutines may ask it.
type Judgement struct {
	Index    *Index
	Programs []ProgramJudgement // in the order of the policy
	Findings []Finding
	// Rows says whose each of the facts' enrolments is: a number, or -1.
	Rows []int32

	ids     *Identities
	held    *heldRows
	decided *located[Decided]
}

// Resolve returns the number of the person that the actor is by what HR says now, or
// -1 and why. An address that HR had for somebody before names nobody here.
func (j *Judgement) Resolve(a Actor) (person int, how Match) {
	person, how = j.ids.Resolve(a)
	if how == MatchFormer {
		return -1, MatchUnknown
	}
	return person, how
}

// ProgramJudgement is the judgement of one programme.
type ProgramJudgement struct {
	Program    *Program
	Decisions  []Decision // by number of the person
	Records    []*Record  // by number of the person; nil of people without evidence
	Violations []Violation
	Leaders    []LeaderState

	judging *judging
}

// Decision is what one person is owed in one programme. Its reasons are made
// when they are asked for.
type Decision struct {
	Leader int32 // number of the leader who is waited for or has qualified, or -1
	Row    uint8 // of the decision table
	what   uint8 // index into verdicts
	why    uint8 // index into whys, where a row has more than one cause
}

const (
	isNone = iota
	isClear
	isHold
	isKeep
)

// Verdict is what the decision comes to.
func (d Decision) Verdict() Verdict {
	return [...]Verdict{None, Clear, Wait, Keep}[d.what]
}

// judging is the work on one programme. What it has of people is by their number.
type judging struct {
	policy  *Policy
	facts   *Facts
	p       *Program
	x       *Index
	ids     *Identities
	acc     *accounts
	held    *heldRows
	past    *past
	targets []string // keys of the programme's own

	records  []*Record
	standing places[Standing]
	last     places[Decided] // as logged
	mayStart map[int32][]Waiver
	needNot  map[int32][]Waiver
	away     []bool
	matched  []bool            // has an account in a target that was read
	signs    places[Enrolment] // the row that shows a start, the first one
	anyRead  bool              // some target of the programme was read
	anyRows  bool              // or its last rows are known
	blocked  *Reason           // why nothing new may be decided: row 6

	known     []bool     // something is known of what the person did or was given
	everybody bool       // the audience is
	closed    uint8      // why the programme holds nobody at all, if it does
	gateBy    []Decision // by effective leader: what the gate is to whom they lead; row 0: not asked yet
	counts    counts     // of leaders
	next      []int32    // effective leader of everybody, or nobodyLeft, or inDoubt
	leads     []bool     // is the effective leader of somebody
	led       []bool     // is in a cohort, by what HR states or last stated
	qual      []bool     // has met the gate
	cohorts   map[string]*cohort
	judgedBy  []*cohort             // who decides about i; nil: their own leaders
	require   []string              // what a leader must have done, the course first
	witnessed map[int32]Requirement // the course, by the word of the LMS
	since     map[int32]time.Time   // when whoever is on hold was held; where that has an end
	settled   map[int32]Requirement // the course, by other means than the records
	others    map[string][]*Record  // of further contracts
	useCases  map[int32][]*share    // by author
	allShares []*share
	thens     map[thenKey]*then // under past.mu
}

// Judge judges everybody in every programme by the facts of now. It is level
// triggered: the same facts give the same judgement, whatever happened before.
func Judge(policy *Policy, facts *Facts) *Judgement { return new(Memory).Judge(policy, facts) }

// Judge judges as the function of that name does.
func (m *Memory) Judge(policy *Policy, facts *Facts) *Judgement {
	m.read(policy, facts)
	x := m.ids.x
	j := &Judgement{Index: x, Rows: m.acc.person, ids: m.ids, held: m.held, decided: m.decided}
	if n := len(facts.Snapshots); n > 0 {
		j.Findings = append(x.Findings(policy.Tops), facts.Snapshots[n-1].Org.Findings...)
	}
	j.Findings = append(j.Findings, m.acc.findings...)
	j.Findings = append(j.Findings, m.ids.sharedFindings()...)
	past := newPast(policy, facts, x, m.earlier)
	for i := range policy.Programs {
		g := &judging{policy: policy, facts: facts, p: &policy.Programs[i], x: x, ids: m.ids, acc: m.acc, held: m.held, past: past}
		j.Findings = append(j.Findings, g.read(m, i)...)
		pj := g.judge()
		j.Programs = append(j.Programs, pj)
		j.Findings = append(j.Findings, g.findings(pj.Decisions)...)
	}
	m.earlier = maps.Clone(past.indices)
	j.Findings = unique(append(j.Findings, facts.Noted...))
	return j
}

// read puts together what is known for the programme of that place in the policy. It
// returns what is wrong with the evidence.
func (g *judging) read(m *Memory, program int) []Finding {
	proven := m.fold(foldKey{program, theCourse}, g.p, g.facts.Now)
	g.records = proven.records
	g.standing, g.last = m.standings.in(g.p.ID), m.decided.in(g.p.ID)
	g.thens = map[thenKey]*then{}
	g.readWaivers()
	g.readRows()
	g.blocked, g.closed = g.block(), g.closedTo()
	g.gateBy = make([]Decision, g.x.Len())
	g.everybody = g.p.Audience.all()
	g.climbAll()
	g.readWitnesses()
	g.readAttests()
	g.readKnown()
	g.readHolds()
	g.readGate(m, program)
	g.readCohorts()
	return proven.findings
}

// climbAll finds everybody's effective leader under the waivers of now.
func (g *judging) climbAll() {
	g.away, g.next, g.leads = g.x.away, g.x.next, g.x.leads
	var exempt []int32
	for i, list := range g.needNot {
		if inForce(list, g.facts.Now) {
			exempt = append(exempt, i)
		}
	}
	if len(exempt) == 0 {
		return
	}
	g.away = slices.Clone(g.away)
	for _, i := range exempt {
		g.away[i] = true
	}
	g.next = g.x.effective(g.away)
	g.leads = g.x.leading(g.next)
}

// readKnown marks whoever has a past in the programme, so that of all others nothing
// has to be looked up.
func (g *judging) readKnown() {
	g.known = make([]bool, g.x.Len())
	for i, r := range g.records {
		g.known[i] = r != nil
	}
	for _, at := range [...][]int32{g.standing.at, g.signs.at} {
		for i, k := range at {
			g.known[i] = g.known[i] || k > 0
		}
	}
	for i := range g.mayStart {
		g.known[i] = true
	}
	for i := range g.settled {
		g.known[i] = true
	}
	for i := range g.witnessed {
		g.known[i] = true
	}
}

func (g *judging) readWaivers() {
	g.mayStart, g.needNot = map[int32][]Waiver{}, map[int32][]Waiver{}
	for _, w := range g.facts.Waivers {
		n, ok := g.x.Find(w.Person)
		if !ok || w.Program != g.p.ID {
			continue
		}
		switch w.Kind {
		case MayStart:
			g.mayStart[int32(n)] = append(g.mayStart[int32(n)], w)
		case NeedNotLead:
			g.needNot[int32(n)] = append(g.needNot[int32(n)], w)
		}
	}
}

func inForce(list []Waiver, t time.Time) bool {
	return slices.ContainsFunc(list, func(w Waiver) bool { return w.InForce(t) })
}

// readRows takes from the programme's targets who has an account there and who
// is shown to have started. A sign on either of two accounts counts.
func (g *judging) readRows() {
	g.matched = make([]bool, g.x.Len())
	g.signs = places[Enrolment]{g.facts.Enrolments, make([]int32, g.x.Len())}
	for _, t := range g.p.Targets {
		key := t.Key()
		g.targets = append(g.targets, key)
		g.anyRead = g.anyRead || g.facts.Targets[key]
		rows := g.acc.byTarget[key]
		g.anyRows = g.anyRows || len(rows) > 0
		for _, r := range rows {
			if p := g.acc.person[r]; p >= 0 {
				g.matched[p] = true
			}
			if e := &g.facts.Enrolments[r]; e.Start == SignStarted {
				g.sign(g.acc.owner[r], r)
			}
		}
	}
	g.anyRows = g.anyRows || g.anyRead
}

// sign keeps the first start that a row of the person shows.
func (g *judging) sign(person, row int32) {
	if person < 0 {
		return
	}
	if old := g.signs.of(person); old == nil || g.facts.Enrolments[row].StartAt.Before(old.StartAt) {
		g.signs.at[person] = row + 1
	}
}

// block says which source keeps the programme from deciding anything new: one
// that was never read to its end, or is older than its limit.
func (g *judging) block() *Reason {
	for _, s := range g.facts.Sources {
		switch {
		case s.Kind == SourceLMS:
		case s.Kind == SourceRecords && (!s.Through || slices.Contains(s.Behind, g.p.ID)):
			return &Reason{Code: CodeUnread, Detail: s.Name}
		case s.Stale(g.facts.Now):
			return &Reason{Code: CodeStale, Detail: s.Name, At: s.Read}
		}
	}
	return g.unwitnessed()
}

func (g *judging) judge() ProgramJudgement {
	out := ProgramJudgement{Program: g.p, Records: g.records, judging: g, Decisions: make([]Decision, g.x.Len())}
	for i := range out.Decisions {
		out.Decisions[i] = g.decide(i)
	}
	g.counts = g.countWaiting(out.Decisions)
	out.Violations = g.violations()
	out.Leaders = g.leaders()
	return out
}

// Reasons says why the person of that number is owed what they are owed.
func (j *ProgramJudgement) Reasons(i int) []Reason {
	return j.judging.reasons(i, j.Decisions[i])
}

// Chain is the way from a person up to the listed top, one leader after the
// other, as the programme climbs it: who is waited for, and whom that one waits
// for in turn. It ends where the way is in doubt.
func (j *ProgramJudgement) Chain(i int) []Climb {
	var out []Climb
	for at := i; ; {
		c := j.judging.climb(at)
		if c.Leader < 0 && c.Doubt == "" && len(c.Away) == 0 {
			return out
		}
		out = append(out, c)
		if c.Leader < 0 || len(out) > j.judging.x.Len() {
			return out
		}
		at = c.Leader
		if slices.ContainsFunc(out[:len(out)-1], func(o Climb) bool { return o.Leader == at }) {
			return out
		}
	}
}
