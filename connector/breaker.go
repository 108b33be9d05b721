package connector

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// After breakAfter readings in a row have failed a target is left alone for a while
// that doubles with each further one: a platform that is down is not helped by being
// asked in every cycle.
const (
	breakAfter = 5
	firstBreak = 30 * time.Second
	mostBreak  = 5 * time.Minute
)

// breaker is the circuit breaker of one target.
type breaker struct {
	failures int
	until    time.Time // not asked before
	err      error     // of the last reading
}

// enrolments reads a target, unless its breaker is open: then the last error stands.
// To lift every hold, and whenever an operator has asked for something, it is asked
// in any case.
func (l *Loop) enrolments(ctx context.Context, r *Report, lms LMS, t rules.Target) ([]rules.Enrolment, error) {
	b := l.breakers[t.Key()]
	if b == nil {
		b = &breaker{}
		l.breakers[t.Key()] = b
	}
	asked := r.Latched || r.Acts > 0 || len(r.syncs) > 0
	if !asked && r.At.Before(b.until) {
		return nil, b.err
	}
	list, err := lms.Enrolments(ctx, t)
	if err == nil {
		*b = breaker{}
		return list, nil
	}
	b.failures, b.err = b.failures+1, err
	if further := b.failures - breakAfter; further >= 0 {
		wait := min(firstBreak<<min(further, 10), mostBreak)
		b.until = r.At.Add(wait/2 + rand.N(wait/2))
	}
	return nil, err
}
