package config

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// Policy is the part of the configuration that the judgement needs.
func (c *Config) Policy() rules.Policy {
	p := rules.Policy{
		Tops: c.Tops, DoubtHolds: c.Doubt == "hold", Match: map[string]string{},
		OverrideRespected: c.OverrideRespected, Digest: c.Digest(),
		Identity: rules.Identity{
			Placeholders: c.Identity.Placeholders, DomainAliases: c.Identity.DomainAliases,
			HomePageAliases: c.Identity.HomePageAliases, SHA1WithoutMailto: c.Identity.SHA1WithoutMailto,
		},
	}
	for _, a := range c.Identity.Accounts {
		p.Identity.Accounts = append(p.Identity.Accounts, rules.AccountRule(a))
	}
	for _, l := range c.LMS {
		p.Match[l.Moodle.Site.Name] = l.Moodle.Site.Match
	}
	for i := range c.Programs {
		p.Programs = append(p.Programs, c.Programs[i].policy())
	}
	return p
}

func (p *Program) policy() rules.Program {
	out := rules.Program{
		ID: p.ID, Title: p.Title, Launch: p.Launch, Ends: p.Ends,
		Audience: rules.Audience{Filter: p.Audience.filter(), Exclude: p.Audience.Exclude.filter()}, Sequence: rules.Sequence(p.Sequence),
		Clock: rules.Clock(p.Clock), Course: p.Course.contract(),
	}
	for _, t := range p.Targets {
		out.Targets = append(out.Targets, rules.Target{LMS: t.LMS, Course: t.Course, EnrolOnRelease: t.EnrolOnRelease})
	}
	return out
}

// contract is the course with its preset expanded.
func (c *Course) contract() rules.Course {
	out := rules.Course{
		NotEquivalent: c.NotEquivalent, RequirePass: c.RequirePass, MinScore: c.MinScore,
		AcceptWaived: c.AcceptWaived, ComponentCompletion: c.ComponentCompletion, Equal: c.Equal,
	}
	for _, r := range c.CompleteWhen {
		out.CompleteWhen = append(out.CompleteWhen, rules.CompleteRule(r))
	}
	if preset, ok := lrs.PresetOf(c.Emitter); ok {
		preset.Apply(&out)
	}
	for i := range c.Editions {
		e := &c.Editions[i]
		out.Editions = append(out.Editions, rules.Edition{
			Name: e.Name, Language: e.Language, Activities: e.Activities, PublisherIDs: e.PublisherIDs,
			Components: components(e.Components), From: e.ValidFrom, Until: e.ValidUntil,
			Revisions: e.Revisions, AllowMissingRevision: e.AllowMissingRevision,
		})
	}
	for _, a := range c.Authorities {
		out.Authorities = append(out.Authorities, a.actor())
	}
	return out
}

func components(list []Component) []rules.Component {
	var out []rules.Component
	for _, c := range list {
		out = append(out, rules.Component{Activity: c.Activity, PublisherID: c.PublisherID,
			Completed: c.Completed, Passed: c.Passed, MinScore: c.MinScore, AnyOf: components(c.AnyOf)})
	}
	return out
}

// actor is the agent as statements are decoded: NFC, mail domain in lower case.
func (a Agent) actor() rules.Actor {
	switch {
	case a.HomePage != "":
		return rules.Actor{Kind: rules.ActorAccount, HomePage: a.HomePage, Value: a.Name, Raw: a.Name}
	case a.OpenID != "":
		return rules.Actor{Kind: rules.ActorOpenID, Value: a.OpenID, Raw: a.OpenID}
	}
	local, domain, _ := strings.Cut(norm.NFC.String(strings.TrimPrefix(a.Mbox, "mailto:")), "@")
	return rules.Actor{Kind: rules.ActorMbox, Value: local + "@" + strings.ToLower(domain), Raw: a.Mbox}
}
