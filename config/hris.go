package config

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/connector/hris/graph"
	"github.com/leadfront/leadfront/connector/hris/ldap"
	"github.com/leadfront/leadfront/connector/hris/report"
	"github.com/leadfront/leadfront/connector/hris/scim"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// HRIS is one source of the organisation, of exactly one kind. The first one says
// who there is and who reports to whom; the others complete it.
type HRIS struct {
	CSV    *CSV    `yaml:"csv"`
	SCIM   *SCIM   `yaml:"scim"`
	LDAP   *LDAP   `yaml:"ldap"`
	Graph  *Graph  `yaml:"graph"`
	Report *Report `yaml:"report"`
}

// OrgReading is what all kinds have in common. Read every 1h; max_age 7d.
type OrgReading struct {
	Schedule Schedule        `yaml:",inline"` // of the first source, for all
	Limits   rules.OrgLimits `yaml:"limits"`  // what puts a reading into quarantine; of the first source
	// Completes says what a further source adds to the first one.
	Completes *hris.Completion `yaml:"completes"`
}

// SetDefaults fills in what may be left out.
func (o *OrgReading) SetDefaults() {
	o.Schedule = Schedule{Every: time.Hour, MaxAge: 7 * 24 * time.Hour}
	o.Limits = rules.DefaultOrgLimits()
}

// CSV is the file that HR exports, on a disk or over HTTPS.
type CSV struct {
	File csv.Config   `yaml:",inline"`
	HTTP *rest.Config `yaml:"http"` // where the file is fetched from, in the place of path
	Org  OrgReading   `yaml:",inline"`
}

// SCIM is a SCIM 2.0 server; its url ends before /Users.
type SCIM struct {
	Reading scim.Config `yaml:",inline"`
	Server  rest.Config `yaml:",inline"`
	Org     OrgReading  `yaml:",inline"`
}

// LDAP is a directory.
type LDAP struct {
	Reading  ldap.Config `yaml:",inline"`
	Password rest.Secret `yaml:"password"` // of bind_dn
	Org      OrgReading  `yaml:",inline"`
}

// Graph is a tenant of Microsoft Entra ID.
type Graph struct {
	Reading graph.Config `yaml:",inline"`
	// URL and Login differ in national clouds; https://graph.microsoft.com/v1.0 and
	// https://login.microsoftonline.com.
	URL          string      `yaml:"url"`
	Login        string      `yaml:"login"`
	Tenant       string      `yaml:"tenant"` // id or domain
	ClientID     string      `yaml:"client_id"`
	ClientSecret rest.Secret `yaml:"client_secret"`
	Org          OrgReading  `yaml:",inline"`
}

// SetDefaults fills in what may be left out.
func (g *Graph) SetDefaults() {
	g.URL, g.Login = "https://graph.microsoft.com/v1.0", "https://login.microsoftonline.com"
}

// Servers returns how to reach Graph, and where its tokens come from.
func (g *Graph) Servers() (api, login rest.Config) {
	const within = time.Minute
	return rest.Config{URL: g.URL, Timeout: within},
		rest.Config{URL: strings.TrimRight(g.Login, "/") + "/" + g.Tenant + "/oauth2/v2.0/token", Timeout: within}
}

// Scope is what a token is asked for: everything that the application is granted.
func (g *Graph) Scope() string {
	return strings.TrimSuffix(strings.TrimRight(g.URL, "/"), "/v1.0") + "/.default"
}

// Report is any JSON that an HR product answers.
type Report struct {
	Reading report.Config `yaml:",inline"`
	Server  rest.Config   `yaml:",inline"`
	OAuth   *OAuth        `yaml:"oauth"` // in the place of a password or a token
	Org     OrgReading    `yaml:",inline"`
}

// SetDefaults fills in what may be left out: a report may take its time.
func (r *Report) SetDefaults() {
	r.Server.Timeout, r.Server.MaxBody = 10*time.Minute, 1<<30
}

// Reads is the table of what is asked: the one question, where it is a POST.
func (r *Report) Reads() []rest.Read {
	whole := r.Reading.WithDefaults()
	if whole.Body == "" {
		return rest.Gets()
	}
	return []rest.Read{{Method: http.MethodPost, JSON: whole.Body, Vary: whole.Vary}}
}

// OAuth trades client credentials for tokens (RFC 6749, 4.4).
type OAuth struct {
	TokenURL     string      `yaml:"token_url"`
	ClientID     string      `yaml:"client_id"`
	ClientSecret rest.Secret `yaml:"client_secret"`
	Scope        string      `yaml:"scope"`
}

