package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
)

// Config says what to ask for and what the answer means. The expressions are jq's,
// as github.com/itchyny/gojq understands them, without access to the environment or
// to files.
type Config struct {
	// Name of this source in findings, metrics and the log. Default "hr".
	Name string `yaml:"name"`
	// Preset fills in what is left out below, for workday, bamboohr,
	// successfactors, hibob or personio. The presets are built from the vendors'
	// documentation and have not been run against a live tenant.
	Preset string `yaml:"preset"`
	// Query is what follows "?" in the address of the first page.
	Query string `yaml:"query"`
	// Body makes the question a POST of this JSON object instead of a GET.
	Body string `yaml:"body"`
	// Vary names the fields of Body that Next sets. Nothing else may differ, or the
	// question would not pass as a read.
	Vary []string `yaml:"vary"`
	// Rows yields the rows of an answer. Default: .[]
	Rows string `yaml:"rows"`
	// Next yields what to ask next, or null at the end: an address on the same
	// server, or an object of query parameters (of fields of the body, where there
	// is one). $seen is how many rows have come, $page how many pages. Default: null.
	Next string `yaml:"next"`
	// Total yields how many rows there are in all; if so many have not come in the
	// end the reading is refused. Default: null, it is not said.
	Total  string `yaml:"total"`
	Fields Fields `yaml:"fields"`
	// Status maps the words of Fields.Status.
	Status hris.StatusMap `yaml:"status"`
	// NullManagers are values of the manager that state "none", beside null and
	// the empty one.
	NullManagers []string `yaml:"null_managers"`
	// PadIDs is the number of digits of numeric employee ids: shorter ones, from which
	// a spreadsheet took the zeros in front, get them back, managers too. Default 0: an
	// id is what is written.
	PadIDs int `yaml:"pad_ids"`
	// Within bounds the whole reading. Default 30m, after which Workday gives up.
	Within time.Duration `yaml:"within"`
	// Zone is that of days without a time; nil: UTC.
	Zone *time.Location `yaml:"-"`
}

// Fields yield, from a row, text, a number, a truth value or null.
type Fields struct {
	ID      string `yaml:"id"`      // required
	Manager string `yaml:"manager"` // required: the manager's ID, or Key where that is given
	Email   string `yaml:"email"`
	Name    string `yaml:"name"`
	// Status: without it everybody in the report is active.
	Status     string `yaml:"status"`
	Department string `yaml:"department"`
	Location   string `yaml:"location"`
	Type       string `yaml:"type"`
	NoAccount  string `yaml:"no_account"`
	// Emails yields any number of further addresses.
	Emails string `yaml:"emails"`
	// Key is the row's own key, by which managers are named.
	Key string `yaml:"key"`
	// From and Until are the first and the last day on which the row holds.
	From  string `yaml:"from"`
	Until string `yaml:"until"`
}

// SetDefaults fills in what may be left out and no preset says.
func (c *Config) SetDefaults() { *c = Config{Name: "hr", Within: 30 * time.Minute} }

// WithDefaults returns the config with what its preset says in place.
func (c Config) WithDefaults() Config {
	if p, ok := presetOf(c.Preset); ok {
		c = c.over(p)
	}
	set(&c.Rows, ".[]")
	set(&c.Next, "null")
	set(&c.Total, "null")
	return c
}

func set(v *string, word string) {
	if *v == "" {
		*v = word
	}
}

// over returns the config with the preset in all places that it leaves open.
func (c Config) over(p Config) Config {
	set(&c.Query, p.Query)
	set(&c.Body, p.Body)
	set(&c.Rows, p.Rows)
	set(&c.Next, p.Next)
	set(&c.Total, p.Total)
	have := c.Fields.all()
	for i, f := range p.Fields.all() {
		set(have[i].value, *f.value)
	}
	if words, _ := c.Status.Words(); len(words) == 0 {
		c.Status = p.Status
	}
	if c.Vary == nil {
		c.Vary = p.Vary
	}
	if c.NullManagers == nil {
		c.NullManagers = p.NullManagers
	}
	return c
}

type field struct {
	name  string
	value *string
}

func (f *Fields) all() []field {
	return []field{{"id", &f.ID}, {"manager", &f.Manager}, {"email", &f.Email}, {"name", &f.Name}, {"status", &f.Status},
		{"department", &f.Department}, {"location", &f.Location}, {"type", &f.Type}, {"no_account", &f.NoAccount}, {"emails", &f.Emails}, {"key", &f.Key}, {"from", &f.From}, {"until", &f.Until}}
}

// Validate returns everything that is wrong with the configuration, joined; each
// message begins with the key that it is about.
func (c *Config) Validate() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	names := presetNames()
	need(c.Preset == "" || slices.Contains(names, c.Preset), "preset: %q is not one of %s", hris.Clip(c.Preset), strings.Join(names, ", "))
	whole := c.WithDefaults()
	need(whole.Fields.ID != "", "fields.id: is required: the expression of the employee id, such as .employeeId")
	need(whole.Fields.Manager != "", "fields.manager: is required: the expression of the manager's employee id")
	need(c.Within > 0, "within: must be longer than 0")
	if err := hris.CheckPad(c.PadIDs); err != nil {
		errs = append(errs, err)
	}
	_, wrong := compileAll(&whole)
	errs = append(errs, wrong...)
	words, wrong := whole.Status.Words()
	errs = append(errs, wrong...)
	need((whole.Fields.Status == "") == (len(words) == 0), "status: words and fields.status go together")
	if whole.Body != "" {
		_, err := object([]byte(whole.Body))
		need(err == nil, "body: is not a JSON object")
	}
	return errors.Join(errs...)
}
