package lms

// Line is one line of `leadfront check`.
type Line struct {
	Subject string `json:"subject"` // the LMS, or a target
	Check   string `json:"check"`
	Result  string `json:"result"` // ok, warning or error
	Detail  string `json:"detail"`
	Do      string `json:"do"` // empty when there is nothing to do
}

// The results of a check.
const (
	OK      = "ok"
	Warning = "warning"
	Failure = "error"
)

// Lines collects what was looked at. Its zero value is ready.
type Lines struct {
	List    []Line
	Subject string // of the lines that are added
}

// Add adds a line.
func (l *Lines) Add(check, result, detail, do string) {
	l.List = append(l.List, Line{l.Subject, check, result, detail, do})
}

// Verdict adds ok, or the error with what to do about it, and reports which.
func (l *Lines) Verdict(check, good string, err error, do string) bool {
	if err != nil {
		l.Add(check, Failure, err.Error(), do)
		return false
	}
	l.Add(check, OK, good, "")
	return true
}