// Kind returns the key of the kind that is configured, the source's name and what
// all kinds have in common; an empty key where none or more than one is.
func (h *HRIS) Kind() (key, name string, org *OrgReading) {
	n := 0
	is := func(k, called string, o *OrgReading) { key, name, org, n = k, called, o, n+1 }
	if h.CSV != nil {
		is("csv", h.CSV.File.Name, &h.CSV.Org)
	}
	if h.SCIM != nil {
		is("scim", h.SCIM.Reading.Name, &h.SCIM.Org)
	}
	if h.LDAP != nil {
		is("ldap", h.LDAP.Reading.Name, &h.LDAP.Org)
	}
	if h.Graph != nil {
		is("graph", h.Graph.Reading.Name, &h.Graph.Org)
	}
	if h.Report != nil {
		is("report", h.Report.Reading.Name, &h.Report.Org)
	}
	if n != 1 {
		return "", "", nil
	}
	return key, name, org
}

// checkHRIS checks the sources of the organisation and enters their names.
func (d *decoder) checkHRIS(list []HRIS, names map[string]string) {
	d.require("hris", len(list) > 0, "is required: where HR says who reports to whom")
	for i := range list {
		path := fmt.Sprintf("hris[%d]", i)
		key, name, org := list[i].Kind()
		if d.require(path, key != "", "needs exactly one kind of source: csv, scim, ldap, graph or report"); key == "" {
			continue
		}
		path += "." + key
		d.source(path, name, "hris", org.Schedule, names)
		d.checkOrgLimits(path+".limits", org.Limits)
		d.require(path+".completes", i > 0 || org.Completes == nil, "is for further sources; this is the first one, which the others complete")
		d.require(path+".completes", i == 0 || org.Completes != nil, "is required of a further source: what it adds to the first one")
		d.checkKind(path, &list[i])
	}
}

// checkKind checks what no single key of a kind shows.
func (d *decoder) checkKind(path string, h *HRIS) {
	switch {
	case h.CSV != nil:
		d.require(path+".path", (h.CSV.File.Path == "") != (h.CSV.HTTP == nil), "is required: the file that HR exports (or http, where it is fetched from; not both)")
		if h.CSV.HTTP != nil {
			d.warnInsecure(path+".http", h.CSV.HTTP.Insecure())
		}
		d.require(path+".query", h.CSV.File.Query == "" || h.CSV.HTTP != nil, "is for files that are fetched by http")
	case h.SCIM != nil:
		d.warnInsecure(path, h.SCIM.Server.Insecure())
	case h.LDAP != nil:
		d.require(path+".password", (h.LDAP.Password == "") == (h.LDAP.Reading.BindDN == ""), "and bind_dn go together: set both or neither")
	case h.Graph != nil:
		d.checkGraph(path, h.Graph)
	case h.Report != nil:
		d.checkReport(path, h.Report)
	}
}

func (d *decoder) checkGraph(path string, g *Graph) {
	d.require(path+".tenant", g.Tenant != "" && !strings.ContainsAny(g.Tenant, "/?# "), "is required: the id or a domain of the tenant")
	d.require(path+".client_id", g.ClientID != "", "is required: the application's id")
	d.require(path+".client_secret", g.ClientSecret != "", "is required: client_secret or client_secret_file")
	api, login := g.Servers()
	for key, server := range map[string]rest.Config{"url": api, "login": login} {
		d.require(path+"."+key, server.Validate() == nil && !server.Insecure(), "needs an https address")
	}
}

func (d *decoder) checkReport(path string, r *Report) {
	d.warnInsecure(path, r.Server.Insecure())
	if r.OAuth == nil {
		return
	}
	path += ".oauth"
	d.require(path, r.Server.Username == "" && r.Server.Token == "", "stands beside username or token: give one of them")
	login := rest.Config{URL: r.OAuth.TokenURL}
	d.require(path+".token_url", login.Validate() == nil && !login.Insecure(), "needs an https address")
	d.require(path+".client_id", r.OAuth.ClientID != "", "is required")
	d.require(path+".client_secret", r.OAuth.ClientSecret != "", "is required: client_secret or client_secret_file")
}

// finishHRIS puts the defaults of the rooms in place and makes paths absolute.
func (d *decoder) finishHRIS(list []HRIS) {
	for i := range list {
		switch h := &list[i]; {
		case h.CSV != nil:
			h.CSV.File.Path, h.CSV.File.Zone = d.resolve(h.CSV.File.Path), d.zone
			if h.CSV.HTTP != nil {
				*h.CSV.HTTP = h.CSV.HTTP.WithDefaults()
			}
		case h.SCIM != nil:
			h.SCIM.Server = h.SCIM.Server.WithDefaults()
		case h.LDAP != nil:
			h.LDAP.Reading.CAFile = d.resolve(h.LDAP.Reading.CAFile)
			h.LDAP.Reading = h.LDAP.Reading.WithDefaults()
		case h.Report != nil:
			h.Report.Reading.Zone = d.zone
			h.Report.Reading, h.Report.Server = h.Report.Reading.WithDefaults(), h.Report.Server.WithDefaults()
		}
	}
}

// AllTops are the listed tops, those of the override file among them.
func (c *Config) AllTops() []string {
	all := slices.Clone(c.Tops)
	for _, id := range c.Override.Tops {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// Zone is that of days without a time.
func (c *Config) Zone() *time.Location { return c.zone }
