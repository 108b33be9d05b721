package csv

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// reader turns rows into people.
type reader struct {
	columns columns
	header  []string
	words   hris.Words
	null    map[string]bool
	now     time.Time
	zone    *time.Location
	roster  *hris.Roster
}

// roomFor is for how many people room is made before one is read.
const roomFor = 1 << 18

// readPeople reads every row below the header. There are no more of them than most;
// rows is the number that a trailer tells, -1 without one.
func readPeople(t *table, c *Config, now time.Time, most, rows int) (rules.Org, error) {
	words, _ := c.Status.Words()
	r := reader{columns: t.columns, header: t.header, words: words, null: map[string]bool{"": true}, now: now, zone: c.zone(),
		roster: hris.NewRoster("line", now, min(most, roomFor))}
	for _, n := range c.NullManagers {
		r.null[hris.Fold(n)] = true
	}
	limit, count := c.MaxRows, 0
	if limit == 0 {
		limit = defaultMaxRows
	}
	for ; ; count++ {
		cells, line, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rules.Org{}, err
		}
		if count == limit {
			return rules.Org{}, fmt.Errorf("has more than max_rows %d", limit)
		}
		row, err := r.row(cells)
		if err != nil {
			return rules.Org{}, fmt.Errorf("line %d: %w", line, err)
		}
		row.Number = line
		r.roster.Add(row)
		if err := r.roster.Believable(most); err != nil {
			return rules.Org{}, err // before it fills the memory with what is wrong
		}
	}
	switch {
	case count == 0:
		return rules.Org{}, errors.New("has a header and nobody below it; export it again")
	case rows >= 0 && rows != count:
		return rules.Org{}, fmt.Errorf("the trailer tells %d rows and there are %d: the file is not whole; export it again", rows, count)
	}
	return r.roster.Org(c.Name)
}

// row reads one row. An error refuses the file.
func (r *reader) row(cells []string) (hris.Row, error) {
	if err := r.legible(cells); err != nil {
		return hris.Row{}, err
	}
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return hris.Clean(cells[at])
	}
	p := rules.Person{
		ID: cell(r.columns.id), Name: cell(r.columns.name), Email: cell(r.columns.email),
		Manager: cell(r.columns.manager), Department: cell(r.columns.department),
		Location: cell(r.columns.location), Type: cell(r.columns.kind), Status: rules.Active,
	}
	for _, at := range r.columns.emails {
		p.Emails = append(p.Emails, hris.SplitList(cell(at))...)
	}
	if p.Manager != "" && len(r.null) > 1 && r.null[hris.Fold(p.Manager)] {
		p.Manager = ""
	}
	if hris.Shortened(p.ID) || hris.Shortened(p.Manager) {
		return hris.Row{}, fmt.Errorf("%q %w", p.ID, hris.ErrShortened)
	}
	row := hris.Row{Person: p, Key: cell(r.columns.key)}
	if err := r.dates(&row, cell(r.columns.from), cell(r.columns.until)); err != nil {
		return row, err
	}
	err := r.state(&row, cell(r.columns.status), cell(r.columns.noAccount))
	return row, err
}

// state reads what the words of a row say. That of a row that is not in force may be
// one that nobody has mapped.
func (r *reader) state(row *hris.Row, status, noAccount string) (err error) {
	if r.columns.status >= 0 && row.InForce(r.now) {
		if row.Person.Status, err = r.words.Status(status); err != nil {
			return err
		}
		r.words[status] = row.Person.Status // as it is written, for the next row
	}
	if row.Person.NoAccount, err = hris.Yes(noAccount); err != nil {
		return fmt.Errorf("columns.no_account: %w", err)
	}
	return nil
}

// legible is an error where a cell that is used holds what is no text: nobody is
// called so, and a screen that it is shown on would obey it. Further addresses may be
// parted by blanks of any kind.
func (r *reader) legible(cells []string) error {
	bad := func(at int) error {
		return fmt.Errorf("column %q holds a control character: %q; correct it where it was entered", r.header[at], hris.Clip(cells[at]))
	}
	for _, at := range r.columns.single() {
		if at >= 0 && !hris.Plain(cells[at]) && strings.ContainsFunc(hris.Clean(cells[at]), illegible) {
			return bad(at)
		}
	}
	for _, at := range r.columns.emails {
		if strings.ContainsFunc(strings.Join(hris.SplitList(cells[at]), " "), illegible) {
			return bad(at)
		}
	}
	return nil
}

// illegible tells control characters, line and paragraph separators, and overrides of
// the direction of writing.
func illegible(c rune) bool {
	return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
}

// dates reads when the row holds. The last day is a whole one, so the row ends at
// the midnight after it.
func (r *reader) dates(row *hris.Row, from, until string) error {
	var err error
	if row.From, err = hris.Day(from, r.zone); err != nil {
		return fmt.Errorf("columns.from: %w", err)
	}
	if row.Until, err = hris.Day(until, r.zone); err != nil {
		return fmt.Errorf("columns.until: %w", err)
	}
	if !row.Until.IsZero() {
		row.Until = row.Until.AddDate(0, 0, 1)
	}
	return nil
}
