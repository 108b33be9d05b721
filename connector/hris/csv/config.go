package csv

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
)

// Config says where the HR file lies and how to read it.
type Config struct {
	// Name of this source in findings, metrics and the log. Default "hr".
	Name string `yaml:"name"`
	// Path of the file, or a pattern such as /srv/hr/people-*.csv, of whose files
	// the newest is read. Whoever writes the file should write it under another
	// name and rename it when it is whole. Required where no client is handed to New.
	Path string `yaml:"path"`
	// Query is what follows "?" in the address where the file comes over HTTPS.
	Query string `yaml:"query"`
	// Delimiter is one of , ; | and tab (or the word "tab"). Default: the one of
	// them under which the header has the configured columns.
	Delimiter string `yaml:"delimiter"`
	// Encoding is a name of the WHATWG Encoding Standard, such as windows-1252,
	// or utf-16le, utf-16be. Default: what the byte order mark says, else UTF-8,
	// which is verified. Encodings are never guessed.
	Encoding string `yaml:"encoding"`
	// Columns names the column of each field. Names are compared without regard
	// to case and outer blanks.
	Columns Columns `yaml:"columns"`
	// Status maps the words of the status column. A word that is not listed
	// refuses the file.
	Status hris.StatusMap `yaml:"status"`
	// NullManagers are values of the manager column that state "none", beside the
	// empty one: for example NO_MANAGER, XX, 0.
	NullManagers []string `yaml:"null_managers"`
	// PadIDs is the number of digits of numeric employee ids: shorter ones, from which
	// a spreadsheet took the zeros in front, get them back, managers too. Default 0: an
	// id is what is written.
	PadIDs int `yaml:"pad_ids"`
	// Stable is for how long the file must have been unchanged before it is read.
	// Default 60s; 0 reads at once.
	Stable time.Duration `yaml:"stable"`
	// Trailer is the last line of a whole file, with {rows} where it tells the
	// number of rows: "TRAILER,{rows}". Default: none, and the file must end with
	// a newline.
	Trailer string `yaml:"trailer"`
	// Marker is a second file that says that the first is whole: "sha256" (path
	// plus .sha256, with the hex digest) or "done" (path plus .done, not older
	// than the file). Default: none.
	Marker string `yaml:"marker"`
	// MaxBytes is the size above which the file is refused. Default 256 MiB.
	MaxBytes int64 `yaml:"max_bytes"`
	// MaxRows is the number of rows above which the file is refused. Default 5
	// million: a small file can have very many, which take far more memory than it.
	MaxRows int `yaml:"max_rows"`
	// Zone is that of days without a time; nil: UTC.
	Zone *time.Location `yaml:"-"`
}

// Columns names the columns that are read; every other one is ignored.
type Columns struct {
	ID      string `yaml:"id"`      // required
	Manager string `yaml:"manager"` // required: the manager's ID
	Email   string `yaml:"email"`
	Name    string `yaml:"name"` // for display only
	// Status: without it everybody in the file is active.
	Status     string `yaml:"status"`
	Department string `yaml:"department"`
	Location   string `yaml:"location"`
	Type       string `yaml:"type"` // kind of employment
	// Key is the row's own key, where the manager column holds such a key and not
	// an employee id: history tables have several rows of one employee.
	Key string `yaml:"key"`
	// From and Until are the first and the last day on which a row holds; an empty
	// cell is open. Of the rows of one employee the one in force counts.
	From  string `yaml:"from"`
	Until string `yaml:"until"`
	// NoAccount holds yes where HR states that there is no LMS account.
	NoAccount string `yaml:"no_account"`
	// Emails are columns of former and further addresses, several in one cell
	// parted by blanks, commas or semicolons.
	Emails []string `yaml:"emails"`
}

const (
	defaultStable   = time.Minute
	defaultMaxBytes = 256 << 20
	defaultMaxRows  = 5_000_000
)

// SetDefaults fills in what may be left out. It is called before the keys of the
// configuration are read, so that an explicit 0 stays 0.
func (c *Config) SetDefaults() {
	c.Name = "hr"
	c.Stable = defaultStable
	c.MaxBytes = defaultMaxBytes
	c.MaxRows = defaultMaxRows
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
	need(c.Columns.ID != "", "columns.id: is required: the header of the column with the employee id")
	need(c.Columns.Manager != "", "columns.manager: is required: the header of the column with the manager's employee id")
	need(c.Columns.ID == "" || hris.Fold(c.Columns.ID) != hris.Fold(c.Columns.Manager),
		"columns.manager: is the same column as columns.id")
	need(c.Stable >= 0, "stable: is negative")
	need(c.MaxBytes > 0, "max_bytes: must be above 0")
	need(c.MaxRows >= 0, "max_rows: is negative")
	need(c.Marker == "" || c.Marker == markerSHA256 || c.Marker == markerDone,
		"marker: %q is not one of sha256, done", c.Marker)
	need(c.Trailer == "" || strings.Count(c.Trailer, rowsMark) == 1,
		"trailer: needs %s exactly once, where the line tells the number of rows", rowsMark)
	if err := hris.CheckPad(c.PadIDs); err != nil {
		errs = append(errs, err)
	}
	_, err := c.comma()
	need(err == nil, "delimiter: %v", err)
	_, err = charset(c.Encoding)
	need(err == nil, "encoding: %v", err)
	return errors.Join(append(errs, c.statusErrors()...)...)
}

func (c *Config) statusErrors() []error {
	words, errs := c.Status.Words()
	switch {
	case c.Columns.Status == "" && len(words) > 0:
		errs = append(errs, errors.New("status: maps words, but columns.status names no column"))
	case c.Columns.Status != "" && len(c.Status.Active) == 0:
		errs = append(errs, errors.New("status: needs the words that mean active, for example active: [Active]"))
	}
	return errs
}

// zone is that of days.
func (c *Config) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// comma returns the configured delimiter, 0 for none.
func (c *Config) comma() (rune, error) {
	switch d := c.Delimiter; d {
	case "":
		return 0, nil
	case "tab", "\t":
		return '\t', nil
	case ",", ";", "|":
		return rune(d[0]), nil
	default:
		return 0, fmt.Errorf("%q is not one of , ; | tab", d)
	}
}

// ParseColumns reads columns as a command line gives them, comma-separated:
// "id=Employee ID,manager=Manager ID,emails=Old Mail". It names every field that
// it does not know.
func ParseColumns(list string) (Columns, error) {
	var c Columns
	fields := map[string]*string{"id": &c.ID, "manager": &c.Manager, "email": &c.Email, "name": &c.Name,
		"status": &c.Status, "department": &c.Department, "no_account": &c.NoAccount, "location": &c.Location, "type": &c.Type,
		"key": &c.Key, "from": &c.From, "until": &c.Until}
	var errs []error
	for part := range strings.SplitSeq(list, ",") {
		name, header, ok := strings.Cut(part, "=")
		name, header = strings.TrimSpace(name), strings.TrimSpace(header)
		field, known := fields[name]
		switch {
		case !ok || header == "":
			errs = append(errs, fmt.Errorf("column %q: write field=Header", part))
		case name == "emails":
			c.Emails = append(c.Emails, header)
		case !known:
			errs = append(errs, fmt.Errorf("column %q: the fields are id, manager, email, emails, name, status, department, location, type, no_account, key, from, until", name))
		default:
			*field = header
		}
	}
	return c, errors.Join(errs...)
}
