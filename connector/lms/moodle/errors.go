package moodle

import "fmt"

// Error is a refusal by Moodle. Its text in Moodle's own words is left out: it is
// translated, and may quote personal data.
type Error struct {
	Function string
	Code     string // Moodle's errorcode
}

// Error names the function, the code and, where there is one, the remedy.
func (e *Error) Error() string {
	text := fmt.Sprintf("moodle refused %s: %s", e.Function, e.Code)
	if do := remedies[e.Code]; do != "" {
		text += " (" + do + ")"
	}
	return text
}

// reach is how far a refusal goes.
type reach uint8

const (
	reachRow    reach = iota // one entry of the batch: find out which
	reachTarget              // every write to this course would meet the same
	reachSite                // every call would
	reachRace                // another writer was in the way: once more
)

// reaches is the error table; a code that is not here reaches one row.
var reaches = map[string]reach{
	"invalidtoken":               reachSite,
	"accessexception":            reachSite,
	"wsaccessusersuspended":      reachSite,
	"wsaccessuserdeleted":        reachSite,
	"wsaccessuserunconfirmed":    reachSite,
	"wsaccessuserexpired":        reachSite,
	"wsaccessusernologin":        reachSite,
	"sitemaintenance":            reachSite,
	"dbconnectionfailed":         reachSite,
	"nopermissions":              reachTarget,
	"requireloginerror":          reachTarget,
	"errorcoursecontextnotvalid": reachTarget,
	"wsusercannotassign":         reachTarget,
	"wsnoinstance":               reachTarget,
	"wscannotenrol":              reachTarget,
	"dmlwriteexception":          reachRace,
}

// remedies says what to do about a code.
var remedies = map[string]string{
	"invalidtoken":               "the token is wrong, expired or removed: make a new one",
	"accessexception":            "the token expired, its service is off or lacks the function, this address is not allowed, or webservice/rest:use is missing",
	"wsaccessusersuspended":      "the service account is suspended",
	"wsaccessuserdeleted":        "the service account is deleted",
	"sitemaintenance":            "maintenance: it will be tried again",
	"dbconnectionfailed":         "Moodle's database is down: it will be tried again",
	"nopermissions":              "the service account lacks a capability in this course",
	"requireloginerror":          "the course or activity is hidden, or out of the service account's reach",
	"errorcoursecontextnotvalid": "the course is hidden, or out of the service account's reach",
	"wsusercannotassign":         "allow the service account's role to assign the learner role",
	"wsnoinstance":               "switch the manual enrolment method of this course on",
	"invalidrecord":              "the course, report or function does not exist",
}
