// Package sandbox is a small company on this machine to try leadfront with: its
// servers answer over real HTTP as the real ones do, and nothing beyond the
// machine is touched.
//
// Moodle is a site as its web services show it. It was written from recorded
// exchanges with a running Moodle 4.5 (testdata) and its test replays every one
// of them that is meant for it.
package sandbox
