package report

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
)

// The ways in which pages show that what came is not everybody.
var (
	// ErrRepeated: a page came twice, so the server does not page as it is asked.
	ErrRepeated = errors.New("a page came twice: the rule for the next page does not lead on")
	// ErrShort: fewer or more rows came than the server says there are.
	ErrShort = errors.New("not everybody came")
	// ErrEndless: there is always another page.
	ErrEndless = errors.New("the report does not come to an end")
)

const (
	maxPages = 50_000
	maxRows  = 5_000_000
)

// walk is one reading of all pages.
type walk struct {
	source      *Source
	address     string
	query       url.Values
	body        map[string]any // nil: GET
	answer      any            // the last page
	rows, pages int
	seen        map[[sha256.Size]byte]bool
	done        bool
}

func newWalk(s *Source) *walk {
	w := &walk{source: s, seen: map[[sha256.Size]byte]bool{}}
	w.query, _ = url.ParseQuery(s.config.Query)
	if s.config.Body != "" {
		w.body, _ = object([]byte(s.config.Body)) // Validate has read it
	}
	return w
}

// page fetches the page that is due and returns its rows.
func (w *walk) page(ctx context.Context) ([]any, error) {
	data, err := w.fetch(ctx)
	if err != nil {
		return nil, err
	}
	if w.answer, err = decode(data); err != nil {
		return nil, err
	}
	rows, err := results(ctx, w.source.programs.rows, w.answer, w)
	if err != nil {
		return nil, fmt.Errorf("rows: %w: is this the answer that was expected?", err)
	}
	if sum := sha256.Sum256(data); len(rows) > 0 {
		if w.seen[sum] {
			return nil, ErrRepeated
		}
		w.seen[sum] = true
	}
	w.pages++
	return rows, nil
}

func (w *walk) fetch(ctx context.Context) ([]byte, error) {
	resp, err := w.send(ctx)
	if err == nil && resp.StatusCode() == http.StatusUnauthorized && w.source.token != nil {
		w.source.token.Forget()
		resp, err = w.send(ctx)
	}
	if err != nil {
		return nil, err
	}
	return resp.Body(), hris.Refused(resp, nil)
}

func (w *walk) send(ctx context.Context) (*resty.Response, error) {
	r := w.source.client.R().SetContext(ctx).SetHeader("Accept", "application/json").SetQueryString(w.query.Encode())
	if w.source.token != nil {
		token, err := w.source.token.Get(ctx)
		if err != nil {
			return nil, err
		}
		r.SetAuthToken(token)
	}
	var resp *resty.Response
	var err error
	if w.body == nil {
		resp, err = r.Get(w.address)
	} else {
		var body []byte
		if body, err = json.Marshal(w.body); err == nil {
			resp, err = r.SetHeader("Content-Type", "application/json").SetBody(body).Post(w.address)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be fetched: %w", err)
	}
	return resp, nil
}

// turn looks for the next page; without one, everybody must have come.
func (w *walk) turn(ctx context.Context) error {
	next, err := one(ctx, w.source.programs.next, w.answer, w)
	if err != nil {
		return fmt.Errorf("next: %w", err)
	}
	switch next := next.(type) {
	case nil:
		w.done = true
		return w.complete(ctx)
	case string:
		if err := w.lead(next); err != nil {
			return err
		}
	case map[string]any:
		if err := w.set(next); err != nil {
			return fmt.Errorf("next: %w", err)
		}
	default:
		return errors.New("next: yields neither an address nor an object nor null")
	}
	if w.pages >= maxPages || w.rows > maxRows {
		return fmt.Errorf("%w: %d pages, %d rows", ErrEndless, w.pages, w.rows)
	}
	return nil
}

// lead follows an address, which may be relative to the present one. One on
// another server is refused by the client.
func (w *walk) lead(next string) error {
	base, err := url.Parse(w.source.client.BaseURL)
	if err != nil {
		return errors.New("next: the address of the report cannot be parsed")
	}
	to, err := base.Parse(next)
	if err != nil || next == "" {
		return fmt.Errorf("next: %q is no address", hris.Clip(next))
	}
	w.query = to.Query()
	to.RawQuery = ""
	w.address = to.String()
	return nil
}

func (w *walk) set(next map[string]any) error {
	if w.body != nil {
		maps.Copy(w.body, next)
		return nil
	}
	for k, v := range next {
		t, err := text(v)
		if err != nil {
			return err
		}
		w.query.Set(k, t)
	}
	return nil
}

func (w *walk) complete(ctx context.Context) error {
	v, err := one(ctx, w.source.programs.total, w.answer, w)
	if err != nil {
		return fmt.Errorf("total: %w", err)
	}
	total, err := text(v)
	switch {
	case err != nil:
		return fmt.Errorf("total: %w", err)
	case total != "" && total != fmt.Sprint(w.rows):
		return fmt.Errorf("%w: %d rows of %s", ErrShort, w.rows, hris.Clip(total))
	}
	return nil
}
