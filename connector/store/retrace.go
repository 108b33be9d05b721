package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Judged is a cycle of the past that has decided something: what was known before
// it, and what it decided.
type Judged struct {
	At     time.Time
	Config string // as it was in force, without secrets; empty: erased
	// Facts are those that decisions rest on, but for Mode.
	Facts     rules.Facts
	Decisions []LogEntry
}

// Retrace calls fn with every cycle of the past that has decided something, oldest
// first, out of the log and of what it commits to.
func (s *Store) Retrace(ctx context.Context, fn func(Judged) error) error {
	now, err := s.Facts(ctx, latest)
	if err != nil {
		return err
	}
	r := &tracer{ctx: ctx, q: s.reader, now: now, fn: fn, standings: map[decidedKey]*rules.Standing{},
		decided: map[decidedKey]rules.Decided{}, paused: map[string]bool{}}
	if err := s.Export(ctx, Selection{Kinds: []string{LogConfig, LogReadings, LogDecision, LogStanding, LogIntent, LogPaused, LogResumed}}, r.entry); err != nil {
		return err
	}
	return r.flush()
}

type decidedKey struct{ program, person string }

// tracer goes through the log and knows what was known at each place of it.
type tracer struct {
	ctx       context.Context
	q         querier
	now       rules.Facts
	fn        func(Judged) error
	config    string
	sources   []rules.Source
	standings map[decidedKey]*rules.Standing
	decided   map[decidedKey]rules.Decided
	paused    map[string]bool
	group     []LogEntry // decisions of one cycle
}

// entry takes the next entry in. Decisions of one cycle follow each other.
func (r *tracer) entry(e LogEntry) error {
	if n := len(r.group); n > 0 && (e.Kind != LogDecision || !e.At.Equal(r.group[0].At) || e.Seq != r.group[n-1].Seq+1) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	switch e.Kind {
	case LogDecision:
		r.group = append(r.group, e)
	case LogConfig:
		r.config = ""
		_ = json.Unmarshal([]byte(e.Personal), &r.config) // erased: empty
	case LogReadings:
		return r.readings(e)
	case LogPaused:
		r.paused[e.Program] = true
	case LogResumed:
		delete(r.paused, e.Program)
	default:
		r.stand(e)
	}
	return nil
}

// readings takes in how the sources had been read.
func (r *tracer) readings(e LogEntry) error {
	var body readSources
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return fmt.Errorf("store: entry %d of the log: %w", e.Seq, err)
	}
	r.sources = nil
	for _, s := range body.Sources {
		var read moment
		limit, err := time.ParseDuration(s.MaxAge)
		if err := errors.Join(err, read.Scan(s.Read)); err != nil {
			return fmt.Errorf("store: entry %d of the log: %w", e.Seq, err)
		}
		r.sources = append(r.sources, rules.Source{Name: s.Name, Kind: s.Kind, Read: read.Time, Limit: limit, Through: s.Through, Behind: s.Behind})
	}
	return nil
}

// stand takes in what is known of a person for ever.
func (r *tracer) stand(e LogEntry) {
	var body struct {
		Move              rules.Move
		Started, Released string
	}
	var personal struct{ Statement string }
	_ = json.Unmarshal([]byte(e.Personal), &personal) // erased: nobody's
	if json.Unmarshal([]byte(e.Body), &body) != nil || e.PersonID == "" {
		return
	}
	key := decidedKey{e.Program, e.PersonID}
	s := r.standings[key]
	if s == nil {
		s = &rules.Standing{Program: e.Program, Person: e.PersonID}
		r.standings[key] = s
	}
	if e.Kind == LogIntent && body.Move != rules.MoveHold {
		body.Released = stamp(e.At)
	}
	if earlier(&s.Started, body.Started) {
		s.StartBy = personal.Statement
	}
	earlier(&s.Released, body.Released)
}

// earlier moves an instant to the one that the log says, if that is the first or an
// earlier one.
func earlier(was *time.Time, text string) bool {
	var now moment
	if now.Scan(text) != nil || now.IsZero() || !was.IsZero() && !now.Before(*was) {
		return false
	}
	*was = now.Time
	return true
}

// flush hands a cycle on.
func (r *tracer) flush() error {
	if len(r.group) == 0 {
		return nil
	}
	group := r.group
	r.group = nil
	facts, err := r.facts(group[0])
	if err != nil {
		return fmt.Errorf("store: find what was known before entry %d: %w", group[0].Seq, err)
	}
	if err := r.fn(Judged{At: group[0].At, Config: r.config, Facts: facts, Decisions: group}); err != nil {
		return err
	}
	for _, e := range group {
		var was struct {
			Verdict rules.Verdict
			Row     int
		}
		var by decidedBy
		if e.PersonID == "" || json.Unmarshal([]byte(e.Body), &was) != nil || json.Unmarshal([]byte(e.Personal), &by) != nil {
			continue
		}
		key := decidedKey{e.Program, e.PersonID}
		waited := r.decided[key].Waited
		if was.Verdict == rules.Wait {
			waited = e.At
		}
		r.decided[key] = rules.Decided{Program: e.Program, Person: e.PersonID, At: e.At,
			Verdict: was.Verdict, Row: was.Row, Because: by.Because, Waits: by.Waits, Waited: waited}
	}
	return nil
}

// facts are those before the decision.
func (r *tracer) facts(first LogEntry) (f rules.Facts, err error) {
	f = r.now.AsOf(first.At)
	f.Standings, f.Holds, f.Overrides, f.Gates, f.Enforced = nil, nil, nil, nil, nil
	f.Sources = r.sources
	for _, g := range r.now.Gates {
		if g.At.Before(first.At) {
			f.Gates = append(f.Gates, g)
		}
	}
	for _, s := range r.standings {
		f.Standings = append(f.Standings, *s)
	}
	for _, d := range r.decided {
		f.Decided = append(f.Decided, d)
	}
	f.Paused = map[string]bool{}
	for program := range r.paused {
		f.Paused[program] = true
	}
	if f.Evidence, err = evidenceWhere(r.ctx, r.q, `WHERE learnt < ?`, first.Seq); err != nil {
		return f, err
	}
	f.Targets = map[string]bool{}
	f.Enrolments, err = collect(r.ctx, r.q, func(rows *sql.Rows) (rules.Enrolment, error) {
		var body jsonText[rules.Enrolment]
		err := rows.Scan(&body)
		f.Targets[body.v.Target] = true
		return body.v, err
	}, `SELECT body FROM enrolment WHERE first < ?1 AND (gone = 0 OR gone > ?1) ORDER BY target, row`, first.Seq)
	return f, err
}
