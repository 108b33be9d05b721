package ldap

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/leadfront/leadfront/connector/hris/hristest"
	"github.com/leadfront/leadfront/rules"
)

func now() time.Time { return time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) }

// shelf is a directory in memory, for faults that no server shows on demand.
type shelf struct {
	entries   []*ldap.Entry
	referrals []string
	err       error
}

func (d *shelf) Bind(string, string) error        { return nil }
func (d *shelf) UnauthenticatedBind(string) error { return nil }
func (d *shelf) Close() error                     { return nil }
func (d *shelf) SearchWithPaging(*ldap.SearchRequest, uint32) (*ldap.SearchResult, error) {
	return &ldap.SearchResult{Entries: d.entries, Referrals: d.referrals}, d.err
}

func over(t *testing.T, d *shelf, edit func(*Config)) *Source {
	t.Helper()
	var c Config
	c.SetDefaults()
	c.URL, c.Base, c.Schema = "ldaps://dc.corp.example", "ou=people,dc=corp,dc=example", schemaAD
	if edit != nil {
		edit(&c)
	}
	s, err := New(c, "", now)
	if err != nil {
		t.Fatal(err)
	}
	s.dial = func(ctx context.Context) (directory, error) { return d, ctx.Err() }
	return s
}

func entry(dn string, attributes ...string) *ldap.Entry {
	values := map[string][]string{}
	for _, a := range attributes {
		name, value, _ := strings.Cut(a, "=")
		values[name] = append(values[name], value)
	}
	return ldap.NewEntry(dn, values)
}

// two are people as Active Directory gives them: the manager's name in another
// case and with a blank, attributes in the server's own case.
func two() []*ldap.Entry {
	return []*ldap.Entry{
		entry("CN=Ida Möller,OU=People,DC=corp,DC=example", "employeeID=00001", "displayName=Ida Möller", "mail=ida@corp.example",
			"objectGUID=\x01\x02", "userAccountControl=512"),
		entry(`CN=Lind\, Bo,OU=People,DC=corp,DC=example`, "EmployeeID=00012", "displayName=Bo Lind", "Mail=bo@corp.example",
			"manager=cn=ida möller, ou=people, dc=CORP,dc=example", "objectGUID=\x01\x03", "userAccountControl=514", "department=Sales",
			"proxyAddresses=SMTP:bo@corp.example", "proxyAddresses=smtp:lind@old.example", "proxyAddresses=sip:bo@corp.example"),
	}
}

func TestContract(t *testing.T) {
	want := []rules.Person{
		{ID: "00001", Name: "Ida Möller", Email: "ida@corp.example", Status: rules.Active},
		{ID: "00012", Name: "Bo Lind", Email: "bo@corp.example", Emails: []string{"lind@old.example"}, Manager: "00001", Status: rules.Inactive, Department: "Sales"},
	}
	hristest.Run(t, func(t *testing.T) hristest.Bench {
		d := &shelf{entries: two()}
		broken := map[hristest.Fault]func(){
			hristest.Missing: func() { d.err = ldap.NewError(ldap.LDAPResultNoSuchObject, errors.New("no such object")) },
			hristest.Empty:   func() { d.entries = nil; d.err = ldap.NewError(ldap.ErrorNetwork, errors.New("packet not received")) },
			hristest.Nobody:  func() { d.entries = nil },
			hristest.Cut:     func() { d.err = ldap.NewError(ldap.LDAPResultSizeLimitExceeded, errors.New("size limit exceeded")) },
			hristest.Renamed: func() {
				d.entries[1].Attributes = entry("", "employeeID=00012", "supervisor=x", "userAccountControl=512").Attributes
			},
			hristest.Garbage:   func() { d.err = ldap.NewError(ldap.ErrorUnexpectedResponse, errors.New("not a search result")) },
			hristest.NewStatus: func() { d.entries[1] = entry("cn=x", "employeeID=00012", "userAccountControl=gardening") },
		}
		return hristest.Bench{
			Source: over(t, d, func(c *Config) { c.Attributes.Emails = []string{"proxyAddresses"} }), Want: want,
			Break:  func(_ *testing.T, f hristest.Fault) { broken[f]() },
			Repair: func(*testing.T) { *d = shelf{entries: two()} },
		}
	})
}

// TestEntryTwice: pages that overlap show the same entry again.
func TestEntryTwice(t *testing.T) {
	d := &shelf{entries: append(two(), two()[1])}
	if _, err := over(t, d, nil).Org(t.Context()); err == nil || !strings.Contains(err.Error(), "came twice") {
		t.Errorf("Org: %v", err)
	}
}

// TestKeyAsID: with the entry's own key for an id, managers are such keys too.
func TestKeyAsID(t *testing.T) {
	d := &shelf{entries: two()}
	org, err := over(t, d, func(c *Config) { c.Attributes.ID = "objectGUID" }).Org(t.Context())
	if err != nil || org.People[1].ID != "0103" || org.People[1].Manager != "0102" {
		t.Errorf("people %+v, %v", org.People, err)
	}
}

func TestNamesAreComparedAsNames(t *testing.T) {
	for _, pair := range [][2]string{
		{"cn=A B,dc=x", "CN=a  b, DC=X"},
		{`cn=Lind\, Bo,dc=x`, `CN=Lind\2C Bo,dc=x`},
		{"cn=a+uid=1,dc=x", "UID=1+CN=A,dc=x"},
		{"cn=Mo\u0308ller,dc=x", "cn=möller,dc=x"},
	} {
		if nameKey(pair[0]) != nameKey(pair[1]) {
			t.Errorf("%q and %q: %q and %q", pair[0], pair[1], nameKey(pair[0]), nameKey(pair[1]))
		}
	}
	for _, pair := range [][2]string{{`cn=a\,cn=b,dc=x`, "cn=a,cn=b,dc=x"}, {"cn=a,dc=x", "cn=a,dc=y"}, {"cn=a,dc=x", "uid=a,dc=x"}} {
		if nameKey(pair[0]) == nameKey(pair[1]) {
			t.Errorf("%q and %q are one", pair[0], pair[1])
		}
	}
}

func TestValidate(t *testing.T) {
	c := Config{URL: "ldap://dc.corp.example", BindDN: "cn=reader,dc=corp", Base: "people", Schema: "x500", Filter: "(", Referrals: "chase"}
	const want = `url: would carry the password in the clear: use ldaps:// or start_tls: true
base: needs a distinguished name, such as ou=people,dc=corp,dc=example
schema: "x500" is not one of rfc, ad
filter: cannot be read: LDAP Result Code 201 "Filter Compile Error": ldap: error reading rune at position 1
referrals: "chase" is not one of refuse, ignore
page_size: must be 1 to 10000
within: must be longer than 0`
	if err := c.Validate(); err == nil || err.Error() != want {
		t.Errorf("Validate =\n%v, want\n%s", err, want)
	}
	c = Config{}
	c.SetDefaults()
	c.URL, c.Base, c.BindDN = "ldaps://dc.corp.example", "dc=corp", `CORP\reader`
	if _, err := New(c, "", now); err == nil || !strings.Contains(err.Error(), "bind_dn and password go together") {
		t.Errorf("a name without a password, which servers take for anonymous: %v", err)
	}
}
