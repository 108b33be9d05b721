package lrs

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// Client reads the statements of one LRS. It keeps nothing between two calls; each
// call of Pages is a walk of its own.
type Client struct {
	cfg   Config
	http  *resty.Client
	watch *Watch
}

// New returns the client of the LRS whose address and credentials the HTTP client
// has. Only statements that the watch keeps become evidence.
func New(cfg Config, client *resty.Client, watch *Watch) *Client {
	return &Client{cfg: cfg.WithDefaults(), http: client, watch: watch}
}

// Name is the name of the record source.
func (c *Client) Name() string { return c.cfg.Name }

// maxRestarts is how often one call begins a window again because the LRS has
// forgotten its own more.
const maxRestarts = 3

// Pages yields the pages after the cursor; see connector.Records. What it yields
// is evidence already; only the cursor waits for the end of the window, because
// statements become visible after later ones (facts of real LRSs: up to a third
// were lost by following stored). After an error the cursor of the last page still
// holds.
func (c *Client) Pages(ctx context.Context, from string) iter.Seq2[rules.Page, error] {
	return func(yield func(rules.Page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		at, err := parseCursor(from)
		if err != nil {
			cancel()
			yield(rules.Page{}, c.failed(err))
			return
		}
		at.plausible(time.Now())
		w := &walk{Client: c, cursor: at, seen: map[string]bool{}, desk: newDesk(c.watch)}
		if err := w.recognise(ctx); err != nil {
			cancel()
			if yield(rules.Page{Cursor: cursor{}.String()}, nil) { // from the beginning
				yield(rules.Page{}, c.failed(err))
			}
			return
		}
		next := w.ahead(ctx)
		defer func() { cancel(); <-next }() // nothing is left running
		for {
			got := <-next
			next = done()
			if got.err != nil {
				yield(rules.Page{}, c.failed(got.err))
				return
			}
			if !got.page.Last {
				next = w.ahead(ctx)
			}
			if !yield(got.page, nil) || got.page.Last {
				return
			}
		}
	}
}

func (c *Client) failed(err error) error {
	return fmt.Errorf("cannot read the statements of LRS %s: %w", c.cfg.Name, err)
}

// walk is one call of Pages. Only one goroutine at a time uses it.
type walk struct {
	*Client
	cursor   cursor
	pages    int
	restarts int
	seen     map[string]bool // every more that was followed
	sighted  []string        // the first and the last statement of the walk
	desk     *desk
}

type fetched struct {
	page rules.Page
	err  error
}

func done() <-chan fetched {
	ch := make(chan fetched)
	close(ch)
	return ch
}

// ahead fetches the next page in the background.
func (w *walk) ahead(ctx context.Context) <-chan fetched {
	ch := make(chan fetched, 1)
	go func() {
		defer close(ch)
		page, err := w.next(ctx)
		ch <- fetched{page, err}
	}()
	return ch
}

// next fetches the page at the cursor and moves the cursor on.
func (w *walk) next(ctx context.Context) (rules.Page, error) {
	if w.pages++; w.pages > w.cfg.MaxPages {
		return rules.Page{}, fmt.Errorf("more than %d pages in one go; raise limit or max_pages, or wait for the next reading", w.cfg.MaxPages)
	}
	a, begun, err := w.page(ctx)
	if err != nil {
		return rules.Page{}, err
	}
	if !begun.IsZero() {
		w.cursor.begun(w.mark(a, begun))
	}
	if err := w.follow(a.more); err != nil {
		return rules.Page{}, err
	}
	p := w.project(a)
	if a.more == "" {
		w.mind(ctx)
	}
	p.Cursor, p.Last = w.cursor.String(), a.more == ""
	return p, nil
}

// page fetches the page at the cursor. When it is the first of its window, begun is
// when it was asked for.
func (w *walk) page(ctx context.Context) (a *answer, begun time.Time, err error) {
	if w.cursor.More == "" {
		return w.firstPage(ctx)
	}
	if a, err = w.get(ctx); !refused(err) {
		return a, time.Time{}, err
	}
	if w.restarts++; w.restarts > maxRestarts {
		return nil, time.Time{}, fmt.Errorf("the LRS forgets its more before it can be followed: %w", err)
	}
	w.cursor.restart()
	w.seen = map[string]bool{}
	return w.firstPage(ctx)
}

func (w *walk) firstPage(ctx context.Context) (*answer, time.Time, error) {
	begun := time.Now()
	a, err := w.get(ctx)
	if err != nil {
		return nil, begun, err
	}
	if n := len(a.statements); w.cursor.Limit > n && n > 1 && a.more != "" {
		// Clamped to what the other walks get as well: smaller, then.
		w.cursor.Limit = otherLimit(n)
		a, err = w.get(ctx)
	}
	return a, begun, err
}

// project takes the evidence out of a page, and notes what the page shows of the
// LRS: which statements it has, and whether it keeps to since.
func (w *walk) project(a *answer) rules.Page {
	p := project(w.cfg.Name, a.statements, w.watch)
	if p.first != "" {
		w.sighted = append(w.sighted[:min(1, len(w.sighted))], p.first, p.last)
	}
	since := w.cursor.Since
	if w.cfg.Since == SinceStored && !since.IsZero() && !p.oldest.IsZero() && p.oldest.Before(since.Add(-time.Second)) {
		p.Notes = append(p.Notes, rules.Finding{Code: rules.CodeSinceOnTimestamp, Detail: w.cfg.Name})
	}
	return p.Page
}

// follow moves the cursor on, unless the LRS leads in a circle.
func (w *walk) follow(more string) error {
	if w.seen[more] && more != "" {
		return fmt.Errorf("the LRS leads in a circle: it gave the same more twice, after %d pages", w.pages)
	}
	w.seen[more] = true
	w.cursor.advance(more)
	return nil
}

// mark is the watermark that the first page of a window gives: what its header says,
// but never later than the clocks, the earlier of theirs and ours. A header from the
// future, believed, would blind the reading for good. Without one it rests on the
// clocks alone, since stored is theirs.
func (w *walk) mark(a *answer, begin time.Time) time.Time {
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil && date.Before(begin) {
		begin = date
	}
	overlap := w.cfg.OverlapWithoutHeader
	if through, ok := a.through(); ok {
		overlap = w.cfg.Overlap
		if through.Before(begin) {
			begin = through
		}
	}
	return begin.UTC().Add(-overlap).Truncate(time.Millisecond)
}

// get fetches the page at the cursor.
func (w *walk) get(ctx context.Context) (*answer, error) {
	if w.cursor.More == "" {
		return w.fetch(ctx, w.window(w.cursor.Since, cmp.Or(w.cursor.Limit, w.cfg.Limit)), w.desk)
	}
	base, err := url.Parse(w.http.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("unreadable address of the LRS: %w", err)
	}
	link, err := resolveMore(base, w.cfg.Statements, w.cursor.More)
	if err != nil {
		return nil, err
	}
	return w.fetch(ctx, link, w.desk)
}

// window is the first request of a window. LRSs that compare since as text want
// UTC and exactly three digits.
func (c *Client) window(since time.Time, limit int) string {
	q := url.Values{"ascending": {"true"}, "limit": {strconv.Itoa(limit)}}
	if !since.IsZero() {
		q.Set("since", since.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	return c.cfg.Statements + "?" + q.Encode()
}
