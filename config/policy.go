package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// Policy is the part of the configuration that the judgement needs.
func (c *Config) Policy() rules.Policy {
	p := rules.Policy{
		Tops: c.AllTops(), Acting: acting(append(slices.Clone(c.Acting), c.actingOverrides()...)), DoubtHolds: c.Doubt == "hold", Match: map[string]string{},
		OverrideRespected: c.OverrideRespected, Digest: c.Digest(),
		Identity: rules.Identity{
			Placeholders: c.Identity.Placeholders, DomainAliases: c.Identity.DomainAliases,
			HomePageAliases: c.Identity.HomePageAliases, SHA1WithoutMailto: c.Identity.SHA1WithoutMailto,
			Aliases: c.Identity.aliases, GroupMembers: c.Identity.GroupMembers,
		},
	}
	for _, a := range c.Identity.Accounts {
		p.Identity.Accounts = append(p.Identity.Accounts, rules.AccountRule(a))
	}
	for i := range c.LMS {
		kind := c.LMS[i].platforms()[0]
		p.Match[kind.name] = kind.match
	}
	for i := range c.Programs {
		p.Programs = append(p.Programs, c.Programs[i].policy(c.zone))
	}
	p.Decides = decides(p)
	return p
}

// decides is the digest of what of a configuration decides. All of a policy can be
// written as JSON: there is nothing in it but values, lists and instants.
func decides(p rules.Policy) string {
	p.Digest = ""
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(p); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// actingOverrides are those of the override file.
func (c *Config) actingOverrides() []Acting {
	var out []Acting
	for _, a := range c.Override.Acting {
		out = append(out, Acting(a))
	}
	return out
}

func acting(list []Acting) []rules.Acting {
	var out []rules.Acting
	for _, a := range list {
		out = append(out, rules.Acting(a))
	}
	return out
}

func (p *Program) policy(zone *time.Location) rules.Program {
	out := rules.Program{
		ID: p.ID, Title: p.Title, Launch: p.Launch, Ends: p.Ends,
		Audience: rules.Audience{Filter: p.Audience.filter(), Exclude: p.Audience.Exclude.filter()}, Sequence: p.Sequence.sequence(),
		Clock: rules.Clock(p.Clock), Course: p.Course.contract(),
	}
	for _, t := range p.Targets {
		out.Targets = append(out.Targets, rules.Target{LMS: t.LMS, Course: t.Course})
	}
	for i := range p.Contracts {
		out.Contracts = append(out.Contracts, rules.Contract{ID: p.Contracts[i].ID, Course: p.Contracts[i].Course.contract()})
	}
	if p.Playbook != "" {
		out.Contracts = append(out.Contracts, rules.Contract{ID: rules.RequirePlaybook, Course: playbook(p.Playbook, out.Course.Authorities)})
	}
	out.Showcase = p.Showcase.showcase(zone)
	out.Witness, out.Compare = p.Witness, p.Compare
	return out
}

// playbook is the contract of a single activity, whoever tells of it.
func playbook(activity string, authorities []rules.Actor) rules.Course {
	out := rules.Course{Editions: []rules.Edition{{Activities: []string{activity}}}, Authorities: authorities}
	if preset, ok := lrs.PresetOf("generic"); ok {
		preset.Apply(&out)
	}
	return out
}

func (s *Sequence) sequence() rules.Sequence {
	return rules.Sequence{Scope: s.Scope, Gate: s.Gate, Levels: s.Levels, Percent: s.Percent, Unit: s.Unit, Require: s.Require, Grace: s.Grace,
		MaxHold: s.MaxHold, ReleaseAfter: s.AfterMaxHold == afterRelease}
}

func (s *Showcase) showcase(zone *time.Location) rules.Showcase {
	return rules.Showcase{
		Places: s.Places, Share: s.Verbs.Share, Unshare: s.Verbs.Unshare, Confirm: s.Verbs.Confirm,
		Fields: s.Fields.byPart(), Require: s.Require, Confirmed: s.Count == countConfirmed,
		Quarterly: s.Every == everyQuarter, FiscalStart: time.Month(s.FiscalStart), Zone: zone, Cadence: s.Cadence,
	}
}

// contract is the course with its preset expanded.
func (c *Course) contract() rules.Course {
	out := rules.Course{
		NotEquivalent: c.NotEquivalent, RequirePass: c.RequirePass, MinScore: c.MinScore,
		AcceptWaived: c.AcceptWaived, MinDuration: c.MinDuration, Platforms: c.Platforms, ComponentCompletion: c.ComponentCompletion, Equal: c.Equal,
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
