package config

import (
	"errors"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/records/scormcloud"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// Config is a whole configuration as Load returns it: read, checked, defaults in
// place, relative paths made absolute. It is not changed afterwards.
type Config struct {
	// Mode is observe, release-only or enforce. Required: there is no default for
	// how much leadfront may do.
	Mode rules.Mode `yaml:"mode"`
	// Data is the folder of the database and the key. Required. A relative path,
	// here and everywhere, begins at the folder of the configuration file.
	Data string `yaml:"data"`
	// Listen is where metrics and health are served; 127.0.0.1:9464.
	Listen string `yaml:"listen"`
	// Admin is where POST /-/reload has this file read again; left out: nowhere, and
	// SIGHUP does it alone.
	Admin string `yaml:"admin"`
	// Web is the pages and the API; left out: there are none.
	Web *Web `yaml:"web"`
	// Timezone is that of days without a time, such as Europe/Berlin; UTC.
	Timezone string `yaml:"timezone"`
	// Push lets an LRS say that there is something new; left out: it cannot.
	Push  *Push `yaml:"push"`
	Log   Log   `yaml:"log"`
	Audit Audit `yaml:"audit"`
	// Notices tells people what they should know; left out: nobody is told.
	Notices *Notices `yaml:"notices"`

	Records []Records `yaml:"records"` // at least one
	HRIS    []HRIS    `yaml:"hris"`    // at least one; the first says who reports to whom
	LMS     []LMS     `yaml:"lms"`     // at least one

	// Tops are the ids of the people at the top of the organisation. Required:
	// who merely has no manager in the HR data is no executive.
	Tops []string `yaml:"tops"`
	// Acting says who leads in whose place, and when.
	Acting []Acting `yaml:"acting"`
	// Overrides is a file of corrections to what HR says: further tops, acting
	// managers, external managers, aliases, merged people. See hris.Overrides.
	Overrides string         `yaml:"overrides"`
	Override  hris.Overrides `yaml:"-"` // what is in it

	Identity Identity `yaml:"identity"`
	// Doubt says what becomes of whoever's way up cannot be trusted: keep (nothing
	// changes) or hold; keep.
	Doubt string `yaml:"doubt"`
	// OverrideRespected is for how long a hold that somebody lifted by hand is not
	// placed again; 14d.
	OverrideRespected time.Duration `yaml:"override_respected"`

	Programs []Program `yaml:"programs"` // at least one

	// Warnings are what is allowed and probably not meant, by line.
	Warnings Problems `yaml:"-"`

	zone *time.Location
}

// Log is how the program logs to standard error.
type Log struct {
	Format string `yaml:"format"` // text or json; text
	Level  string `yaml:"level"`  // debug, info, warn or error; info
}

// Push is how an LRS that forwards statements to /hooks/xapi is recognised: by a
// bearer token, or by a signature. A push is only a reason to look.
type Push struct {
	Token   rest.Secret   `yaml:"token"`
	Secret  rest.Secret   `yaml:"secret"`   // key of the signature; see connector/web
	Window  time.Duration `yaml:"window"`   // how old or early a signed push may be; 5m
	MaxBody int64         `yaml:"max_body"` // bytes; 1 MiB
}

// SetDefaults fills in what may be left out.
func (p *Push) SetDefaults() { p.Window, p.MaxBody = 5*time.Minute, 1<<20 }

// Validate returns what is wrong.
func (p *Push) Validate() error {
	switch {
	case p.Token == "" && p.Secret == "":
		return errors.New("needs a token or a secret: nobody may push otherwise")
	case len(p.Token) > 0 && len(p.Token) < 16 || len(p.Secret) > 0 && len(p.Secret) < 16:
		return errors.New("needs at least 16 characters in its token and its secret")
	case p.Window <= 0:
		return errors.New("window must be longer than 0")
	case p.MaxBody <= 0:
		return errors.New("max_body must be more than 0")
	}
	return nil
}

// Schedule says how often a source is read, and how old its last reading may be
// before nothing new is decided on it.
type Schedule struct {
	Every  time.Duration `yaml:"every"`
	MaxAge time.Duration `yaml:"max_age"` // 0: any age
}

// Records is one source of learning records, of exactly one kind.
type Records struct {
	LRS        *LRS        `yaml:"lrs"`
	SCORMCloud *SCORMCloud `yaml:"scorm_cloud"`
}

// SCORMCloud is an application of SCORM Cloud, whose registrations are read. Read
// every 5m; max_age 24h.
type SCORMCloud struct {
	Reading  scormcloud.Config `yaml:",inline"`
	Server   rest.Config       `yaml:",inline"`
	Schedule Schedule          `yaml:",inline"`
}

// SetDefaults fills in what may be left out.
func (s *SCORMCloud) SetDefaults() {
	s.Reading.Name = "scorm-cloud"
	s.Server.URL = scormcloud.DefaultURL
	s.Schedule = Schedule{Every: 5 * time.Minute, MaxAge: 24 * time.Hour}
}

// LRS is an xAPI learning record store. Read every 10s; max_age 24h.
type LRS struct {
	Reading  lrs.Config  `yaml:",inline"`
	Server   rest.Config `yaml:",inline"`
	Schedule Schedule    `yaml:",inline"`
	// Rescan is how often everything is read again, in pages of another size, to
	// find what an LRS has lost between two pages or made visible too late; 7d.
	// 0: never.
	Rescan time.Duration `yaml:"rescan"`
	// Sweep is how often the LRS is asked for the statements that completions rest
	// on, one by one, to find voidings that were never seen; 24h. 0: never.
	Sweep time.Duration `yaml:"sweep"`
	// Share has this LRS take what people share on leadfront's pages; at most one may.
	// Left out: use cases are not shared there.
	Share *Share `yaml:"share"`
}

// Share is how statements are written to an LRS: with credentials of its own, which
// need the right to write statements and nothing else, or with those for reading.
type Share struct {
	Username string      `yaml:"username"`
	Password rest.Secret `yaml:"password"`
	Token    rest.Secret `yaml:"token"`
}

// writing is how the LRS is reached for writing.
func (l *LRS) writing() rest.Config {
	c := l.Server
	if s := l.Share; s != nil && (s.Username != "" || s.Token != "") {
		c.Username, c.Password, c.Token = s.Username, s.Password, s.Token
	}
	return c
}

// Sharing returns the LRS that takes what people share, and how it is reached for
// that; nil: there is none.
func (c *Config) Sharing() (*LRS, rest.Config) {
	for _, r := range c.Records {
		if r.LRS != nil && r.LRS.Share != nil {
			return r.LRS, r.LRS.writing()
		}
	}
	return nil, rest.Config{}
}

// SetDefaults fills in what may be left out.
func (l *LRS) SetDefaults() {
	l.Reading.Name = "lrs"
	l.Schedule = Schedule{Every: 10 * time.Second, MaxAge: 24 * time.Hour}
	l.Rescan, l.Sweep = 7*24*time.Hour, 24*time.Hour
}

// Identity says how actors of statements become people; see rules.Identity.
type Identity struct {
	Placeholders      []string   `yaml:"placeholders"`        // addresses that stand for nobody
	DomainAliases     [][]string `yaml:"domain_aliases"`      // mail domains that mean the same
	HomePageAliases   [][]string `yaml:"home_page_aliases"`   // account home pages that mean the same
	SHA1WithoutMailto bool       `yaml:"sha1_without_mailto"` // also the hash of the bare address
	Accounts          []Account  `yaml:"accounts"`
	// Aliases is a CSV file that says whose an identifier is, before anything else
	// does; its columns are person (the HR id), identifier (an address, a SHA-1, an
	// openid, or the name of an account) and, for accounts, home_page.
	Aliases string `yaml:"aliases"`
	// GroupMembers: what a statement says of a group counts for each of its members.
	GroupMembers bool `yaml:"group_members"`

	aliases []rules.Alias
}

// Account says what the account names under one home page are.
type Account struct {
	HomePage string `yaml:"home_page"`
	Name     string `yaml:"name"` // person (the HR id), email, lms_id or lms_username
	LMS      string `yaml:"lms"`  // for the lms_ kinds: whose account
}

// Acting is somebody who leads in the place of another for a time.
type Acting struct {
	For    string    `yaml:"for"`   // HR id of whoever is stood in for
	By     string    `yaml:"by"`    // HR id of whoever leads meanwhile
	From   time.Time `yaml:"from"`  // required
	Until  time.Time `yaml:"until"` // required; exclusive
	Reason string    `yaml:"reason"`
}

// SetDefaults fills in what may be left out.
func (c *Config) SetDefaults() {
	c.Listen = "127.0.0.1:9464"
	c.Timezone = "UTC"
	c.Log = Log{Format: "text", Level: "info"}
	c.Doubt = "keep"
	c.OverrideRespected = 14 * 24 * time.Hour
}
