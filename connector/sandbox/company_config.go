package sandbox

import (
	"fmt"
	"path/filepath"
)

// Config is a leadfront configuration for the company, complete and strict. Its
// intervals are those of a play and not of an office.
func (c *Company) Config(listen string) string {
	return fmt.Sprintf(`# The configuration of the demo. Intervals and overlap are shortened: a real
# installation reads HR once an hour and the LMS once a minute, and goes two minutes
# back in the LRS.
mode: enforce
data: data
listen: %s
records:
  - lrs: {name: lrs, url: %q, username: %s, password: %s, every: 1s, max_age: 1h, overlap: 1s, rate: 200, retries: 1, retry_wait: 100ms}
hris:
  - csv:
      name: hr
      path: %s
      columns: {id: Employee ID, manager: Manager ID, email: Work Email, name: Name, status: Status}
      status: {active: [Active], inactive: [Terminated]}
      stable: 0s
      every: 1s
      max_age: 1h
tops: ["100"]
lms:
  - moodle:
      name: moodle
      url: %q
      token: %s
      hold: suspend
      match: idnumber
      role: 5
      probe: "100"
      windows: none
      rate: 500
      every: 1s
      max_age: 1h
identity:
  accounts:
    - {home_page: %q, name: lms_id, lms: moodle}
programs:
  - id: ai-foundations
    title: AI Foundations
    launch: 2026-01-01
    targets: [{lms: moodle, course: %s}]
    course:
      emitter: moodle-logstore
      editions: [{name: English, language: en, activities: [%q]}]
      not_equivalent: [%q]
    sequence: {scope: manager, gate: completed}
`, listen, c.LRSURL, username, password, filepath.Base(c.HRFile), c.MoodleURL, token, c.MoodleURL, courseName, c.CourseIRI(), c.BriefingIRI())
}
