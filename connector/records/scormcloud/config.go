package scormcloud

import (
	"errors"
	"fmt"
	"time"
)

// DefaultURL is where the API is.
const DefaultURL = "https://cloud.scorm.com/api/v2"

// What may name a learner.
const (
	LearnerID    = "id"
	LearnerEmail = "email"
)

// Config says how to read SCORM Cloud. Its address and credentials (the id and the
// secret of an application) belong to the HTTP client that is handed in.
type Config struct {
	// Name names the record source in the store, in findings and in metrics.
	Name string `yaml:"name"`
	// Learner is what names a person: id, the learner's id there (an account name
	// whose home page is the url; say under identity what it is), or email; id.
	Learner string `yaml:"learner"`
	// Overlap is how far before the last reading the next one begins; 15m.
	Overlap time.Duration `yaml:"overlap"`
	// MaxPages is how many pages are read in one go; 20000. More is an error, and
	// the next reading goes on from there.
	MaxPages int `yaml:"max_pages"`
}

// WithDefaults returns the config with every default in its place.
func (c Config) WithDefaults() Config {
	if c.Learner == "" {
		c.Learner = LearnerID
	}
	if c.Overlap == 0 {
		c.Overlap = 15 * time.Minute
	}
	if c.MaxPages == 0 {
		c.MaxPages = 20000
	}
	return c
}

// Validate returns everything that is wrong with the config, joined.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var errs []error
	if c.Name == "" {
		errs = append(errs, errors.New("name: is missing; it names the record source in the log"))
	}
	if c.Learner != LearnerID && c.Learner != LearnerEmail {
		errs = append(errs, fmt.Errorf("learner: %q is neither id nor email", c.Learner))
	}
	if c.Overlap < 0 {
		errs = append(errs, errors.New("overlap: must not be negative"))
	}
	if c.MaxPages < 0 {
		errs = append(errs, errors.New("max_pages: must be positive"))
	}
	return errors.Join(errs...)
}
