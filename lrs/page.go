package lrs

import (
	"bytes"
	"errors"
	"fmt"
)

var (
	errCut   = errors.New("the answer is cut off")
	errShape = errors.New("the answer is no StatementResult (xAPI 1.0.3, Data 2.5)")
)

const (
	// maxRaw bounds what is kept of a statement that could not be read.
	maxRaw = 64 << 10
	// maxQuarantined is how many of those a page may have; more are only counted.
	maxQuarantined = 1000
)

// most is how many statements a page may have where so many were asked for. LRSs
// give fewer, rarely more; one that gives millions would fill the memory.
func most(limit int) int { return max(10*limit, 10_000) }

// Decode splits a StatementResult into its statements, untouched, and its more. One
// statement that is broken inside does not take the rest of the page with it. A page
// that is cut off, has no statements, or has more than most is an error.
func Decode(page []byte, most int) (statements [][]byte, more string, err error) {
	seen, more, err := cutPage(nil, page, most, nil)
	for _, s := range seen {
		statements = append(statements, s.raw)
	}
	return statements, more, err
}

// cutPage appends the statements of the page, glanced at where there is a glancer.
func cutPage(list []glimpse, page []byte, most int, g *glancer) (statements []glimpse, more string, err error) {
	s := splitter{data: bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))}
	found := false
	err = s.each('{', '}', func() error {
		name, err := s.name()
		if err != nil {
			return err
		}
		switch name {
		case "statements":
			if found {
				return errShape
			}
			found = true
			return s.each('[', ']', func() error {
				if len(list) == most {
					return fmt.Errorf("the page has more than %d statements, and far fewer were asked for: the LRS does not keep to limit", most)
				}
				one, err := s.statement(g)
				list = append(list, one)
				return err
			})
		case "more":
			more, err = s.more()
			return err
		}
		_, err = s.value()
		return err
	})
	s.space()
	switch {
	case err != nil:
		return nil, "", err
	case !found || s.at < len(s.data):
		return nil, "", errShape
	}
	return list, more, nil
}

// splitter finds where JSON values end, by their brackets and strings alone.
type splitter struct {
	data []byte
	at   int
}

func (s *splitter) space() {
	for s.at < len(s.data) && (s.data[s.at] == ' ' || s.data[s.at] == '\n' || s.data[s.at] == '\r' || s.data[s.at] == '\t') {
		s.at++
	}
}

// take passes over one byte, which must be the one.
func (s *splitter) take(c byte) error {
	s.space()
	if s.at >= len(s.data) {
		return errCut
	}
	if s.data[s.at] != c {
		return errShape
	}
	s.at++
	return nil
}

func (s *splitter) peek() byte {
	s.space()
	if s.at >= len(s.data) {
		return 0
	}
	return s.data[s.at]
}

// each passes over an array or an object, calling one for each of its members.
func (s *splitter) each(open, shut byte, one func() error) error {
	if err := s.take(open); err != nil {
		return err
	}
	for first := true; s.peek() != shut; first = false {
		if !first {
			if err := s.take(','); err != nil {
				return err
			}
		}
		if err := one(); err != nil {
			return err
		}
	}
	return s.take(shut)
}

func (s *splitter) name() (string, error) {
	if s.peek() != '"' {
		return "", s.take('"')
	}
	raw, err := s.value()
	if err != nil {
		return "", err
	}
	var name string
	if newReader(raw).text(&name) != nil {
		return "", errShape
	}
	return name, s.take(':')
}

// more reads the link; null and absent are the end as well.
func (s *splitter) more() (string, error) {
	raw, err := s.value()
	if err != nil || string(raw) == "null" {
		return "", err
	}
	var link string
	if newReader(raw).text(&link) != nil {
		return "", errShape
	}
	return link, nil
}

// statement passes over one statement. A glance finds the end of what is valid; of
// anything else the brackets tell.
func (s *splitter) statement(g *glancer) (glimpse, error) {
	s.space()
	if g != nil {
		if seen, size, ok := g.glance(s.data[s.at:]); ok {
			s.at += size
			return seen, nil
		}
	}
	raw, err := s.value()
	return glimpse{raw: raw, read: true}, err
}

// value passes over one value and returns its bytes.
func (s *splitter) value() ([]byte, error) {
	s.space()
	start, depth := s.at, 0
	for s.at < len(s.data) {
		switch c := s.data[s.at]; c {
		case '"':
			if !s.quoted() {
				return nil, errCut
			}
			if depth == 0 {
				return s.data[start:s.at], nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				s.at++
				return s.data[start:s.at], nil
			}
		}
		if depth <= 0 && s.ends() {
			if s.at == start {
				return nil, errShape
			}
			return s.data[start:s.at], nil
		}
		s.at++
	}
	return nil, errCut
}

// ends reports whether a value that is neither a string nor in brackets ends here.
func (s *splitter) ends() bool {
	return bytes.IndexByte([]byte(",]} \t\r\n"), s.data[s.at]) >= 0
}

// quoted passes over a string.
func (s *splitter) quoted() bool {
	for s.at++; s.at < len(s.data); {
		end := bytes.IndexByte(s.data[s.at:], '"')
		if end < 0 {
			break
		}
		// A quote is one, unless an odd number of backslashes stands before it.
		slashes := 0
		for slashes < end && s.data[s.at+end-1-slashes] == '\\' {
			slashes++
		}
		s.at += end + 1
		if slashes%2 == 0 {
			return true
		}
	}
	s.at = len(s.data)
	return false
}
