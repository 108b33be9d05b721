package rules

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
