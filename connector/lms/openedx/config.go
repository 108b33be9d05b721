package openedx

import "errors"

// Config says how one Open edX is used. How it is reached is the business of the
// client that New is given.
type Config struct {
	// Name is the LMS's name in the configuration and in Target.LMS.
	Name string `yaml:"name"`
	// Staff are the usernames of people who are enrolled and are no learners: they
	// are never written.
	Staff []string `yaml:"staff"`
}

// Validate returns everything that is wrong with the config, joined.
func (c Config) Validate() error {
	if c.Name == "" {
		return errors.New("name is missing")
	}
	return nil
}
