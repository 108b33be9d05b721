package connector

import (
	"context"
	"errors"
	"maps"
	"slices"
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
	o.Store = &dryStore{Store: l.Store, cursors: map[walkKey]string{}, sources: map[string]rules.Source{}, records: map[string]*dryRecords{}}
	// A plan needs neither what only finds late statements nor what only confirms.
	o.Records = slices.Clone(o.Records)
	for i := range o.Records {
		o.Records[i].Rescan, o.Records[i].Sweep = 0, 0
	}
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
	c := rules.NewCycle(l.Policy, r.Facts, r.Judgement, r.Plan, r.Refusals, r.used())
	r.Cycle = &c
	return r, ctx.Err()
}

// PlanAt plans as of another instant: by what was known then, or by what is known
// now if nothing happens until then. It writes nothing.
func (l *Loop) PlanAt(ctx context.Context, at time.Time) (*Report, error) {
	d := l.Dry()
	r, err := d.Plan(ctx)
	if err != nil {
		return r, err
	}
	facts := r.Facts.AsOf(at)
	r.Facts, r.At = &facts, at
	d.plan(r)
	c := rules.NewCycle(d.Policy, r.Facts, r.Judgement, r.Plan, r.Refusals, r.used())
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
	cursors  map[walkKey]string
	sources  map[string]rules.Source // by name, as they would be after the run
	records  map[string]*dryRecords  // by name of the record source
}

type walkKey struct {
	source  string
	purpose rules.Purpose
}

// dryRecords is what a dry run has read of one record source.
type dryRecords struct {
	anew    bool // read from the beginning: what the store says of it is of other contracts
	read    time.Time
	history map[string]string // as far as it was read in this run
}

// over lays it over what the store knows of the source.
func (d *dryRecords) over(s rules.Source) rules.Source {
	if d.anew {
		s.Through, s.History = false, nil
	}
	if !d.read.IsZero() {
		s.Read, s.Through = d.read, true
	}
	history := maps.Clone(d.history)
	for program, contract := range s.History {
		if _, newer := history[program]; !newer {
			history[program] = contract
		}
	}
	s.History = history
	return s
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
	for name, read := range d.records {
		i := slices.IndexFunc(sources, func(s rules.Source) bool { return s.Name == name })
		if i < 0 {
			sources = append(sources, rules.Source{Name: name, Kind: rules.SourceRecords})
			i = len(sources) - 1
		}
		sources[i] = read.over(sources[i])
	}
	f.Sources = sources
	return f, nil
}

func (d *dryStore) record(source string) *dryRecords {
	if d.records[source] == nil {
		d.records[source] = &dryRecords{history: map[string]string{}}
	}
	return d.records[source]
}

func (d *dryStore) Cursor(ctx context.Context, w rules.Walk) (string, error) {
	if c, ok := d.cursors[walkKey{w.Source, w.Purpose}]; ok {
		return c, nil
	}
	c, err := d.Store.Cursor(ctx, w)
	if err == nil && c == "" && w.Purpose == rules.Follow {
		d.record(w.Source).anew = true
	}
	return c, err
}

func (d *dryStore) Learn(_ context.Context, w rules.Walk, page rules.Page, at time.Time) (int, error) {
	d.evidence = append(d.evidence, page.Evidence...)
	d.cursors[walkKey{w.Source, w.Purpose}] = page.Cursor
	read := d.record(w.Source)
	if page.Last && w.Purpose == rules.Follow {
		read.read = at
	}
	if page.Last && (w.Purpose == rules.CatchUp || read.anew) {
		maps.Copy(read.history, w.Contracts)
	}
	return len(page.Evidence), nil
}

func (d *dryStore) History(ctx context.Context, source string) (map[string]string, error) {
	h, err := d.Store.History(ctx, source)
	return d.record(source).over(rules.Source{History: h}).History, err
}

func (d *dryStore) Walks(context.Context) ([]rules.WalkState, error)              { return nil, nil }
func (d *dryStore) Begin(context.Context, rules.Walk, time.Time, time.Time) error { return nil }

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
