package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/sandbox"
)

// op is a state change between recorded exchanges (setup.json, "ops").
type op struct {
	Op                             string
	User, Course, CMID             int64
	Method, Status, Key            *string
	Role                           any // a number in "role", else a name
	TimeStart, TimeEnd             int64
	Roles                          []int
	Enabled, Allowed, Suspended    *bool
	Deleted, Visible, Has, Member  *bool
	WelcomeMessage                 *bool  `json:"welcome_message"`
	NewEnrolments                  *bool  `json:"new_enrolments"`
	RolesToo                       bool   `json:"roles_too"`
	TargetRole                     int    `json:"target_role"`
	AddExpired                     string `json:"add_expired"`
	Remove, Maintenance, Database  string
	IP                             *string
	RESTProtocol                   *bool    `json:"rest_protocol"`
	WebServices                    *bool    `json:"web_services"`
	UpgradePending                 *bool    `json:"upgrade_pending"`
	HiddenUserFields               []string `json:"hidden_user_fields"`
	Capabilities                   []string
	IDNumber                       *string
	First, Last                    int64
	CourseAccess                   int64 `json:"course_access"`
	Scorm, TimeOpen, TimeClose, At int64
	Group                          int64
	State                          any // a number of an activity, a word of a quiz
}

func apply(t *testing.T, s *sandbox.State, from setup, ops []op) {
	t.Helper()
	for _, o := range ops {
		do, known := operations[o.Op]
		if !known {
			t.Fatalf("unknown operation %q in setup.json", o.Op)
		}
		do(s, o, from)
	}
}

// nothing: what changes no answer that is replayed.
func nothing(*sandbox.State, op, setup) {}

