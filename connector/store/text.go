package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
)

// The years that the text form of a time can hold; a statement may claim others.
var (
	earliest = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
)

// stamp is the text form of a time, empty for the zero time. Bound as it is, a
// time.Time would be kept in Go's debug form.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return plain(t).Format(audit.TimeFormat)
}

// plain is the time as it comes back from the database: what is kept in memory
// beside a row must not differ from it.
func plain(t time.Time) time.Time {
	t = t.UTC().Round(0)
	switch {
	case t.Before(earliest):
		return earliest
	case t.After(latest):
		return latest
	}
	return t
}

// moment scans what stamp wrote.
type moment struct{ time.Time }

// Scan implements sql.Scanner.
func (m *moment) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a time is kept as %T", v)
	}
	if text == "" {
		m.Time = time.Time{}
		return nil
	}
	t, err := time.Parse(audit.TimeFormat, text)
	m.Time = t
	return err
}

// jsonText is a value kept as JSON; it binds and scans.
type jsonText[T any] struct{ v T }

// Scan implements sql.Scanner.
func (j *jsonText[T]) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("JSON is kept as %T", v)
	}
	if text == "[]" {
		return nil // as it was given: a list that is not there
	}
	return json.Unmarshal([]byte(text), &j.v)
}

// alike reads JSON of which many rows have the same: whoever waits for one leader has the
// reasons of the others who do. The values are shared, and not changed by anyone.
type alike[T any] map[string]T

// mostAlike bounds how many texts are remembered at once.
const mostAlike = 10_000

func (a alike[T]) parse(text string) (T, error) {
	if v, ok := a[text]; ok {
		return v, nil
	}
	var j jsonText[T]
	if err := j.Scan(text); err != nil {
		return j.v, err
	}
	if len(a) >= mostAlike {
		clear(a)
	}
	a[text] = j.v
	return j.v, nil
}

// encode is JSON with a fixed order: structs in the order of their fields, maps
// sorted. Lists that are nil are written as empty ones.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if string(b) == "null" {
		return "[]", nil
	}
	return string(b), nil
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
