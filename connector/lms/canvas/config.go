package canvas

import (
	"errors"
	"slices"
)

// Config says how one Canvas is used. How it is reached is the business of the
// client that New is given.
type Config struct {
	// Name is the LMS's name in the configuration and in Target.LMS.
	Name string `yaml:"name"`
	// Match is what ties accounts to people: "idnumber" (the SIS id), "email" or
	// "username" (the login id); idnumber.
	Match string `yaml:"match"`
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
		errs = append(errs, errors.New(`match must be "idnumber" (the SIS id), "email" or "username" (the login id)`))
	}
	return errors.Join(errs...)
}
