// Package lms is what the connectors to learning platforms share: how changes are
// written so that nothing is sent twice and nobody else's work is undone, and the
// lines in which a platform is checked.
package lms
