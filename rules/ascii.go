package rules

import "strings"

// LowerASCII folds the letters A to Z alone, as the names of mail servers and the
// addresses on them are compared (RFC 4343, 3; RFC 5321, 2.4). Folded by Unicode the
// Kelvin sign would be a k and a dotted İ an i, so that whoever registers such a
// look-alike would be somebody else.
func LowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
