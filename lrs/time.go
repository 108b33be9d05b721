package lrs

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	errTime = errors.New("is not an instant of ISO 8601")
	errYear = errors.New("lies outside the years 1 to 9999 in UTC")
)

// iso8601 takes what senders write: the basic format, a blank for the T, a comma
// before the fraction, no seconds, a short offset, no zone.
var iso8601 = regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?$`)

// parseTime reads an instant. It is uncertain when no zone was named, or the zone
// -00:00, which means the same (RFC 3339, 4.3); it is then read as UTC.
func parseTime(s string) (at time.Time, uncertain bool, err error) {
	if at, uncertain, err = parseAny(s); err != nil {
		return time.Time{}, false, err
	}
	// An offset can lead out of the years that ISO 8601, and so our own JSON, can write.
	at = at.UTC()
	if at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}, false, errYear
	}
	return at, uncertain, nil
}

func parseAny(s string) (at time.Time, uncertain bool, err error) {
	if at, err = time.Parse(time.RFC3339Nano, s); err == nil {
		return at, strings.HasSuffix(s, "-00:00"), nil
	}
	m := iso8601.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false, errTime
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits, or nothing: zero
	}
	nanos, _ := strconv.Atoi((m[7] + "000000000")[:9])
	zone, known := offset(m[8])
	at = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nanos, zone)
	real := at.Month() == time.Month(n[1]) && at.Day() == n[2] && n[3] < 24 && n[4] < 60 && n[5] < 60
	if !real {
		return time.Time{}, false, errTime
	}
	return at, !known, nil
}

// offset reads Z, ±hh, ±hhmm or ±hh:mm.
func offset(s string) (zone *time.Location, known bool) {
	switch {
	case s == "":
		return time.UTC, false
	case s == "Z" || s == "z":
		return time.UTC, true
	}
	digits := strings.ReplaceAll(s[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	seconds := hours*3600 + minutes*60
	if s[0] == '-' {
		return time.FixedZone("", -seconds), seconds != 0
	}
	return time.FixedZone("", seconds), true
}
