package hris

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/leadfront/leadfront/rules"
)

// Plain reports whether the text is printable ASCII alone: most of what HR writes
// is, and needs no second look. It looks at eight bytes at once.
func Plain(s string) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for len(s) >= 8 {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		// A byte with the high bit, one below the blank, or the last one of ASCII.
		if (x|(x-each*' ')|(x+each))&high != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// illegible tells control characters, line and paragraph separators, and overrides of
// the direction of writing.
func illegible(c rune) bool {
	return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
}

// legible is an error where something that is stated of a person is no text: nobody
// is called so, and a screen that it is shown on would obey it.
func legible(p *rules.Person) error {
	for _, f := range [...]struct{ field, text string }{{"id", p.ID}, {"manager", p.Manager}, {"email", p.Email}, {"name", p.Name},
		{"department", p.Department}, {"location", p.Location}, {"type", p.Type}} {
		if !Plain(f.text) && strings.ContainsFunc(f.text, illegible) {
			return controlled(f.field, f.text)
		}
	}
	if i := slices.IndexFunc(p.Emails, func(e string) bool { return strings.ContainsFunc(e, illegible) }); i >= 0 {
		return controlled("emails", p.Emails[i])
	}
	return nil
}

func controlled(field, text string) error {
	return fmt.Errorf("%s holds a control character: %q; correct it where it was entered", field, Clip(text))
}
