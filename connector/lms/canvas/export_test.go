package canvas

import "time"

// Hurry makes the waits after throttling short.
func (c *LMS) Hurry() { c.wait = time.Millisecond }
