package lrs

import (
	"encoding/json"
	"fmt"
	"time"
)

// cursor is where a walk through the statements stands. It is kept with the page
// that carried it, so that a crash in mid-walk loses nothing: evidence waits for
// nobody, but the watermark moves only when the walk has ended.
type cursor struct {
	// Since is where the window begins; zero: at the beginning of time.
	Since time.Time `json:"since,omitzero"`
	// More is the next page of the window, path and query; empty: the window has
	// been read to its end, or not begun.
	More string `json:"more,omitempty"`
	// Mark is where the next window will begin: Consistent-Through of the first page
	// of this one, less the overlap. Zero when the window has not begun.
	Mark time.Time `json:"mark,omitzero"`
	// Limit is the size of the pages; zero: that of the configuration.
	Limit int `json:"limit,omitempty"`
	// Canaries are statements that were seen: while one of them is there, the LRS is
	// the one that it was. Checked is when they were last looked for.
	Canaries []string  `json:"canaries,omitempty"`
	Checked  time.Time `json:"checked,omitzero"`
}

func parseCursor(s string) (cursor, error) {
	var c cursor
	if s == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		return c, fmt.Errorf("unreadable cursor of a record source: %w", err)
	}
	return c, nil
}

func (c cursor) String() string {
	data, err := json.Marshal(c)
	if err != nil {
		return "" // a year beyond 9999: begin again
	}
	return string(data)
}

// plausible gives up what lies ahead of now, as it does when a clock was wrong: the
// statements before it would never be asked for. Reading them again costs time only.
func (c *cursor) plausible(now time.Time) {
	if c.Mark.After(now) {
		c.restart()
	}
	if c.Since.After(now) {
		c.restart()
		c.Since = time.Time{}
	}
}

// begun sets the next watermark from the first page of the window. It never moves
// back: a source that says so is mistaken, and would be read for ever.
func (c *cursor) begun(mark time.Time) {
	c.Mark = mark
	if mark.Before(c.Since) {
		c.Mark = c.Since
	}
}

// advance goes on to the next page, or, when there is none, to the next window.
func (c *cursor) advance(more string) {
	c.More = more
	if more == "" {
		c.Since, c.Mark = c.Mark, time.Time{}
	}
}

// restart goes back to the beginning of the window.
func (c *cursor) restart() { c.More, c.Mark = "", time.Time{} }
