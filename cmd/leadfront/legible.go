package main

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printf is fmt.Fprintf for people: no value can move the cursor, change a colour or
// begin a line of its own, whoever chose it. HR, record sources and platforms are
// full of names that others have given. Lines after the first of an error, which may
// be several errors, stand out by a margin.
func printf(w io.Writer, format string, args ...any) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = legibleValue(a)
	}
	_, _ = fmt.Fprintf(w, format, safe...) // to a screen, or into a table: nobody is left to be told
}

func legibleValue(a any) any {
	switch v := a.(type) {
	case error:
		lines := strings.Split(v.Error(), "\n")
		for i := range lines {
			lines[i] = legible(lines[i])
		}
		return strings.Join(lines, "\n  ")
	case fmt.Stringer:
		return legible(v.String())
	}
	if v := reflect.ValueOf(a); v.Kind() == reflect.String {
		return legible(v.String())
	}
	return a
}

// legible is the text with every character that is not to be seen in an escaped form.
func legible(s string) string {
	if !strings.ContainsFunc(s, hidden) { // what is no UTF-8 is a U+FFFD here
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// hidden tells control and format characters, line and paragraph separators, and what
// may be no character at all.
func hidden(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
}
