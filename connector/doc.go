// Package connector runs leadfront's cycle: it reads HR, learning records and
// enrolments, has them judged, writes the plan into the log, and then moves the
// enrolments that the plan names.
package connector
