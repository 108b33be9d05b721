package rules

// satisfied is met by a cmi5 satisfied on the course together with the learner's
// own work in the same registration, and own work on each part that was waived,
// unless the contract accepts waiving. It is met when the last of them was there.
func (h *history) satisfied(rule *CompleteRule, ed *Edition) *met {
	var best *met
	for _, attempt := range h.attempts {
		s := h.satisfying(rule, ed, attempt)
		if s == nil {
			continue
		}
		m := both(newMet(s), h.work(ed, attempt))
		if h.c.RequirePass {
			m = both(m, single(earliest(attempt, func(p *proof) bool { return p.Kind == KindPassed && ownWork(ed, p) })))
		}
		if minimum := h.c.MinScore; minimum != nil {
			m = both(m, single(earliest(attempt, func(p *proof) bool { return ownWork(ed, p) && h.c.reaches(p, *minimum) })))
		}
		best = sooner(best, m)
	}
	return best
}

// satisfying is the earliest satisfied on the course in the attempt.
func (h *history) satisfying(rule *CompleteRule, ed *Edition, attempt []*proof) *proof {
	return earliest(attempt, func(p *proof) bool {
		return completesBy(rule, p) && onCourse(rule, ed, p) && h.valid(ed, p) && !h.retracted(p)
	})
}

// work is the first own work in the attempt and that on every waived part.
func (h *history) work(ed *Edition, attempt []*proof) *met {
	m := single(earliest(attempt, func(p *proof) bool {
		return ownWork(ed, p) || h.c.AcceptWaived && isWaiver(p) && isCmi5(p.Evidence) && ed.accepts(p.at)
	}))
	if h.c.AcceptWaived {
		return m
	}
	for object := range waived(attempt) {
		m = both(m, single(earliest(attempt, func(p *proof) bool { return p.Object == object && ownWork(ed, p) })))
	}
	return m
}

// ownWork is a cmi5 defined completed or passed: allowed statements without the
// category play no part (cmi5 Quartz 7.1.2).
func ownWork(ed *Edition, p *proof) bool {
	return (p.Kind == KindCompleted || p.Kind == KindPassed) && p.believed() && isCmi5(p.Evidence) && ed.accepts(p.at)
}

func isWaiver(p *proof) bool { return p.Kind == KindWaived && !p.early }

// waived are the parts that were waived in the attempt.
func waived(attempt []*proof) map[string]bool {
	var parts map[string]bool
	for _, p := range attempt {
		if isWaiver(p) {
			if parts == nil {
				parts = map[string]bool{}
			}
			parts[p.Object] = true
		}
	}
	return parts
}

// workless notes satisfied courses in which nothing was done, and reports whether
// a part of a satisfied course was waived.
func (h *history) workless(ed *Edition) (anyWaived bool) {
	for r := range h.c.CompleteWhen {
		rule := &h.c.CompleteWhen[r]
		if rule.Verb != verbSatisfied {
			continue
		}
		for _, attempt := range h.attempts {
			s := h.satisfying(rule, ed, attempt)
			switch {
			case s == nil:
			case len(waived(attempt)) > 0:
				anyWaived = true
			case h.work(ed, attempt) == nil:
				h.tell(CodeSatisfiedWithoutWork, attempt[0].Registration)
			}
		}
	}
	return anyWaived
}
