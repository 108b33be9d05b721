package rules

import (
	"slices"
	"strings"
)

// missing says what the person still has to do, in the edition in which the least
// is missing.
func (v *verdict) missing(person string) []Reason {
	var best []Reason
	for i := range v.editions {
		if list := v.editions[i].missing(person); best == nil || len(list) < len(best) {
			best = list
		}
	}
	if best == nil {
		best = []Reason{{Code: CodeCourseMissing, Person: person}}
	}
	return best
}

func (s *editionState) missing(person string) []Reason {
	var list []Reason
	for i, part := range s.parts {
		if part == nil {
			list = append(list, Reason{Code: CodeComponentMissing, Person: person, Activity: s.Components[i].name()})
		}
	}
	if s.course == nil || len(list) == 0 {
		list = append(list, Reason{Code: CodeCourseMissing, Person: person, Activity: s.name()})
	}
	return list
}

// name is the first IRI by which the edition is known.
func (ed *Edition) name() string {
	for _, list := range [...][]string{ed.Activities, ed.PublisherIDs} {
		if len(list) > 0 {
			return list[0]
		}
	}
	return ed.Name
}

// name is the IRI of the component, the first of alternatives.
func (c *Component) name() string {
	switch {
	case c.Activity != "":
		return c.Activity
	case c.PublisherID != "":
		return c.PublisherID
	case len(c.AnyOf) > 0:
		return c.AnyOf[0].name()
	}
	return ""
}

// violations are the breaches of the identity of the course by somebody who has
// not completed it. Beside the real thing a look-alike does no harm.
func (h *history) violations(v verdict) []Violation {
	var list []Violation
	somewhere := false
	for i := range v.editions {
		s := &v.editions[i]
		if s.course == nil {
			continue
		}
		somewhere = true
		for c, part := range s.parts {
			if part == nil {
				list = append(list, h.violation(ComponentMissing, s.Components[c].name(), s.course.proofs))
			}
		}
	}
	if !somewhere {
		list = append(list, h.wrongEditions()...)
	}
	return append(list, h.briefings()...)
}

func (h *history) violation(kind ViolationKind, subject string, proofs []*proof) Violation {
	m := newMet(proofs...)
	return Violation{
		Program: h.p.ID, Person: h.people[h.person].ID, Kind: kind, Subject: subject,
		At: m.at(), Evidence: m.ids(), Because: []Reason{{Code: Code(kind), Activity: subject, At: m.at()}},
	}
}

// tooFast is a completion sooner after the start than the course takes, or with less
// time at it, where the source of the completion tells. Without a sign of the start
// before it nobody can tell.
func (h *history) tooFast(done *met) []Violation {
	last := done.proofs[len(done.proofs)-1]
	if at := last.Tracked; at > 0 && len(done.proofs) == 1 {
		if at >= h.c.MinDuration {
			return nil
		}
		return []Violation{h.violation(TooFast, last.Object, done.proofs)}
	}
	start := earliest(h.all, func(p *proof) bool {
		return !p.voided && (p.Kind == KindStarted || p.Kind == KindProgressed) && (p.tied || h.live[p.Registration]) && !p.at.After(done.at())
	})
	if h.c.MinDuration <= 0 || start == nil || done.at().Sub(start.at) >= h.c.MinDuration {
		return nil
	}
	return []Violation{h.violation(TooFast, last.Object, append([]*proof{start}, done.proofs...))}
}

// wrongEditions are completions of an accepted activity with a revision or at a
// time that no edition accepts.
func (h *history) wrongEditions() []Violation {
	return h.each(WrongEdition, func(p *proof) bool {
		for i := range h.c.Editions {
			ed := &h.c.Editions[i]
			for r := range h.c.CompleteWhen {
				rule := &h.c.CompleteWhen[r]
				if completesBy(rule, p) && onCourse(rule, ed, p) && !h.valid(ed, p) && !h.retracted(p) {
					return true
				}
			}
		}
		return false
	})
}

// briefings are completions of a known look-alike.
func (h *history) briefings() []Violation {
	return h.each(BriefingSubstituted, func(p *proof) bool {
		return h.c.lookalike[p.Object] && h.c.isOutcome(p) && !is(p.Completion, false) && !h.retracted(p)
	})
}

// each makes one violation per object, of the earliest statement that is one.
func (h *history) each(kind ViolationKind, breaks func(*proof) bool) []Violation {
	first := map[string]*proof{}
	for _, attempt := range h.attempts {
		for _, p := range attempt {
			if old := first[p.Object]; (old == nil || p.compare(old) < 0) && breaks(p) {
				first[p.Object] = p
			}
		}
	}
	var list []Violation
	for object, p := range first {
		list = append(list, h.violation(kind, object, []*proof{p}))
	}
	sortViolations(list)
	return list
}

func sortViolations(list []Violation) {
	slices.SortFunc(list, func(a, b Violation) int { return strings.Compare(a.Subject, b.Subject) })
}
