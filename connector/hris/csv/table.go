package csv

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// table is the file as rows, with the place of each configured column.
type table struct {
	columns columns
	rows    []row
}

type row struct {
	line  int
	cells []string
}

// columns are places in a row; -1: not configured.
type columns struct {
	id, manager, email, name, status, department, noAccount int

	emails []int
}

const delimiters = ",;\t|"

// readTable parses the text strictly: every row as long as the header, quotes
// balanced. LazyQuotes would swallow the rest of a file into one cell.
func readTable(text string, c *Config) (*table, error) {
	comma, err := c.comma()
	if err != nil {
		return nil, fmt.Errorf("delimiter: %w", err)
	}
	text, hinted := cutHint(text)
	if comma == 0 {
		comma = hinted
	}
	if comma == 0 {
		comma = sniff(text, c)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = comma
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	if len(header) < 2 {
		return nil, fmt.Errorf("its header %q has one column only: set delimiter to the one that the export uses", clip(header[0]))
	}
	cols, err := place(header, c)
	if err != nil {
		return nil, err
	}
	rows, err := readRows(r, header)
	return &table{cols, rows}, err
}

// cutHint takes off the first line "sep=;" by which Excel tells the delimiter.
func cutHint(text string) (string, rune) {
	line, rest, _ := strings.Cut(text, "\n")
	hint, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep=")
	if !ok || len(hint) != 1 || !strings.Contains(delimiters, hint) {
		return text, 0
	}
	return rest, rune(hint[0])
}

// sniff returns the delimiter under which the header has most of the configured
// columns, and of equals the most columns.
func sniff(text string, c *Config) rune {
	best, bestFound, bestColumns := ',', -1, 0
	for _, comma := range delimiters {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = comma
		header, err := r.Read()
		if err != nil {
			continue
		}
		found := 0
		for _, want := range c.Columns.names() {
			if slices.ContainsFunc(header, func(h string) bool { return foldHeader(h) == foldHeader(want.header) }) {
				found++
			}
		}
		if found > bestFound || found == bestFound && len(header) > bestColumns {
			best, bestFound, bestColumns = comma, found, len(header)
		}
	}
	return best
}

func readRows(r *csv.Reader, header []string) ([]row, error) {
	var rows []row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: a row is cut, or a quote or delimiter within a value is not quoted; export it again", err)
		}
		line, _ := r.FieldPos(0)
		if slices.Equal(cells, header) {
			return nil, fmt.Errorf("line %d repeats the header: two exports have been joined; export it again", line)
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue // spreadsheets leave such rows behind; nothing is stated in them
		}
		rows = append(rows, row{line, cells})
	}
	if len(rows) == 0 {
		return nil, errors.New("has a header and nobody below it; export it again")
	}
	return rows, nil
}

type wanted struct{ field, header string }

// names returns the configured columns in a fixed order.
func (c Columns) names() []wanted {
	all := []wanted{{"id", c.ID}, {"manager", c.Manager}, {"email", c.Email}, {"name", c.Name},
		{"status", c.Status}, {"department", c.Department}, {"no_account", c.NoAccount}}
	for _, e := range c.Emails {
		all = append(all, wanted{"emails", e})
	}
	return slices.DeleteFunc(all, func(w wanted) bool { return w.header == "" })
}

// place finds the configured columns, all of them or none.
func place(header []string, c *Config) (columns, error) {
	cols := columns{-1, -1, -1, -1, -1, -1, -1, nil}
	single := map[string]*int{"id": &cols.id, "manager": &cols.manager, "email": &cols.email, "name": &cols.name,
		"status": &cols.status, "department": &cols.department, "no_account": &cols.noAccount}
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
		if foldHeader(h) != foldHeader(want.header) {
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
		claimed := slices.ContainsFunc(c.Columns.names(), func(w wanted) bool { return foldHeader(w.header) == foldHeader(h) })
		if claimed || strings.TrimSpace(h) == "" {
			continue
		}
		free = append(free, fmt.Sprintf("%q", clip(h)))
		if shareWord(h, want.header) {
			close = append(close, fmt.Sprintf("%q", clip(h)))
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
		return strings.FieldsFunc(foldHeader(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	aw, bw := words(a), words(b)
	return strings.Join(aw, "") == strings.Join(bw, "") ||
		slices.ContainsFunc(aw, func(w string) bool { return slices.Contains(bw, w) })
}

// clean trims outer blanks, even the zero-width one, and composes to NFC.
func clean(s string) string {
	return norm.NFC.String(strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' }))
}

// fold is clean for comparing only: without regard to case and inner blanks.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(clean(s)), " ")) }

func foldHeader(s string) string { return fold(s) }

// clip shortens a value for an error message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
