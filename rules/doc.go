// Package rules decides who may start the course and who waits for a leader.
//
// It holds the nouns that cross every wall of leadfront (people, evidence,
// enrolments, changes) and the judgement over them, as four pure functions:
//
//	Judge(policy, facts)              what each person is owed, and what went wrong
//	Diff(policy, judgement, lms)      what would have to change in the LMS
//	Mode.Allow(plan)                  what of it this mode permits
//	Guard(limits, plan, totals, ...)  what of it is too much to do unasked
//
// Nothing here reads a clock, does I/O or logs: the moment is part of the facts.
// Every decision, violation, finding and change carries its reasons as data
// (Reason); a sentence is made only where somebody reads it.
package rules
