package hris

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// CodeOverrideUnmatched: an override names somebody who is not there.
const CodeOverrideUnmatched rules.Code = "override_unmatched"

// Overrides are corrections to what HR says, each with its reason where it moves a
// gate. They hold for every reading.
type Overrides struct {
	Tops     []string   `yaml:"tops"` // further people at the top
	Acting   []Acting   `yaml:"acting"`
	External []External `yaml:"external"`
	Aliases  []Alias    `yaml:"aliases"`
	Merges   []Merge    `yaml:"merges"`
}

// Acting is somebody who leads in the place of another for a time. The judgement
// applies it, to the hour; the organisation stays as HR has it.
type Acting struct {
	For    string    `yaml:"for"` // HR ids
	By     string    `yaml:"by"`
	From   time.Time `yaml:"from"`
	Until  time.Time `yaml:"until"` // the first instant after it
	Reason string    `yaml:"reason"`
}

func (a Acting) overlaps(b Acting) bool { return a.From.Before(b.Until) && b.From.Before(a.Until) }

// External is a manager whom HR does not know.
type External struct {
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`
	Email     string `yaml:"email"`
	Manager   string `yaml:"manager"`
	NoAccount bool   `yaml:"no_account"`
}

// Alias gives a person further identifiers.
type Alias struct {
	Person   string         `yaml:"person"`
	Emails   []string       `yaml:"emails"`
	Accounts []AliasAccount `yaml:"accounts"`
}

// AliasAccount is an account of statements.
type AliasAccount struct {
	HomePage string `yaml:"home_page"`
	Name     string `yaml:"name"`
}

// Merge says that several ids are one person, such as before and after a rehire.
// The row of Person counts; the addresses of the others become theirs.
type Merge struct {
	Person string   `yaml:"person"`
	Also   []string `yaml:"also"`
	Reason string   `yaml:"reason"`
}

// Validate returns everything that is wrong, joined.
func (o *Overrides) Validate() error {
	var w wrong
	w.acting(o.Acting)
	for i, e := range o.External {
		w.need(e.ID != "" && e.Manager != "" && e.ID != e.Manager, "external[%d]: needs id and manager, two people", i)
	}
	for i, a := range o.Aliases {
		w.need(a.Person != "" && len(a.Emails)+len(a.Accounts) > 0, "aliases[%d]: needs person, and emails or accounts", i)
		for j, acc := range a.Accounts {
			w.need(acc.HomePage != "" && acc.Name != "", "aliases[%d].accounts[%d]: needs home_page and name", i, j)
		}
	}
	w.merges(o.Merges)
	return errors.Join(w...)
}

// wrong is what is wrong.
type wrong []error

func (w *wrong) need(ok bool, format string, args ...any) {
	if !ok {
		*w = append(*w, fmt.Errorf(format, args...))
	}
}

// acting also refuses two people in one place at once.
func (w *wrong) acting(list []Acting) {
	for i, a := range list {
		w.need(a.For != "" && a.By != "" && a.For != a.By, "acting[%d]: needs for and by, two people", i)
		w.need(!a.From.IsZero() && a.Until.After(a.From), "acting[%d]: needs from, and until after it", i)
		w.need(a.Reason != "", "acting[%d].reason: is required: the log keeps it", i)
		for j, b := range list[:i] {
			w.need(a.For != b.For || !a.overlaps(b), "acting[%d]: overlaps acting[%d], for %q too: two people cannot lead in one place at once; end one before the other begins", i, j, Clip(a.For))
		}
	}
}

// merges also refuses to merge somebody twice or in a chain.
func (w *wrong) merges(list []Merge) {
	gone := map[string]bool{}
	for i, m := range list {
		w.need(m.Person != "" && len(m.Also) > 0 && !slices.Contains(m.Also, m.Person), "merges[%d]: needs person, and also with other ids", i)
		w.need(m.Reason != "", "merges[%d].reason: is required: the log keeps it", i)
		for _, id := range m.Also {
			w.need(!gone[id], "merges[%d].also: %q is merged already", i, id)
			gone[id] = true
		}
	}
	for i, m := range list {
		w.need(!gone[m.Person], "merges[%d].person: %q is merged into somebody else", i, m.Person)
	}
}

// Empty reports whether there is nothing to correct in a reading: tops and those
// who act are for the judgement.
func (o *Overrides) Empty() bool {
	return len(o.External)+len(o.Aliases)+len(o.Merges) == 0
}

// Overridden is a source whose people are corrected.
type Overridden struct {
	Source Org
	By     *Overrides
}

// Org reads the source and corrects it.
func (s *Overridden) Org(ctx context.Context) (rules.Org, error) {
	org, err := s.Source.Org(ctx)
	if err != nil {
		return rules.Org{}, err
	}
	return s.By.Apply(org), nil
}

// Apply returns the organisation with its people corrected. A correction that names somebody who is not there is a finding.
func (o *Overrides) Apply(org rules.Org) rules.Org {
	p := patch{people: slices.Clone(org.People), at: map[string]int{}, findings: slices.Clone(org.Findings)}
	for i := range p.people {
		p.at[p.people[i].ID] = i
	}
	for _, e := range o.External {
		p.external(e)
	}
	for _, m := range o.Merges {
		p.merge(m)
	}
	for _, a := range o.Aliases {
		p.alias(a)
	}
	org.People = slices.DeleteFunc(p.people, func(x rules.Person) bool { return x.ID == "" })
	org.Findings = p.findings
	org.Digest = Digest(org.People)
	return org
}

// patch is an organisation under correction. A person who was merged into another
// has no id until the end.
type patch struct {
	people   []rules.Person
	at       map[string]int
	findings []rules.Finding
}

func (p *patch) find(id, what string) *rules.Person {
	if i, ok := p.at[id]; ok {
		return &p.people[i]
	}
	p.findings = append(p.findings, rules.Finding{Code: CodeOverrideUnmatched, Person: id, Detail: what + " names somebody who is not in the organisation"})
	return nil
}

// external adds a manager; HR, once it knows them, knows better.
func (p *patch) external(e External) {
	if _, there := p.at[e.ID]; there {
		p.findings = append(p.findings, rules.Finding{Code: CodeOverrideUnmatched, Person: e.ID, Detail: "external is not needed: HR knows them now"})
		return
	}
	p.at[e.ID] = len(p.people)
	p.people = append(p.people, rules.Person{ID: e.ID, Name: e.Name, Email: e.Email, Manager: e.Manager, Status: rules.Active, NoAccount: e.NoAccount})
}

func (p *patch) merge(m Merge) {
	keep := p.find(m.Person, "merges")
	if keep == nil {
		return
	}
	moved := map[string]bool{}
	for _, id := range m.Also {
		also := p.find(id, "merges")
		if also == nil {
			continue
		}
		p.own(keep, append([]string{also.Email}, also.Emails...), also.Accounts)
		moved[id] = true
		delete(p.at, id)
		*also = rules.Person{}
	}
	for i := range p.people {
		if x := &p.people[i]; moved[x.Manager] {
			x.Manager = m.Person
		}
	}
}

func (p *patch) alias(a Alias) {
	if x := p.find(a.Person, "aliases"); x != nil {
		var accounts []rules.AccountName
		for _, acc := range a.Accounts {
			accounts = append(accounts, rules.AccountName(acc))
		}
		p.own(x, a.Emails, accounts)
	}
}

// own gives a person further identifiers, without changing what others share.
func (p *patch) own(x *rules.Person, emails []string, accounts []rules.AccountName) {
	for _, e := range emails {
		if e = Clean(e); e != "" && e != x.Email && !slices.Contains(x.Emails, e) {
			x.Emails = append(slices.Clip(x.Emails), e)
		}
	}
	for _, a := range accounts {
		if !slices.Contains(x.Accounts, a) {
			x.Accounts = append(slices.Clip(x.Accounts), a)
		}
	}
}
