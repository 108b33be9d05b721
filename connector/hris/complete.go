package hris

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Org is a source of the organisation: whole, or an error.
type Org interface {
	Org(ctx context.Context) (rules.Org, error)
}

// Completion says what a further source adds to the first one, which alone says
// who there is and who reports to whom.
type Completion struct {
	// Match says by what people are recognised: id or email. Default id. Whoever is
	// not recognised, or by two, is not completed.
	Match string `yaml:"match"`
	// Prefer names the fields in which this source has precedence where it says
	// anything, Fill those in which it is asked only where the first one is silent:
	// email, emails, name, department, location, type, status, no_account.
	Prefer []string `yaml:"prefer"`
	Fill   []string `yaml:"fill"`
}

const (
	matchID    = "id"
	matchEmail = "email"
)

// SetDefaults fills in what may be left out.
func (c *Completion) SetDefaults() { c.Match = matchID }

// Validate returns everything that is wrong, joined.
func (c *Completion) Validate() error {
	var errs []error
	if c.Match != matchID && c.Match != matchEmail {
		errs = append(errs, fmt.Errorf("match: %q is not one of id, email", Clip(c.Match)))
	}
	if len(c.Prefer)+len(c.Fill) == 0 {
		errs = append(errs, errors.New("prefer: names no field, and neither does fill"))
	}
	for _, list := range []struct {
		key    string
		fields []string
	}{{"prefer", c.Prefer}, {"fill", c.Fill}} {
		for i, f := range list.fields {
			if _, ok := completers[f]; !ok {
				errs = append(errs, fmt.Errorf("%s[%d]: %q is not one of email, emails, name, department, location, type, status, no_account", list.key, i, Clip(f)))
			}
		}
	}
	return errors.Join(errs...)
}

// completers take a field over from another source's row: always where that says
// anything, or only where the first one is silent.
var completers = map[string]func(have, more *rules.Person, prefer bool){
	"email": func(have, more *rules.Person, prefer bool) {
		if had := have.Email; take(&have.Email, more.Email, prefer) && had != "" && !slices.Contains(have.Emails, had) {
			have.Emails = append(slices.Clip(have.Emails), had) // statements under it are still theirs
		}
	},
	"emails": func(have, more *rules.Person, _ bool) {
		for _, e := range more.Emails {
			if e != have.Email && !slices.Contains(have.Emails, e) {
				have.Emails = append(slices.Clip(have.Emails), e)
			}
		}
	},
	"name":       func(have, more *rules.Person, prefer bool) { take(&have.Name, more.Name, prefer) },
	"department": func(have, more *rules.Person, prefer bool) { take(&have.Department, more.Department, prefer) },
	"location":   func(have, more *rules.Person, prefer bool) { take(&have.Location, more.Location, prefer) },
	"type":       func(have, more *rules.Person, prefer bool) { take(&have.Type, more.Type, prefer) },
	"status": func(have, more *rules.Person, prefer bool) {
		if more.Status != rules.StatusUnknown && (prefer || have.Status == rules.StatusUnknown) {
			have.Status = more.Status
		}
	},
	"no_account": func(have, more *rules.Person, _ bool) { have.NoAccount = have.NoAccount || more.NoAccount },
}

func take(have *string, more string, prefer bool) bool {
	if more == "" || more == *have || (*have != "" && !prefer) {
		return false
	}
	*have = more
	return true
}

// Completed is a source that others complete. It is read whole: when one of them
// fails, all of it has failed.
type Completed struct {
	First  Org
	Others []Completer
}

// Completer is a further source and what it adds.
type Completer struct {
	Source Org
	By     Completion
}

// Org reads the first source and what the others add to it. It is as old as the
// oldest of them.
func (c *Completed) Org(ctx context.Context) (rules.Org, error) {
	org, err := c.First.Org(ctx)
	if err != nil {
		return rules.Org{}, err
	}
	for _, o := range c.Others {
		more, err := o.Source.Org(ctx)
		if err != nil {
			return rules.Org{}, fmt.Errorf("complete %s: %w", org.Source, err)
		}
		org.People = complete(org.People, more.People, &o.By)
		org.Made = older(org.Made, more.Made)
		org.Findings = append(org.Findings, more.Findings...)
	}
	org.Digest = Digest(org.People)
	return org, nil
}

// older returns the earlier of two dates, of which one that is not given says
// nothing.
func older(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func complete(people, more []rules.Person, by *Completion) []rules.Person {
	keyOf := func(p *rules.Person) string { return p.ID }
	if by.Match == matchEmail {
		keyOf = func(p *rules.Person) string { return strings.ToLower(p.Email) }
	}
	there := make(map[string]int, len(more))
	for i := range more {
		key := keyOf(&more[i])
		if _, twice := there[key]; twice || key == "" {
			there[key] = -1
			continue
		}
		there[key] = i
	}
	out := slices.Clone(people)
	for i := range out {
		at, ok := there[keyOf(&out[i])]
		if !ok || at < 0 {
			continue
		}
		for _, f := range by.Fill {
			completers[f](&out[i], &more[at], false)
		}
		for _, f := range by.Prefer {
			completers[f](&out[i], &more[at], true)
		}
	}
	return out
}
