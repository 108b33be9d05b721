package csv

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

const (
	bomUTF8    = "\xEF\xBB\xBF"
	bomUTF16LE = "\xFF\xFE"
	bomUTF16BE = "\xFE\xFF"
)

// charset returns the decoder of that name, nil for UTF-8 or none.
func charset(name string) (encoding.Encoding, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "utf-8", "utf8":
		return nil, nil
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("%q is not known; write it like windows-1252, iso-8859-2, utf-16le", name)
	}
	return e, nil
}

// decode returns the text of the file as UTF-8, for which the bytes of a UTF-8
// file are not copied. A byte order mark rules over the configured encoding;
// without either the bytes must be valid UTF-8.
func decode(data []byte, name string) ([]byte, error) {
	data, name = stripMark(data, name)
	enc, err := charset(name)
	if err != nil {
		return nil, err
	}
	if enc == nil {
		return checkUTF8(data)
	}
	if strings.HasPrefix(name, "utf-16") {
		if len(data)%2 != 0 {
			return nil, errors.New("ends within a UTF-16 character: it is cut; export it again")
		}
	} else if utf8.Valid(data) && bytes.ContainsFunc(data, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, fmt.Errorf("is UTF-8, but encoding says %s: remove the key encoding", name)
	}
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, fmt.Errorf("is not %s throughout: correct the key encoding", name)
	}
	return checkText(text)
}

func stripMark(data []byte, name string) ([]byte, string) {
	for _, m := range []struct{ mark, name string }{
		{bomUTF8, "utf-8"}, {bomUTF16LE, "utf-16le"}, {bomUTF16BE, "utf-16be"},
	} {
		if rest, ok := bytes.CutPrefix(data, []byte(m.mark)); ok {
			return rest, m.name
		}
	}
	return data, strings.ToLower(strings.TrimSpace(name))
}

func checkUTF8(data []byte) ([]byte, error) {
	if utf8.Valid(data) {
		return checkText(data)
	}
	line := 1
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		rest = rest[size:]
	}
	return nil, fmt.Errorf("line %d is not UTF-8: name the encoding of the export, often encoding: windows-1252", line)
}

// checkText refuses what no spreadsheet holds and a wrong encoding makes.
func checkText(text []byte) ([]byte, error) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("is empty; export it again")
	case bytes.IndexByte(text, 0) >= 0:
		return nil, errors.New("has zero bytes: it is damaged, or UTF-16 without a mark (then set encoding: utf-16le)")
	}
	return text, nil
}

// cutTrailer takes the trailer line off and returns the number of rows that it
// tells, -1 without one. What ends neither with a trailer nor with a newline may
// have been cut within its last value, where nobody would see it.
func cutTrailer(text []byte, c *Config) ([]byte, int, error) {
	if c.Trailer == "" {
		if !bytes.HasSuffix(text, []byte("\n")) && c.Marker != markerSHA256 {
			return nil, 0, errors.New("does not end with a newline, so it may be cut: export it again, or let the export end with a newline, a trailer or a sha256 marker")
		}
		return text, -1, nil
	}
	body := bytes.TrimRight(text, "\r\n")
	at := bytes.LastIndexByte(body, '\n') + 1
	before, after, _ := strings.Cut(c.Trailer, rowsMark)
	middle, hasBefore := strings.CutPrefix(strings.TrimSpace(string(body[at:])), before)
	number, hasAfter := strings.CutSuffix(middle, after)
	rows, err := strconv.Atoi(strings.TrimSpace(number))
	if !hasBefore || !hasAfter || err != nil || rows < 0 {
		return nil, 0, fmt.Errorf("its last line is not the trailer %q: it is cut; export it again", c.Trailer)
	}
	return body[:at], rows, nil
}
