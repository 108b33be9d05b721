package rest

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-resty/resty/v2"
)

// MoodlePath is where Moodle answers web service calls, under the site's address.
const MoodlePath = "/webservice/rest/server.php"

// MoodleReads is the table of the Moodle web service functions that change
// nothing. All calls are POSTs, so that the token stays out of access logs; a GET
// is listed nowhere, as Moodle would take a write from its query.
func MoodleReads() []Read {
	return []Read{{Method: http.MethodPost, Path: MoodlePath, Form: map[string][]string{
		"wsfunction": {
			"core_webservice_get_site_info",
			"core_user_get_users_by_field",
			"core_course_get_courses_by_field",
			"core_enrol_get_enrolled_users",
			"core_enrol_get_course_enrolment_methods",
			"core_completion_get_course_completion_status",
			"core_completion_get_activities_completion_status",
			"core_reportbuilder_retrieve_report",
			"mod_scorm_get_scorms_by_courses",
			"mod_scorm_get_scorm_attempt_count",
		},
	}}}
}

// MoodleWrites is the table of the functions that a permit lets pass, where people
// are held by suspension: the only one that is then ever called to write.
func MoodleWrites() []Read { return moodleWrites("enrol_manual_enrol_users") }

// MoodleGroupWrites is the same where people are added to a released group. Nobody
// is ever taken out of it.
func MoodleGroupWrites() []Read { return moodleWrites("core_group_add_group_members") }

func moodleWrites(function string) []Read {
	return []Read{{Method: http.MethodPost, Path: MoodlePath, Form: map[string][]string{"wsfunction": {function}}}}
}

// Moodle builds the client of a Moodle site: with its reads and writes, and with the token
// in the form of every call, which is the only place where Moodle looks for it.
// The token goes in front and on the wire only: the connector never has it.
func Moodle(cfg Config, gate *Gate) (*resty.Client, error) {
	return moodle(cfg, MoodleWrites(), gate)
}

// MoodleGroup builds the client of a Moodle site whose writes are additions to a
// group.
func MoodleGroup(cfg Config, gate *Gate) (*resty.Client, error) {
	return moodle(cfg, MoodleGroupWrites(), gate)
}

func moodle(cfg Config, writes []Read, gate *Gate) (*resty.Client, error) {
	if cfg.Token == "" {
		return nil, fmt.Errorf("reach moodle: the token is missing")
	}
	credential := "moodlewsrestformat=json&wstoken=" + url.QueryEscape(cfg.Token.Reveal())
	client, err := build(cfg, MoodleReads(), writes, gate, credential)
	if err != nil {
		return nil, fmt.Errorf("reach moodle: %w", err)
	}
	return client, nil
}
