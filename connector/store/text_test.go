package store

import (
	"encoding/json"
	"testing"
	"time"
)

// TestMemoryAndRowAgreeOnEveryTime: a time that was clamped in the row alone once
// ended the daemon, when its year could not be marshalled.
func TestMemoryAndRowAgreeOnEveryTime(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(0, 1), hour(3), time.Now(),
		time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 14*3600)), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -5*3600)), time.Date(31000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		var row moment
		must(t, row.Scan(stamp(at)))
		equal(t, at.String(), plain(at), row.Time)
		_, err := json.Marshal(plain(at))
		must(t, err)
	}
}
