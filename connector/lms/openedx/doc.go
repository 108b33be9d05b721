// Package openedx holds and releases people in an Open edX course run by switching
// their enrolment off and on.
//
// It was built from the platform's source and has not been run against a live Open
// edX. What it rests on:
//
//   - A learner can enrol himself again while enrolment is open, which would end a
//     hold. So a hold takes a course that is by invitation only, or whose enrolment
//     has closed (Barred "open_enrolment" otherwise); releases stay possible.
//   - A repeated write is not harmless: switching off what is off switches it on for
//     a moment. So each change is preceded by a reading, and sent on a difference
//     only.
//   - A mode beside the switch could move the learner to another track; none is ever
//     sent, and rest.OpenEdXWrites lets none out.
//   - Enrolments do not tell staff from learners. Staff that is enrolled too has to
//     be named (Config.Staff) and is then never written.
//   - It cannot tell whether somebody has started: only the record sources can.
package openedx
