package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// rows reads what follows the header. As long as there is no quote in it a line is a
// row, and a row is cut at the delimiters; from the first quote on encoding/csv
// reads, which tells the same of lines without any.
type rows struct {
	text  []byte
	chunk string // of whole lines, without a quote
	comma byte
	line  int // lines that are read already
	cells []string
	slow  *csv.Reader
}

// chunkSize is how much is looked at for quotes at once.
const chunkSize = 256 << 10

func newRows(text []byte, comma rune, line, columns int) *rows {
	return &rows{text: text, comma: byte(comma), line: line, cells: make([]string, columns)}
}

// next returns the next row that is not empty, which is valid until the one after it,
// and its line; io.EOF after the last one.
func (r *rows) next() (cells []string, line int, err error) {
	for r.slow == nil {
		if r.chunk == "" && !r.fill() {
			break
		}
		row, rest, _ := strings.Cut(r.chunk, "\n")
		r.chunk, r.line = rest, r.line+1
		if row = strings.TrimSuffix(row, "\r"); row == "" {
			continue
		}
		if !r.cut(row) {
			return nil, 0, &csv.ParseError{StartLine: r.line, Line: r.line, Column: 1, Err: csv.ErrFieldCount}
		}
		return r.cells, r.line, nil
	}
	if r.slow == nil {
		return nil, 0, io.EOF
	}
	cells, err = r.slow.Read()
	if err != nil {
		var at *csv.ParseError
		if errors.As(err, &at) {
			at.StartLine, at.Line = at.StartLine+r.line, at.Line+r.line
		}
		return nil, 0, err
	}
	line, _ = r.slow.FieldPos(0)
	return cells, line + r.line, nil
}

// fill takes the next lines out of the text; false where there is none left, or a
// quote among them.
func (r *rows) fill() bool {
	n := min(len(r.text), chunkSize)
	if end := bytes.IndexByte(r.text[n:], '\n'); end >= 0 {
		n += end + 1
	} else {
		n = len(r.text)
	}
	lines := r.text[:n]
	if bytes.IndexByte(lines, '"') >= 0 {
		r.slow = csv.NewReader(bytes.NewReader(r.text))
		r.slow.Comma, r.slow.ReuseRecord, r.slow.FieldsPerRecord = rune(r.comma), true, len(r.cells)
		return false
	}
	r.chunk, r.text = string(lines), r.text[n:]
	return n > 0
}

// cut fills the cells; false where there are not as many as columns.
func (r *rows) cut(row string) bool {
	for i := range r.cells {
		end := strings.IndexByte(row, r.comma)
		if last := i == len(r.cells)-1; last != (end < 0) {
			return false
		} else if last {
			r.cells[i] = row
			return true
		}
		r.cells[i], row = row[:end], row[end+1:]
	}
	return false
}
