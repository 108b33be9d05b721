package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/leadfront/leadfront/connector/hris"
)

// table is the file with the place of each configured column, its rows still to
// be read.
type table struct {
	columns columns
	header  []string
	rows    *rows
}

// columns are places in a row; -1: not configured.
type columns struct {
	id, key, manager, email, name, status, department, location, kind, noAccount, from, until int

	emails []int
}

const delimiters = ",;\t|"

// openTable reads the header, strictly: every row has to be as long as it, with
// quotes balanced. LazyQuotes would swallow the rest of a file into one cell.
func openTable(text []byte, c *Config) (*table, error) {
	comma, err := c.comma()
	if err != nil {
		return nil, fmt.Errorf("delimiter: %w", err)
	}
	whole := text
	text, hinted := cutHint(text)
	if comma == 0 {
		comma = hinted
	}
	if comma == 0 {
		comma = sniff(text, c)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	if len(header) < 2 {
		return nil, fmt.Errorf("its header %q has one column only: set delimiter to the one that the export uses", hris.Clip(header[0]))
	}
	cols, err := place(header, c)
	body := text[r.InputOffset():]
	line := bytes.Count(whole[:len(whole)-len(body)], []byte("\n"))
	return &table{cols, header, newRows(body, comma, line, len(header))}, err
}

// cutHint takes off the first line "sep=;" by which Excel tells the delimiter.
func cutHint(text []byte) ([]byte, rune) {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	hint, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep="))
	if !ok || len(hint) != 1 || !strings.Contains(delimiters, string(hint)) {
		return text, 0
	}
	return rest, rune(hint[0])
}

// sniff returns the delimiter under which the header has most of the configured
// columns, and of equals the most columns.
func sniff(text []byte, c *Config) rune {
	best, bestFound, bestColumns := ',', -1, 0
	for _, comma := range delimiters {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma = comma
		header, err := r.Read()
		if err != nil {
			continue
		}
		found := 0
		for _, want := range c.Columns.names() {
			if slices.ContainsFunc(header, func(h string) bool { return hris.Fold(h) == hris.Fold(want.header) }) {
				found++
			}
		}
		if found > bestFound || found == bestFound && len(header) > bestColumns {
			best, bestFound, bestColumns = comma, found, len(header)
		}
	}
	return best
}

// next returns the next row, which is valid until the one after it, and its
// line; io.EOF after the last one.
func (t *table) next() (cells []string, line int, err error) {
	for {
		cells, line, err := t.rows.next()
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%w: a row is cut, or a quote or delimiter within a value is not quoted; export it again", err)
		}
		if slices.Equal(cells, t.header) {
			return nil, 0, fmt.Errorf("line %d repeats the header: two exports have been joined; export it again", line)
		}
		if slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			return cells, line, nil
		}
		// Spreadsheets leave blank rows behind; nothing is stated in them.
	}
}

type wanted struct{ field, header string }

// names returns the configured columns in a fixed order.
func (c Columns) names() []wanted {
	all := []wanted{{"id", c.ID}, {"key", c.Key}, {"manager", c.Manager}, {"email", c.Email}, {"name", c.Name},
		{"status", c.Status}, {"department", c.Department}, {"location", c.Location}, {"type", c.Type}, {"no_account", c.NoAccount}, {"from", c.From}, {"until", c.Until}}
	for _, e := range c.Emails {
		all = append(all, wanted{"emails", e})
	}
	return slices.DeleteFunc(all, func(w wanted) bool { return w.header == "" })
}

// place finds the configured columns, all of them or none.
func place(header []string, c *Config) (columns, error) {
	cols := columns{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, nil}
	single := map[string]*int{"id": &cols.id, "key": &cols.key, "manager": &cols.manager, "email": &cols.email, "name": &cols.name,
		"status": &cols.status, "department": &cols.department, "location": &cols.location, "type": &cols.kind, "no_account": &cols.noAccount, "from": &cols.from, "until": &cols.until}
	var errs []error
	for _, want := range c.Columns.names() {
		at, err := find(header, want, c)
		if err != nil {
			errs = append(errs, err)
		}
		if field, ok := single[want.field]; ok {
			*field = at
		} else {
			cols.emails = append(cols.emails, at)
		}
	}
	return cols, errors.Join(errs...)
}

func find(header []string, want wanted, c *Config) (int, error) {
	at := -1
	for i, h := range header {
		if hris.Fold(h) != hris.Fold(want.header) {
			continue
		}
		if at >= 0 {
			return -1, fmt.Errorf("columns.%s: two columns are called %q: rename one of them in the export", want.field, want.header)
		}
		at = i
	}
	if at < 0 {
		return -1, fmt.Errorf("columns.%s: there is no column %q; %s", want.field, want.header, candidates(header, want, c))
	}
	return at, nil
}

// candidates names the columns that the administrator may have meant: those that
// share a word with the wanted one, else all that nothing else claims.
func candidates(header []string, want wanted, c *Config) string {
	const most = 12
	var close, free []string
	for _, h := range header {
		claimed := slices.ContainsFunc(c.Columns.names(), func(w wanted) bool { return hris.Fold(w.header) == hris.Fold(h) })
		if claimed || strings.TrimSpace(h) == "" {
			continue
		}
		free = append(free, fmt.Sprintf("%q", hris.Clip(h)))
		if shareWord(h, want.header) {
			close = append(close, fmt.Sprintf("%q", hris.Clip(h)))
		}
	}
	switch {
	case len(close) > 0:
		return "did you mean " + strings.Join(close[:min(len(close), most)], " or ") + "?"
	case len(free) > 0:
		return "there are " + strings.Join(free[:min(len(free), most)], ", ")
	default:
		return "every other column is in use"
	}
}

func shareWord(a, b string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(hris.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	aw, bw := words(a), words(b)
	return strings.Join(aw, "") == strings.Join(bw, "") ||
		slices.ContainsFunc(aw, func(w string) bool { return slices.Contains(bw, w) })
}
