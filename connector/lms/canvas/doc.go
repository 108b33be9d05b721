// Package canvas holds and releases people in a Canvas course by deactivating and
// reactivating their student enrolments.
//
// It was built from Canvas's source and documentation and has not been run against
// a live Canvas. What it rests on:
//
//   - A deactivated enrolment loses access and nothing else: only its state is
//     written. An enrolment is never concluded or deleted; rest.CanvasWrites lets
//     nothing else out.
//   - One person may have several enrolments in a course, by section and role. Each
//     is a Row here, and every student enrolment is held by itself.
//   - An enrolment that is only invited would skip its invitation by a hold and a
//     release: it is not held (Barred "invited") until it is active. Student
//     enrolments of somebody who has another role too are not held either (Barred
//     "second_role"), as that role lets them in; releases stay possible.
//   - Lists come in pages that are linked; the links are followed on the configured
//     origin only. The states are always named, because what Canvas gives without
//     them depends on who asks.
package canvas
