package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/leadfront/leadfront/connector/hris"
)

// The ways in which a server's paging shows that what came is not everybody.
var (
	// ErrRepeated: somebody came twice, so the server does not page as it is asked.
	ErrRepeated = errors.New("came twice: the server does not begin pages where it is asked to, so nobody knows who is missing")
	// ErrShort: the server ended before everybody had come.
	ErrShort = errors.New("the server ended too early")
	// ErrChanged: the number of people changed while they were read.
	ErrChanged = errors.New("the number of people changed while they were read; the next reading tries again")
	// ErrEndless: the server always has another page.
	ErrEndless = errors.New("the server does not come to an end")
)

const (
	maxPages  = 50_000
	maxPeople = 5_000_000
	maxEmpty  = 100 // pages without anybody, which cursors allow
)

// list is a ListResponse (RFC 7644, 3.4.2). Attribute names are matched without
// regard to case (RFC 7643, 2.1), as encoding/json does.
type list struct {
	TotalResults *int    `json:"totalResults"`
	Resources    *[]user `json:"Resources"`
	NextCursor   string  `json:"nextCursor"`
}

// walk is one reading of all pages.
type walk struct {
	users    []user
	seen     map[text]bool
	cursors  map[string]bool
	total    int // as the server says; -1: it does not
	empty    int // pages without anybody
	cursor   string
	byCursor bool // the next page is asked for by cursor
}

// users reads every page.
func (s *Source) users(ctx context.Context) ([]user, error) {
	w := walk{seen: map[text]bool{}, cursors: map[string]bool{}, total: -1, byCursor: s.config.Paging == byCursor}
	for range maxPages {
		page, err := s.page(ctx, w.query(s.config.PageSize))
		if err != nil {
			return nil, err
		}
		if done, err := w.add(page); err != nil {
			return nil, fmt.Errorf("%w (%d of %s people)", err, len(w.users), w.said())
		} else if done {
			return w.users, nil
		}
	}
	return nil, fmt.Errorf("%w: %d pages", ErrEndless, maxPages)
}

func (w *walk) query(size int) string {
	q := url.Values{"count": {strconv.Itoa(size)}}
	if w.byCursor {
		q.Set("cursor", w.cursor)
	} else {
		q.Set("startIndex", strconv.Itoa(len(w.users)+1))
	}
	return q.Encode()
}

func (w *walk) said() string {
	if w.total < 0 {
		return "an unknown number of"
	}
	return strconv.Itoa(w.total)
}

func (s *Source) page(ctx context.Context, query string) (*list, error) {
	body, _, err := hris.Get(ctx, s.client, "/Users", query, explain)
	if err != nil {
		return nil, err
	}
	var page list
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("the answer is not the JSON of a SCIM list: %w", err)
	}
	if page.TotalResults == nil && page.Resources == nil {
		return nil, errors.New("the answer is not a SCIM list: it has neither totalResults nor Resources; check the url, which ends before /Users")
	}
	return &page, nil
}

// explain takes the server's words out of an error (RFC 7644, 3.12).
func explain(body []byte) string {
	var e struct {
		Type   string `json:"scimType"`
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	if e.Type != "" {
		return e.Type + " " + e.Detail
	}
	return e.Detail
}

// add takes in a page and reports whether it was the last one.
func (w *walk) add(page *list) (done bool, err error) {
	if page.TotalResults != nil {
		if w.total >= 0 && w.total != *page.TotalResults {
			return false, ErrChanged
		}
		w.total = *page.TotalResults
	}
	before := len(w.users)
	if page.Resources != nil {
		for _, u := range *page.Resources {
			if u.ID == "" {
				return false, errors.New("a user has no id")
			}
			if w.seen[u.ID] {
				return false, fmt.Errorf("user %s %w", hris.Clip(string(u.ID)), ErrRepeated)
			}
			w.seen[u.ID] = true
			w.users = append(w.users, u)
		}
	}
	if len(w.users) > maxPeople {
		return false, ErrEndless
	}
	return w.ended(page.NextCursor, len(w.users) == before)
}

// ended reports whether the page was the last one: by cursor, the one without a
// next cursor; by index, the one with which everybody is there.
func (w *walk) ended(next string, empty bool) (bool, error) {
	if next != "" {
		if empty {
			w.empty++
		}
		if w.cursors[next] || w.empty > maxEmpty {
			return false, ErrEndless
		}
		w.cursors[next] = true
		w.cursor, w.byCursor = next, true
		return false, nil
	}
	switch {
	case len(w.users) == w.total:
		return true, nil
	case w.total >= 0 && len(w.users) > w.total:
		return false, fmt.Errorf("%w: more came than it says there are", ErrChanged)
	case w.byCursor && w.total < 0, empty && w.total < 0:
		return true, nil
	case w.byCursor, empty:
		return false, ErrShort
	}
	return false, nil
}
