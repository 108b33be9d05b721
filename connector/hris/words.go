package hris

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/leadfront/leadfront/rules"
)

// The refusals that every source knows.
var (
	// ErrNobody: the answer is well-formed and there is nobody in it.
	ErrNobody = errors.New("there is nobody in it, and an organisation of nobody is never believed: look at the source")
	// ErrShortened: an id has been through a spreadsheet.
	ErrShortened = errors.New("is a number as a spreadsheet shortens it, so the id is lost: export again without opening the file in one")
)

// scientific is what spreadsheets make of long numeric ids.
var scientific = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// Shortened reports whether the id is a number as spreadsheets shorten it.
func Shortened(id string) bool { return strings.Contains(id, "E+") && scientific.MatchString(id) }

// Clean trims outer blanks, even the zero-width one, and composes to NFC.
func Clean(s string) string {
	if Plain(s) {
		return strings.Trim(s, " ")
	}
	return norm.NFC.String(strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' }))
}

// Fold is Clean for comparing only: without regard to case and inner blanks.
func Fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(Clean(s)), " ")) }

// Clip shortens a value for an error message.
func Clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// StatusMap lists the words of the source's status field, for each status.
type StatusMap struct {
	Active   []string `yaml:"active"`
	Leave    []string `yaml:"leave"`
	Inactive []string `yaml:"inactive"`
	Vacant   []string `yaml:"vacant"`
}

// Words are the statuses by folded word.
type Words map[string]rules.Status

// Words returns the status of each word, and what is wrong with the lists, each
// message beginning with the key that it is about.
func (m StatusMap) Words() (Words, []error) {
	var errs []error
	words := Words{}
	for _, list := range []struct {
		status rules.Status
		words  []string
	}{{rules.Active, m.Active}, {rules.Leave, m.Leave}, {rules.Inactive, m.Inactive}, {rules.Vacant, m.Vacant}} {
		for _, w := range list.words {
			key := Fold(w)
			if had, ok := words[key]; ok && had != list.status {
				errs = append(errs, fmt.Errorf("status.%s: %q is listed as %s already", list.status, w, had))
			}
			words[key] = list.status
		}
	}
	return words, errs
}

// Status returns the status of a word. One that nobody has mapped is an error:
// taking it for active or for gone would both be guesses.
func (w Words) Status(word string) (rules.Status, error) {
	if s, ok := w[word]; ok { // as it is written, which is the usual case
		return s, nil
	}
	if s, ok := w[Fold(word)]; ok {
		return s, nil
	}
	return 0, fmt.Errorf("status %q is not mapped: list it under status, as active, leave, inactive or vacant", Clip(word))
}

// Yes reads a yes or no; the empty word is no.
func Yes(word string) (bool, error) {
	if word == "" {
		return false, nil
	}
	switch Fold(word) {
	case "yes", "y", "true", "1", "x":
		return true, nil
	case "no", "n", "false", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no", Clip(word))
}

// SplitList parts several values in one cell.
func SplitList(cell string) []string {
	return strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) })
}

// Day reads a date: a day begins at midnight of the zone.
func Day(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "02.01.2006", "20060102"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date like 2026-10-01", Clip(text))
}
