package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed" // for the description
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

//go:embed openapi.json
var description []byte

// Path is where the API is.
const Path = "/api/v1"

// How many items a page has.
const (
	usualItems = 100
	mostItems  = 1000
)

// Options is what the API is made of. All fields are required.
type Options struct {
	Views view.Views
	// Showcase returns the use cases that everybody may see now: without what its author
	// has withdrawn since the cycle.
	Showcase func(context.Context, *view.View) ([]UseCase, error)
	// Waivers returns all exemptions ever granted.
	Waivers func(context.Context) ([]rules.Waiver, error)
	Now     func() time.Time
}

// API answers programs. It may be used from many goroutines.
type API struct{ o Options }

// New makes the API.
func New(o Options) *API { return &API{o} }

// item is something in a list: its key, by which the list is in order, and what makes
// its JSON, which happens only for what is on the page that was asked for.
type item struct {
	key  string
	json func() any
}

// Mount serves the API to whom the door lets in.
func (a *API) Mount(e *echo.Echo, door *signin.Door) {
	g := e.Group(Path)
	viewer, staff := door.Need(signin.Viewer), door.Need(signin.Auditor, signin.Operator)
	g.GET("/openapi.json", func(c echo.Context) error { return send(c, description) }, door.Need())
	g.GET("/programs", a.list(a.programs), viewer)
	g.GET("/people", a.list(a.people), staff)
	g.GET("/people/:ref", a.person, staff)
	g.GET("/decisions", a.list(a.decisions), staff)
	g.GET("/violations", a.list(a.violations), staff)
	g.GET("/plans", a.list(a.plans), viewer)
	g.GET("/waivers", a.list(a.waivers), staff)
	g.GET("/showcase", a.list(a.showcase), door.Need())
}

// page is one page of a list.
type page struct {
	At    time.Time `json:"at"`             // of the cycle that it shows
	Items []any     `json:"items"`          // in the order of their keys
	Next  string    `json:"next,omitempty"` // cursor of the page after it; left out on the last
}

// list answers with one page of what gather finds. A cursor is the key after which to go
// on, so that nothing is left out or told twice where the list changes meanwhile.
func (a *API) list(gather func(echo.Context, *view.View) ([]item, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := a.o.Views.Current()
		if v == nil {
			return echo.NewHTTPError(http.StatusServiceUnavailable, "The first cycle has not settled yet.")
		}
		limit, after, err := paging(c)
		if err != nil {
			return err
		}
		items, err := gather(c, v)
		if err != nil {
			return err
		}
		slices.SortFunc(items, func(x, y item) int { return cmp.Compare(x.key, y.key) })
		from, found := slices.BinarySearchFunc(items, after, func(x item, key string) int { return cmp.Compare(x.key, key) })
		if found {
			from++
		}
		to := min(from+limit, len(items))
		p := page{At: v.At, Items: []any{}}
		for _, i := range items[from:to] {
			p.Items = append(p.Items, i.json())
		}
		if to < len(items) {
			p.Next = base64.RawURLEncoding.EncodeToString([]byte(items[to-1].key))
		}
		return answer(c, p)
	}
}

// paging reads limit and cursor.
func paging(c echo.Context) (limit int, after string, err error) {
	limit = usualItems
	if s := c.QueryParam("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > mostItems {
			return 0, "", echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("limit must be a number from 1 to %d.", mostItems))
		}
	}
	key, err := base64.RawURLEncoding.DecodeString(c.QueryParam("cursor"))
	if err != nil {
		return 0, "", echo.NewHTTPError(http.StatusBadRequest, "cursor is not one that a page has given as next.")
	}
	return limit, string(key), nil
}

// answer sends a value.
func answer(c echo.Context, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the answer of %s: %w", c.Path(), err)
	}
	return send(c, text)
}

// send sends JSON with its digest as ETag, or says that it has not changed (RFC 9110, 13.1.2).
func send(c echo.Context, text []byte) error {
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	for known := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if known = strings.TrimPrefix(strings.TrimSpace(known), "W/"); known == tag || known == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.JSONBlob(http.StatusOK, text)
}

// problem is an error as RFC 9457 has it.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// Is reports whether a request is one of a program, whose errors Errors answers.
func Is(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// Errors answers an error, without a word about what is inside.
func Errors(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := problem{Type: "about:blank", Status: http.StatusInternalServerError}
	var refusal *signin.Refusal
	var he *echo.HTTPError
	switch {
	case errors.As(err, &refusal):
		p.Status, p.Detail = refusal.Code, refusal.Text
	case errors.As(err, &he):
		p.Status = he.Code
		if text, ok := he.Message.(string); ok && text != http.StatusText(he.Code) {
			p.Detail = text
		}
	}
	p.Title = http.StatusText(p.Status)
	text, err := json.Marshal(p)
	if err == nil {
		_ = c.Blob(p.Status, "application/problem+json", text) // the client has gone; nobody is left to tell
	}
}
