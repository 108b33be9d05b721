package rules

// Mode says how much leadfront may do. There is no default.
type Mode string

// The modes.
const (
	Observe     Mode = "observe"      // compute and log, write nothing
	ReleaseOnly Mode = "release-only" // lift holds, place none
	Enforce     Mode = "enforce"
)

// Writes reports whether the mode writes to an LMS at all.
func (m Mode) Writes() bool { return m == ReleaseOnly || m == Enforce }
