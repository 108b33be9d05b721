package config

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// check finds what no single key shows: what is missing, named twice, or names
// something that is not there. Where a value could not be read already, its
// absence is not reported again.
func (d *decoder) check(c *Config) {
	d.oneOf("mode", string(c.Mode), string(rules.Observe), string(rules.ReleaseOnly), string(rules.Enforce))
	d.require("data", c.Data != "", "is required: the folder of the database and the key")
	d.oneOf("doubt", c.Doubt, "keep", "hold")
	d.oneOf("log.format", c.Log.Format, "text", "json")
	d.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	d.checkListen("listen", c.Listen)
	if c.Admin != "" {
		d.checkListen("admin", c.Admin)
		d.require("admin", c.Admin != c.Listen, "is the address of listen: it needs its own")
	}
	d.require("override_respected", c.OverrideRespected > 0, "must be longer than 0")
	d.require("tops", len(c.AllTops()) > 0, "is required: the ids of the people at the top of the organisation, as HR has them")
	for i, top := range c.Tops {
		d.require(fmt.Sprintf("tops[%d]", i), strings.TrimSpace(top) != "", "is empty")
		d.require(fmt.Sprintf("tops[%d]", i), !slices.Contains(c.Tops[:i], top), "is listed twice")
	}
	d.checkActing(c.Acting, c.actingOverrides())
	d.checkAudit(c)
	d.checkWeb(c)
	d.checkNotices(c)
	names := d.checkSources(c)
	d.checkIdentity(&c.Identity, names)
	d.checkPrograms(c.Programs, names)
}

// require reports a problem at path unless ok, or unless the path has one.
func (d *decoder) require(path string, ok bool, format string, args ...any) {
	if !ok && !d.has(path) {
		d.problem(path, format, args...)
	}
}

// oneOf reports a value that is none of the known ones.
func (d *decoder) oneOf(path, value string, known ...string) {
	list := strings.Join(known[:len(known)-1], ", ") + " or " + known[len(known)-1]
	d.require(path, value != "", "is required: %s", list)
	d.require(path, slices.Contains(known, value), "%q is not one of %s", clip(value), list)
}

// supported reports a value other than the one that this version knows; what
// later versions will know is told apart from what nobody will.
func (d *decoder) supported(path, value, known string, later ...string) {
	d.require(path, !slices.Contains(later, value), "%q is not supported in this version, which knows %s only", clip(value), known)
	d.require(path, value == known, "%q is not known; it can be %s", clip(value), known)
}

func (d *decoder) checkListen(path, listen string) {
	host, ok := d.listenHost(path, listen)
	d.require(path, !ok || isLoopback(host), "%q is reachable from other machines, and nobody has to sign in there: use 127.0.0.1", clip(listen))
}

