package sandbox

// State is all that a Moodle stand-in knows. Its JSON names are those of the
// recorded start states.
type State struct {
	Users               []User               `json:"users"`
	Courses             []Course             `json:"courses"`
	Enrolments          []Enrolment          `json:"enrolments"`
	CourseRoles         []CourseRole         `json:"course_roles"`
	CourseAccess        []CourseAccess       `json:"course_access"`
	ScormAttempts       []ScormAttempt       `json:"scorm_attempts"`
	ActivityCompletions []ActivityCompletion `json:"activity_completions"`
	CourseCompletions   []CourseCompletion   `json:"course_completions"`
	ServiceAccount      ServiceAccount       `json:"service_account"`

	Tokens  map[string]Token `json:"-"` // by value
	Site    Site             `json:"-"`
	Reports []int            `json:"-"` // ids of custom reports
	// Unwritable are people for whom every enrolment is refused, with that code.
	Unwritable map[int64]string `json:"-"`
	// Messages are the people to whom a welcome message went out, in order.
	Messages []int64 `json:"-"`
}

// User is an account.
type User struct {
	ID          int64  `json:"id"`
	Username    string `json:"username"`
	IDNumber    string `json:"idnumber"`
	Email       string `json:"email"`
	FirstName   string `json:"firstname"`
	LastName    string `json:"lastname"`
	Suspended   bool   `json:"suspended"`
	Deleted     bool   `json:"-"`
	FirstAccess int64  `json:"firstaccess"` // to the site, unix seconds, 0: never
	LastAccess  int64  `json:"lastaccess"`
}

// Course is a course with its enrolment methods, groups and activities.
type Course struct {
	ID                 int64       `json:"id"`
	ShortName          string      `json:"shortname"`
	IDNumber           string      `json:"idnumber"`
	FullName           string      `json:"fullname"`
	Visible            bool        `json:"visible"`
	EnableCompletion   bool        `json:"enablecompletion"`
	Methods            []Method    `json:"methods"`
	CompletionCriteria []Criterion `json:"completion_criteria"`
	Groups             []Group     `json:"groups"`
	Activities         []Activity  `json:"activities"`
}

// Method is an instance of an enrolment method.
type Method struct {
	ID             int64  `json:"id"`
	Method         string `json:"method"` // manual, self, guest, cohort …
	Enabled        bool   `json:"enabled"`
	WelcomeMessage bool   `json:"welcome_message"`
	NoNewEnrolment bool   `json:"-"`
	Key            string `json:"-"`
}

// Criterion is a condition of course completion.
type Criterion struct {
	Kind string `json:"kind"` // activity
	CMID int64  `json:"cmid"`
}

// Group is a group of a course.
type Group struct {
	ID      int64   `json:"id"`
	Name    string  `json:"name"`
	Members []int64 `json:"members"`
}

// Activity is an activity of a course.
type Activity struct {
	CMID      int64  `json:"cmid"`
	Kind      string `json:"kind"` // scorm, page, quiz, h5pactivity
	Instance  int64  `json:"instance"`
	Hidden    bool   `json:"-"`
	TimeOpen  int64  `json:"-"` // of a SCORM, unix seconds, 0: always
	TimeClose int64  `json:"-"`
}

// Enrolment is one row: a person in a course by one method.
type Enrolment struct {
	User      int64  `json:"user"`
	Course    int64  `json:"course"`
	Method    string `json:"method"`
	Status    string `json:"status"` // active or suspended
	TimeStart int64  `json:"timestart"`
	TimeEnd   int64  `json:"timeend"`
}

// The states of an enrolment.
const (
	Active    = "active"
	Suspended = "suspended"
)

// CourseRole is a role given in a course.
type CourseRole struct {
	User   int64 `json:"user"`
	Course int64 `json:"course"`
	Role   int   `json:"role"`
}

// CourseAccess is when a person was last in a course.
type CourseAccess struct {
	User, Course, At int64
}

// ScormAttempt is an attempt at a SCORM activity.
type ScormAttempt struct {
	User    int64 `json:"user"`
	Scorm   int64 `json:"scorm"`
	Attempt int   `json:"attempt"`
}

// ActivityCompletion is the state of an activity for a person: 0 no, 1 yes, 2
// passed, 3 failed.
type ActivityCompletion struct {
	User  int64 `json:"user"`
	CMID  int64 `json:"cmid"`
	State int   `json:"state"`
	At    int64 `json:"timecompleted"`
}

// CourseCompletion says that a person has completed a course.
type CourseCompletion struct {
	User   int64 `json:"user"`
	Course int64 `json:"course"`
	At     int64 `json:"timecompleted"`
}

// ServiceAccount is the account of the token, with what it may do.
type ServiceAccount struct {
	User      int64    `json:"user"`
	SiteAdmin bool     `json:"userissiteadmin"`
	Functions []string `json:"functions"`
	Roles     []Role   `json:"roles"`
}

// Role is a role of the service account.
type Role struct {
	Name         string   `json:"role"`
	AssignedIn   string   `json:"assigned_in"` // "system", or "course" and an id
	Capabilities []string `json:"capabilities"`
	MayAssign    []int    `json:"may_assign_roles"`
}

// Token is a token of the service.
type Token struct {
	Expired bool
	IP      string // the only address that may use it; empty: any
}

// Site is what is set for the whole site. Its zero value is a site in service.
type Site struct {
	Maintenance   string // "": none, "web", "cli", "cli-html"
	NoREST        bool
	NoWebServices bool
	ServiceOff    bool
	DatabaseDown  bool
	UpgradePend   bool
	HiddenFields  []string // user fields hidden from most
	// MaxInputVars is PHP's limit of form fields; 0: 1000.
	MaxInputVars int
}

// LeastPrivilege returns the functions and roles that the service account of a
// careful installation has, for the given course.
func LeastPrivilege(user int64, course string) ServiceAccount {
	return ServiceAccount{
		User: user,
		Functions: []string{
			"core_webservice_get_site_info", "core_user_get_users_by_field", "core_course_get_courses_by_field",
			"core_enrol_get_enrolled_users", "core_enrol_get_course_enrolment_methods", "enrol_manual_enrol_users",
			"core_completion_get_course_completion_status", "core_completion_get_activities_completion_status",
			"mod_scorm_get_scorms_by_courses", "mod_scorm_get_scorm_attempt_count", "core_reportbuilder_retrieve_report",
		},
		Roles: []Role{
			{Name: "reader", AssignedIn: "system", Capabilities: []string{"webservice/rest:use",
				"moodle/user:viewdetails", "moodle/user:viewalldetails", "moodle/site:viewuseridentity"}},
			{Name: "gate", AssignedIn: "course " + course, MayAssign: []int{5}, Capabilities: []string{"moodle/course:view",
				"moodle/course:enrolreview", "enrol/manual:enrol", "moodle/role:assign", "report/completion:view",
				"report/progress:view", "mod/scorm:viewreport"}},
		},
	}
}
