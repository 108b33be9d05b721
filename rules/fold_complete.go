package rules

// verdict is how far a person has come, edition by edition.
type verdict struct {
	done     *met // nil: not completed
	waived   bool // a part was waived by the LMS
	editions []editionState
}

// editionState is how far a person has come in one edition.
type editionState struct {
	*Edition
	course *met   // by a rule on the course, its components apart
	parts  []*met // by component; nil: not met
}

// judge judges the completion and notes what is odd about it.
func (h *history) judge() verdict {
	v := verdict{}
	v.editions, v.done = h.complete()
	for i := range v.editions {
		waived := h.workless(v.editions[i].Edition)
		v.waived = v.waived || waived
	}
	return v
}

// complete returns how far each edition has come, and what completed the course.
func (h *history) complete() ([]editionState, *met) {
	states := make([]editionState, len(h.c.Editions))
	var done *met
	for i := range h.c.Editions {
		s := &states[i]
		s.Edition = &h.c.Editions[i]
		s.parts = h.components(s.Edition)
		for r := range h.c.CompleteWhen {
			rule := &h.c.CompleteWhen[r]
			if rule.Components {
				done = sooner(done, h.byComponents(s))
				continue
			}
			course := h.byRule(rule, s.Edition)
			s.course = sooner(s.course, course)
			done = sooner(done, s.with(course))
		}
	}
	return states, done
}

// with adds the components, which an edition that has any requires in any case.
func (s *editionState) with(m *met) *met {
	for _, part := range s.parts {
		m = both(m, part)
	}
	return m
}

// byComponents is met by all components of the edition; one without any is not
// completed by that. A pass or a score asked of the course is asked all the same.
func (h *history) byComponents(s *editionState) *met {
	if len(s.parts) == 0 {
		return nil
	}
	m := s.parts[0]
	for _, part := range s.parts[1:] {
		m = both(m, part)
	}
	if h.c.RequirePass || h.c.MinScore != nil {
		on := func(p *proof) bool { return h.valid(s.Edition, p) && h.aboutCourse(s.Edition, p) }
		m = both(m, h.joined(h.c.isOutcome, on, h.c.RequirePass, h.c.MinScore))
	}
	return m
}

// byRule is met by a statement on the course itself that the rule accepts.
func (h *history) byRule(rule *CompleteRule, ed *Edition) *met {
	if rule.Verb == verbSatisfied {
		return h.satisfied(rule, ed)
	}
	on := func(p *proof) bool { return h.valid(ed, p) && onCourse(rule, ed, p) }
	base := func(p *proof) bool { return completesBy(rule, p) && !h.retracted(p) }
	return h.joined(base, on, h.c.RequirePass, h.c.MinScore)
}

// joined is met by a base statement and, of the same registration, whatever shows
// the pass and the score that are required: the same statement or another.
func (h *history) joined(base, on func(*proof) bool, pass bool, minimum *float64) *met {
	var best *met
	for _, attempt := range h.attempts {
		p := earliest(attempt, func(p *proof) bool { return on(p) && base(p) })
		if p == nil {
			continue
		}
		m := newMet(p)
		if pass {
			m = both(m, single(earliest(attempt, func(p *proof) bool { return on(p) && h.c.passes(p) })))
		}
		if minimum != nil {
			m = both(m, single(earliest(attempt, func(p *proof) bool { return on(p) && h.c.reaches(p, *minimum) })))
		}
		best = sooner(best, m)
	}
	return best
}

func single(p *proof) *met {
	if p == nil {
		return nil
	}
	return newMet(p)
}

// components tells of each component whether it was met.
func (h *history) components(ed *Edition) []*met {
	parts := make([]*met, len(ed.Components))
	for i := range ed.Components {
		parts[i] = h.component(ed, &ed.Components[i])
	}
	return parts
}

func (h *history) component(ed *Edition, c *Component) *met {
	var best *met
	for i := range c.AnyOf {
		best = sooner(best, h.component(ed, &c.AnyOf[i]))
	}
	if len(c.AnyOf) > 0 {
		return best
	}
	on := func(p *proof) bool { return ed.accepts(p.at) && h.aboutPart(c, p) }
	if c.Passed && !c.Completed {
		return h.joined(h.c.passes, on, false, c.MinScore)
	}
	base := func(p *proof) bool { return h.c.completesPart(p) && !h.retracted(p) }
	return h.joined(base, on, c.Passed, c.MinScore)
}

// aboutPart reports whether the statement is about the component or one declared
// equal to it.
func (h *history) aboutPart(c *Component, p *proof) bool {
	if c.PublisherID != "" {
		return publishes(h.c.same(c.PublisherID), p)
	}
	for _, iri := range h.c.same(c.Activity) {
		if p.Object == iri {
			return true
		}
	}
	return false
}

// same is everything that was declared equal to the component, itself included.
func (x *contract) same(id string) []string {
	if group := x.equal[id]; group != nil {
		return group
	}
	return []string{id}
}

// valid reports whether the edition accepts a statement on its course.
func (h *history) valid(ed *Edition, p *proof) bool {
	return ed.accepts(p.at) && ed.revised(p.Revision)
}

// aboutCourse reports whether any rule would take the statement as being about
// the course of the edition.
func (h *history) aboutCourse(ed *Edition, p *proof) bool {
	return onCourse(&CompleteRule{}, ed, p) || onCourse(&CompleteRule{Profile: profileCmi5}, ed, p)
}

// retracted reports whether a later uncompleted took the completion back.
func (h *history) retracted(p *proof) bool {
	at, ok := h.undone[p.Object]
	return ok && !p.at.After(at)
}
