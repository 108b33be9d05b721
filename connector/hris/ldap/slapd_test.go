package ldap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/rules"
)

// program finds a program of the Debian package slapd. Without it the tests are
// left out, but never in CI.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; .ci/run installs it", name)
	}
	t.Skipf("%s is missing: apt-get install slapd", name)
	return ""
}

const reader = "cn=reader,dc=corp,dc=example"

// slapd is an OpenLDAP server of its own, over the entries, on loopback.
type slapd struct{ plain, tls, ca string }

func startSlapd(t *testing.T, directives string, ldif string) slapd {
	t.Helper()
	server, add := program(t, "slapd"), program(t, "slapadd")
	folder := t.TempDir()
	ca := certificate(t, folder)
	config := `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1.1 NAME 'adLike' SUP top AUXILIARY MAY ( userAccountControl ) )
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile ` + folder + `/cert.pem
TLSCertificateKeyFile ` + folder + `/key.pem
database mdb
maxsize 67108864
suffix "dc=corp,dc=example"
rootdn "cn=admin,dc=corp,dc=example"
directory ` + folder + `
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
` + directives + "\n"
	path := filepath.Join(folder, "slapd.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	load := exec.CommandContext(t.Context(), add, "-q", "-f", path)
	load.Stdin = strings.NewReader(ldif)
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	s := slapd{"ldap://127.0.0.1:" + freePort(t), "ldaps://127.0.0.1:" + freePort(t), ca}
	run := exec.CommandContext(t.Context(), server, "-d", "0", "-f", path, "-h", s.plain+"/ "+s.tls+"/")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill(); _ = run.Wait() })
	awaitPort(t, strings.TrimPrefix(s.plain, "ldap://"))
	return s
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func awaitPort(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		<-tick.C
	}
	t.Fatal("slapd does not answer")
}

// certificate writes a self-signed one for 127.0.0.1 and returns its path.
func certificate(t *testing.T, folder string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "slapd"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "cert.pem")
}

func company(t *testing.T) rules.Org {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "oracle-hr.csv"))
	if err != nil {
		t.Fatal(err)
	}
	org, err := csv.Parse(csv.Config{Name: "hr", Columns: csv.Columns{ID: "employee_id", Manager: "manager_id", Email: "email", Name: "last_name"}}, data, now())
	if err != nil || len(org.People) != 107 {
		t.Fatalf("%d people, %v", len(org.People), err)
	}
	return org
}

const top = `dn: dc=corp,dc=example
objectClass: dcObject
objectClass: organization
o: corp
dc: corp

dn: cn=reader,dc=corp,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: TESTPASSWORD

dn: ou=people,dc=corp,dc=example
objectClass: organizationalUnit
ou: people

`

// ldif writes people as entries. Managers are named in another case and with
// blanks, as real directories have them.
func ldif(people []rules.Person) string {
	var b strings.Builder
	b.WriteString(top)
	for _, p := range people {
		fmt.Fprintf(&b, "dn: uid=u%s,ou=people,dc=corp,dc=example\nobjectClass: inetOrgPerson\nobjectClass: adLike\nuid: u%s\nsn: %s\ncn: %s\nemployeeNumber: %s\n",
			p.ID, p.ID, p.Name, p.Name, p.ID)
		if p.Email != "" {
			fmt.Fprintf(&b, "mail: %s\n", p.Email)
		}
		if p.Manager != "" {
			fmt.Fprintf(&b, "manager: UID=U%s, OU=People, dc=corp,  dc=example\n", p.Manager)
		}
		control := 512
		if p.Status == rules.Inactive {
			control = 514
		}
		fmt.Fprintf(&b, "userAccountControl: %d\n\n", control)
	}
	return b.String()
}

