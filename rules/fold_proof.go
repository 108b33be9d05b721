package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// proof is one statement of one resolved person.
type proof struct {
	*Evidence
	at      time.Time // effective instant
	tied    bool      // names the course itself
	voided  bool
	folded  bool // the actor matched only when folded
	against bool // verb and result contradict each other
	early   bool // its time has not come: a start, and no outcome yet
}

// believed reports whether the statement can prove an outcome, beside a start.
func (p *proof) believed() bool { return !p.against && !p.early }

func (p *proof) compare(q *proof) int {
	return cmp.Or(p.at.Compare(q.at), p.Stored.Compare(q.Stored), strings.Compare(p.Statement, q.Statement))
}

// earliest returns the first of the list that is accepted, or nil.
func earliest(list []*proof, accept func(*proof) bool) *proof {
	var best *proof
	for _, p := range list {
		if (best == nil || p.compare(best) < 0) && accept(p) {
			best = p
		}
	}
	return best
}

// effective returns the instant that counts: the timestamp, or stored where it is
// missing or further in the future than the sender's clock is allowed to be. It
// never rests on the clock of whoever judges, so the answer never changes.
func effective(e *Evidence, c Clock) time.Time {
	if e.Timestamp.IsZero() || inFuture(e, c) {
		return e.Stored
	}
	return e.Timestamp
}

func inFuture(e *Evidence, c Clock) bool {
	return !e.Stored.IsZero() && e.Timestamp.After(e.Stored.Add(c.FutureSkew))
}

// flags returns what is to be known about the time and the actor of the proof.
func (p *proof) flags(c Clock) []Code {
	var list []Code
	add := func(is bool, flag Code) {
		if is {
			list = append(list, flag)
		}
	}
	dated := !p.Timestamp.IsZero() && !p.Stored.IsZero()
	add(dated && c.LateAfter > 0 && p.Stored.Sub(p.Timestamp) > c.LateAfter, FlagLate)
	add(inFuture(p.Evidence, c), FlagFutureTimestamp)
	add(p.Timestamp.IsZero(), FlagMissingTimestamp)
	add(p.TimeUncertain, FlagTimeUncertain)
	add(p.folded, FlagFolded)
	return list
}

// Contradicts reports whether verb and result say different things. Such a
// statement proves no completion, but shows a start.
func Contradicts(e *Evidence) bool {
	if s := e.Score; s != nil && s.Min != nil && s.Max != nil && *s.Min >= *s.Max {
		return true
	}
	switch e.Kind {
	case KindCompleted:
		return is(e.Completion, false)
	case KindPassed:
		return is(e.Success, false) || belowMastery(e)
	case KindFailed:
		return is(e.Success, true)
	}
	return false
}

// belowMastery: cmi5 Quartz 9.3.4, a passed score must reach the masteryScore.
func belowMastery(e *Evidence) bool {
	got, ok := e.Score.normal()
	return ok && e.Mastery != nil && got < *e.Mastery
}

// normal returns the score on the scale of scaled, or false where it cannot be
// known.
func (s *Score) normal() (float64, bool) {
	switch {
	case s == nil:
		return 0, false
	case s.Scaled != nil:
		return *s.Scaled, true
	case s.Raw == nil || s.Min == nil || s.Max == nil:
		return 0, false
	case *s.Min >= *s.Max || *s.Raw < *s.Min || *s.Raw > *s.Max:
		return 0, false
	}
	return (*s.Raw - *s.Min) / (*s.Max - *s.Min), true
}

func is(b *bool, value bool) bool { return b != nil && *b == value }

// isOutcome reports whether the statement says how something ended. The result of
// terminated is an outcome in the SCORM profile alone.
func (x *contract) isOutcome(p *proof) bool {
	if !p.believed() {
		return false
	}
	switch p.Kind {
	case KindCompleted, KindPassed:
		return true
	case KindProgressed:
		return scormEnd(p)
	case KindStarted, KindNone:
		return x.verbs[p.Verb]
	}
	return false
}

// scormEnd: the authoritative status of a SCO is the result of terminated.
func scormEnd(p *proof) bool {
	return strings.HasSuffix(p.Verb, "/terminated") && slices.Contains(p.Category, categoryScorm)
}

func (x *contract) passes(p *proof) bool {
	return x.isOutcome(p) && (p.Kind == KindPassed || is(p.Success, true))
}

func (x *contract) reaches(p *proof, minimum float64) bool {
	got, ok := p.Score.normal()
	return ok && got >= minimum && x.isOutcome(p)
}

// completesPart reports whether the statement says that its object, a component,
// was completed.
func (x *contract) completesPart(p *proof) bool {
	if !p.believed() {
		return false
	}
	if p.Kind == KindCompleted {
		return !x.ComponentCompletion || is(p.Completion, true)
	}
	return scormEnd(p) && is(p.Completion, true)
}

// completesBy reports whether the verb and the result are those of the rule.
func completesBy(r *CompleteRule, p *proof) bool {
	switch {
	case r.Components || r.Verb != p.Verb || !p.believed():
		return false
	case r.Completion != nil && !is(p.Completion, *r.Completion):
		return false
	case r.Success != nil && !is(p.Success, *r.Success):
		return false
	case r.Completion == nil && p.Kind != KindPassed && is(p.Completion, false):
		return false // nothing is complete whose result says that it is not
	}
	return true
}

// onCourse reports whether the statement is about the course of the edition.
func onCourse(r *CompleteRule, ed *Edition, p *proof) bool {
	if r.Verb == verbSatisfied || p.Kind == KindSatisfied {
		return p.ObjectType == typeCmi5Course && publishes(ed.PublisherIDs, p)
	}
	if r.Profile == profileCmi5 && !isCmi5(p.Evidence) {
		return false
	}
	return slices.Contains(ed.Activities, p.Object) ||
		r.Profile == profileCmi5 && publishes(ed.PublisherIDs, p)
}

// publishes reports whether the statement, cmi5 defined, is about one of the
// publisher's ids: the LMS makes up the object's (cmi5 Quartz 9.4).
func publishes(ids []string, p *proof) bool {
	return isCmi5(p.Evidence) && slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(p.Grouping, id) })
}

// accepts reports whether the edition was valid at the instant.
func (ed *Edition) accepts(at time.Time) bool {
	return (ed.From.IsZero() || !at.Before(ed.From)) && (ed.Until.IsZero() || at.Before(ed.Until))
}

// revised reports whether the revision is one of the edition's.
func (ed *Edition) revised(revision string) bool {
	if len(ed.Revisions) == 0 {
		return true
	}
	return slices.Contains(ed.Revisions, revision) || revision == "" && ed.AllowMissingRevision
}

// known is when the statement could be known: its own time where the source does not
// say when it was stored.
func (p *proof) known() Known {
	if p.Stored.IsZero() {
		return Known{p.at, p.Learnt}
	}
	return Known{p.Stored, p.Learnt}
}
