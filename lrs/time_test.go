package lrs

import (
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

func TestParseTime(t *testing.T) {
	day := time.Date(2015, 11, 18, 12, 17, 0, 0, time.UTC)
	for s, want := range map[string]struct {
		at        time.Time
		uncertain bool
	}{
		"2015-11-18T12:17:00Z":                {day, false},
		"2015-11-18T12:17:00.000000000Z":      {day, false},
		"2015-11-18T14:17:00+02:00":           {day, false},
		"2015-11-18T14:17:00+0200":            {day, false},
		"2015-11-18T14:17:00+02":              {day, false},
		"2015-11-18T07:17:00-0500":            {day, false},
		"2015-11-18T12:17:00":                 {day, true},
		"2015-11-18T12:17:00-00:00":           {day, true},
		"2015-11-18T12:17:00-0000":            {day, true},
		"2015-11-18 12:17:00Z":                {day, false},
		"2015-11-18 12:17:00 +0000":           {day, false},
		"20151118T121700Z":                    {day, false},
		"2015-11-18T12:17Z":                   {day, false},
		"2015-11-18T12:17:00,5Z":              {day.Add(500 * time.Millisecond), false},
		"2015-11-18T12:17:00.1234567899+0000": {day.Add(123456789), false},
		"2015-11-18t12:17:00z":                {day, false},
	} {
		at, uncertain, err := parseTime(s)
		if err != nil || !at.Equal(want.at) || uncertain != want.uncertain || at.Location() != time.UTC {
			t.Errorf("%s: %v, uncertain %v, %v", s, at, uncertain, err)
		}
	}
	for _, s := range []string{"", "yesterday", "2015-11-18", "2015-13-01T00:00:00Z", "2015-02-30 00:00:00Z",
		"2015-11-18T25:00:00", "2015-11-18T12:61:00", "2015-11-18T12:17:00+2", "12:17:00Z", "2015-11-18T12:17:00 UTC",
		"0000-01-01T00:00:00+14:00", "0000-06-01T00:00:00Z", "0000-01-01 00:00:00 +1400", "9999-12-31T23:59:59-01:00"} {
		if at, _, err := parseTime(s); err == nil {
			t.Errorf("%q is taken for %v", s, at)
		}
	}
}

// TestYearsThatCannotBeWrittenAreQuarantined: with an offset the year can leave what
// JSON can hold, which nobody behind the door could keep or show.
func TestYearsThatCannotBeWrittenAreQuarantined(t *testing.T) {
	for _, member := range []string{`"timestamp":"0000-01-01T00:00:00+14:00"`, `"stored":"9999-12-31T23:59:59-14:00"`} {
		raw := `{"id":"00000000-0000-4000-8000-000000000001","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://x.example/1"},` + member + `}`
		page := projectPage(t, `{"statements":[`+raw+`]}`, NewWatch([]rules.Program{{Course: rules.Course{Editions: []rules.Edition{{Activities: []string{"https://x.example/1"}}}}}}))
		if len(page.Evidence) != 0 || len(page.Quarantined) != 1 {
			t.Errorf("%s: %d of evidence, %d quarantined", member, len(page.Evidence), len(page.Quarantined))
		}
	}
}
