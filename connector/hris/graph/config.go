package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Config says how to read the users of a tenant.
type Config struct {
	// Name of this source in findings, metrics and the log. Default "hr".
	Name string `yaml:"name"`
	// ID is the property that holds the id by which leadfront knows a person:
	// employeeId, id or userPrincipalName. Default employeeId.
	ID string `yaml:"id"`
	// SkipWithoutID leaves out whoever has no ID: rooms, shared mailboxes and admin
	// accounts are users too. Without it more than 2 percent of them refuse the reading.
	SkipWithoutID bool `yaml:"skip_without_id"`
	// Guests are people of other tenants. Default: left out.
	Guests bool `yaml:"guests"`
	// Within bounds the whole reading. Default 15m.
	Within time.Duration `yaml:"within"`
}

var ids = []string{"employeeId", "id", "userPrincipalName"}

// SetDefaults fills in what may be left out.
func (c *Config) SetDefaults() { *c = Config{Name: "hr", ID: ids[0], Within: 15 * time.Minute} }

// Validate returns everything that is wrong with the configuration, joined; each
// message begins with the key that it is about.
func (c *Config) Validate() error {
	var errs []error
	if !slices.Contains(ids, c.ID) {
		errs = append(errs, fmt.Errorf("id: %q is not one of %s", c.ID, strings.Join(ids, ", ")))
	}
	if c.Within <= 0 {
		errs = append(errs, errors.New("within: must be longer than 0"))
	}
	return errors.Join(errs...)
}

func (c *Config) idOf(u *user) string {
	switch c.ID {
	case "id":
		return u.ID
	case "userPrincipalName":
		return u.Principal
	}
	return u.EmployeeID
}
