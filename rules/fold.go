package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Fold turns the evidence into the records of the programme, by position of the
// person among the people of the identities, and into what is wrong with it. The record of somebody without evidence is nil. The order of the evidence does not matter, and repeats
// do no harm. The cost is linear in the evidence.
func Fold(p *Program, ids *Identities, evidence []Evidence) ([]*Record, []Finding) {
	f := foldAt(p, ids, evidence, Voided(evidence), time.Time{})
	return f.records, f.findings
}

// foldAt is Fold as of now. The clock decides on no instant: only where no LRS vouches
// for one, what claims to come later has to wait for it. Zero: nothing waits.
func foldAt(p *Program, ids *Identities, evidence []Evidence, voided func(*Evidence) bool, now time.Time) *folded {
	f := &folding{
		folded: &folded{from: now, records: make([]*Record, len(ids.people))},
		now:    now, p: p, c: newContract(&p.Course), people: ids.people, ids: ids,
		voided: voided, attempts: map[string]*sharing{}, digests: map[statementKey]string{},
		proofs: map[int][]*proof{}, found: map[Finding]bool{},
	}
	f.survey(evidence)
	for i := range evidence {
		f.take(&evidence[i])
	}
	for person, list := range f.proofs {
		f.records[person] = newHistory(f, person, list).record()
	}
	f.registrations()
	f.folded.findings = f.sorted()
	return f.folded
}

// folding is the state of one Fold.
type folding struct {
	*folded
	now      time.Time
	p        *Program
	c        *contract
	people   []Person
	ids      *Identities
	voided   func(*Evidence) bool
	attempts map[string]*sharing     // registrations that hold a tied statement
	digests  map[statementKey]string // of tied ones
	proofs   map[int][]*proof        // by person
	found    map[Finding]bool
}

// sharing is who was seen under one registration.
type sharing struct {
	live   bool // a tied statement that stands
	person int
	seen   bool
	shared bool
}

// survey reads what must be known before the first statement is judged: which
// registrations belong to the course. A voider cannot be voided (xAPI 1.0.3, Data
// 2.3.2).
func (f *folding) survey(evidence []Evidence) {
	for i := range evidence {
		e := &evidence[i]
		if e.Kind != KindVoided && e.Registration != "" && f.attempts[e.Registration] == nil && f.c.ties(e) {
			f.attempts[e.Registration] = &sharing{}
		}
	}
}

// take gives one statement to its person, or says why not.
func (f *folding) take(e *Evidence) {
	if e.Kind == KindVoided || e.Object == "" {
		return
	}
	tied, stands := f.c.ties(e), !f.voided(e)
	if got, want := f.c.nearMiss(e); got != "" && stands {
		f.note(Finding{Code: CodeNearMissIRI, Detail: got + " is not " + want})
	}
	if !tied && f.attempts[e.Registration] == nil && !f.c.lookalike[e.Object] && !e.was(f.p.ID) {
		return
	}
	if !e.Actor.Group {
		f.give(e, e.Actor, tied, stands)
		return
	}
	for _, a := range f.ids.who(&e.Actor) {
		f.give(e, a, tied, stands)
	}
}

// give gives a statement to the actor's person.
func (f *folding) give(e *Evidence, a Actor, tied, stands bool) {
	person, how := f.ids.Resolve(a)
	if !f.usable(e, tied && stands, person, how) {
		return
	}
	f.proofs[person] = append(f.proofs[person], &proof{
		Evidence: e, at: effective(e, f.p.Clock), tied: tied, voided: !stands,
		folded: how == MatchFolded, against: Contradicts(e), early: f.early(e),
	})
	if s := f.attempts[e.Registration]; s != nil && stands {
		s.add(person, tied)
	}
}

// early reports whether the statement claims a time that has not come, and the source
// does not say when it was stored.
func (f *folding) early(e *Evidence) bool {
	if f.now.IsZero() || !e.Stored.IsZero() || !e.Timestamp.After(f.now.Add(f.p.Clock.FutureSkew)) {
		return false
	}
	f.until = sooner0(f.until, e.Timestamp.Add(-f.p.Clock.FutureSkew))
	return true
}

// add notes that the registration has a statement of the person.
func (s *sharing) add(person int, tied bool) {
	s.shared = s.shared || s.seen && s.person != person
	s.live, s.person, s.seen = s.live || tied, person, true
}

// usable reports whether the statement can prove anything. Why not is told only
// of statements tied to the course: the rest of the LRS is not our business.
func (f *folding) usable(e *Evidence, tell bool, person int, how Match) bool {
	var codes []Code
	who := ""
	switch {
	case e.Timestamp.IsZero() && e.Stored.IsZero():
		codes = []Code{CodeNoTime}
	case !f.c.trusts(e.Authority):
		codes = []Code{CodeUntrustedAuthority}
		if how.OK() {
			who = f.people[person].ID
		}
	case !f.c.onPlatform(e):
		codes = []Code{CodeUntrustedPlatform}
	case !how.OK():
		codes = actorCodes(how)
	default:
		if tell {
			f.compareDigest(e)
		}
		return true
	}
	for _, code := range codes {
		if tell {
			f.note(Finding{Code: code, Person: who, Detail: detail(code, e)})
		}
	}
	return false
}

func actorCodes(how Match) []Code {
	switch how {
	case MatchNearMiss:
		return []Code{CodeNearMissAccount, CodeUnresolvedActor}
	case MatchShared:
		return []Code{CodeAmbiguousActor}
	case MatchNobody:
		return []Code{CodePlaceholderActor}
	case MatchGroup:
		return []Code{CodeGroupActor}
	}
	return []Code{CodeUnresolvedActor}
}

func detail(code Code, e *Evidence) string {
	switch code {
	case CodeNoTime:
		return e.Statement
	case CodeUntrustedAuthority:
		return e.Authority.String()
	case CodeUntrustedPlatform:
		return e.Platform
	}
	return e.Actor.String()
}

// compareDigest notes an id that came back with another content.
func (f *folding) compareDigest(e *Evidence) {
	if e.Statement == "" || e.Digest == "" {
		return
	}
	key := keyOfStatement(e)
	if d, ok := f.digests[key]; ok && d != e.Digest {
		f.note(Finding{Code: CodeStatementChanged, Detail: e.Statement})
		return
	}
	f.digests[key] = e.Digest
}

// registrations notes those under which two people were seen. A registration is
// one learner's (xAPI 1.0.3, Data 2.4.6.1; cmi5 Quartz 9.6.1).
func (f *folding) registrations() {
	for id, s := range f.attempts {
		if s.live && s.shared {
			f.note(Finding{Code: CodeRegistrationShared, Detail: id})
		}
	}
}

func (f *folding) note(n Finding) {
	n.Program = f.p.ID
	f.found[n] = true
}

// sorted are the findings, each once, in an order that does not depend on the input's.
func (f *folding) sorted() []Finding {
	list := make([]Finding, 0, len(f.found))
	for n := range f.found {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Person, b.Person),
			strings.Compare(a.Detail, b.Detail))
	})
	return list
}
