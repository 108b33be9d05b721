package ldap

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/leadfront/leadfront/connector/hris"
)

// Config says how to reach a directory and what its attributes mean.
type Config struct {
	// Name of this source in findings, metrics and the log. Default "hr".
	Name string `yaml:"name"`
	// URL is ldaps://host or ldap://host, with a port where it is not 636 or 389.
	// Required.
	URL string `yaml:"url"`
	// StartTLS encrypts an ldap:// connection before anything is said.
	StartTLS bool `yaml:"start_tls"`
	// CAFile holds the certificates (PEM) that the server's has to descend from.
	// Default: those of the system.
	CAFile string `yaml:"ca_file"`
	// BindDN is who searches; empty is anonymous, which Active Directory refuses.
	BindDN string `yaml:"bind_dn"`
	// Base is where people begin. Required.
	Base string `yaml:"base"`
	// Schema is ad (Active Directory) or rfc (inetOrgPerson, RFC 2798): it gives
	// Filter and Attributes their defaults. Default rfc.
	Schema string `yaml:"schema"`
	// Filter selects the people.
	Filter     string     `yaml:"filter"`
	Attributes Attributes `yaml:"attributes"`
	// Status maps the words of Attributes.Status.
	Status hris.StatusMap `yaml:"status"`
	// SkipWithoutID leaves out whoever has no id, such as service accounts; without
	// it more than 2 percent of them refuse the reading.
	SkipWithoutID bool `yaml:"skip_without_id"`
	// Referrals is refuse or ignore: the server names other servers for a part of
	// what was asked for, and nobody follows. Default refuse, for whoever is there
	// would be missing. Active Directory gives some at the root of a domain, which
	// hold no people.
	Referrals string `yaml:"referrals"`
	// PageSize is how many entries are asked for at once. Default 500.
	PageSize int `yaml:"page_size"`
	// Within bounds the whole reading. Default 15m.
	Within time.Duration `yaml:"within"`
}

// Attributes names the attributes that are read, without regard to case.
type Attributes struct {
	// ID is the id by which leadfront knows a person. Default employeeNumber, in
	// Active Directory employeeID. The key of the entry, below, may be named too.
	ID string `yaml:"id"`
	// Key never changes, whatever becomes of name and place: entryUUID (RFC 4530),
	// in Active Directory objectGUID.
	Key        string `yaml:"key"`
	Manager    string `yaml:"manager"` // a distinguished name; manager
	Email      string `yaml:"email"`   // mail
	Name       string `yaml:"name"`    // cn, in Active Directory displayName
	Department string `yaml:"department"`
	Location   string `yaml:"location"` // l
	Type       string `yaml:"type"`     // employeeType
	// Status is mapped by Config.Status. Default: none.
	Status string `yaml:"status"`
	// Control holds Active Directory's flags, of which bit 2 says disabled. Default:
	// none, in Active Directory userAccountControl.
	Control string `yaml:"control"`
	// Emails hold further addresses; smtp: in front of them is cut off.
	Emails []string `yaml:"emails"`
}

const (
	schemaRFC = "rfc"
	schemaAD  = "ad"
	refuse    = "refuse"
	ignore    = "ignore"
)

// SetDefaults fills in what may be left out and does not depend on other keys.
func (c *Config) SetDefaults() {
	*c = Config{Name: "hr", Schema: schemaRFC, Referrals: refuse, PageSize: 500, Within: 15 * time.Minute}
}

// WithDefaults returns the config with what its schema says in place.
func (c Config) WithDefaults() Config {
	set := func(v *string, word string) {
		if *v == "" {
			*v = word
		}
	}
	a := &c.Attributes
	set(&a.Manager, "manager")
	set(&a.Email, "mail")
	set(&a.Location, "l")
	set(&a.Type, "employeeType")
	if c.Schema == schemaAD {
		set(&c.Filter, "(&(objectCategory=person)(objectClass=user))")
		set(&a.ID, "employeeID")
		set(&a.Key, "objectGUID")
		set(&a.Name, "displayName")
		set(&a.Department, "department")
		if a.Status == "" {
			set(&a.Control, "userAccountControl")
		}
		return c
	}
	set(&c.Filter, "(objectClass=person)")
	set(&a.ID, "employeeNumber")
	set(&a.Key, "entryUUID")
	set(&a.Name, "cn")
	set(&a.Department, "departmentNumber")
	return c
}

// Validate returns everything that is wrong with the configuration, joined; each
// message begins with the key that it is about.
func (c *Config) Validate() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	errs = append(errs, c.urlErrors()...)
	_, err := ldap.ParseDN(c.Base)
	need(c.Base != "" && err == nil, "base: needs a distinguished name, such as ou=people,dc=corp,dc=example")
	_, err = ldap.ParseDN(c.BindDN)
	need(err == nil || strings.ContainsAny(c.BindDN, `@\`), "bind_dn: is not a distinguished name")
	need(slices.Contains([]string{schemaRFC, schemaAD}, c.Schema), "schema: %q is not one of rfc, ad", hris.Clip(c.Schema))
	if c.Filter != "" {
		_, err = ldap.CompileFilter(c.Filter)
		need(err == nil, "filter: cannot be read: %v", err)
	}
	need(slices.Contains([]string{refuse, ignore}, c.Referrals), "referrals: %q is not one of refuse, ignore", hris.Clip(c.Referrals))
	need(c.PageSize >= 1 && c.PageSize <= 10_000, "page_size: must be 1 to 10000")
	need(c.Within > 0, "within: must be longer than 0")
	words, wrong := c.Status.Words()
	need((c.Attributes.Status == "") == (len(words) == 0), "status: words and attributes.status go together")
	return errors.Join(append(errs, wrong...)...)
}

// urlErrors also refuses to send a password in the clear.
func (c *Config) urlErrors() []error {
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		return []error{errors.New("url: is required: ldaps://host")}
	case err != nil, u.Host == "", u.Scheme != "ldap" && u.Scheme != "ldaps", u.User != nil, strings.Trim(u.Path, "/") != "":
		return []error{errors.New("url: needs to look like ldaps://host or ldap://host:389")}
	case u.Scheme == "ldaps" && c.StartTLS:
		return []error{errors.New("start_tls: is for ldap:// addresses; ldaps:// is encrypted from the beginning")}
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "ldap" && !c.StartTLS && c.BindDN != "" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return []error{errors.New("url: would carry the password in the clear: use ldaps:// or start_tls: true")}
	}
	return nil
}
