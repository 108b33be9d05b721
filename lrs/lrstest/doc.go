// Package lrstest is an LRS for tests and for the demo: xAPI 1.0.3 over HTTP, in
// memory, with switches for the ways in which real LRSs misbehave.
//
// It is written from the specification and from what was measured on real LRSs,
// apart from the client of package lrs, so that the two do not share an error. It
// does not import testing.
package lrstest
