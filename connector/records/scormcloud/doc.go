// Package scormcloud reads SCORM Cloud: every registration there says by itself
// whether the learner has completed and passed the course, so that a course hosted
// there counts without an LRS in between.
//
// It is written from the published description of the API, version 2
// (https://cloud.scorm.com/docs/v2/reference/swagger/), and was not run against the
// service: confirm it with "leadfront check" and "leadfront plan" on your own data.
package scormcloud
