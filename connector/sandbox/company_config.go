package sandbox

import (
	"fmt"
	"path/filepath"
)

// Config is a leadfront configuration for the company, complete and strict. Its
// intervals are those of a play and not of an office.
func (c *Company) Config(listen string) string {
	share, web := "", ""
	if c.PortalURL != "" {
		share, web = " share: {},", c.web()
	}
	return web + fmt.Sprintf(`# The configuration of the demo. Intervals and overlap are shortened: a real
# installation reads HR once an hour and the LMS once a minute, and goes two minutes
# back in the LRS.
mode: enforce
data: data
listen: %s
records:
  - lrs: {name: lrs, url: %q, username: %s, password: %s, every: 1s, max_age: 1h, overlap: 1s,%s rate: 200, retries: 1, retry_wait: 100ms}
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
`, listen, c.LRSURL, username, password, share, filepath.Base(c.HRFile), c.MoodleURL, token, c.MoodleURL, courseName, c.CourseIRI(), c.BriefingIRI())
}

// web is the part of the configuration that serves pages behind the portal.
func (c *Company) web() string {
	return fmt.Sprintf(`# The pages, behind a portal that stands in for single sign-on.
web:
  url: %q
  listen: %s
  proxies: [127.0.0.1]
  sign_in:
    proxy: {secret: %s, sign_out: %q}
  roles: {viewer: [learning], auditor: [audit], operator: [operations]}
`, c.PortalURL, c.face, portalSecret, c.PortalURL+"/portal")
}
