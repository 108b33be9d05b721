package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// readOrg reads HR, compares the reading with the one that rules, and accepts it
// or puts it into quarantine. A source that fails leaves the last one ruling.
func (l *Loop) readOrg(ctx context.Context, r *Report) error {
	name := l.HRIS.Name
	l.due[name], r.orgRead = r.At.Add(l.HRIS.Every), true
	org, err := l.HRIS.HRIS.Org(ctx)
	if err != nil {
		r.fail(name, err)
		return ctx.Err()
	}
	if err := l.loadAccepted(ctx, r.At); err != nil {
		return err
	}
	r.read(name, rules.SourceHRIS, len(org.People))
	if l.accepted == nil || l.accepted.Digest != org.Digest {
		if stopped, err := l.stop(ctx, r, org); stopped || err != nil {
			return err
		}
		r.Fresh = true
	}
	if err := l.Store.Accept(ctx, org, r.At); err != nil {
		return fmt.Errorf("accept the organisation %.12s: %w", org.Digest, err)
	}
	l.accepted = &org
	return nil
}

// stop puts an organisation into quarantine that must not rule unasked, unless it
// was approved and a crash kept it from being accepted then.
func (l *Loop) stop(ctx context.Context, r *Report, org rules.Org) (bool, error) {
	alarms := rules.CompareOrgs(l.OrgLimits, l.accepted, org, l.Policy.Tops)
	released, err := l.releasedBy(ctx, r, org)
	if unknown := (*unforeseen)(nil); errors.As(err, &unknown) {
		r.fail(l.HRIS.Name, unknown)
		return true, ctx.Err()
	}
	if err != nil {
		return false, err
	}
	if alarms = append(alarms, released...); len(alarms) == 0 {
		return false, nil
	}
	if approved, err := l.Store.Approved(ctx, org.Digest); approved || err != nil {
		return false, err
	}
	r.Quarantined, r.QuarantinedBecause = org.Digest, alarms
	if err := l.Store.Quarantine(ctx, org, alarms, r.At); err != nil {
		return false, fmt.Errorf("quarantine the organisation %.12s: %w", org.Digest, err)
	}
	return true, nil
}

// releasedBy returns why the organisation would release too many by itself.
func (l *Loop) releasedBy(ctx context.Context, r *Report, org rules.Org) ([]rules.Reason, error) {
	if l.accepted == nil {
		return nil, nil
	}
	facts, err := l.Store.Facts(ctx, r.At)
	if err != nil {
		return nil, fmt.Errorf("load what the organisation is compared by: %w", err)
	}
	if err := l.lastRows(ctx, &facts); err != nil && len(facts.Holds) > 0 {
		return nil, &unforeseen{err}
	}
	return rules.CompareReleases(l.OrgLimits.Releases, l.Policy, &facts, org), nil
}

// lastRows puts the last rows of every target into the facts: statements may name
// people by their accounts. A process that has none yet reads them.
func (l *Loop) lastRows(ctx context.Context, facts *rules.Facts) error {
	facts.Targets = map[string]bool{}
	for _, s := range l.LMS {
		for _, t := range l.targetsOf(s.Name) {
			rows, ok := l.rows[t.Key()]
			if !ok {
				list, err := s.LMS.Enrolments(ctx, t)
				if err != nil {
					return err
				}
				rows = list
				l.rows[t.Key()] = list
			}
			facts.Enrolments = append(facts.Enrolments, rows...)
			facts.Targets[t.Key()] = true
		}
	}
	return nil
}

// unforeseen says that nobody can tell what another organisation would release. The
// last one rules until it can be told.
type unforeseen struct{ error }

func (u *unforeseen) Error() string {
	return "another organisation is not accepted while it cannot be foreseen whom it releases: " + u.error.Error()
}

func (u *unforeseen) Unwrap() error { return u.error }

// loadAccepted finds the organisation that rules. It is read again after every
// act, which may have been the approval of another one.
func (l *Loop) loadAccepted(ctx context.Context, now time.Time) error {
	if l.loaded {
		return nil
	}
	facts, err := l.Store.Facts(ctx, now)
	if err != nil {
		return fmt.Errorf("load the organisation that rules: %w", err)
	}
	if n := len(facts.Snapshots); n > 0 {
		l.accepted = &facts.Snapshots[n-1].Org
	}
	l.loaded = true
	return nil
}

