package webhook

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// LMS is one platform behind the protocol. It is used from one goroutine at a time.
type LMS struct {
	cfg    Config
	client *resty.Client
}

// New returns the platform behind the client, which rest.Webhook has built: it
// signs every request and lets no write pass without a permit.
func New(cfg Config, client *resty.Client) (*LMS, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("use webhook %q: %w", cfg.Name, err)
	}
	return &LMS{cfg: cfg.WithDefaults(), client: client}, nil
}

// Capabilities are what the configuration says of the service.
func (w *LMS) Capabilities() rules.Capabilities {
	return rules.Capabilities{Platform: "webhook", Closed: w.cfg.Closed, Starts: w.cfg.Starts}
}

// Enrolments returns every row of the course, or an error: a refusal, an answer
// that does not hold together, a service of the other kind than configured.
func (w *LMS) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	rows, err := w.list(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("read the enrolments of %s: %w", t.Key(), err)
	}
	return rows, nil
}

// Starts reads the course anew and returns the given rows with what it now says.
// A row that is gone, or about which nothing is said, stays unknown.
func (w *LMS) Starts(ctx context.Context, t rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Start = rules.SignUnknown
	}
	if !w.cfg.Starts || len(out) == 0 {
		return out, nil
	}
	list, err := w.list(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("look for starts in %s: %w", t.Key(), err)
	}
	now := make(map[string]*rules.Enrolment, len(list))
	for i := range list {
		now[list[i].Row] = &list[i]
	}
	for i := range out {
		if row := now[out[i].Row]; row != nil && row.Account.ID == out[i].Account.ID {
			out[i].Start, out[i].StartAt = row.Start, row.StartAt
		}
	}
	return out, nil
}

// batchSize is how many changes one request carries at most.
const batchSize = 100

// Apply writes the changes and reads them back; see lms.Apply.
func (w *LMS) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	moves := []rules.Move{rules.MoveHold, rules.MoveRelease}
	if w.cfg.Closed {
		moves = []rules.Move{rules.MoveAdd}
	}
	return lms.Apply(ctx, platform{w}, t, changes, batchSize, moves...)
}

// Check looks, without writing, whether the service answers for these targets.
func (w *LMS) Check(ctx context.Context, targets []rules.Target) []lms.Line {
	c := &lms.Lines{}
	for _, t := range targets {
		c.Subject = t.Key()
		rows, err := w.list(ctx, t)
		if !c.Verdict("enrolments", fmt.Sprintf("%d rows", len(rows)), err, "see connector/lms/webhook/README.md for the protocol") {
			continue
		}
		silent := 0
		for _, r := range rows {
			if r.Start == rules.SignUnknown {
				silent++
			}
		}
		if w.cfg.Starts && silent > 0 {
			c.Add("starts", lms.Warning, fmt.Sprintf("nothing is said of the start of %d rows: they are not held", silent), "let the service say started: true or false")
		}
	}
	return c.List
}
