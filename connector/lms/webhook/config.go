package webhook

import (
	"errors"
	"slices"
)

// Config says how one platform behind the protocol is used. How it is reached is
// the business of the client that New is given.
type Config struct {
	// Name is the LMS's name in the configuration and in Target.LMS.
	Name string `yaml:"name"`
	// Match is the account field that ties accounts to people: "idnumber", "email"
	// or "username"; idnumber.
	Match string `yaml:"match"`
	// Closed: nobody gets in until released; otherwise everybody does until held.
	// The service says which it is, and one that says otherwise is not read.
	Closed bool `yaml:"closed"`
	// Starts: the service can tell whether somebody has started. Whoever it then
	// says nothing about is not held.
	Starts bool `yaml:"starts"`
}

// WithDefaults returns the config with defaults in place.
func (c Config) WithDefaults() Config {
	if c.Match == "" {
		c.Match = "idnumber"
	}
	return c
}

// Validate returns everything that is wrong with the config, joined. Defaults
// count as set.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var errs []error
	if c.Name == "" {
		errs = append(errs, errors.New("name is missing"))
	}
	if !slices.Contains([]string{"idnumber", "email", "username"}, c.Match) {
		errs = append(errs, errors.New(`match must be "idnumber", "email" or "username"`))
	}
	return errors.Join(errs...)
}
