package lrs

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// reader reads one JSON value strictly: duplicate names, invalid UTF-8, broken
// numbers and trailing bytes are errors, and nothing is matched but exactly.
type reader struct {
	d   *jsontext.Decoder
	raw bytes.Buffer // a decoder reads what a Buffer has in place
}

func newReader(raw []byte) *reader {
	r := &reader{}
	r.raw = *bytes.NewBuffer(raw)
	r.d = jsontext.NewDecoder(&r.raw)
	return r
}

// over begins with the value at the head of the data. The data stay as they are, and
// what was read of values stays valid as long as they do.
func (r *reader) over(data []byte) *jsontext.Decoder {
	r.raw = *bytes.NewBuffer(data)
	r.d.Reset(&r.raw)
	return r.d
}

// skip checks a value and passes over it. It is faster than SkipValue, which takes a
// value apart to its last token.
func (r *reader) skip() error {
	_, err := r.d.ReadValue()
	return err
}

// problem says what is wrong at the present place, without repeating content.
func (r *reader) problem(format string, args ...any) error {
	at := strings.ReplaceAll(strings.TrimPrefix(string(r.d.StackPointer()), "/"), "/", ".")
	if at == "" {
		at = "statement"
	}
	return fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...))
}

// end demands that nothing follows.
func (r *reader) end() error {
	if _, err := r.d.ReadToken(); err != io.EOF {
		return r.problem("something follows the statement")
	}
	return nil
}

// object reads an object. member reads the value of a member that it knows and
// reports whether it knew it; what it does not know is checked and passed over.
// A name that differs from a known one by case alone is a defect: read either way
// it would change what the statement says.
func (r *reader) object(member func(name string) (known bool, err error)) error {
	if r.d.PeekKind() != '{' {
		return r.wrong("an object")
	}
	if _, err := r.d.ReadToken(); err != nil {
		return err
	}
	for r.d.PeekKind() != '}' {
		token, err := r.d.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		known, err := member(name)
		if err == nil && !known {
			if right := spelling(name); right != name {
				return r.problem("is spelt %q", right)
			}
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
	_, err := r.d.ReadToken()
	return err
}

// wrong reads past a value of the wrong type, so that a syntax error in it is told
// as such.
func (r *reader) wrong(want string) error {
	if err := r.skip(); err != nil {
		return err
	}
	return r.problem("must be %s", want)
}

func (r *reader) text(into *string) error {
	if r.d.PeekKind() != '"' {
		return r.wrong("a string")
	}
	token, err := r.d.ReadToken()
	if err != nil {
		return err
	}
	*into = token.String()
	return nil
}

func (r *reader) boolean(into **bool) error {
	if k := r.d.PeekKind(); k != 't' && k != 'f' {
		return r.wrong("true or false")
	}
	token, err := r.d.ReadToken()
	if err != nil {
		return err
	}
	b := token.Bool()
	*into = &b
	return nil
}

func (r *reader) number(into **float64) error {
	if r.d.PeekKind() != '0' {
		return r.wrong("a number")
	}
	value, err := r.d.ReadValue()
	if err != nil {
		return err
	}
	n, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return r.problem("is out of range")
	}
	*into = &n
	return nil
}

// spelling returns the right spelling of a name that decides something, and any
// other name as it is.
func spelling(name string) string {
	switch low := strings.ToLower(name); low {
	case "id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "mbox",
		"mbox_sha1sum", "openid", "account", "member", "completion", "success", "score", "scaled", "raw", "min",
		"max", "registration", "revision", "platform", "parent", "grouping", "category", "extensions", "definition", "type":
		return low
	case "objecttype":
		return "objectType"
	case "homepage":
		return "homePage"
	case "contextactivities":
		return "contextActivities"
	}
	return name
}
