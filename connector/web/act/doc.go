// Package act has the pages on which operators act: approve, exempt, vouch, release,
// resume. Each act is shown first with whom it concerns, asks why, and is then handed to
// the daemon exactly as the command line does it, under the name of who has signed in.
package act