// readLMS reads every target. One that fails, or that shows implausibly little,
// has no part in the plan. Its last rows go on saying whose account is whose: an
// LMS that is down makes nobody's statements those of a stranger.
func (l *Loop) readLMS(ctx context.Context, r *Report) {
	for _, s := range l.LMS {
		l.due[s.Name] = r.At.Add(s.Every)
		rows, failed := 0, false
		for _, t := range l.targetsOf(s.Name) {
			l.alive()
			list, err := l.enrolments(ctx, r, s.LMS, t)
			if err == nil {
				err = implausible(t.Key(), list, r.Facts.Holds)
			}
			if err == nil && !r.Latched {
				err = l.sudden(t.Key(), list, r)
			}
			if err != nil {
				failed, l.whole[t.Key()] = true, false
				r.fail(s.Name, err)
				l.remember(r, t)
				continue
			}
			l.rows[t.Key()], l.whole[t.Key()] = list, true
			rows += len(list)
			r.Facts.Enrolments = append(r.Facts.Enrolments, list...)
			r.Facts.Targets[t.Key()] = true
		}
		if !failed {
			r.read(s.Name, rules.SourceLMS, rows)
		}
	}
}

// remember falls back on the last reading of a target. Where there is none and
// accounts of its LMS say who statements are about, nothing can be judged.
func (l *Loop) remember(r *Report, t rules.Target) {
	if last, ok := l.rows[t.Key()]; ok {
		r.Facts.Enrolments = append(r.Facts.Enrolments, last...)
		return
	}
	for _, a := range l.Policy.Identity.Accounts {
		if a.LMS == t.LMS {
			r.Blind = t.LMS
		}
	}
}

// believeAfter is for how long many re-activations at once have to be read before
// they are believed: an answer that left out who is suspended reads the same.
const believeAfter = 15 * time.Minute

// sudden is an error where many of the holds that were in place read as lifted by
// somebody, all at once: a sync job, or a wrong answer. It is alerted, nothing is
// held again in haste and no hold is given up, until it has been so for a while.
func (l *Loop) sudden(target string, rows []rules.Enrolment, r *Report) error {
	active := map[string]bool{}
	for i := range rows {
		active[rows[i].Row] = rows[i].State == rules.RowActive
	}
	ours := releasedByUs(r.Facts)
	held, lifted := 0, 0
	for _, h := range r.Facts.Holds {
		if h.Target == target && h.Seen && !ours(h) {
			held++
			if active[h.Row] {
				lifted++
			}
		}
	}
	if lifted <= 10 || lifted*5 <= held {
		delete(l.strange, target)
		return nil
	}
	if l.strange[target].IsZero() {
		l.strange[target] = r.At
	}
	if r.At.Sub(l.strange[target]) >= believeAfter {
		return nil
	}
	return fmt.Errorf("read the enrolments of %s: %d of the %d on hold read as active at once, as after a sync job or a wrong answer; nothing is done about it until it has been so for %s", target, lifted, held, believeAfter)
}

// releasedByUs reports of a hold whether a release of it was intended: after a
// crash the row reads as active and the hold is still open.
func releasedByUs(facts *rules.Facts) func(rules.Hold) bool {
	at := map[[2]string]time.Time{}
	for _, s := range facts.Standings {
		at[[2]string{s.Program, s.Person}] = s.Released
	}
	return func(h rules.Hold) bool {
		return facts.Paused[h.Program] || at[[2]string{h.Program, h.Person}].After(h.Intended)
	}
}

// implausible is an error where nobody at all is in a course in which we hold
// people. Single rows may go: they have no part in the plan until they are back.
func implausible(target string, rows []rules.Enrolment, holds []rules.Hold) error {
	held := 0
	for _, h := range holds {
		if h.Target == target {
			held++
		}
	}
	if held > 0 && len(rows) == 0 {
		return fmt.Errorf("read the enrolments of %s: the answer is empty, with %d on hold: check the service account's permissions and the course", target, held)
	}
	return nil
}
