package canvas

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// LMS is one Canvas. It is used from one goroutine at a time: a request at a time is
// practically never throttled.
type LMS struct {
	cfg    Config
	client *resty.Client
	wait   time.Duration // before a throttled request is sent again, the first time
}

// New returns the Canvas behind the client, which rest.Canvas has built: it adds
// the token to every call and lets no write pass without a permit.
func New(cfg Config, client *resty.Client) (*LMS, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("use canvas %q: %w", cfg.Name, err)
	}
	return &LMS{cfg: cfg.WithDefaults(), client: client, wait: time.Second}, nil
}

// Capabilities says that Canvas lets people in until they are held, shows rows, and
// tells the last activity of each.
func (c *LMS) Capabilities() rules.Capabilities {
	return rules.Capabilities{Platform: "canvas", Starts: true}
}

// Enrolments returns every enrolment of the course that is active, invited,
// inactive or completed, or an error.
func (c *LMS) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	rows, err := c.rows(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("read the enrolments of %s: %w", t.Key(), err)
	}
	return rows, nil
}

// Starts reads the course anew and tells who has been active in it. It stays
// unknown where Canvas does not show the last activity.
func (c *LMS) Starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	out := slices.Clone(rows)
	if len(out) == 0 {
		return out, nil
	}
	list, err := c.rows(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("look for starts in %s: %w", t.Key(), err)
	}
	started := map[string]rules.Sign{} // by account: one section's start is a start
	for _, r := range list {
		started[r.Account.ID] = max(started[r.Account.ID], r.Start)
	}
	for i := range out {
		out[i].Start = started[out[i].Account.ID]
	}
	return out, nil
}

// Apply writes the changes, one call each, and reads them back; see lms.Apply.
func (c *LMS) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	return lms.Apply(ctx, platform{c}, t, changes, 1, rules.MoveHold, rules.MoveRelease)
}

// platform is the LMS as lms.Apply uses it.
type platform struct{ *LMS }

func (p platform) Rows(ctx context.Context, t rules.Target, _ []string) ([]rules.Enrolment, error) {
	return p.rows(ctx, t)
}

func (p platform) Send(ctx context.Context, t rules.Target, changes []rules.Change) []error {
	errs := make([]error, len(changes))
	for i, ch := range changes {
		errs[i] = p.write(ctx, t, ch)
	}
	return errs
}

// Check looks, without writing, whether everything is as holds and releases in
// these targets need it.
func (c *LMS) Check(ctx context.Context, targets []rules.Target) []lms.Line {
	l := &lms.Lines{}
	for _, t := range targets {
		l.Subject = t.Key()
		rows, err := c.rows(ctx, t)
		if !l.Verdict("enrolments", fmt.Sprintf("%d enrolments", len(rows)), err,
			"name the course by its id or as sis_course_id:ID, publish it, and let the account's role see the roster") {
			continue
		}
		unmatched, silent := 0, 0
		for _, r := range rows {
			if c.matchValue(r.Account) == "" {
				unmatched++
			}
			if r.Start == rules.SignUnknown {
				silent++
			}
		}
		if unmatched > 0 {
			l.Add("match", lms.Warning, fmt.Sprintf("%d enrolments have no %s that can be seen: they are never held", unmatched, c.cfg.Match),
				"let the account's role see SIS data and login ids")
		}
		if silent > 0 {
			l.Add("starts", lms.Warning, fmt.Sprintf("the last activity of %d enrolments is not shown: they are not held, as they may have started", silent),
				"let the account's role view usage reports for the course (read_reports)")
		}
		l.Add("right to write", lms.Warning, "whether the account may deactivate shows with the first write only", "give its role: add and remove students")
	}
	return l.List
}

func (c *LMS) matchValue(a rules.Account) string {
	switch c.cfg.Match {
	case "email":
		return a.Email
	case "username":
		return a.Username
	}
	return a.IDNumber
}
