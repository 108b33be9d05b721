package main

import (
	"context"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/web"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// publisher makes a view of every cycle that settles. It is used by the goroutine of
// the cycles alone; what it has published is read by all.
type publisher struct {
	view.Latest
	policy  *rules.Policy // in force
	sources []view.Source // as they were read last
	last    view.View     // the parts that stand until they are replaced
	org     int64         // of which snapshot the references are
}

// configured lets the publisher know of a configuration in force. What was known of
// a source that is still there stays known.
func (p *publisher) configured(policy *rules.Policy, sources []web.Source) {
	var list []view.Source
	for _, s := range sources {
		v := view.Source{Name: s.Name}
		for _, old := range p.sources {
			if old.Name == s.Name && old.Kind == s.Kind {
				v = old
			}
		}
		v.Kind, v.MaxAge = s.Kind, s.MaxAge
		list = append(list, v)
	}
	p.policy, p.sources = policy, list
}

// publish shows a settled cycle. One in which nothing was due, or that could decide
// nothing, leaves the judgement before it; before the first judgement nothing is
// shown.
func (d *daemon) publish(r *connector.Report) {
	p := &d.show
	p.read(r)
	d.publishQuarantine(r)
	if r.Judgement != nil && r.Blind == "" && d.refer(r) {
		d.publishJudgement(r)
	}
	if p.last.Judgement == nil {
		return
	}
	l := &p.last
	v := &view.View{At: r.At, Judged: l.Judged, Mode: l.Mode, Policy: l.Policy, Facts: l.Facts, Judgement: l.Judgement,
		Sources: append([]view.Source(nil), p.sources...), Wanted: l.Wanted, Plan: l.Plan, Outcomes: l.Outcomes,
		Refusals: l.Refusals, Quarantine: l.Quarantine, Findings: l.Findings, Refs: l.Refs}
	p.Publish(v)
	if d.warm != nil {
		go d.warm(v) // the next cycle does not wait for it; it ends by itself
	}
}

// read notes how reading the sources went. Of one with several targets a failure
// outweighs.
func (p *publisher) read(r *connector.Report) {
	for i := range p.sources {
		s := &p.sources[i]
		var seen, problem, count = false, "", 0
		for _, got := range r.Sources {
			if got.Name != s.Name || (got.Kind != "" && got.Kind != s.Kind) {
				continue
			}
			seen, count = true, count+got.Count
			if got.Err != nil && problem == "" {
				problem = got.Err.Error()
			}
		}
		switch {
		case seen && problem == "":
			s.Read, s.Problem, s.Count = r.At, "", count
		case seen:
			s.Problem = problem
		}
	}
}

func (d *daemon) publishJudgement(r *connector.Report) {
	l := &d.show.last
	l.Judged, l.Mode, l.Policy, l.Facts, l.Judgement = r.At, r.Mode, d.show.policy, r.Facts, r.Judgement
	l.Wanted, l.Plan, l.Outcomes, l.Refusals, l.Findings = r.Wanted.Changes, r.Plan.Changes, r.Outcomes, r.Refusals, nil
	if r.Cycle != nil {
		l.Findings = r.Cycle.Findings
	}
	p := &d.show
	for i := range p.sources { // what was read before this process began
		s := &p.sources[i]
		for _, known := range r.Facts.Sources {
			if known.Name == s.Name && known.Kind == s.Kind && s.Read.IsZero() {
				s.Read = known.Read
			}
		}
	}
}

// refer makes the references of the organisation, where it is another one than before.
func (d *daemon) refer(r *connector.Report) bool {
	p, org := &d.show, int64(0)
	if n := len(r.Facts.Snapshots); n > 0 {
		org = r.Facts.Snapshots[n-1].ID
	}
	if p.last.Refs != nil && p.org == org {
		return true
	}
	key, err := d.store.Derive("references of people on pages")
	if err != nil {
		d.log.Error("people cannot be named on pages, so nothing new is shown", "error", err)
		return false
	}
	p.last.Refs, p.org = view.NewRefs(key, r.Judgement.Index), org
	return true
}

// publishQuarantine says which organisation waits. Only a reading of HR is news of
// that.
func (d *daemon) publishQuarantine(r *connector.Report) {
	read := false
	for _, s := range r.Sources {
		read = read || (s.Kind == rules.SourceHRIS && s.Err == nil)
	}
	l := &d.show.last
	switch {
	case r.Quarantined == "" && read:
		l.Quarantine = nil
	case r.Quarantined == "" || (l.Quarantine != nil && l.Quarantine.Digest == r.Quarantined):
	default:
		l.Quarantine = &view.Quarantine{Digest: r.Quarantined, Since: r.At, Because: r.QuarantinedBecause}
		d.heldSince(l.Quarantine)
	}
}

// heldSince asks the store what else it knows of an organisation in quarantine.
func (d *daemon) heldSince(q *view.Quarantine) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	held, err := d.store.HeldOrgs(ctx)
	if err != nil {
		d.log.Error("the organisations in quarantine could not be listed", "error", err)
	}
	for _, h := range held {
		if h.Digest == q.Digest {
			q.Since, q.People = h.At, h.People
		}
	}
}
