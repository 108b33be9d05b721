package rules

import "time"

// Reason is one cause, as data: a code with its operands. Only the operands
// that the code needs are set.
type Reason struct {
	Code      Code      `json:"code"`
	Person    string    `json:"person,omitempty"`    // whom it is about, an HR id
	Activity  string    `json:"activity,omitempty"`  // an activity IRI
	Statement string    `json:"statement,omitempty"` // a statement id
	At        time.Time `json:"at,omitzero"`
	Detail    string    `json:"detail,omitempty"` // a source, a row, a limit: never a secret
}

// Code names a reason. Codes are stable: the log keeps them.
type Code string