var operations = map[string]func(*sandbox.State, op, setup){
	"user": func(s *sandbox.State, o op, _ setup) {
		u := s.User(o.User)
		set(&u.Suspended, o.Suspended)
		set(&u.Deleted, o.Deleted)
		set(&u.IDNumber, o.IDNumber)
	},
	"access": func(s *sandbox.State, o op, _ setup) {
		u := s.User(o.User)
		u.FirstAccess, u.LastAccess = o.First, o.Last
		s.CourseAccess = slices.DeleteFunc(s.CourseAccess, func(a sandbox.CourseAccess) bool { return a.User == o.User })
		s.CourseAccess = append(s.CourseAccess, sandbox.CourseAccess{User: o.User, Course: o.Course, At: o.CourseAccess})
	},
	"enrolment": func(s *sandbox.State, o op, _ setup) {
		role := 0
		if len(o.Roles) > 0 {
			role = o.Roles[0]
		}
		s.Enrol(sandbox.Enrolment{User: o.User, Course: o.Course, Method: *o.Method, Status: *o.Status,
			TimeStart: o.TimeStart, TimeEnd: o.TimeEnd}, role)
	},
	"enrolment-gone": func(s *sandbox.State, o op, _ setup) {
		s.Enrolments = slices.DeleteFunc(s.Enrolments, func(e sandbox.Enrolment) bool {
			return e.User == o.User && e.Course == o.Course && e.Method == *o.Method
		})
		if o.RolesToo {
			s.CourseRoles = slices.DeleteFunc(s.CourseRoles, func(r sandbox.CourseRole) bool { return r.User == o.User && r.Course == o.Course })
		}
	},
	"course": func(s *sandbox.State, o op, _ setup) { set(&s.Course(o.Course).Visible, o.Visible) },
	"method": func(s *sandbox.State, o op, _ setup) {
		m := s.Course(o.Course).Method(*o.Method)
		set(&m.Enabled, o.Enabled)
		set(&m.WelcomeMessage, o.WelcomeMessage)
		set(&m.Key, o.Key)
		if o.NewEnrolments != nil {
			m.NoNewEnrolment = !*o.NewEnrolments
		}
	},
	"capability": func(s *sandbox.State, o op, _ setup) {
		for name := range strings.SplitSeq(o.Role.(string), ",") {
			for i := range s.ServiceAccount.Roles {
				r := &s.ServiceAccount.Roles[i]
				if r.Name != name {
					continue
				}
				r.Capabilities = slices.DeleteFunc(slices.Clone(r.Capabilities), func(c string) bool { return slices.Contains(o.Capabilities, c) })
				if *o.Allowed {
					r.Capabilities = append(r.Capabilities, o.Capabilities...)
				}
			}
		}
	},
	"may-assign": func(s *sandbox.State, o op, _ setup) {
		for i := range s.ServiceAccount.Roles {
			r := &s.ServiceAccount.Roles[i]
			if r.Name != o.Role {
				continue
			}
			r.MayAssign = slices.DeleteFunc(slices.Clone(r.MayAssign), func(n int) bool { return n == o.TargetRole })
			if *o.Allowed {
				r.MayAssign = append(r.MayAssign, o.TargetRole)
			}
		}
	},
	"token": func(s *sandbox.State, o op, _ setup) {
		switch {
		case o.AddExpired != "":
			s.Tokens[o.AddExpired] = sandbox.Token{Expired: true}
		case o.Remove != "":
			delete(s.Tokens, o.Remove)
		case o.IP != nil:
			s.Tokens["TESTTOKEN"] = sandbox.Token{IP: *o.IP}
		default:
			s.Tokens["TESTTOKEN"] = sandbox.Token{}
		}
	},
	"service": func(s *sandbox.State, o op, _ setup) { s.Site.ServiceOff = !*o.Enabled },
	"site": func(s *sandbox.State, o op, _ setup) {
		if o.Maintenance != "" {
			s.Site.Maintenance = strings.TrimSuffix(o.Maintenance, "off")
		}
		if o.Database != "" {
			s.Site.DatabaseDown = o.Database == "down"
		}
		if o.RESTProtocol != nil {
			s.Site.NoREST = !*o.RESTProtocol
		}
		if o.WebServices != nil {
			s.Site.NoWebServices = !*o.WebServices
		}
		set(&s.Site.UpgradePend, o.UpgradePending)
		if o.HiddenUserFields != nil {
			s.Site.HiddenFields = o.HiddenUserFields
		}
	},
	"activity": func(s *sandbox.State, o op, _ setup) {
		for i := range s.Courses[0].Activities {
			if a := &s.Courses[0].Activities[i]; a.CMID == o.CMID && o.Visible != nil {
				a.Hidden = !*o.Visible
			}
		}
	},
	"scorm": func(s *sandbox.State, o op, _ setup) {
		s.Courses[0].Activities[0].TimeOpen, s.Courses[0].Activities[0].TimeClose = o.TimeOpen, o.TimeClose
	},
	"scorm-attempt": func(s *sandbox.State, o op, _ setup) {
		s.ScormAttempts = append(s.ScormAttempts, sandbox.ScormAttempt{User: o.User, Scorm: o.Scorm, Attempt: 1})
	},
	"activity-completion": func(s *sandbox.State, o op, _ setup) {
		s.ActivityCompletions = append(s.ActivityCompletions, sandbox.ActivityCompletion{User: o.User, CMID: o.CMID, State: int(o.State.(float64)), At: o.At})
	},
	"group-member": func(s *sandbox.State, o op, _ setup) {
		g := &s.Courses[0].Groups[0]
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(u int64) bool { return u == o.User })
		if *o.Member {
			g.Members = append(g.Members, o.User)
		}
	},
	"role-split": func(s *sandbox.State, _ op, from setup) {
		s.ServiceAccount.Roles = from.Start["B"].ServiceAccount.Roles
	},
	"role": func(s *sandbox.State, o op, _ setup) {
		s.CourseRoles = append(s.CourseRoles, sandbox.CourseRole{User: o.User, Course: o.Course, Role: int(o.Role.(float64))})
	},
	"quiz-attempt": nothing, "h5p-attempt": nothing, "report": nothing,
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}
