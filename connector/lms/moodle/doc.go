// Package moodle reads who is enrolled in a Moodle course, and holds and releases
// people there by suspending and re-activating their manual enrolment.
//
// It speaks Moodle's core web services over REST and was built against recorded
// answers of Moodle 4.5 (testdata of connector/sandbox). What it rests on:
//
//   - A suspended person loses access and nothing else; unenrolling would delete
//     grades, groups and roles, so no unenrol function is ever called.
//   - Moodle shows whether a person has access, not each enrolment row: a Row here
//     is the person's account in the course, and its name is the account's id. In
//     a course with a second enabled enrolment method a suspension does not keep
//     anybody out, so no hold is placed there (Barred "second_method"); releases
//     stay possible.
//   - A write names a role and grants it. Only rows whose roles are exactly the
//     learner role are held (Barred "role" otherwise).
//   - A write wipes the end of an enrolment. With a report (Config.Report) rows
//     with an end are seen and not held (Barred "window"). Its start needs no care:
//     who has access has passed it, and who has not reads as suspended.
//   - People whom the service account may not see are missing without an error.
//     Every reading therefore looks up the probe person first, reads pages that
//     overlap by one row, and checks that whoever is suspended is also enrolled.
package moodle
