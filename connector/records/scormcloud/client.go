package scormcloud

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// Client reads the registrations of one application. It keeps nothing between two
// calls.
type Client struct {
	cfg  Config
	http *resty.Client
	keep func(*rules.Evidence) bool
}

// New returns the client. Only what keep keeps becomes evidence.
func New(cfg Config, client *resty.Client, keep func(*rules.Evidence) bool) *Client {
	return &Client{cfg: cfg.WithDefaults(), http: client, keep: keep}
}

// cursor is where reading stands. The watermark is the time of the request of the
// first page, by whichever clock is behind, less the overlap.
type cursor struct {
	Since time.Time `json:"since,omitzero"`
	More  string    `json:"more,omitempty"`
	Mark  time.Time `json:"mark,omitzero"`
}

func (c cursor) String() string {
	data, err := json.Marshal(c)
	if err != nil {
		return "" // a year beyond 9999: begin again
	}
	return string(data)
}

// Pages implements connector.Records.
func (c *Client) Pages(ctx context.Context, from string) iter.Seq2[rules.Page, error] {
	return func(yield func(rules.Page, error) bool) {
		var at cursor
		if from != "" {
			if err := json.Unmarshal([]byte(from), &at); err != nil {
				yield(rules.Page{}, c.failed(fmt.Errorf("unreadable cursor of a record source: %w", err)))
				return
			}
		}
		if at.Since.After(time.Now()) {
			at = cursor{} // it would never see anything again
		}
		seen := map[string]bool{}
		for pages := 1; ; pages++ {
			page, err := c.page(ctx, &at)
			if err == nil && (seen[at.More] && at.More != "" || pages > c.cfg.MaxPages) {
				err = fmt.Errorf("no end after %d pages", pages)
			}
			if err != nil {
				yield(rules.Page{}, c.failed(err))
				return
			}
			seen[at.More] = true
			if !yield(page, nil) || page.Last {
				return
			}
		}
	}
}

// Name is the name of the record source.
func (c *Client) Name() string { return c.cfg.Name }

// Check reads one page, and says how many registrations it has.
func (c *Client) Check(ctx context.Context) (registrations int, err error) {
	page, err := c.page(ctx, &cursor{})
	if err != nil {
		return 0, c.failed(err)
	}
	return page.Statements, nil
}

func (c *Client) failed(err error) error {
	return fmt.Errorf("cannot read the registrations of SCORM Cloud %s: %w", c.cfg.Name, err)
}

// page fetches the page at the cursor and moves the cursor on.
func (c *Client) page(ctx context.Context, at *cursor) (rules.Page, error) {
	r := c.http.R().SetContext(ctx).SetHeader("Accept", "application/json")
	begin := time.Now()
	switch {
	case at.More != "":
		r.SetQueryParam("more", at.More) // and nothing beside it
	case !at.Since.IsZero():
		r.SetQueryParams(map[string]string{"since": at.Since.UTC().Format(time.RFC3339), "datetimeFilter": "updated"})
	}
	resp, err := r.Get("registrations")
	if err != nil {
		return rules.Page{}, err
	}
	if resp.StatusCode() != http.StatusOK {
		return rules.Page{}, refusal(resp.StatusCode())
	}
	var list struct {
		Registrations *[]jsontext.Value `json:"registrations"`
		More          string            `json:"more"`
	}
	// One registration that repeats a name is set aside by itself.
	if err := jsonv2.Unmarshal(resp.Body(), &list, jsontext.AllowDuplicateNames(true)); err != nil || list.Registrations == nil {
		return rules.Page{}, fmt.Errorf("the answer is no list of registrations")
	}
	if at.More == "" {
		if date, err := http.ParseTime(resp.Header().Get("Date")); err == nil && date.Before(begin) {
			begin = date
		}
		at.Mark = begin.UTC().Add(-c.cfg.Overlap).Truncate(time.Second)
	}
	if at.More = list.More; list.More == "" {
		*at = cursor{Since: at.Mark}
	}
	page := c.project(*list.Registrations)
	page.Cursor, page.Last = at.String(), list.More == ""
	return page, nil
}

func refusal(status int) error {
	advice := ""
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		advice = "; check the id and the secret of the application, and that it may read registrations"
	case http.StatusNotFound:
		advice = "; check the url"
	case http.StatusTooManyRequests:
		advice = "; read less often"
	}
	return fmt.Errorf("%d %s%s", status, http.StatusText(status), advice)
}
