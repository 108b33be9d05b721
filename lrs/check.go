package lrs

import (
	"context"
	"net/http"
	"time"
)

// Facts is what one look at an LRS shows.
type Facts struct {
	Version           string        // X-Experience-API-Version of the answer; empty: not sent
	ConsistentThrough bool          // whether the header is sent at all
	Through           time.Time     // what it says
	Skew              time.Duration // the LRS's clock less ours, to the second; 0 when it sends no Date
	Statements        int           // how many came in the first page
	More              bool          // there is more than this page
	Limit             int           // how many were asked for
	Quarantined       int           // of the page, statements that cannot be read
	FirstProblem      string        // of those
}

// Clamped reports whether the LRS gives smaller pages than were asked for.
func (f Facts) Clamped() bool { return f.More && f.Statements < f.Limit }

// Check looks at the LRS once, and writes nothing. An error says what is wrong with
// the address, the credentials or the answer.
func (c *Client) Check(ctx context.Context) (Facts, error) {
	a, err := c.fetch(ctx, c.window(time.Time{}, c.cfg.Limit), newDesk(c.watch))
	if err != nil {
		return Facts{}, c.failed(err)
	}
	f := Facts{
		Version: a.header.Get(headerVersion), Statements: len(a.statements),
		More: a.more != "", Limit: c.cfg.Limit,
	}
	f.Through, f.ConsistentThrough = a.through()
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil {
		f.Skew = time.Until(date).Round(time.Second)
	}
	page := project(c.cfg.Name, a.statements, c.watch)
	if f.Quarantined = len(page.Quarantined) + page.Unkept; f.Quarantined > 0 {
		f.FirstProblem = page.Quarantined[0].Problem
	}
	return f, nil
}
