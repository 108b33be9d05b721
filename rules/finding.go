package rules

// Finding is a defect of input. It has no life of its own: it is there as long
// as the input has it.
type Finding struct {
	Code    Code   `json:"code"`
	Program string `json:"program,omitempty"`
	Person  string `json:"person,omitempty"` // HR id; empty: nobody's
	Detail  string `json:"detail,omitempty"`
}
