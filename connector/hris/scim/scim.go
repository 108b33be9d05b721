// Package scim reads the organisation from a SCIM 2.0 server (RFC 7643, RFC 7644,
// cursors by RFC 9865).
//
// Servers page badly: some ignore where a page should begin, some answer a start
// beyond the end with the beginning. So no paging is trusted. The next page begins
// after what really came, nobody may come twice, and in the end as many people must
// have come as the server says there are; else the reading is refused. No filter
// and no choice of attributes is asked for, because servers answer both wrongly.
// The connector only ever sends GET.
package scim

import (
	"context"
	"fmt"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// Source is one SCIM server. It keeps no state, so it may be used concurrently.
type Source struct {
	config Config
	client *resty.Client
	now    func() time.Time
}

// New returns the source for a configuration that Validate accepts. The client is
// built for the address under which the server has /Users.
func New(config Config, client *resty.Client, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("scim %s: %w", config.Name, err)
	}
	return &Source{config: config, client: client, now: now}, nil
}

// Org returns everybody on the server, or an error; never a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	now := s.now()
	ctx, cancel := context.WithTimeout(ctx, s.config.Within)
	defer cancel()
	org, err := s.read(ctx, now)
	if err != nil {
		return rules.Org{}, fmt.Errorf("scim %s: %w", s.config.Name, err)
	}
	return org, nil
}

func (s *Source) read(ctx context.Context, now time.Time) (rules.Org, error) {
	users, err := s.users(ctx)
	if err != nil {
		return rules.Org{}, err
	}
	roster := hris.NewRoster("resource", now, len(users))
	for i := range users {
		row, err := s.row(&users[i])
		if err != nil {
			return rules.Org{}, fmt.Errorf("user %s: %w", hris.Clip(string(users[i].ID)), err)
		}
		if row.Person.ID == "" && s.config.SkipWithoutID {
			continue
		}
		row.Number = i + 1
		if err := roster.Add(&row); err != nil {
			return rules.Org{}, err
		}
	}
	org, err := roster.Org(s.config.Name)
	if err != nil {
		return rules.Org{}, fmt.Errorf("%w (the id is taken from %s)", err, s.config.ID)
	}
	if err := hris.Unmanaged(org.People); err != nil {
		return rules.Org{}, fmt.Errorf("%w: it is looked for in %s", err, enterprise)
	}
	return org, nil
}

// row is what a user resource states.
func (s *Source) row(u *user) (hris.Row, error) {
	p := rules.Person{
		ID: hris.Clean(u.attribute(s.config.ID)), Name: hris.Clean(u.name()),
		Manager: hris.Clean(string(u.Enterprise.Manager.Value)), Department: hris.Clean(string(u.Enterprise.Department)),
		Type: hris.Clean(string(u.UserType)),
	}
	if hris.Shortened(p.ID) {
		return hris.Row{}, fmt.Errorf("%q %w", p.ID, hris.ErrShortened)
	}
	var err error
	if p.Status, err = u.Active.status(); err != nil {
		return hris.Row{}, err
	}
	p.Email, p.Emails = u.addresses()
	return hris.Row{Person: p, Key: string(u.ID)}, nil
}
