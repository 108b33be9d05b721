package lrs

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Activity is an activity that statements are about.
type Activity struct {
	IRI   string
	Count int // statements of the pages that were looked at
	// Near are names that differ from IRI only as mistakes in writing do.
	Near []string
}

// Seen reports whether the LRS has a statement about the activity, its newest one's
// time, and whether the LRS can be asked at all: some know no filter. Related also
// counts statements that have it in their context, as publisher ids stand.
func (c *Client) Seen(ctx context.Context, iri string, related bool) (newest time.Time, seen bool, err error) {
	q := url.Values{"activity": {iri}, "limit": {"1"}}
	if related {
		q.Set("related_activities", strconv.FormatBool(related))
	}
	a, err := c.fetch(ctx, c.cfg.Statements+"?"+q.Encode(), &desk{}) // without a glance: all of it is read
	if err != nil {
		return time.Time{}, false, c.failed(err)
	}
	for _, s := range a.statements {
		e, err := Project(c.cfg.Name, s.raw)
		if err == nil && (related || e.Object == iri) { // an LRS that ignores the filter answers with anything
			return e.Stored, true, nil
		}
	}
	return time.Time{}, false, nil
}

// Activities counts what the newest statements are about, the commonest first; one
// page of them. Where names of one contract are given, an activity that is almost one
// of them says which.
func (c *Client) Activities(ctx context.Context, names ...string) ([]Activity, error) {
	q := url.Values{"limit": {strconv.Itoa(c.cfg.Limit)}}
	a, err := c.fetch(ctx, c.cfg.Statements+"?"+q.Encode(), &desk{})
	if err != nil {
		return nil, c.failed(err)
	}
	count := map[string]int{}
	for _, s := range a.statements {
		if e, err := Project(c.cfg.Name, s.raw); err == nil && e.Object != "" {
			count[e.Object]++
		}
	}
	out := make([]Activity, 0, len(count))
	for _, iri := range slices.Sorted(maps.Keys(count)) {
		out = append(out, Activity{IRI: iri, Count: count[iri], Near: nearest(iri, names)})
	}
	slices.SortStableFunc(out, func(a, b Activity) int { return b.Count - a.Count })
	return out, nil
}

// nearest are the names that the IRI almost is, and none where it is one of them.
func nearest(iri string, names []string) (near []string) {
	if slices.Contains(names, iri) {
		return nil
	}
	for _, n := range names {
		if rules.FoldIRI(n) == rules.FoldIRI(iri) && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	return near
}
