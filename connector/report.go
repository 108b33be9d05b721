package connector

import (
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Report is what one cycle read, decided and did. It is complete when the cycle
// has settled and does not change after that.
type Report struct {
	At   time.Time
	Took time.Duration
	Err  error // why the cycle could not be ended; nil for one that settled
	Mode rules.Mode
	Acts int // acts of operators that were performed

	Sources []SourceReport
	// Fresh: something new was learnt or accepted.
	Fresh     bool
	Learnt    int // evidence not known before
	Poisonous int // statements put into quarantine
	// Late counts, by source, the evidence that following the source had lost.
	Late map[string]int
	// Newest is, by record source, when what was read last was stored.
	Newest map[string]time.Time
	// Behind: some source still has to be read again.
	Behind      bool
	Quarantined string
	// QuarantinedBecause are the alarms that stopped the organisation of that digest.
	QuarantinedBecause []rules.Reason

	// The following are nil where nothing was due.
	Facts     *rules.Facts
	Judgement *rules.Judgement
	Wanted    rules.Plan // before mode and guard
	Plan      rules.Plan // what was written, or would have been
	Refusals  []rules.Refusal
	Windows   []WindowReport // of each platform that has any
	Cycle     *rules.Cycle
	Outcomes  []rules.Outcome

	// Blind names an LMS whose accounts say who statements are about and could not
	// be read since this process began: the judgement is not to be relied on, and
	// nothing of it was logged or done but the lifting of holds of paused programmes.
	Blind string

	// Hurried: new evidence let people in before anything but the records was read; what
	// else it means is judged by the cycle that follows.
	Hurried bool

	// Latched: release-all was asked for, so only the LMS was read.
	Latched bool

	orgRead bool        // HR was asked
	syncs   []rules.Act // requests for a cycle, answered when this one has settled
}

// SourceReport is how reading one source went.
type SourceReport struct {
	Name  string
	Kind  rules.SourceKind
	Count int   // statements, people or rows
	Err   error // nil: read whole
}

func (r *Report) read(name string, kind rules.SourceKind, count int) {
	r.Sources = append(r.Sources, SourceReport{Name: name, Kind: kind, Count: count})
}

func (r *Report) fail(name string, err error) {
	r.Sources = append(r.Sources, SourceReport{Name: name, Err: err})
}

func (r *Report) learnt(w rules.Walk, p rules.Page, fresh int) {
	if r.Newest == nil {
		r.Newest, r.Late = map[string]time.Time{}, map[string]int{}
	}
	if p.Newest.After(r.Newest[w.Source]) {
		r.Newest[w.Source] = p.Newest
	}
	if w.Purpose == rules.Rescan || w.Purpose == rules.Backfill || w.Purpose == rules.Sweep {
		r.Late[w.Source] += fresh
	}
	r.Learnt += fresh
	r.Poisonous += len(p.Quarantined) + p.Unkept
	r.Fresh = r.Fresh || fresh > 0
}

// Failed returns the first source that could not be read, or nil.
func (r *Report) Failed() *SourceReport {
	for i := range r.Sources {
		if r.Sources[i].Err != nil {
			return &r.Sources[i]
		}
	}
	return nil
}

// Latencies are the times from a leader's completion being stored to the release
// of each report that it opened the way for, by programme.
func (r *Report) Latencies() map[string][]time.Duration {
	out := map[string][]time.Duration{}
	for _, o := range r.Outcomes {
		if o.Result != rules.Done || o.Change.Move != rules.MoveRelease || o.Change.Cause != rules.CauseEvidence {
			continue
		}
		if known := r.known(o.Change); !known.IsZero() {
			out[o.Change.Program] = append(out[o.Change.Program], max(0, o.At.Sub(known)))
		}
	}
	return out
}

// known is when the completion that a release names was stored.
func (r *Report) known(c rules.Change) time.Time {
	for _, b := range c.Because {
		if b.Code != rules.CodeLeaderQualified {
			continue
		}
		for i := range r.Judgement.Programs {
			pj := &r.Judgement.Programs[i]
			if n, ok := r.Judgement.Index.Find(b.Person); ok && pj.Program.ID == c.Program && pj.Records[n] != nil {
				return pj.Records[n].Known.Stored
			}
		}
	}
	return time.Time{}
}

// used are the digests of the approvals that let something of the plan through. One
// of which something waits for a window is kept until then.
func (r *Report) used() []string {
	var digests []string
	waits := map[string]bool{}
	for _, w := range r.Windows {
		for i := range w.Waiting {
			waits[w.Waiting[i].Approved] = true
		}
	}
	for i := range r.Plan.Changes {
		if d := r.Plan.Changes[i].Approved; d != "" && !waits[d] && !slices.Contains(digests, d) {
			digests = append(digests, d)
		}
	}
	return digests
}
