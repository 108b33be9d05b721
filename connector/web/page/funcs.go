package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// funcs are what templates may call.
//
//	when .At          23 Nov 2026, 19:30 UTC, as a time element
//	day .At           23 Nov 2026, as a time element
//	ago .At           how long ago, in words: 3 minutes ago
//	span .Duration    a duration in words: 2 days
//	count 50000       50 000
//	plural 2 "leader" "leaders"
//	percent 1 3       33 %
//	words "a_code"    a code
func (l *Layout) funcs() template.FuncMap {
	return template.FuncMap{
		"when": when, "day": day, "span": Span, "count": Count, "percent": percent,
		"ago":    func(t time.Time) string { return ago(l.now(), t) },
		"plural": plural, "part": newPart, "below": newSplit, "share": share, "sourceKind": sourceKind,
		"smallest": func() int { return view.Smallest }, "pageSize": func() int { return mostRows },
		"words": func(code any) string { return strings.ReplaceAll(fmt.Sprint(code), "_", " ") },
	}
}

func timeElement(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return "never"
	}
	t = t.UTC()
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `">` + t.Format(layout) + `</time>`) // digits and month names
}

func when(t time.Time) template.HTML { return timeElement(t, "2 Jan 2006, 15:04 MST") }

func day(t time.Time) template.HTML { return timeElement(t, "2 Jan 2006") }

func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "never"
	case d < 0:
		return "in " + Span(-d)
	case d < 5*time.Second:
		return "just now"
	default:
		return Span(d) + " ago"
	}
}

// Span is a duration in words, in the largest unit of which there are at least two, or a minute.
func Span(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if n := d / u.of; n >= 2 {
			return fmt.Sprintf("%d %s", n, u.name)
		}
	}
	if d >= time.Minute {
		return "1 minute"
	}
	if n := d.Round(time.Second) / time.Second; n != 1 {
		return fmt.Sprintf("%d seconds", n)
	}
	return "1 second"
}

// Count is a number with thin spaces between its thousands.
func Count(n int) string {
	digits, sign := strconv.Itoa(n), ""
	if n < 0 {
		digits, sign = digits[1:], "−"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return sign + digits
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// percent never rounds up to everybody, nor down to nobody.
func percent(part, of int) string {
	switch {
	case of == 0:
		return "–"
	case part == 0 || part == of:
		return fmt.Sprintf("%d %%", 100*part/of)
	}
	return fmt.Sprintf("%d %%", min(99, max(1, (100*part+of/2)/of)))
}

// part is how many of how many, for a bar.
type part struct{ Part, Of int }

func newPart(n, of int) part { return part{n, of} }

// split is how many are done and how many wait, of how many.
type split struct{ Done, Wait, Of int }

func newSplit(r row) split {
	return split{r.Completed, r.Waiting, r.People}
}

// share is the width of a bar, in percent.
func share(part, of int) string {
	if of == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(part)/float64(of), 'f', 1, 64)
}

func sourceKind(k rules.SourceKind) string {
	switch k {
	case rules.SourceHRIS:
		return "who leads whom"
	case rules.SourceLMS:
		return "learning platform"
	}
	return "learning records"
}
