package lrs

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config says how to read one LRS. Its address and credentials are not here: they
// belong to the HTTP client that is handed in. The zero value of everything but
// Name means the default.
type Config struct {
	// Name names the record source in the store, in findings and in metrics.
	Name string `yaml:"name"`
	// Version is sent as X-Experience-API-Version; 1.0.3. A 2.0 LRS may want 2.0.0.
	Version string `yaml:"version"`
	// Limit is how many statements are asked for in one page; 1000. An LRS may give
	// fewer.
	Limit int `yaml:"limit"`
	// Overlap is how far before X-Experience-API-Consistent-Through the next reading
	// begins, for statements that become visible late; 2m.
	Overlap time.Duration `yaml:"overlap"`
	// OverlapWithoutHeader is the same where the LRS sends no such header and the
	// time of the request has to do; 5m.
	OverlapWithoutHeader time.Duration `yaml:"overlap_without_header"`
	// Since says what the LRS compares since with: stored, as xAPI has it, or
	// timestamp, as some do (Ralph); stored. By timestamp a statement that is sent
	// late is never new, so that the overlap is 24h and rescan should not be longer.
	Since string `yaml:"since"`
	// MaxPages is how many pages are read in one go; 20000. More is an error, and
	// the next reading goes on from there.
	MaxPages int `yaml:"max_pages"`
	// Statements is the path of the statements resource below the address of the
	// LRS; "statements".
	Statements string `yaml:"statements"`
}

// What an LRS may compare since with.
const (
	SinceStored    = "stored"
	SinceTimestamp = "timestamp"
)

// WithDefaults returns the config with every default in its place.
func (c Config) WithDefaults() Config {
	if c.Version == "" {
		c.Version = "1.0.3"
	}
	if c.Limit == 0 {
		c.Limit = 1000
	}
	if c.Since == "" {
		c.Since = SinceStored
	}
	overlap, without := 2*time.Minute, 5*time.Minute
	if c.Since == SinceTimestamp {
		overlap, without = 24*time.Hour, 24*time.Hour
	}
	if c.Overlap == 0 {
		c.Overlap = overlap
	}
	if c.OverlapWithoutHeader == 0 {
		c.OverlapWithoutHeader = without
	}
	if c.MaxPages == 0 {
		c.MaxPages = 20000
	}
	if c.Statements == "" {
		c.Statements = "statements"
	}
	return c
}

// Validate returns everything that is wrong with the config, joined.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Name != "", "name: is missing; it names the record source in the log")
	check(strings.HasPrefix(c.Version, "1.0") || strings.HasPrefix(c.Version, "2.0"),
		"version: %q is no version of xAPI that is spoken here; use 1.0.3 or 2.0.0", c.Version)
	check(c.Limit > 0, "limit: must be positive")
	check(c.Overlap >= time.Millisecond, "overlap: must be at least 1ms, since LRSs differ on whether since is inclusive")
	check(c.OverlapWithoutHeader >= time.Millisecond, "overlap_without_header: must be at least 1ms")
	check(c.Since == SinceStored || c.Since == SinceTimestamp, "since: %q is neither stored nor timestamp", c.Since)
	check(c.MaxPages > 0, "max_pages: must be positive")
	u, err := url.Parse(c.Statements)
	check(err == nil && u.Host == "" && u.Scheme == "" && u.RawQuery == "",
		"statements: must be a path below the address of the LRS")
	return errors.Join(errs...)
}
