package openedx

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// LMS is one Open edX. It is used from one goroutine at a time.
type LMS struct {
	cfg    Config
	client *resty.Client
	now    func() time.Time
	token  token
}

// New returns the Open edX behind the client, which rest.OpenEdX has built: it adds
// the application's secret to the request for a token, keeps to the rate that staff
// is granted, and lets no write pass without a permit.
func New(cfg Config, client *resty.Client, now func() time.Time) (*LMS, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("use open edx %q: %w", cfg.Name, err)
	}
	return &LMS{cfg: cfg, client: client, now: now}, nil
}

// Capabilities says that Open edX lets people in until they are held, shows rows,
// and cannot tell a start.
func (x *LMS) Capabilities() rules.Capabilities { return rules.Capabilities{Platform: "openedx"} }

// Enrolments returns every enrolment of the course run, active or not, or an error.
func (x *LMS) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	rows, err := x.rows(ctx, t, nil)
	if err != nil {
		return nil, fmt.Errorf("read the enrolments of %s: %w", t.Key(), err)
	}
	return rows, nil
}

// Starts returns the rows as they are: the platform cannot tell.
func (x *LMS) Starts(_ context.Context, _ rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	return slices.Clone(rows), nil
}

// Apply writes the changes, one call each, and reads them back; see lms.Apply. Only
// the rows that it is about are read.
func (x *LMS) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	return lms.Apply(ctx, platform{x}, t, changes, 1, rules.MoveHold, rules.MoveRelease)
}

// platform is the LMS as lms.Apply uses it.
type platform struct{ *LMS }

func (p platform) Rows(ctx context.Context, t rules.Target, accounts []string) ([]rules.Enrolment, error) {
	var rows []rules.Enrolment
	for some := range slices.Chunk(accounts, mostUsernames) {
		list, err := p.rows(ctx, t, some)
		if err != nil {
			return nil, err
		}
		rows = append(rows, list...)
	}
	return rows, nil
}

func (p platform) Send(ctx context.Context, t rules.Target, changes []rules.Change) []error {
	errs := make([]error, len(changes))
	for i, c := range changes {
		errs[i] = p.write(ctx, t, c)
	}
	return errs
}

// Check looks, without writing, whether everything is as holds and releases in
// these targets need it.
func (x *LMS) Check(ctx context.Context, targets []rules.Target) []lms.Line {
	l := &lms.Lines{}
	for _, t := range targets {
		l.Subject = t.Key()
		c, err := x.course(ctx, t)
		if !l.Verdict("course", "the course run is there", err, "name it by its id, such as course-v1:Org+AI101+2026") {
			continue
		}
		if c.selfEnrolment(x.now()) {
			l.Add("enrolment", lms.Failure, "learners can enrol themselves, and so end a hold: nobody is held in this course",
				"make the course invitation only in its advanced settings, or close its enrolment")
		} else {
			l.Add("enrolment", lms.OK, "learners cannot enrol themselves", "")
		}
		rows, err := x.rows(ctx, t, nil)
		l.Verdict("enrolments", fmt.Sprintf("%d enrolments", len(rows)), err, "the application's user has to be global staff")
		if len(x.cfg.Staff) == 0 {
			l.Add("staff", lms.Warning, "no staff is named: whoever is enrolled counts as a learner", "list the usernames of enrolled staff under staff")
		}
	}
	return l.List
}
