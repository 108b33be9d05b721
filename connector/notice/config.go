package notice

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Config says who is told what, and how often.
type Config struct {
	// InObserve has notices sent in mode observe, too; false.
	InObserve bool `yaml:"in_observe"`
	Leaders   Pace `yaml:"leaders"`  // who block: every 24h, repeat 7d
	Learners  Pace `yaml:"learners"` // who may start: every 1h; never repeated
	// Operators are told of what waits for them, or is broken: every 1h, repeat 24h.
	Operators Operators `yaml:"operators"`
	// Quiet is when nobody is written to; left out: never.
	Quiet Quiet `yaml:"quiet"`
	// Templates is a folder with texts in the place of leadfront's own: any of
	// blocking.txt, may_start.txt and operators.txt, and the same with .html.
	Templates string `yaml:"templates"`
}

// Pace is how often one person gets notices of one kind.
type Pace struct {
	// Every is the least time between two. What comes up meanwhile waits and is said
	// in one.
	Every time.Duration `yaml:"every"`
	// Repeat is after how long what lasts is said again; 0: never.
	Repeat time.Duration `yaml:"repeat"`
}

// Operators are who looks after leadfront.
type Operators struct {
	To   []string `yaml:"to"` // addresses; none: operators get no mail
	Pace Pace     `yaml:",inline"`
	// Quiet has the quiet hours hold for operators as well; false.
	Quiet bool `yaml:"quiet"`
}

// SetDefaults fills in what may be left out.
func (c *Config) SetDefaults() {
	c.Leaders = Pace{Every: 24 * time.Hour, Repeat: 7 * 24 * time.Hour}
	c.Learners = Pace{Every: time.Hour}
	c.Operators.Pace = Pace{Every: time.Hour, Repeat: 24 * time.Hour}
}

// Validate returns what is wrong.
func (c *Config) Validate() error {
	var errs []error
	for _, p := range []struct {
		key  string
		pace Pace
	}{{"leaders", c.Leaders}, {"learners", c.Learners}, {"operators", c.Operators.Pace}} {
		if p.pace.Every <= 0 {
			errs = append(errs, fmt.Errorf("%s.every: must be longer than 0", p.key))
		}
		if p.pace.Repeat != 0 && p.pace.Repeat < p.pace.Every {
			errs = append(errs, fmt.Errorf("%s.repeat: is shorter than every; 0 is never", p.key))
		}
	}
	if c.Learners.Repeat != 0 {
		errs = append(errs, errors.New("learners.repeat: whoever may start is told once; take it away"))
	}
	for i, a := range c.Operators.To {
		if _, err := mail.ParseAddress(a); err != nil {
			errs = append(errs, fmt.Errorf("operators.to[%d]: is not an address; write it like ops@corp.example", i))
		}
	}
	return errors.Join(errs...)
}

// pace is that of the kind.
func (c *Config) pace(kind rules.NoticeKind) Pace {
	switch {
	case kind.ToOperators():
		return c.Operators.Pace
	case kind == rules.NoticeMayStart:
		return c.Learners
	}
	return c.Leaders
}

// CheckKinds is an error for what is no kind of notice.
func CheckKinds(kinds []rules.NoticeKind) error {
	var errs []error
	for i, k := range kinds {
		if !slices.Contains(rules.NoticeKinds(), k) {
			var known []string
			for _, k := range rules.NoticeKinds() {
				known = append(known, string(k))
			}
			errs = append(errs, fmt.Errorf("kinds[%d]: is not a kind of notice; the kinds are %s", i, strings.Join(known, ", ")))
		}
	}
	return errors.Join(errs...)
}
