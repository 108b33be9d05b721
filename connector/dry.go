package connector

import (
	"context"
	"errors"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// errDry is the answer to everything that would have to be durable.
var errDry = errors.New("a dry run writes nothing")

// Dry returns a loop that reads and judges like l and writes nothing, neither to
// an LMS nor to the store: what it learns is forgotten with it. It may run beside
// a daemon on the same store.
func (l *Loop) Dry() *Loop {
	o := l.Options
	o.Store = &dryStore{Store: l.Store, cursors: map[string]string{}, sources: map[string]rules.Source{}}
	o.Gate = shut{}
	o.Settled = nil
	return New(o)
}

// Plan reads what is due, or everything, and decides, without acting on it.
func (l *Loop) Plan(ctx context.Context) (*Report, error) {
	r := &Report{At: l.Now(), Mode: l.Mode}
	if err := l.readSources(ctx, r, true); err != nil {
		return r, err
	}
	if err := l.judge(ctx, r); err != nil {
		return r, err
	}
	c := rules.NewCycle(l.Policy, r.Facts, r.Judgement, r.Plan, r.Refusals, r.consumed)
	r.Cycle = &c
	return r, ctx.Err()
}

// shut is a gate that never opens.
type shut struct{}

// Permit returns the context as it is: nothing may be written under it.
func (shut) Permit(ctx context.Context) (context.Context, func()) { return ctx, func() {} }

// dryStore lays what a dry run learns over what the store knows.
type dryStore struct {
	Store
	evidence []rules.Evidence
	accepted *rules.Snapshot
	cursors  map[string]string
	sources  map[string]rules.Source // by name, as they would be after the run
}

func (d *dryStore) Facts(ctx context.Context, now time.Time) (rules.Facts, error) {
	f, err := d.Store.Facts(ctx, now)
	if err != nil {
		return f, err
	}
	f.Evidence = append(f.Evidence[:len(f.Evidence):len(f.Evidence)], d.evidence...)
	if d.accepted != nil {
		f.Snapshots = append(f.Snapshots[:len(f.Snapshots):len(f.Snapshots)], *d.accepted)
	}
	sources := make([]rules.Source, 0, len(f.Sources)+len(d.sources))
	for _, s := range f.Sources {
		if _, newer := d.sources[s.Name]; !newer {
			sources = append(sources, s)
		}
	}
	for _, s := range d.sources {
		sources = append(sources, s)
	}
	f.Sources = sources
	return f, nil
}

func (d *dryStore) Cursor(ctx context.Context, source, contract string) (string, error) {
	if c, ok := d.cursors[source]; ok {
		return c, nil
	}
	c, err := d.Store.Cursor(ctx, source, contract)
	if err == nil && c == "" {
		// Read anew: what the store says of this source is of another contract.
		d.sources[source] = rules.Source{Name: source, Kind: rules.SourceRecords}
	}
	return c, err
}

func (d *dryStore) Learn(_ context.Context, source, _ string, page rules.Page, at time.Time) (int, error) {
	d.evidence = append(d.evidence, page.Evidence...)
	d.cursors[source] = page.Cursor
	if page.Last {
		d.sources[source] = rules.Source{Name: source, Kind: rules.SourceRecords, Read: at, Through: true}
	}
	return len(page.Evidence), nil
}

func (d *dryStore) Accept(_ context.Context, org rules.Org, at time.Time) error {
	d.sources[org.Source] = rules.Source{Name: org.Source, Kind: rules.SourceHRIS, Read: at}
	d.accepted = &rules.Snapshot{From: at, Org: org}
	return nil
}

func (d *dryStore) Quarantine(context.Context, rules.Org, []rules.Reason, time.Time) error {
	return nil
}
func (d *dryStore) Source(context.Context, string, string, time.Time) error { return nil }
func (d *dryStore) Acts(context.Context) ([]rules.Act, error)               { return nil, nil }

func (d *dryStore) Intend(context.Context, rules.Cycle) ([]rules.Change, error) { return nil, errDry }
func (d *dryStore) Settle(context.Context, []rules.Outcome) error               { return errDry }
func (d *dryStore) Perform(context.Context, rules.Act, time.Time) (string, error) {
	return "", errDry
}
