// Package report reads the organisation from any JSON that an HR product answers
// over HTTPS: a report of Workday, a dataset of BambooHR, OData of SuccessFactors.
//
// What to ask, where the rows are and what a field means is configuration, in jq;
// presets say it for some products. The answer is taken whole or refused: pages
// that come again, a total that is not reached, an expression that fails on one
// row, or a company without a single manager are errors.
package report

import (
	"context"
	"fmt"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// Source is one report. It may be used concurrently.
type Source struct {
	config   Config
	client   *resty.Client
	token    *hris.Token
	now      func() time.Time
	programs *programs
	words    hris.Words
	null     map[string]bool
}

// New returns the source for a configuration that Validate accepts. The client is
// built for the address of the report. The token is nil where the client signs in
// by itself.
func New(config Config, client *resty.Client, token *hris.Token, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("report %s: %w", config.Name, err)
	}
	s := &Source{config: config.WithDefaults(), client: client, token: token, now: now, null: map[string]bool{}}
	s.programs, _ = compileAll(&s.config)
	s.words, _ = s.config.Status.Words()
	for _, n := range s.config.NullManagers {
		s.null[hris.Fold(n)] = true
	}
	if s.config.Zone == nil {
		s.config.Zone = time.UTC
	}
	return s, nil
}

// Org returns everybody in the report, or an error; never a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Within)
	defer cancel()
	org, err := s.read(ctx, s.now())
	if err != nil {
		return rules.Org{}, fmt.Errorf("report %s: %w", s.config.Name, err)
	}
	return org, nil
}

func (s *Source) read(ctx context.Context, now time.Time) (rules.Org, error) {
	roster := hris.NewRoster("row", now, 0)
	w := newWalk(s)
	for !w.done {
		rows, err := w.page(ctx)
		if err != nil {
			return rules.Org{}, err
		}
		for _, value := range rows {
			w.rows++
			row, err := s.row(ctx, value, w, now)
			if err != nil {
				return rules.Org{}, fmt.Errorf("row %d: %w", w.rows, err)
			}
			row.Number = w.rows
			if err := roster.Add(&row); err != nil {
				return rules.Org{}, err
			}
		}
		if err := w.turn(ctx); err != nil {
			return rules.Org{}, err
		}
	}
	org, err := roster.Org(s.config.Name)
	if err != nil {
		return rules.Org{}, err
	}
	return org, hris.Unmanaged(org.People)
}

// row is what one row states.
func (s *Source) row(ctx context.Context, value any, w *walk, now time.Time) (hris.Row, error) {
	got := map[string]string{}
	for name, code := range s.programs.fields {
		if name == "emails" {
			continue
		}
		v, err := one(ctx, code, value, w)
		if err == nil {
			got[name], err = text(v)
		}
		if err != nil {
			return hris.Row{}, fmt.Errorf("fields.%s: %w", name, err)
		}
	}
	p := rules.Person{ID: got["id"], Name: got["name"], Email: got["email"], Manager: got["manager"], Department: got["department"],
		Location: got["location"], Type: got["type"], Status: rules.Active}
	if s.null[hris.Fold(p.Manager)] {
		p.Manager = ""
	}
	if hris.Shortened(p.ID) || hris.Shortened(p.Manager) {
		return hris.Row{}, fmt.Errorf("%q %w", p.ID, hris.ErrShortened)
	}
	p.ID = hris.Pad(p.ID, s.config.PadIDs)
	if s.programs.fields["key"] == nil {
		p.Manager = hris.Pad(p.Manager, s.config.PadIDs)
	}
	row := hris.Row{Person: p, Key: got["key"]}
	var err error
	if row.Person.Emails, err = s.emails(ctx, value, w, p.Email); err != nil {
		return row, fmt.Errorf("fields.emails: %w", err)
	}
	return row, s.state(&row, got, now)
}

// state reads when the row holds and what it says of the person's status then.
func (s *Source) state(row *hris.Row, got map[string]string, now time.Time) error {
	var err error
	if row.From, err = hris.Day(got["from"], s.config.Zone); err != nil {
		return fmt.Errorf("fields.from: %w", err)
	}
	if row.Until, err = hris.Day(got["until"], s.config.Zone); err != nil {
		return fmt.Errorf("fields.until: %w", err)
	}
	if !row.Until.IsZero() {
		row.Until = row.Until.AddDate(0, 0, 1) // the last day is a whole one
	}
	if s.programs.fields["status"] != nil && row.InForce(now) {
		if row.Person.Status, err = s.words.Status(got["status"]); err != nil {
			return err
		}
	}
	if row.Person.NoAccount, err = hris.Yes(got["no_account"]); err != nil {
		return fmt.Errorf("fields.no_account: %w", err)
	}
	return nil
}

func (s *Source) emails(ctx context.Context, value any, w *walk, first string) ([]string, error) {
	code := s.programs.fields["emails"]
	if code == nil {
		return nil, nil
	}
	all, err := results(ctx, code, value, w)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range all {
		t, err := text(v)
		if err != nil {
			return nil, err
		}
		if t != "" && t != first {
			out = append(out, t)
		}
	}
	return out, nil
}
