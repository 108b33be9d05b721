// Package notice tells people what they should know: leaders that others wait for them,
// learners that they may start, operators that something waits for them. What is worth
// telling is found anew from what is true (Letters), when it may be told is decided
// from what was told before (Desk.Due), and Sender sends it by mail or webhook. Nothing
// of it can stop or delay a cycle.
package notice
