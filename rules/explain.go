package rules

import (
	"strings"
	"time"
)

// RowResult is what one row of the decision table said of a person.
type RowResult struct {
	Row       int      `json:"row"`
	Condition string   `json:"condition"`
	Result    string   `json:"result"` // "no", "yes", or "not reached"
	Because   []Reason `json:"because,omitempty"`
}

// conditions are the rows of the decision table, in words.
var conditions = [...]string{
	"the programme is paused or ended, or it is stated not to be for this person",
	"the programme has not launched",
	"has completed the course",
	"a may-start waiver is in force, or was when they started",
	"has ever started",
	"was released before",
	"something that would decide is not known",
	"is a listed top of the organisation",
	"the way up to the leader is in doubt",
	"every leader who is waited for has qualified, or nobody is left to wait for",
	"otherwise: waits",
	"has waited for longer than the programme allows, which then lets go",
}

// Conditions are the rows of the decision table, in words, the first one first.
func Conditions() []string { return conditions[:] }

// Table goes through the decision table for the person of that number: the first
// row that matches decides, the rows below are not reached.
func (j *ProgramJudgement) Table(i int) []RowResult {
	d := j.Decisions[i]
	out := make([]RowResult, len(conditions))
	for row := range conditions {
		out[row] = RowResult{Row: row, Condition: conditions[row], Result: "not reached"}
		switch {
		case row < int(d.Row):
			out[row].Result = "no"
		case row == int(d.Row):
			out[row].Result = "yes"
			out[row].Because = j.Reasons(i)
		}
	}
	return out
}

// Requirements are what leaders are asked for in the programme, and how the person
// of that number has met them.
func (j *ProgramJudgement) Requirements(i int) []Requirement {
	var out []Requirement
	for _, name := range j.judging.require {
		out = append(out, j.judging.requirement(name, int32(i)))
	}
	return out
}

// Leads reports whether the person of that number is the effective leader of
// somebody.
func (j *ProgramJudgement) Leads(i int) bool { return j.judging.leads[i] }

// Sentence says the step in words. Completed is when the leader that it comes to has
// completed the course; zero: not yet.
func (c Climb) Sentence(x *Index, completed time.Time, name func(id string) string) string {
	var parts []string
	for _, a := range c.Away {
		parts = append(parts, name(x.People[a].ID)+" is passed over")
	}
	switch {
	case c.Doubt != "":
		parts = append(parts, Reason{Code: c.Doubt}.Sentence(name))
	case c.Leader < 0:
		parts = append(parts, "nobody left up to the top")
	case completed.IsZero():
		parts = append(parts, name(x.People[c.Leader].ID)+" has not completed")
	default:
		parts = append(parts, name(x.People[c.Leader].ID)+" completed on "+completed.UTC().Format("2006-01-02 15:04"))
	}
	return strings.Join(parts, "; ")
}

// LeaderOf is the number of the effective leader of the person of that number: the
// first one above who is not stated to be away. It is -1 where everybody up to a
// listed top is away, or the person is one, and -2 where the way up is in doubt.
func (j *ProgramJudgement) LeaderOf(i int) int { return int(j.judging.next[i]) }

// Completed is when the person of that number completed the course, by whatever
// counts; zero: not yet.
func (j *ProgramJudgement) Completed(i int) time.Time { return j.judging.course(int32(i)).At }

// Follows reports whether HR states that the person of that number holds a post.
func (x *Index) Follows(i int) bool { return x.follows[i] }

// UseCases are everything that was shared in the programme, earliest first.
func (j *ProgramJudgement) UseCases() []UseCase {
	out := make([]UseCase, len(j.judging.allShares))
	for i, s := range j.judging.allShares {
		out[i] = s.UseCase
	}
	return out
}

// Missing is what the person still has to do to complete the course; nil when
// completed.
func (j *ProgramJudgement) Missing(i int) []Reason {
	if r := j.judging.course(int32(i)); !r.At.IsZero() {
		return nil
	}
	return j.judging.missingCourse(int32(i))
}

// Owners says, of each of the facts' evidence, whose it is: a number, or -1.
func (j *Judgement) Owners(facts *Facts) []int32 {
	out := make([]int32, len(facts.Evidence))
	for k := range facts.Evidence {
		out[k] = -1
		if p, how := j.ids.Resolve(facts.Evidence[k].Actor); how.OK() {
			out[k] = int32(p)
		}
	}
	return out
}

// Evidence is what the statements of the person of that number say, of every
// programme, voided or not.
func (j *Judgement) Evidence(i int, facts *Facts) []Evidence {
	var out []Evidence
	for k := range facts.Evidence {
		e := &facts.Evidence[k]
		if p, how := j.ids.Resolve(e.Actor); how.OK() && p == i {
			out = append(out, *e)
		}
	}
	return out
}

// Enrolments are the rows of the person of that number, as they were read.
func (j *Judgement) Enrolments(i int, facts *Facts) []Enrolment {
	var out []Enrolment
	for r := range facts.Enrolments {
		if j.Rows[r] == int32(i) {
			out = append(out, facts.Enrolments[r])
		}
	}
	return out
}
