// Package ldap reads the organisation from an LDAP directory, Active Directory
// among them.
//
// A directory that hits a limit hands out a part together with an error, so an
// error of any kind throws away whatever came with it. Managers are distinguished
// names, written in another case and with other blanks than the entry that they
// mean; they are compared as names and not as text. A name that leads to no entry
// stays what it is: a manager whom nobody knows.
//
// The package binds, searches and unbinds; it has no way to write.
package ldap

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// Source is one directory. It keeps no state and no connection, so it may be used
// concurrently.
type Source struct {
	config Config
	words  hris.Words
	dial   func(ctx context.Context) (directory, error)
	now    func() time.Time
}

// directory is all that is ever asked of a server.
type directory interface {
	Bind(name, password string) error
	UnauthenticatedBind(name string) error
	SearchWithPaging(r *ldap.SearchRequest, size uint32) (*ldap.SearchResult, error)
	Close() error
}

// New returns the source for a configuration that Validate accepts. The password
// is that of BindDN.
func New(config Config, password string, now func() time.Time) (*Source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("ldap %s: %w", config.Name, err)
	}
	if (config.BindDN == "") != (password == "") {
		return nil, fmt.Errorf("ldap %s: bind_dn and password go together: set both or neither", config.Name)
	}
	config = config.WithDefaults()
	words, _ := config.Status.Words()
	s := &Source{config: config, words: words, now: now}
	s.dial = func(ctx context.Context) (directory, error) { return connect(ctx, &s.config, password) }
	return s, nil
}

// Org returns everybody whom the filter selects below the base, or an error; never
// a part.
func (s *Source) Org(ctx context.Context) (rules.Org, error) {
	now := s.now()
	ctx, cancel := context.WithTimeout(ctx, s.config.Within)
	defer cancel()
	entries, err := s.search(ctx)
	if err == nil {
		var org rules.Org
		if org, err = s.people(entries, now); err == nil {
			return org, nil
		}
	}
	return rules.Org{}, fmt.Errorf("ldap %s: %w", s.config.Name, err)
}

// search returns all entries of all pages.
func (s *Source) search(ctx context.Context) ([]*ldap.Entry, error) {
	d, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = d.Close() })() // a closed connection ends every wait
	defer d.Close()
	// The library writes its cookie into the request, so each reading has its own.
	result, err := d.SearchWithPaging(ldap.NewSearchRequest(s.config.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
		0, 0, false, s.config.Filter, s.config.Attributes.names(), nil), uint32(s.config.PageSize))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("search: %w", ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("search under %s: %w%s", s.config.Base, err, advice(err))
	}
	if n := len(result.Referrals); n > 0 && s.config.Referrals == refuse {
		return nil, fmt.Errorf("search under %s: %d parts are on other servers (first: %s), which are not asked: choose a lower base, or say referrals: ignore if nobody is there",
			s.config.Base, n, hris.Clip(result.Referrals[0]))
	}
	return result.Entries, nil
}

func advice(err error) string {
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return ": the server gives this account no more entries, over all pages: lift its limit (OpenLDAP: size.prtotal=unlimited)"
	case ldap.IsErrorWithCode(err, ldap.LDAPResultReferral):
		return ": the base is on another server: ask that one"
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		return ": check base, and what the account may read"
	case ldap.IsErrorWithCode(err, ldap.LDAPResultOperationsError):
		return ": Active Directory answers so to whoever has not signed in: set bind_dn and password"
	}
	return ""
}

func (a *Attributes) names() []string {
	all := append([]string{a.ID, a.Key, a.Manager, a.Email, a.Name, a.Department, a.Location, a.Type, a.Status, a.Control}, a.Emails...)
	return slices.DeleteFunc(all, func(n string) bool { return n == "" })
}

func (s *Source) people(entries []*ldap.Entry, now time.Time) (rules.Org, error) {
	roster := hris.NewRoster("entry", now, len(entries))
	keys := make(map[string]bool, len(entries))
	for i, e := range entries {
		row, err := s.row(e)
		if err != nil {
			return rules.Org{}, fmt.Errorf("entry %s: %w", hris.Clip(e.DN), err)
		}
		key := s.value(e, s.config.Attributes.Key)
		if key != "" && keys[key] {
			return rules.Org{}, fmt.Errorf("entry %s came twice: the directory changed while it was read; the next reading tries again", hris.Clip(e.DN))
		}
		keys[key] = true
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
		return rules.Org{}, fmt.Errorf("%w (the id is taken from %s)", err, s.config.Attributes.ID)
	}
	return org, hris.Unmanaged(org.People)
}

// row is what an entry states.
func (s *Source) row(e *ldap.Entry) (hris.Row, error) {
	a := &s.config.Attributes
	p := rules.Person{ID: s.value(e, a.ID), Name: s.value(e, a.Name), Email: s.value(e, a.Email),
		Department: s.value(e, a.Department), Location: s.value(e, a.Location), Type: s.value(e, a.Type), Manager: nameKey(s.value(e, a.Manager))}
	for _, attribute := range a.Emails {
		for _, v := range e.GetEqualFoldAttributeValues(attribute) {
			if v = hris.Clean(v); len(v) > 5 && strings.EqualFold(v[:5], "smtp:") {
				v = v[5:]
			}
			if strings.Contains(v, "@") && !strings.Contains(v, ":") && !strings.EqualFold(v, p.Email) {
				p.Emails = append(p.Emails, v)
			}
		}
	}
	var err error
	p.Status, err = s.status(e)
	return hris.Row{Person: p, Key: nameKey(e.DN)}, err
}

// status is what the entry states: by word, by Active Directory's flags, or, where
// neither is configured, by being there.
func (s *Source) status(e *ldap.Entry) (rules.Status, error) {
	a := &s.config.Attributes
	switch {
	case a.Status != "":
		return s.words.Status(s.value(e, a.Status))
	case a.Control == "":
		return rules.Active, nil
	}
	flags := s.value(e, a.Control)
	if flags == "" {
		return rules.StatusUnknown, nil
	}
	const disabled = 2 // ADS_UF_ACCOUNTDISABLE
	n, err := strconv.ParseInt(flags, 10, 64)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is %q and not a number", a.Control, hris.Clip(flags))
	case n&disabled != 0:
		return rules.Inactive, nil
	}
	return rules.Active, nil
}

// value is the first value of an attribute. Binary ones, which objectGUID is, are
// written in hexadecimal.
func (s *Source) value(e *ldap.Entry, attribute string) string {
	if attribute == "" {
		return ""
	}
	if strings.EqualFold(attribute, "objectGUID") {
		return hex.EncodeToString(e.GetEqualFoldRawAttributeValue(attribute))
	}
	return hris.Clean(e.GetEqualFoldAttributeValue(attribute))
}

// nameKey writes a distinguished name in one way: attribute types and values
// without regard to case and blanks (RFC 4518), the parts of a multi-valued RDN in
// order. What is no name stays as it is.
func nameKey(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil || dn == "" {
		return dn
	}
	var key []string
	for _, rdn := range parsed.RDNs {
		var parts []string
		for _, a := range rdn.Attributes {
			parts = append(parts, strings.ToLower(a.Type)+"="+ldap.EscapeDN(hris.Fold(a.Value)))
		}
		slices.Sort(parts)
		key = append(key, strings.Join(parts, "+"))
	}
	return strings.Join(key, ",")
}
