package moodle

import (
	"errors"
	"fmt"
	"slices"
)

// Config says how one Moodle is used. How it is reached is the business of the
// client that New is given.
type Config struct {
	// Name is the LMS's name in the configuration and in Target.LMS.
	Name string `yaml:"name"`
	// Hold is how people are kept out: "suspend" suspends their manual enrolment;
	// "group" adds whoever may go in to a released group, which the activities'
	// access restrictions ask for.
	Hold string `yaml:"hold"`
	// Groups are the released groups, one for each course, with hold: group.
	Groups []Group `yaml:"released_groups"`
	// Match is the account field that ties accounts to people: "idnumber", "email"
	// or "username".
	Match string `yaml:"match"`
	// Role is the id of the learner role, 5 on a site as installed.
	Role int `yaml:"role"`
	// Probe is the Match value of a person who must always be found. If they are
	// not, the service account cannot see everybody and nothing is read.
	Probe string `yaml:"probe"`
	// Windows says what becomes of enrolments that have an end, which a hold would
	// wipe: "refuse" finds and does not hold them, which takes a Report; "none" is
	// the administrator's word that the courses have none.
	Windows string `yaml:"windows"`
	// Report is the id of a custom report of the source "Course participants",
	// limited to the courses, which the service account may see; 0: none.
	Report int `yaml:"report"`
	// ReportAccount and ReportEnded are the report's column headers, in the
	// language of the service account, of the Match field and of "Time ended";
	// the English ones by default.
	ReportAccount string `yaml:"report_account"`
	ReportEnded   string `yaml:"report_ended"`
}

// Group is the released group of a course.
type Group struct {
	Course string `yaml:"course"` // as the targets name it
	Group  int64  `yaml:"group"`  // the group's id
}

// The values of Config.
const (
	HoldSuspend   = "suspend"
	HoldGroup     = "group"
	WindowsRefuse = "refuse"
	WindowsNone   = "none"
	MatchIDNumber = "idnumber"
	MatchEmail    = "email"
	MatchUsername = "username"
)

var englishHeaders = map[string]string{MatchIDNumber: "ID number", MatchEmail: "Email address", MatchUsername: "Username"}

// WithDefaults returns the config with defaults in place: hold suspend, match
// idnumber, role 5, windows refuse, English report headers.
func (c Config) WithDefaults() Config {
	def := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	def(&c.Hold, HoldSuspend)
	def(&c.Match, MatchIDNumber)
	if c.Hold == HoldGroup {
		def(&c.Windows, WindowsNone) // a group has nothing to do with the end of an enrolment
	}
	def(&c.Windows, WindowsRefuse)
	def(&c.ReportAccount, englishHeaders[c.Match])
	def(&c.ReportEnded, "Time ended")
	if c.Role == 0 {
		c.Role = 5
	}
	return c
}

// Validate returns everything that is wrong with the config, joined. Defaults
// count as set.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var errs []error
	bad := func(wrong bool, problem string) {
		if wrong {
			errs = append(errs, errors.New(problem))
		}
	}
	bad(c.Name == "", "name is missing")
	bad(c.Hold != HoldSuspend && c.Hold != HoldGroup, `hold must be "suspend" or "group"`)
	bad(c.Hold == HoldGroup && len(c.Groups) == 0, "hold: group needs released_groups: the id of the group for each course")
	bad(c.Hold == HoldSuspend && len(c.Groups) > 0, "released_groups are for hold: group")
	for i, g := range c.Groups {
		bad(g.Course == "" || g.Group <= 0, fmt.Sprintf("released_groups[%d] needs a course and the id of its group", i))
	}
	bad(!slices.Contains([]string{MatchIDNumber, MatchEmail, MatchUsername}, c.Match), `match must be "idnumber", "email" or "username"`)
	bad(c.Role < 0, "role must be the id of the learner role, such as 5")
	bad(c.Probe == "", "probe is missing: name a person, by "+c.Match+", who must always be found")
	bad(c.Windows != WindowsRefuse && c.Windows != WindowsNone, `windows must be "refuse" or "none"`)
	bad(c.Windows == WindowsRefuse && c.Report == 0,
		`windows: refuse needs a report, as nothing else shows the end of an enrolment; if no enrolment in these courses has an end, say windows: none`)
	bad(c.Report < 0, "report must be the id of a custom report")
	return errors.Join(errs...)
}
