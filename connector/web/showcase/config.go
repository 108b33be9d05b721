package showcase

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config says who sees the showcase, and how a use case gets into it.
type Config struct {
	// Open shows the showcase and its feeds to whoever reaches leadfront, without
	// signing in; false.
	Open bool `yaml:"open"`
	// Review is for how long a second person (the author's leader, or a member of the
	// author's team) may look at a use case before it goes on by itself; 0: it goes on
	// at once.
	Review time.Duration `yaml:"review"`
	// Frames are the origins whose pages may show the fragment in a frame, such as
	// https://intranet.corp.example; left out: none but leadfront's own.
	Frames []string `yaml:"frames"`
}

// mostReview keeps the second look from becoming a queue.
const mostReview = 14 * 24 * time.Hour

// Validate returns what is wrong.
func (c *Config) Validate() error {
	var errs []error
	if c.Review < 0 || c.Review > mostReview {
		errs = append(errs, fmt.Errorf("review: must be between 0 and %dd, so that it never becomes a queue", mostReview/(24*time.Hour)))
	}
	for i, f := range c.Frames {
		u, err := url.Parse(f)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			errs = append(errs, fmt.Errorf("frames[%d]: is not an origin; write it like https://intranet.corp.example", i))
		}
	}
	return errors.Join(errs...)
}
