package connector

import (
	"context"

	"github.com/leadfront/leadfront/rules"
)

// hurry lets in whom new evidence opens the way for, by what the platforms showed when
// they were read last, and reports whether there was anybody. Nobody waits for HR or a
// whole roster to be read: each row is read once more before it is written, and the
// rest of what the evidence means is the business of the cycle that follows at once.
func (l *Loop) hurry(ctx context.Context, r *Report) (bool, error) {
	if !r.Fresh || r.orgRead || !l.wholeRosters() {
		return false, nil
	}
	if err := l.loadFacts(ctx, r); err != nil {
		return false, err
	}
	l.recall(r)
	l.plan(r)
	r.Plan = r.Plan.Without(func(c *rules.Change) bool { return c.Move == rules.MoveHold || c.Cause != rules.CauseEvidence })
	if len(r.Plan.Changes) == 0 {
		return false, ctx.Err()
	}
	r.Plan.Holds, r.Refusals, r.Hurried = nil, nil, true
	for _, s := range l.LMS {
		l.due[s.Name] = r.At
	}
	return true, l.act(ctx, r)
}

// recall puts what the platforms showed and said last into the facts.
func (l *Loop) recall(r *Report) {
	for _, s := range l.LMS {
		for _, t := range l.targetsOf(s.Name) {
			r.Facts.Enrolments = append(r.Facts.Enrolments, l.rows[t.Key()]...)
			r.Facts.Targets[t.Key()] = true
			if _, can := s.LMS.(Completions); can && l.said[t.Key()].rows == nil {
				r.Facts.Unwitnessed = map[string]bool{t.Key(): true}
			}
			for _, w := range l.said[t.Key()].rows {
				r.Facts.Witnesses = append(r.Facts.Witnesses, w)
			}
		}
	}
}

// wholeRosters reports whether the last reading of every target was whole.
func (l *Loop) wholeRosters() bool {
	for _, s := range l.LMS {
		for _, t := range l.targetsOf(s.Name) {
			if !l.whole[t.Key()] {
				return false
			}
		}
	}
	return true
}

// shown keeps what the read-back has shown, so that no later cycle goes by older rows.
func (l *Loop) shown(outcomes []rules.Outcome) {
	seen := map[[2]string]rules.Outcome{}
	for _, o := range outcomes {
		if o.Result == rules.Done {
			seen[[2]string{o.Change.Target, o.Change.Row}] = o
		}
	}
	if len(seen) == 0 {
		return
	}
	rows := l.rows[outcomes[0].Change.Target]
	for i := range rows {
		if o, ok := seen[[2]string{rows[i].Target, rows[i].Row}]; ok {
			rows[i].State = o.Seen
			rows[i].Released = rows[i].Released || o.Change.Move == rules.MoveAdd
		}
	}
}
