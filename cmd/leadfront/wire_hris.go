package main

import (
	"fmt"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/hris/graph"
	"github.com/leadfront/leadfront/connector/hris/ldap"
	"github.com/leadfront/leadfront/connector/hris/report"
	"github.com/leadfront/leadfront/connector/hris/scim"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

func (s *site) buildHRIS(p *program) error {
	_, name, org := s.config.HRIS[0].Kind()
	source, err := p.organisation(s.config)
	if err != nil {
		return err
	}
	s.hris = connector.HRISSource{Name: name, Schedule: schedule(org.Schedule), HRIS: source}
	return nil
}

// orgLimits are those of the first source.
func (s *site) orgLimits() rules.OrgLimits {
	_, _, org := s.config.HRIS[0].Kind()
	return org.Limits
}

// organisation is the first source, completed by the others and corrected by the
// overrides.
func (p *program) organisation(c *config.Config) (hris.Org, error) {
	first, err := p.orgSource(&c.HRIS[0])
	if err != nil {
		return nil, err
	}
	all := &hris.Completed{First: first}
	for i := range c.HRIS[1:] {
		h := &c.HRIS[i+1]
		source, err := p.orgSource(h)
		if err != nil {
			return nil, err
		}
		_, _, org := h.Kind()
		all.Others = append(all.Others, hris.Completer{Source: source, By: *org.Completes})
	}
	source := first
	if len(all.Others) > 0 {
		source = all
	}
	if !c.Override.Empty() {
		source = &hris.Overridden{Source: source, By: &c.Override}
	}
	return source, nil
}

// orgSource makes the connector of one source. None of their clients may write:
// there is no gate that could let them.
func (p *program) orgSource(h *config.HRIS) (hris.Org, error) {
	key, name, _ := h.Kind()
	source, err := p.orgSourceOf(h)
	if err != nil {
		return nil, fmt.Errorf("hris %s (%s): %w", name, key, err)
	}
	return source, nil
}

func (p *program) orgSourceOf(h *config.HRIS) (hris.Org, error) {
	switch {
	case h.CSV != nil && h.CSV.HTTP == nil:
		return csv.New(h.CSV.File, nil, p.now)
	case h.CSV != nil:
		client, err := rest.New(*h.CSV.HTTP, rest.Gets(), nil)
		if err != nil {
			return nil, err
		}
		return csv.New(h.CSV.File, client, p.now)
	case h.SCIM != nil:
		client, err := rest.New(h.SCIM.Server, rest.Gets(), nil)
		if err != nil {
			return nil, err
		}
		return scim.New(h.SCIM.Reading, client, p.now)
	case h.LDAP != nil:
		return ldap.New(h.LDAP.Reading, h.LDAP.Password.Reveal(), p.now)
	case h.Graph != nil:
		return p.graphSource(h.Graph)
	}
	return p.reportSource(h.Report)
}

func (p *program) graphSource(g *config.Graph) (hris.Org, error) {
	api, login := g.Servers()
	client, err := rest.New(api, rest.Gets(), nil)
	if err != nil {
		return nil, err
	}
	tokens, err := rest.New(login, rest.Tokens(), nil)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	return graph.New(g.Reading, client, hris.NewToken(tokens, g.ClientID, g.ClientSecret.Reveal(), g.Scope(), p.now), p.now)
}

func (p *program) reportSource(r *config.Report) (hris.Org, error) {
	client, err := rest.New(r.Server, r.Reads(), nil)
	if err != nil {
		return nil, err
	}
	if r.OAuth == nil {
		return report.New(r.Reading, client, nil, p.now)
	}
	tokens, err := rest.New(rest.Config{URL: r.OAuth.TokenURL}, rest.Tokens(), nil)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	return report.New(r.Reading, client, hris.NewToken(tokens, r.OAuth.ClientID, r.OAuth.ClientSecret.Reveal(), r.OAuth.Scope, p.now), p.now)
}
