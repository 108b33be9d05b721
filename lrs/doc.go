// Package lrs reads learning records: it pulls statements from any LRS that speaks
// xAPI 1.0.3 and says of each statement what it would prove.
//
// A statement is decoded strictly and by itself: a poisonous one is quarantined
// with its problem and does not stop its page. What it proves stays under the
// names of its source; who that is, and whether it is the identical course, is
// judged in package rules.
//
// The section numbers in this package are those of the xAPI 1.0.3 specification
// (https://github.com/adlnet/xAPI-Spec) and of cmi5 Quartz
// (https://github.com/AICC/CMI-5_Spec_Current).
package lrs