func (s slapd) source(t *testing.T, edit func(*Config)) *Source {
	t.Helper()
	var c Config
	c.SetDefaults()
	c.URL, c.BindDN, c.Base, c.PageSize = s.plain, reader, "ou=people,dc=corp,dc=example", 40
	if edit != nil {
		edit(&c)
	}
	source, err := New(c, "TESTPASSWORD", now)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// TestSlapd pulls a company from OpenLDAP, in the clear on loopback and under both
// kinds of encryption: it is that of the CSV file.
func TestSlapd(t *testing.T) {
	want := company(t)
	s := startSlapd(t, "", ldif(want.People))
	for name, edit := range map[string]func(*Config){
		"plain":     nil,
		"ldaps":     func(c *Config) { c.URL, c.CAFile = s.tls, s.ca },
		"start_tls": func(c *Config) { c.StartTLS, c.CAFile = true, s.ca },
	} {
		org, err := s.source(t, edit).Org(t.Context())
		if err != nil || org.Digest != want.Digest {
			t.Errorf("%s: %d people, %v; want the %d of the CSV file", name, len(org.People), err, len(want.People))
		}
		again, err := s.source(t, edit).Org(t.Context())
		if err != nil || again.Digest != want.Digest {
			t.Errorf("%s, again: %v", name, err)
		}
	}
	_, err := s.source(t, func(c *Config) { c.URL = s.tls }).Org(t.Context())
	if unknown := new(x509.UnknownAuthorityError); !errors.As(err, unknown) {
		t.Errorf("a certificate of nobody known: %v", err)
	}
	c := s.source(t, nil).config
	stranger, err := New(c, "OTHERPASSWORD", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Org(t.Context()); err == nil || strings.Contains(err.Error(), "OTHERPASSWORD") || !strings.Contains(err.Error(), "does not sign in "+reader) {
		t.Errorf("another password: %v", err)
	}
	if _, err := s.source(t, func(c *Config) { c.Base = "ou=nobody,dc=corp,dc=example" }).Org(t.Context()); !ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		t.Errorf("another base: %v", err)
	}
}

// TestSlapdLimit: OpenLDAP counts a limit over all pages and hands out what it
// allows beside the error.
func TestSlapdLimit(t *testing.T) {
	s := startSlapd(t, "sizelimit size.soft=50 size.hard=50 size.prtotal=50", ldif(company(t).People))
	org, err := s.source(t, nil).Org(t.Context())
	if len(org.People) > 0 || !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) || !strings.Contains(err.Error(), "size.prtotal") {
		t.Errorf("%d people, %v; want none and the limit", len(org.People), err)
	}
}

func TestSlapdReferrals(t *testing.T) {
	const elsewhere = "dn: ou=abroad,ou=people,dc=corp,dc=example\nobjectClass: referral\nobjectClass: extensibleObject\nou: abroad\nref: ldap://other.corp.example/ou=abroad,dc=corp,dc=example\n\n"
	s := startSlapd(t, "", ldif(company(t).People)+elsewhere)
	if org, err := s.source(t, nil).Org(t.Context()); len(org.People) > 0 || err == nil || !strings.Contains(err.Error(), "1 parts are on other servers (first: ldap://other.corp.example") {
		t.Errorf("%d people, %v", len(org.People), err)
	}
	org, err := s.source(t, func(c *Config) { c.Referrals = ignore }).Org(t.Context())
	if err != nil || len(org.People) != 107 {
		t.Errorf("ignored: %d people, %v", len(org.People), err)
	}
	_, err = s.source(t, func(c *Config) { c.Base = "ou=abroad,ou=people,dc=corp,dc=example" }).Org(t.Context())
	if !ldap.IsErrorWithCode(err, ldap.LDAPResultReferral) || !strings.Contains(err.Error(), "the base is on another server") {
		t.Errorf("a base elsewhere: %v", err)
	}
}

// TestSlapdManagers: OpenLDAP leaves the old name in place when a manager is
// deleted or renamed. It has to be seen as a manager whom nobody knows, not as none.
func TestSlapdManagers(t *testing.T) {
	people := company(t).People
	text := ldif(people)
	text = strings.Replace(text, "dn: uid=u103,", "dn: uid=renamed,", 1)
	text = strings.Replace(text, "\nuid: u103\n", "\nuid: renamed\n", 1)
	at := strings.Index(text, "dn: uid=u114,")
	text = text[:at] + text[at+strings.Index(text[at:], "\n\n")+2:]
	s := startSlapd(t, "", text)
	org, err := s.source(t, nil).Org(t.Context())
	if err != nil || len(org.People) != 106 {
		t.Fatalf("%d people, %v", len(org.People), err)
	}
	led := 0 // of 103 and 114, counted in the file
	for _, p := range people {
		if p.Manager == "103" || p.Manager == "114" {
			led++
		}
	}
	found := map[rules.Code]int{}
	for _, f := range org.Check([]string{"100"}).Findings {
		found[f.Code]++
	}
	if found[rules.CodeUnknownManager] != led || led == 0 || found[rules.CodeUnplaced] != 0 {
		t.Errorf("findings %v; want %d unknown managers and nobody unplaced", found, led)
	}
}

// TestSlapdDisabled reads the flag by which Active Directory disables accounts.
func TestSlapdDisabled(t *testing.T) {
	people := company(t).People
	for i := range 23 {
		people[i*4+1].Status = rules.Inactive
	}
	s := startSlapd(t, "", ldif(people))
	org, err := s.source(t, func(c *Config) { c.Attributes.Control = "useraccountcontrol" }).Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inactive := 0
	for _, p := range org.People {
		if p.Status == rules.Inactive {
			inactive++
		}
	}
	if inactive != 23 || len(org.People) != 107 {
		t.Errorf("%d of %d are inactive, want 23 of 107", inactive, len(org.People))
	}
}
