package rules

import (
	"slices"
	"time"
)

// Memory keeps what one judgement has in common with the next: the organisation by
// numbers, whose rows and holds are whose, what the evidence proves. A judgement out of
// memory is the one that Judge would give; it only takes less time. What was judged by it
// is told by the slices themselves, so nobody may change a policy, or the slices of facts,
// once they were judged; but for what an enrolment says beside whose it is, such as its
// state and its start. The zero Memory is ready; it is used by one goroutine.
type Memory struct {
	policy    *Policy
	x         *Index            // the organisation of now
	key       orgKey            // its own
	earlier   map[orgKey]*Index // what else was asked for
	snapshots []Snapshot
	ids       *Identities
	acc       *accounts
	held      *heldRows
	standings *located[Standing]
	decided   *located[Decided]
	evidence  []Evidence
	voided    func(*Evidence) bool
	folds     map[foldKey]*folded
}

// foldKey names a contract of the policy: the course of a programme, or a further one.
type foldKey struct{ program, contract int }

// theCourse is the contract of the programme itself.
const theCourse = -1

// folded is what the evidence proves under one contract.
type folded struct {
	records  []*Record // by number; nil: nothing is known
	findings []Finding
	// From and until are the judgements' instants for which it is so: a time that
	// has not come comes. Until is zero where nothing is awaited.
	from, until time.Time
}

func (f *folded) holdsAt(now time.Time) bool {
	return !now.Before(f.from) && (f.until.IsZero() || now.Before(f.until))
}

// same reports whether both are one slice.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// read takes in the facts: what is remembered of others is forgotten.
func (m *Memory) read(policy *Policy, facts *Facts) {
	if m.policy != policy {
		*m = Memory{policy: policy}
	}
	x := m.index(policy, facts)
	m.match(x, facts)
	m.identify(x, facts)
	if m.standings == nil || m.standings.x != x || !same(m.standings.list, facts.Standings) {
		m.standings = locate(x, facts.Standings, func(s *Standing) (string, string) { return s.Program, s.Person })
	}
	if m.decided == nil || m.decided.x != x || !same(m.decided.list, facts.Decided) {
		m.decided = locate(x, facts.Decided, func(d *Decided) (string, string) { return d.Program, d.Person })
	}
	if m.voided == nil || !same(m.evidence, facts.Evidence) {
		m.evidence, m.voided, m.folds = facts.Evidence, Voided(facts.Evidence), map[foldKey]*folded{}
	}
}

// match finds whose the rows are, and which of them our holds are on.
func (m *Memory) match(x *Index, facts *Facts) {
	if m.acc == nil || m.acc.of != x || !same(m.acc.list, facts.Enrolments) {
		var keys map[string]map[string]int32
		if m.acc != nil && m.acc.of == x {
			keys = m.acc.keys
		}
		m.acc = matchAccounts(m.policy.Match, x, facts.Enrolments, keys)
	}
	if m.held == nil || m.held.of != m.acc || !same(m.held.holds, facts.Holds) {
		m.held = locateHolds(m.acc, facts.Holds)
	}
}

// index is the organisation of now.
func (m *Memory) index(policy *Policy, facts *Facts) *Index {
	var last Snapshot
	if n := len(facts.Snapshots); n > 0 {
		last = facts.Snapshots[n-1]
	}
	acting := policy.actingAt(facts.Now)
	if key := keyOf(&last, acting); m.x == nil || m.key != key {
		m.x, m.key = newIndex(last.Org.People, policy.Tops, acting), key
	}
	return m.x
}

// identify prepares the resolution of actors. What was proven is not, of other people.
func (m *Memory) identify(x *Index, facts *Facts) {
	var accounts []AccountOwner
	if m.policy.Identity.byAccount() {
		accounts = ownedAccounts(m.acc, facts.Enrolments)
	}
	if m.ids != nil && m.ids.x == x && slices.Equal(m.ids.owners, accounts) && sameHistory(m.snapshots, facts.Snapshots) {
		return
	}
	m.snapshots, m.folds = facts.Snapshots, map[foldKey]*folded{}
	m.ids = newIdentities(m.policy.Identity, x, accounts)
	m.ids.remember(facts.Snapshots)
}

func sameHistory(a, b []Snapshot) bool {
	return slices.EqualFunc(a, b, func(a, b Snapshot) bool {
		return a.From.Equal(b.From) && a.Was == b.Was && same(a.Org.People, b.Org.People)
	})
}

// fold is what the evidence proves under the contract.
func (m *Memory) fold(key foldKey, p *Program, now time.Time) *folded {
	if f := m.folds[key]; f != nil && f.holdsAt(now) {
		return f
	}
	f := foldAt(p, m.ids, m.evidence, m.voided, now)
	m.folds[key] = f
	return f
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
