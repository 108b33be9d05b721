package rules

import "time"

// Status is what HR states about a person. The zero value means that nothing
// was stated, which is never taken for an absence.
type Status uint8

// The statuses of a person. Leave, Inactive and Vacant are stated absences.
const (
	StatusUnknown Status = iota
	Active
	Leave
	Inactive
	Vacant
)

var statusNames = [...]string{"unknown", "active", "leave", "inactive", "vacant"}

// String returns the word that config and log use for the status.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// ParseStatus returns the status of that name, or false.
func ParseStatus(name string) (Status, bool) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), true
		}
	}
	return StatusUnknown, false
}

// AccountName is an xAPI account or an account of some other system: unique
// only together with the home page of the system that issued it
// (xAPI 1.0.3, Data 2.4.2.4).
type AccountName struct {
	HomePage string `json:"homePage"`
	Name     string `json:"name"`
}

// Person is one row of the HR source, as stated there.
type Person struct {
	ID         string        `json:"id"`                   // HR's key, a string always: leading zeros matter
	Name       string        `json:"name,omitempty"`       // for display only, never used to match
	Email      string        `json:"email,omitempty"`      // as HR has it
	Emails     []string      `json:"emails,omitempty"`     // former addresses and aliases
	Accounts   []AccountName `json:"accounts,omitempty"`   // stated accounts in the LRS's world
	Manager    string        `json:"manager,omitempty"`    // ID of the manager; empty: none stated
	Status     Status        `json:"status"`               //
	NoAccount  bool          `json:"noAccount,omitempty"`  // HR states that there is no LMS account
	Department string        `json:"department,omitempty"` // empty: not stated
	Location   string        `json:"location,omitempty"`   // empty: not stated
	Type       string        `json:"type,omitempty"`       // kind of employment; empty: not stated
}

// Org is one whole reading of the HR source.
type Org struct {
	Source string    // name of the HR source
	Digest string    // hex SHA-256 of what was read; two readings with one digest are the same organisation
	Read   time.Time // when
	Made   time.Time // when the source was made, such as a file's date; zero: it does not say
	People []Person  // in the order of the source
	// Findings are defects that the reader repaired or could tolerate, such as
	// one row given twice. What it could not tolerate is an error instead.
	Findings []Finding
}

// Snapshot is an Org that was accepted, with the moment from which it rules. In a list
// of them, the oldest first, Was may stand for the Org.People of all but the last:
// see Shorten, PeopleOf and Ruling.
type Snapshot struct {
	ID   int64
	From time.Time
	Org  Org
	Was  *Was // the people, by their differences from those of the next; nil: they are in Org
}