// listenHost reads the host of an address to listen at; ok is false for what is none.
func (d *decoder) listenHost(path, listen string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(listen)
	d.require(path, err == nil && port != "", "%q is not an address; write it like 127.0.0.1:9464", clip(listen))
	return host, err == nil && port != ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkSources checks what is read, and returns the kind of each name: "lms" and
// so on. A source is known by its name everywhere, so no two may share one.
func (d *decoder) checkSources(c *Config) map[string]string {
	names := map[string]string{}
	d.require("records", len(c.Records) > 0, "is required: at least one record source, such as lrs")
	for i, r := range c.Records {
		path := fmt.Sprintf("records[%d]", i)
		d.checkRecords(path, r, names)
	}
	d.checkShare(c)
	d.checkHRIS(c.HRIS, names)
	d.checkLMS(c.LMS, names)
	return names
}

func (d *decoder) source(path, name, kind string, s Schedule, names map[string]string) {
	d.require(path+".name", isName(name), "%q is not a name: use lower-case letters, digits, - and _", clip(name))
	d.require(path+".name", names[name] == "", "%q is the name of another source: every source needs its own", clip(name))
	names[name] = kind
	d.require(path+".every", s.Every > 0, "must be longer than 0")
	d.require(path+".max_age", s.MaxAge == 0 || s.MaxAge >= s.Every, "is shorter than every, so every reading would be too old")
}

// checkShare: what people share goes to one record store, or it would count twice.
func (d *decoder) checkShare(c *Config) {
	first := ""
	for i, r := range c.Records {
		if r.LRS == nil || r.LRS.Share == nil {
			continue
		}
		path := fmt.Sprintf("records[%d].lrs.share", i)
		d.require(path, first == "", "stands in %s already: what people share goes to one LRS", first)
		d.require(path, c.Web != nil, "needs web: people share on its pages")
		err := r.LRS.writing().Validate()
		d.require(path, err == nil || d.has(fmt.Sprintf("records[%d].lrs", i)), "%v", err)
		first = path
		for _, p := range c.Programs {
			showcase := p.Showcase.showcase(nil)
			if len(p.Course.Authorities) > 0 {
				d.warn(path, "programme %q lists authorities: what is shared counts there only if the account that writes it is one of them", clip(p.ID))
			}
			if !showcase.Sayable() {
				d.warn(path, "nobody can share for programme %q: a part that its showcase requires is read from the object or a file, which the form cannot set", clip(p.ID))
			}
		}
	}
}

func (d *decoder) checkRecords(path string, r Records, names map[string]string) {
	d.require(path, (r.LRS != nil) != (r.SCORMCloud != nil) || d.has(path), "needs exactly one record source; the kinds are lrs and scorm_cloud")
	if l := r.LRS; l != nil {
		d.source(path+".lrs", l.Reading.Name, "records", l.Schedule, names)
		d.warnInsecure(path+".lrs", l.Server.Insecure())
		d.checkLRS(path+".lrs", l)
	}
	if s := r.SCORMCloud; s != nil {
		d.source(path+".scorm_cloud", s.Reading.Name, "records", s.Schedule, names)
		d.warnInsecure(path+".scorm_cloud", s.Server.Insecure())
		d.require(path+".scorm_cloud.username", s.Server.Username != "" || d.has(path), "is required: the id of the application, with its secret as password or password_file")
	}
}

// checkLRS: where since goes by timestamp, only reading again finds what came late.
func (d *decoder) checkLRS(path string, l *LRS) {
	if l.Reading.Since == lrs.SinceTimestamp && (l.Rescan == 0 || l.Rescan > 24*time.Hour) {
		d.warn(path+".since", "goes by timestamp, so that a statement that is sent late is only found by reading everything again: set rescan to 24h or less")
	}
}

func (d *decoder) warnInsecure(path string, insecure bool) {
	if insecure {
		d.warn(path+".url", "is not https: whoever is on the way can read the password and change the answers")
	}
}

func (d *decoder) checkOrgLimits(path string, l rules.OrgLimits) {
	for _, part := range []struct {
		key   string
		limit rules.Limit
	}{{"gone", l.Gone}, {"away", l.Away}, {"new_manager", l.NewManager}, {"lost_manager", l.LostManager}, {"changed_email", l.ChangedEmail},
		{"reused_id", l.ReusedID}, {"releases", l.Releases}} {
		d.checkLimit(path+"."+part.key, part.limit)
	}
	d.require(path+".new_tops", l.NewTops >= 0, "is negative")
	d.require(path+".id_overlap", l.IDOverlap >= 0 && l.IDOverlap <= 100, "must be a percentage, 0 to 100")
	d.require(path+".fill_rate_drop", l.FillRatePoint >= 0 && l.FillRatePoint <= 100, "must be percentage points, 0 to 100")
}

func (d *decoder) checkLimit(path string, l rules.Limit) {
	d.require(path+".count", l.Count >= 0, "is negative")
	d.require(path+".percent", l.Percent >= 0 && l.Percent <= 100, "must be a percentage, 0 to 100")
}

func (d *decoder) checkIdentity(id *Identity, names map[string]string) {
	d.readAliases("identity.aliases", id)
	for i, a := range id.Accounts {
		path := fmt.Sprintf("identity.accounts[%d]", i)
		d.require(path+".home_page", isIRI(a.HomePage), "needs the home page of the accounts, such as https://lms.example")
		d.oneOf(path+".name", a.Name, rules.AccountByPerson, rules.AccountByEmail, rules.AccountByLMSID, rules.AccountByUsername)
		if a.Name == rules.AccountByLMSID || a.Name == rules.AccountByUsername {
			d.require(path+".lms", names[a.LMS] == "lms", "%q is not the name of an lms entry", clip(a.LMS))
		}
	}
	for i, group := range id.DomainAliases {
		d.require(fmt.Sprintf("identity.domain_aliases[%d]", i), len(group) > 1, "needs at least two domains that mean the same")
	}
	for i, group := range id.HomePageAliases {
		d.require(fmt.Sprintf("identity.home_page_aliases[%d]", i), len(group) > 1, "needs at least two home pages that mean the same")
	}
}

// isName reports whether a name may stand in a label, a path and the log.
func isName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// isIRI reports whether the string begins like an absolute IRI: compared as it
// is, it must be one or it could never match.
func isIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && rest != "" && scheme != "" && !strings.ContainsAny(s, " \t\n") &&
		strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}
