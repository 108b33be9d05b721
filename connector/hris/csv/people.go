package csv

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// reader turns rows into people.
type reader struct {
	columns columns
	header  []string
	words   hris.Words
	null    map[string]bool
	pad     int
	texts   *texts
	now     time.Time
	zone    *time.Location
	roster  *hris.Roster
}

// readPeople reads every row below the header. There are no more of them than most;
// rows is the number that a trailer tells, -1 without one.
func readPeople(t *table, c *Config, now time.Time, most, rows int) (rules.Org, error) {
	words, _ := c.Status.Words()
	limit := cmp.Or(c.MaxRows, defaultMaxRows)
	r := reader{columns: t.columns, header: t.header, words: words, null: map[string]bool{"": true}, now: now, zone: c.zone(),
		pad: c.PadIDs, texts: newTexts(), roster: hris.NewRoster("line", now, min(most, limit))}
	for _, n := range c.NullManagers {
		r.null[hris.Fold(n)] = true
	}
	count := 0
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
		if err := r.roster.Add(&row); err != nil {
			return rules.Org{}, err
		}
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
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return hris.Clean(cells[at])
	}
	p := rules.Person{
		ID: r.texts.own(hris.Pad(cell(r.columns.id), r.pad)), Name: r.texts.own(cell(r.columns.name)), Email: r.texts.own(cell(r.columns.email)),
		Manager: r.texts.manager(r.boss(cell(r.columns.manager))), Department: r.texts.common(cell(r.columns.department)),
		Location: r.texts.common(cell(r.columns.location)), Type: r.texts.common(cell(r.columns.kind)), Status: rules.Active,
	}
	for _, at := range r.columns.emails {
		for _, e := range hris.SplitList(cell(at)) {
			p.Emails = append(p.Emails, r.texts.own(e))
		}
	}
	if hris.Shortened(p.ID) || hris.Shortened(p.Manager) {
		return hris.Row{}, fmt.Errorf("%q %w", p.ID, hris.ErrShortened)
	}
	row := hris.Row{Person: p, Key: r.texts.own(cell(r.columns.key))}
	if err := r.dates(&row, cell(r.columns.from), cell(r.columns.until)); err != nil {
		return row, err
	}
	err := r.state(&row, cell(r.columns.status), cell(r.columns.noAccount))
	return row, err
}

// boss is the manager's id, or the key of a row as it is written; empty for none.
func (r *reader) boss(cell string) string {
	switch {
	case cell != "" && len(r.null) > 1 && r.null[hris.Fold(cell)]:
		return ""
	case r.columns.key >= 0:
		return cell
	}
	return hris.Pad(cell, r.pad)
}

// state reads what the words of a row say. That of a row that is not in force may be
// one that nobody has mapped.
func (r *reader) state(row *hris.Row, status, noAccount string) (err error) {
	if r.columns.status >= 0 && row.InForce(r.now) {
		if row.Person.Status, err = r.words.Status(status); err != nil {
			return err
		}
		if _, written := r.words[status]; !written {
			r.words[strings.Clone(status)] = row.Person.Status // as it is written, for the next row
		}
	}
	if row.Person.NoAccount, err = hris.Yes(noAccount); err != nil {
		return fmt.Errorf("columns.no_account: %w", err)
	}
	return nil
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
