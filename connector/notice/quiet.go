package notice

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Quiet is when nobody is written to: some hours of each day, and some days whole.
type Quiet struct {
	From  string   `yaml:"from"`  // such as "18:00"; later than Until: over midnight
	Until string   `yaml:"until"` // such as "08:00"; exclusive
	Days  []string `yaml:"days"`  // such as sat, sun
	// Timezone is that of the hours, such as Europe/Berlin; that of the configuration.
	Timezone string `yaml:"timezone"`

	zone *time.Location
}

// In sets the zone of whoever names none.
func (q *Quiet) In(zone *time.Location) {
	if q.zone == nil {
		q.zone = zone
	}
}

// Validate returns what is wrong.
func (q *Quiet) Validate() error {
	errs := []error{q.hours()}
	for i, d := range q.Days {
		if !slices.Contains(weekdays(), d) {
			errs = append(errs, fmt.Errorf("days[%d]: is not one of %s", i, strings.Join(weekdays(), ", ")))
		}
	}
	silent := map[string]bool{}
	for _, d := range q.Days {
		silent[d] = true
	}
	if len(silent) == len(weekdays()) {
		errs = append(errs, errors.New("days: are all there are: nothing would ever be sent"))
	}
	if q.Timezone != "" {
		zone, err := time.LoadLocation(q.Timezone)
		if err != nil || q.Timezone == "Local" {
			errs = append(errs, errors.New("timezone: is not a time zone; write it like Europe/Berlin"))
		}
		q.zone = zone
	}
	return errors.Join(errs...)
}

// hours is an error for hours that are none.
func (q *Quiet) hours() error {
	if q.From == "" && q.Until == "" {
		return nil
	}
	_, err1 := clock(q.From)
	_, err2 := clock(q.Until)
	switch {
	case q.From == "" || q.Until == "":
		return errors.New("from and until go together")
	case err1 != nil || err2 != nil:
		return errors.New(`from and until are times of the day; write them like "18:00"`)
	case q.From == q.Until:
		return errors.New("from and until are the same: that would be never or always; leave both out, or name days")
	}
	return nil
}

func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// clock reads a time of the day, as minutes.
func clock(s string) (int, error) {
	at, err := time.Parse("15:04", s)
	return at.Hour()*60 + at.Minute(), err
}

// Silent reports whether nobody is to be written to, by the clock on the wall.
func (q *Quiet) Silent(at time.Time) bool {
	if q.zone != nil {
		at = at.In(q.zone)
	}
	if slices.Contains(q.Days, weekdays()[at.Weekday()]) {
		return true
	}
	if q.From == "" {
		return false
	}
	from, _ := clock(q.From) // Validate has read both
	until, _ := clock(q.Until)
	now := at.Hour()*60 + at.Minute()
	if from < until {
		return from <= now && now < until
	}
	return now >= from || now < until
}

// Opens is the first minute from then on that is not silent, within eight days.
func (q *Quiet) Opens(at time.Time) time.Time {
	for m := range 8 * 24 * 60 {
		if t := at.Truncate(time.Minute).Add(time.Duration(m) * time.Minute); !q.Silent(t) {
			return t
		}
	}
	return at
}
