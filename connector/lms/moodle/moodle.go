package moodle

import (
	"fmt"

	"github.com/go-resty/resty/v2"
	"github.com/leadfront/leadfront/rules"
)

// LMS is one Moodle. It is used from one goroutine at a time: two writers to one
// course would meet each other's transactions.
type LMS struct {
	cfg    Config
	client *resty.Client
}

// New returns the Moodle behind the client, which rest.Moodle has built: it adds
// the token to every call and lets no write pass without a permit.
func New(cfg Config, client *resty.Client) (*LMS, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("use moodle %q: %w", cfg.Name, err)
	}
	return &LMS{cfg: cfg.WithDefaults(), client: client}, nil
}

// Capabilities says that Moodle lets people in until they are held, or with a
// released group, nobody until added; that it shows people and not rows; and that it
// can tell a start.
func (m *LMS) Capabilities() rules.Capabilities {
	return rules.Capabilities{Platform: "moodle", Closed: m.closed(), PerPerson: true, Starts: true, Batch: releasesAtOnce}
}

// releasesAtOnce: whoever is released is read before and after with the whole course,
// as nothing less shows who is suspended.
const releasesAtOnce = 500
