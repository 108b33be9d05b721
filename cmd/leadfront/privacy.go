package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/rules"
)

// activityLog is the store as the pages ask it.
type activityLog struct{ *store.Store }

// Activity counts changes; see store.Store.Activity.
func (l activityLog) Activity(ctx context.Context, program string, since time.Time, step time.Duration) ([]page.Activity, error) {
	list, err := l.Store.Activity(ctx, program, since, step)
	var out []page.Activity
	for _, a := range list {
		out = append(out, page.Activity(a))
	}
	return out, err
}

// privacy is what the configuration in force says of the processing of personal data.
func (d *daemon) privacy() page.Privacy {
	d.reloads.mu.Lock()
	c := d.reloads.current
	d.reloads.mu.Unlock()
	if c == nil {
		return page.Privacy{}
	}
	p := page.Privacy{Mode: c.Mode, SignIn: signInText(c.Web), Aside: asideText(c.Audit), OpenShowcase: c.Web != nil && c.Web.Showcase.Open}
	for i := range c.HRIS {
		p.Sources = append(p.Sources, page.PrivacySource{Name: fmt.Sprintf("HR source %d", i+1), Kind: rules.SourceHRIS, What: hrisKind(&c.HRIS[i])})
	}
	for _, r := range c.Records {
		one := page.PrivacySource{Kind: rules.SourceRecords, What: "learning record store"}
		if r.SCORMCloud != nil {
			one.Name, one.What = r.SCORMCloud.Reading.Name, "SCORM Cloud"
		} else {
			one.Name = r.LRS.Reading.Name
		}
		p.Sources = append(p.Sources, one)
	}
	for i := range c.LMS {
		p.Sources = append(p.Sources, page.PrivacySource{Name: c.LMS[i].Name(), Kind: rules.SourceLMS, What: lmsKind(&c.LMS[i])})
	}
	policy := c.Policy()
	for i := range policy.Programs {
		pr := &policy.Programs[i]
		one := page.PrivacyProgram{Title: cmp.Or(pr.Title, pr.ID), Compare: pr.Compare}
		if pr.Sequence.ReleaseAfter {
			one.MaxHold = page.Span(pr.Sequence.MaxHold)
		}
		for _, t := range pr.Targets {
			one.Targets = append(one.Targets, t.Key())
		}
		p.Programs = append(p.Programs, one)
	}
	return p
}

func hrisKind(h *config.HRIS) string {
	switch {
	case h.SCIM != nil:
		return "SCIM server"
	case h.LDAP != nil:
		return "directory"
	case h.Graph != nil:
		return "Microsoft Entra ID"
	case h.Report != nil:
		return "report of the HR system"
	}
	return "file that HR exports"
}

func lmsKind(l *config.LMS) string {
	switch {
	case l.Canvas != nil:
		return "Canvas"
	case l.OpenEdX != nil:
		return "Open edX"
	case l.Webhook != nil:
		return "platform behind a webhook"
	}
	return "Moodle"
}

// signInText says how people prove who they are.
func signInText(w *config.Web) string {
	switch {
	case w == nil:
		return ""
	case w.SignIn.OIDC != nil:
		return "OpenID Connect, at " + w.SignIn.OIDC.Provider.Issuer
	case w.SignIn.Proxy != nil:
		return "the reverse proxy in front of these pages"
	}
	return ""
}

// asideText names where checkpoints go beside the daemon's own log.
func asideText(a config.Audit) []string {
	out := []string{"the log of the service"}
	if a.CheckpointFile != "" {
		out = append(out, "a file")
	}
	if a.CheckpointServer != nil {
		out = append(out, "a server")
	}
	return out
}
