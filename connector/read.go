package connector

import (
	"context"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// readOrg reads HR, compares the reading with the one that rules, and accepts it
// or puts it into quarantine. A source that fails leaves the last one ruling.
func (l *Loop) readOrg(ctx context.Context, r *Report) error {
	name := l.HRIS.Name
	l.due[name] = r.At.Add(l.HRIS.Every)
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
	if len(alarms) == 0 {
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

// readRecords pulls one source to its end for now. Each page is learnt together
// with its cursor, so whatever stops the walk, the next one goes on from there.
func (l *Loop) readRecords(ctx context.Context, r *Report, s RecordSource) error {
	l.due[s.Name] = r.At.Add(s.Every)
	cursor, err := l.Store.Cursor(ctx, s.Name, l.Contract)
	if err != nil {
		return fmt.Errorf("find where to go on in %s: %w", s.Name, err)
	}
	statements := 0
	for page, err := range s.Records.Pages(ctx, cursor) {
		if err != nil {
			r.fail(s.Name, err)
			return ctx.Err()
		}
		fresh, err := l.Store.Learn(ctx, s.Name, l.Contract, page, l.Now())
		if err != nil {
			return fmt.Errorf("learn a page of %s: %w", s.Name, err)
		}
		statements += page.Statements
		r.learnt(page, fresh)
		// What follows the last page is not asked for.
		if page.Last {
			break
		}
	}
	r.read(s.Name, rules.SourceRecords, statements)
	return ctx.Err()
}

// readLMS reads every target. One that fails, or that shows implausibly little,
// has no part in the plan. Its last rows go on saying whose account is whose: an
// LMS that is down makes nobody's statements those of a stranger.
func (l *Loop) readLMS(ctx context.Context, r *Report) {
	for _, s := range l.LMS {
		l.due[s.Name] = r.At.Add(s.Every)
		rows, failed := 0, false
		for _, t := range l.targetsOf(s.Name) {
			list, err := s.LMS.Enrolments(ctx, t)
			if err == nil {
				err = implausible(t.Key(), list, r.Facts.Holds)
			}
			if err != nil {
				failed = true
				r.fail(s.Name, err)
				l.remember(r, t)
				continue
			}
			l.rows[t.Key()] = list
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

// implausible is an error where most of the rows that we hold are gone at once: a
// lost permission reads like that, and closing the holds would strand people.
func implausible(target string, rows []rules.Enrolment, holds []rules.Hold) error {
	there := make(map[string]bool, len(rows))
	for i := range rows {
		there[rows[i].Row] = true
	}
	held, gone := 0, 0
	for _, h := range holds {
		if h.Target == target {
			held++
			if !there[h.Row] {
				gone++
			}
		}
	}
	if gone > 2 && gone*2 > held {
		return fmt.Errorf("read the enrolments of %s: %d of the %d on hold are missing from the answer: check the service account's permissions and the course", target, gone, held)
	}
	if held > 0 && len(rows) == 0 {
		return fmt.Errorf("read the enrolments of %s: the answer is empty, with %d on hold: check the service account's permissions and the course", target, held)
	}
	return nil
}
