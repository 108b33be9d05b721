package lrs

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
)

const (
	// maxLine bounds one line of input, maxDocument one that goes over many lines.
	maxLine     = 16 << 20
	maxDocument = 64 << 20
	// maxStatements bounds what one line or document may hold.
	maxStatements = 1_000_000
)

var errUTF16 = errors.New("the file is UTF-16; save it as UTF-8")

// opening is the first line of a document that is laid out over many lines, and of no
// statement that has one to itself.
var opening = regexp.MustCompile(`^(\[|\{\s*$|\{\s*"(statements|more)"\s*:)`)

// eachStatement yields the statements of the input with the numbers of their lines. It
// takes what people have: one statement a line, an array of them or the answer of an
// LRS, on one line or laid out over many, gzipped or not.
func eachStatement(in io.Reader, yield func(line int, raw []byte) error) error {
	r, err := unpacked(in)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n, first := 0, true
	for lines.Scan() {
		n++
		raw := bytes.TrimPrefix(bytes.TrimSpace(lines.Bytes()), []byte("\xef\xbb\xbf"))
		if len(raw) == 0 {
			continue
		}
		if first && opening.Match(raw) && !whole(raw) {
			return document(n, bytes.Clone(raw), lines, yield)
		}
		first = false
		for _, s := range statementsOf(raw) {
			if err := yield(n, s); err != nil {
				return err
			}
		}
	}
	return unreadable(n+1, lines.Err())
}

// unpacked is the input without gzip.
func unpacked(in io.Reader) (io.Reader, error) {
	r := bufio.NewReader(in)
	head, _ := r.Peek(2) // shorter, or not to be read: the reading says so
	switch string(head) {
	case "\x1f\x8b":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("cannot unpack the statements: %w", err)
		}
		return z, nil
	case "\xff\xfe", "\xfe\xff":
		return nil, fmt.Errorf("cannot read the statements: %w", errUTF16)
	}
	return r, nil
}

func unreadable(line int, err error) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("cannot read line %d of the statements: it is longer than %d MiB; give one statement a line", line, maxLine>>20)
	case err != nil:
		return fmt.Errorf("cannot read line %d of the statements: %w", line, err)
	}
	return nil
}

// whole reports whether the text is one value by its brackets.
func whole(raw []byte) bool {
	s := splitter{data: raw}
	_, err := s.value()
	return err == nil
}

// statementsOf are the statements of an array, or of the answer of an LRS; anything
// else is taken for one itself.
func statementsOf(value []byte) [][]byte {
	page := value
	if value[0] == '[' {
		page = append(append([]byte(`{"statements":`), value...), '}')
	}
	if list, _, err := Decode(page, maxStatements); err == nil {
		return list
	}
	return [][]byte{value}
}

// document reads values that are laid out over many lines, from the given line on.
func document(line int, data []byte, rest *bufio.Scanner, yield func(line int, raw []byte) error) error {
	n := line
	for ; rest.Scan(); n++ {
		if data = append(append(data, '\n'), rest.Bytes()...); len(data) > maxDocument {
			return fmt.Errorf("cannot read the statements: they are one document of more than %d MiB; give one statement a line, as jq -c '.statements[]' does", maxDocument>>20)
		}
	}
	if err := unreadable(n+1, rest.Err()); err != nil {
		return err
	}
	s := splitter{data: data}
	for s.peek() != 0 {
		raw, err := s.value()
		if err != nil {
			return fmt.Errorf("cannot read the statements from line %d on: %w", line, err)
		}
		end := s.at - len(raw)
		for _, one := range statementsOf(raw) {
			at := bytes.Index(data[end:], one)
			if at < 0 {
				return fmt.Errorf("cannot read the statements from line %d on: %w", line, errShape)
			}
			if err := yield(line+bytes.Count(data[:end+at], []byte("\n")), one); err != nil {
				return err
			}
			end += at + len(one)
		}
	}
	return nil
}
