package scim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Config says how to read a SCIM server.
type Config struct {
	// Name of this source in findings, metrics and the log. Default "hr".
	Name string `yaml:"name"`
	// ID is the attribute that holds the id by which leadfront knows a person and
	// by which tops are listed: employeeNumber, externalId, userName or id. Default
	// employeeNumber. Managers are found by the server's own id in any case.
	ID string `yaml:"id"`
	// SkipWithoutID leaves out whoever has no ID, such as rooms and service
	// accounts; without it more than 2 percent of them refuse the reading.
	SkipWithoutID bool `yaml:"skip_without_id"`
	// Paging is index (startIndex, RFC 7644) or cursor (RFC 9865). Default index; a
	// server that answers with a cursor is followed by cursor anyhow.
	Paging string `yaml:"paging"`
	// PageSize is how many people are asked for at once. Default 100.
	PageSize int `yaml:"page_size"`
	// Within bounds the whole reading. Default 15m.
	Within time.Duration `yaml:"within"`
}

var ids = []string{"employeeNumber", "externalId", "userName", "id"}

const (
	byIndex  = "index"
	byCursor = "cursor"
)

// SetDefaults fills in what may be left out.
func (c *Config) SetDefaults() {
	*c = Config{Name: "hr", ID: ids[0], Paging: byIndex, PageSize: 100, Within: 15 * time.Minute}
}

// Validate returns everything that is wrong with the configuration, joined; each
// message begins with the key that it is about.
func (c *Config) Validate() error {
	var errs []error
	if !slices.Contains(ids, c.ID) {
		errs = append(errs, fmt.Errorf("id: %q is not one of %s", c.ID, strings.Join(ids, ", ")))
	}
	if c.Paging != byIndex && c.Paging != byCursor {
		errs = append(errs, fmt.Errorf("paging: %q is not one of index, cursor", c.Paging))
	}
	if c.PageSize < 1 || c.PageSize > 10_000 {
		errs = append(errs, errors.New("page_size: must be 1 to 10000"))
	}
	if c.Within <= 0 {
		errs = append(errs, errors.New("within: must be longer than 0"))
	}
	return errors.Join(errs...)
}
