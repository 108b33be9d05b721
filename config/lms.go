package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/connector/lms/canvas"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/lms/openedx"
	"github.com/leadfront/leadfront/connector/lms/webhook"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// LMS is one learning platform, of exactly one kind. Each is read every 1m; max_age
// 1h.
type LMS struct {
	Moodle  *Moodle  `yaml:"moodle"`
	Canvas  *Canvas  `yaml:"canvas"`
	OpenEdX *OpenEdX `yaml:"openedx"`
	Webhook *Webhook `yaml:"webhook"`
}

// Moodle is one Moodle site.
type Moodle struct {
	Site     moodle.Config `yaml:",inline"`
	Server   rest.Config   `yaml:",inline"`
	Schedule Schedule      `yaml:",inline"`
	// Windows are the times at which the platform may be changed.
	Windows lms.Windows `yaml:"change_windows"`
}

// SetDefaults fills in what may be left out.
func (m *Moodle) SetDefaults() { m.Site.Name, m.Schedule = "moodle", platformSchedule() }

// Canvas is one Canvas.
type Canvas struct {
	Site     canvas.Config `yaml:",inline"`
	Server   rest.Config   `yaml:",inline"`
	Schedule Schedule      `yaml:",inline"`
	// Windows are the times at which the platform may be changed.
	Windows lms.Windows `yaml:"change_windows"`
}

// SetDefaults fills in what may be left out.
func (c *Canvas) SetDefaults() { c.Site.Name, c.Schedule = "canvas", platformSchedule() }

// OpenEdX is one Open edX; its username and password are the id and the secret of
// an application. Rate 1.9: staff is granted 120 requests a minute. Read every 5m.
type OpenEdX struct {
	Site     openedx.Config `yaml:",inline"`
	Server   rest.Config    `yaml:",inline"`
	Schedule Schedule       `yaml:",inline"`
	// Windows are the times at which the platform may be changed.
	Windows lms.Windows `yaml:"change_windows"`
}

// SetDefaults fills in what may be left out.
func (x *OpenEdX) SetDefaults() {
	x.Site.Name, x.Server.Rate, x.Schedule = "openedx", 1.9, platformSchedule()
	x.Schedule.Every = 5 * time.Minute
}

// Webhook is one platform behind leadfront's own protocol; its token signs every
// request.
type Webhook struct {
	Site     webhook.Config `yaml:",inline"`
	Server   rest.Config    `yaml:",inline"`
	Schedule Schedule       `yaml:",inline"`
	// Windows are the times at which the platform may be changed.
	Windows lms.Windows `yaml:"change_windows"`
}

// SetDefaults fills in what may be left out.
func (w *Webhook) SetDefaults() { w.Site.Name, w.Schedule = "webhook", platformSchedule() }

func platformSchedule() Schedule { return Schedule{Every: time.Minute, MaxAge: time.Hour} }

// platform is what all kinds have in common.
type platform struct {
	kind, name, match string
	schedule          Schedule
	server            *rest.Config
	windows           *lms.Windows
}

// platforms are the kinds that the entry names: one, if it is right.
func (l *LMS) platforms() (list []platform) {
	if m := l.Moodle; m != nil {
		list = append(list, platform{"moodle", m.Site.Name, m.Site.WithDefaults().Match, m.Schedule, &m.Server, &m.Windows})
	}
	if c := l.Canvas; c != nil {
		list = append(list, platform{"canvas", c.Site.Name, c.Site.WithDefaults().Match, c.Schedule, &c.Server, &c.Windows})
	}
	if x := l.OpenEdX; x != nil {
		list = append(list, platform{"openedx", x.Site.Name, rules.MatchUsername, x.Schedule, &x.Server, &x.Windows})
	}
	if w := l.Webhook; w != nil {
		list = append(list, platform{"webhook", w.Site.Name, w.Site.WithDefaults().Match, w.Schedule, &w.Server, &w.Windows})
	}
	return list
}

// Name is the platform's name, and Timing its schedule.
func (l *LMS) Name() string { return l.platforms()[0].name }

// Timing says how often the platform is read.
func (l *LMS) Timing() Schedule { return l.platforms()[0].schedule }

// Windows are when the platform may be changed.
func (l *LMS) Windows() lms.Windows { return *l.platforms()[0].windows }

// checkLMS checks the platforms.
func (d *decoder) checkLMS(list []LMS, names map[string]string) {
	d.require("lms", len(list) > 0, "is required: at least one learning platform, such as moodle")
	for i := range list {
		path := fmt.Sprintf("lms[%d]", i)
		kinds := list[i].platforms()
		d.require(path, len(kinds) > 0, "names no platform; the kinds are moodle, canvas, openedx, webhook")
		d.require(path, len(kinds) < 2, "names two platforms: give each an entry of its own")
		for _, p := range kinds {
			path := path + "." + p.kind
			d.source(path, p.name, "lms", p.schedule, names)
			d.warnInsecure(path, p.server.Insecure())
			d.checkCredential(path, p)
		}
	}
}

// checkCredential requires the one credential that the kind knows.
func (d *decoder) checkCredential(path string, p platform) {
	if p.kind == "openedx" {
		d.require(path+".username", p.server.Username != "", "is required: the id of the application, with its secret as password or password_file")
		d.require(path+".token", p.server.Token == "", "is not used: tokens are asked for with the application's id and secret")
		return
	}
	d.require(path+".token", p.server.Token != "" || d.has(path+".token_file"), "is required: token or token_file")
	if p.kind == "webhook" && p.server.Token != "" {
		d.require(path+".token", len(strings.TrimSpace(p.server.Token.Reveal())) >= 16, "signs every request and needs at least 16 characters")
	}
}

// finishLMS puts the defaults of the rooms in place.
func finishLMS(list []LMS, zone *time.Location) {
	for _, l := range list {
		if l.Moodle != nil {
			l.Moodle.Site = l.Moodle.Site.WithDefaults()
		}
		if l.Canvas != nil {
			l.Canvas.Site = l.Canvas.Site.WithDefaults()
		}
		if l.Webhook != nil {
			l.Webhook.Site = l.Webhook.Site.WithDefaults()
		}
		for _, p := range l.platforms() {
			*p.server, *p.windows = p.server.WithDefaults(), p.windows.In(zone)
		}
	}
}
