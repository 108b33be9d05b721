package rules

import (
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

	ids *Identities
}

// ProgramJudgement is the judgement of one programme.
type ProgramJudgement struct {
	Program    *Program
	Decisions  []Decision      // by number of the person
	Records    map[int]*Record // of people with evidence
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

// judging is the work on one programme.
type judging struct {
	policy  *Policy
	facts   *Facts
	p       *Program
	x       *Index
	records map[int]*Record

	standing map[int32]*Standing
	mayStart map[int32][]Waiver
	needNot  map[int32][]Waiver
	away     []bool
	matched  map[int32]bool      // has an account in a target that was read
	signs    map[int32]time.Time // the LMS shows a start
	anyRead  bool                // some target of the programme was read
	anyRows  bool                // or its last rows are known
	blocked  *Reason             // why nothing new may be decided: row 6
	past     *past

	known     []bool         // something is known of what the person did or was given
	everybody bool           // the audience is
	next      []int32        // effective leader of everybody, or nobodyLeft, or inDoubt
	leads     []bool         // is the effective leader of somebody
	shared    map[int32]bool // cannot be told from somebody else by what HR gives
	led       map[int32]bool // or was, until HR fell silent about those who were led
	qual      []bool         // has met the gate
	cohorts   map[string]*cohort
	require   []string                   // what a leader must have done, the course first
	witnessed map[int32]Requirement      // the course, by the word of the LMS
	held      map[int32]time.Time        // since when whoever is on hold is
	settled   map[int32]Requirement      // the course, by other means than the records
	others    map[string]map[int]*Record // of further contracts
	useCases  map[int32][]*share         // by author
	allShares []*share
	thens     map[thenKey]*then // under past.mu
}

// Judge judges everybody in every programme by the facts of now. It is level
// triggered: the same facts give the same judgement, whatever happened before.
func Judge(policy *Policy, facts *Facts) *Judgement {
	j := &Judgement{Index: NewIndex(nil, nil)}
	if n := len(facts.Snapshots); n > 0 {
		j.Index = newIndex(facts.Snapshots[n-1].Org.People, policy.Tops, policy.actingAt(facts.Now))
		j.Findings = append(j.Findings, j.Index.Findings(policy.Tops)...)
		j.Findings = append(j.Findings, facts.Snapshots[n-1].Org.Findings...)
	}
	acc := matchAccounts(policy.Match, j.Index, facts.Enrolments)
	j.Rows = acc.person
	j.Findings = append(j.Findings, acc.findings...)
	j.ids = NewIdentities(policy.Identity, j.Index.People, ownedAccounts(acc, facts.Enrolments))
	j.ids.remember(facts.Snapshots)
	j.Findings = append(j.Findings, j.ids.sharedFindings()...)
	past := newPast(policy, facts, j.Index)
	for i := range policy.Programs {
		p := &policy.Programs[i]
		records, findings := fold(p, j.Index.People, j.ids, facts.Evidence, facts.Now)
		j.Findings = append(j.Findings, findings...)
		g := newJudging(policy, facts, p, j.Index, records, acc, past, j.ids)
		pj := g.judge()
		j.Programs = append(j.Programs, pj)
		j.Findings = append(j.Findings, g.findings(pj.Decisions, acc)...)
	}
	j.Findings = unique(append(j.Findings, facts.Noted...))
	return j
}

// ownedAccounts lists the accounts of which it is known whose they are.
func ownedAccounts(acc *accounts, rows []Enrolment) []AccountOwner {
	var out []AccountOwner
	for r := range rows {
		if p := acc.person[r]; p >= 0 {
			out = append(out, AccountOwner{Account: rows[r].Account, Person: int(p)})
		}
	}
	return out
}

func newJudging(policy *Policy, facts *Facts, p *Program, x *Index, records map[int]*Record, acc *accounts, past *past, ids *Identities) *judging {
	g := &judging{
		policy: policy, facts: facts, p: p, x: x, records: records, past: past, shared: ids.shared,
		standing: map[int32]*Standing{}, mayStart: map[int32][]Waiver{}, needNot: map[int32][]Waiver{},
		away: make([]bool, x.Len()), matched: map[int32]bool{}, signs: map[int32]time.Time{}, thens: map[thenKey]*then{}, led: map[int32]bool{},
	}
	for i := range facts.Standings {
		s := &facts.Standings[i]
		if n, ok := x.Find(s.Person); ok && s.Program == p.ID {
			g.standing[int32(n)] = s
		}
	}
	g.readWaivers()
	for i := range g.away {
		g.away[i] = x.away(i)
	}
	for i, list := range g.needNot {
		g.away[i] = g.away[i] || inForce(list, facts.Now)
	}
	g.readRows(acc)
	g.blocked = g.block()
	g.everybody = p.Audience.all()
	g.next = x.effective(g.away)
	g.leads = x.leading(g.next, nil)
	g.readWitnesses(acc)
	g.readAttests()
	g.readKnown()
	g.readHolds()
	g.readGate(ids)
	g.readCohorts()
	return g
}

// readKnown marks whoever has a past in the programme, so that of all others nothing
// has to be looked up.
func (g *judging) readKnown() {
	g.known = make([]bool, g.x.Len())
	for i := range g.records {
		g.known[i] = true
	}
	for i := range g.standing {
		g.known[i] = true
	}
	for i := range g.mayStart {
		g.known[i] = true
	}
	for i := range g.signs {
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
func (g *judging) readRows(acc *accounts) {
	targets := map[string]bool{}
	for _, t := range g.p.Targets {
		targets[t.Key()] = true
		g.anyRead = g.anyRead || g.facts.Targets[t.Key()]
	}
	g.anyRows = g.anyRead || slices.ContainsFunc(g.facts.Enrolments, func(e Enrolment) bool { return targets[e.Target] })
	for person, rows := range acc.rows {
		for _, r := range rows {
			e := &g.facts.Enrolments[r]
			if !targets[e.Target] {
				continue
			}
			if acc.person[r] >= 0 {
				g.matched[person] = true
			}
			if e.Start == SignStarted {
				if old, ok := g.signs[person]; !ok || e.StartAt.Before(old) {
					g.signs[person] = e.StartAt
				}
			}
		}
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
	out.Violations = g.violations()
	out.Leaders = g.leaders(out.Decisions)
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
