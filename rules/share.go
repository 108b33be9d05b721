package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// shareFold folds the statements of sharing into use cases, purely: the order of the
// evidence does not matter.
type shareFold struct {
	g      *judging
	c      *contract
	places map[string]bool
	voided func(*Evidence) bool
	former *formerPeople
	shares []*share
	others []*Evidence // that take back or confirm
}

// share is a use case on its way.
type share struct {
	UseCase
	stored time.Time
	learnt int64
	digest string
	who    int32 // number of now; -1: has left
	ever   bool  // was complete, whatever became of it
}

// shares are the use cases of the programme, earliest first.
func (g *judging) shares(voided func(*Evidence) bool) []*share {
	f := &shareFold{g: g, c: newContract(&g.p.Course), places: map[string]bool{}, voided: voided, former: &formerPeople{g: g}}
	for _, p := range g.p.Showcase.Places {
		f.places[p] = true
	}
	seen := map[statementKey]bool{}
	for i := range g.facts.Evidence {
		e := &g.facts.Evidence[i]
		if key := keyOfStatement(e); !seen[key] && f.take(e) && e.Statement != "" {
			seen[key] = true
		}
	}
	slices.SortFunc(f.shares, func(a, b *share) int {
		return cmp.Or(a.At.Compare(b.At), a.stored.Compare(b.stored), strings.Compare(a.Statement, b.Statement))
	})
	f.forwarded()
	for _, e := range f.others {
		f.apply(e)
	}
	f.duplicates()
	for _, s := range f.shares {
		f.settle(s)
	}
	return f.shares
}

// take sorts one statement in; it reports whether it had to do with sharing.
func (f *shareFold) take(e *Evidence) bool {
	if e.Object == "" || e.Timestamp.IsZero() && e.Stored.IsZero() || !f.c.trusts(e.Authority) {
		return false
	}
	w := &f.g.p.Showcase
	switch {
	case w.takesBack(e) || w.confirms(e):
		if !f.voided(e) {
			f.others = append(f.others, e)
		}
		return true
	case (e.Kind == KindShared || slices.Contains(w.Share, e.Verb)) && f.here(e):
		return f.add(e)
	}
	return false
}

func (s *Showcase) takesBack(e *Evidence) bool {
	return e.Kind == KindUnshared || slices.Contains(s.Unshare, e.Verb)
}

func (s *Showcase) confirms(e *Evidence) bool {
	return e.Kind == KindConfirmed || slices.Contains(s.Confirm, e.Verb)
}

// add takes in one share, if it is known whose it is.
func (f *shareFold) add(e *Evidence) bool {
	s := &share{stored: e.Stored, learnt: e.Learnt, digest: e.Digest, who: -1}
	if who, how := f.g.ids.Resolve(e.Actor); how.OK() {
		s.who, s.Author = int32(who), f.g.x.People[who].ID
	} else if s.Author = f.former.find(e.Actor); s.Author == "" {
		return false
	}
	s.Program, s.At, s.Statement, s.Object = f.g.p.ID, effective(e, f.g.p.Clock), e.Statement, e.Object
	s.Level = f.levelAt(s.Author, s.At)
	f.g.p.Showcase.parts(&s.UseCase, e)
	if f.voided(e) {
		s.Withdrawn = s.At
	}
	f.shares = append(f.shares, s)
	return true
}

// forwarded leaves one of each statement that one source has from another, unless it
// was voided in one of them alone.
func (f *shareFold) forwarded() {
	type said struct {
		id, digest string
		voided     bool
	}
	seen := map[said]bool{}
	f.shares = slices.DeleteFunc(f.shares, func(s *share) bool {
		key := said{s.Statement, s.digest, !s.Withdrawn.IsZero()}
		again := s.digest != "" && seen[key]
		seen[key] = true
		return again
	})
}

// here reports whether the share was made in the programme.
func (f *shareFold) here(e *Evidence) bool {
	in := func(iri string) bool { return f.places[iri] }
	return f.c.ties(e) || in(e.Object) || slices.ContainsFunc(e.Parents, in) || slices.ContainsFunc(e.Grouping, in)
}

// levelAt is the author's distance from the top at the time, or as it is known now.
func (f *shareFold) levelAt(id string, at time.Time) int {
	for _, x := range []*Index{f.g.past.at(at), f.g.x} {
		if x == nil {
			continue
		}
		if n, ok := x.Find(id); ok {
			return x.Level(n)
		}
	}
	return -1
}

// duplicates finds the first one of each text: only that one can count. Who took
// their own back may share it again.
func (f *shareFold) duplicates() {
	first := map[string]*share{}
	for _, s := range f.shares {
		text := s.text()
		if text == "" || len(s.Missing) > 0 {
			continue
		}
		if was := first[text]; was != nil && (was.Withdrawn.IsZero() || was.Author != s.Author) {
			s.Copies = was.Statement
			continue
		}
		first[text] = s
	}
}

// apply takes in that a use case was taken back by its author, or confirmed by
// somebody of the author's team of then.
func (f *shareFold) apply(e *Evidence) {
	who, how := f.g.ids.Resolve(e.Actor)
	if !how.OK() {
		return
	}
	at := effective(e, f.g.p.Clock)
	for _, s := range f.shares {
		if s.Object != e.Object || at.Before(s.At) {
			continue
		}
		if f.g.p.Showcase.takesBack(e) {
			if s.who == int32(who) {
				s.Withdrawn = sooner0(s.Withdrawn, at)
			}
		} else if f.teamAt(who, s, at) && sooner0(s.Confirmed, at).Equal(at) {
			s.ConfirmedBy, s.Confirmed, s.learnt = f.g.x.People[who].ID, at, max(s.learnt, e.Learnt)
		}
	}
}

// sooner0 is the earlier of the two; a zero one does not count.
func sooner0(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// teamAt reports whether the person was led by the author.
func (f *shareFold) teamAt(who int, s *share, at time.Time) bool {
	o := f.g.then(at)
	if o == nil || o.x == f.g.x {
		return s.who >= 0 && f.g.next[who] == s.who
	}
	n, ok := o.x.Find(f.g.x.People[who].ID)
	leader, known := o.x.Find(s.Author)
	return ok && known && o.next[n] == int32(leader)
}

// settle says what the share amounts to.
func (f *shareFold) settle(s *share) {
	s.ever = len(s.Missing) == 0 && s.Copies == "" && (!f.g.p.Showcase.Confirmed || !s.Confirmed.IsZero())
	switch {
	case !s.Withdrawn.IsZero():
		s.State = Withdrawn
	case len(s.Missing) > 0:
		s.State = Endorsement
	case s.Copies != "":
		s.State = Duplicate
	case !s.Confirmed.IsZero():
		s.State, s.Counts = Confirmed, true
	default:
		s.State, s.Counts = Claimed, !f.g.p.Showcase.Confirmed
	}
}

// formerPeople knows whoever is in an earlier organisation and in the present one no
// more: what they contributed stays.
type formerPeople struct {
	g      *judging
	people []Person
	ids    *Identities
}

func (f *formerPeople) find(a Actor) string {
	if f.ids == nil {
		seen := map[string]bool{}
		for _, changed := range earlier(f.g.facts.Snapshots) {
			for _, p := range changed {
				if _, here := f.g.x.Find(p.ID); !here && !seen[p.ID] {
					seen[p.ID] = true
					f.people = append(f.people, *p)
				}
			}
		}
		f.ids = NewIdentities(f.g.policy.Identity, f.people, nil)
	}
	if who, how := f.ids.Resolve(a); how.OK() {
		return f.people[who].ID
	}
	return ""
}
