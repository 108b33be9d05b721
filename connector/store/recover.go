package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Recovered is what a log that was exported says of holds and of whom they were
// never to touch again, as of its last entry.
type Recovered struct {
	Last      int64 // number of the last entry
	At        time.Time
	Holds     []rules.Hold // open ones, by target and row; ID and Intent are those of the lost log
	Standings []rules.Standing
	Overrides []rules.Override
	Waivers   []rules.Waiver // not revoked; By and Reason are left out
	Paused    []string       // programmes that were under release-all
	// Erased counts entries about enrolments whose personal content was destroyed:
	// nothing is claimed of those.
	Erased int
}

// Recovery reads an exported log, entry by entry, from the first to the last.
type Recovery struct {
	out       Recovered
	holds     map[recoveredRow]*rules.Hold
	intents   map[int64]*rules.Hold  // holds by the numbers of the entries that intended them
	releases  map[int64]recoveredRow // rows by the numbers of the entries that intended their release
	standings map[decidedKey]*rules.Standing
	overrides map[recoveredRow]rules.Override
	waivers   map[int64]rules.Waiver
	paused    map[string]bool
}

type recoveredRow struct{ program, target, row string }

// ErrPart says that an export is not a whole log from its first entry on. What is
// missing could be the release of a hold.
var ErrPart = errors.New("the export is not a whole log: make it with `leadfront audit export --format jsonl` and no other option")

// NewRecovery begins one.
func NewRecovery() *Recovery {
	return &Recovery{holds: map[recoveredRow]*rules.Hold{}, intents: map[int64]*rules.Hold{}, releases: map[int64]recoveredRow{}, standings: map[decidedKey]*rules.Standing{},
		overrides: map[recoveredRow]rules.Override{}, waivers: map[int64]rules.Waiver{}, paused: map[string]bool{}}
}

// recoverable is what is read of the entries' bodies.
type recoverable struct {
	Move                       rules.Move
	Cause                      rules.Cause
	Intent                     int64
	Result                     rules.Result
	Started, Released, Expires string
	Waiver                     int64
	Kind                       rules.WaiverKind
}

// Entry takes the next entry in.
func (r *Recovery) Entry(e LogEntry) error {
	if e.Seq != r.out.Last+1 || (e.Seq == 1) != (e.Kind == LogKey) {
		return fmt.Errorf("entry %d follows entry %d: %w", e.Seq, r.out.Last, ErrPart)
	}
	r.out.Last, r.out.At = e.Seq, e.At
	var body recoverable
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return fmt.Errorf("entry %d: its body cannot be read: %w", e.Seq, err)
	}
	switch e.Kind {
	case LogIntent, LogAdopted, LogHoldSeen, LogHoldClosed, LogOverride:
		r.enrolment(e, body)
	case LogOutcome:
		r.outcome(body)
	case LogStanding:
		r.stand(e, body)
	case LogPaused:
		r.paused[e.Program] = true
	case LogResumed:
		delete(r.paused, e.Program)
	case LogWaiverAdded, LogWaiverRevoked:
		r.waiver(e, body)
	}
	return nil
}

// outcome takes in what has become of a change.
func (r *Recovery) outcome(body recoverable) {
	key, release := r.releases[body.Intent]
	switch h := r.intents[body.Intent]; {
	case release && body.Result == rules.Done:
		delete(r.holds, key)
	case h == nil:
	case body.Result == rules.Failed || body.Result == rules.Skipped:
		h.Sent = false
	case body.Result == rules.Done:
		h.Seen = true
	}
}

// waiver takes in that one was granted or revoked.
func (r *Recovery) waiver(e LogEntry, body recoverable) {
	delete(r.waivers, body.Waiver)
	if e.Kind == LogWaiverAdded {
		var expires moment
		_ = expires.Scan(body.Expires) // zero: over
		r.waivers[body.Waiver] = rules.Waiver{ID: body.Waiver, Kind: body.Kind, Program: e.Program, Person: e.PersonID, From: e.At, Expires: expires.Time}
	}
}

// enrolment takes in what was done with one row.
func (r *Recovery) enrolment(e LogEntry, body recoverable) {
	var of enrolled
	if e.Erased || json.Unmarshal([]byte(e.Personal), &of) != nil || of.Row == "" {
		r.out.Erased++
		return
	}
	key := recoveredRow{e.Program, e.Target, of.Row}
	switch e.Kind {
	case LogAdopted:
		r.held(key, e, of, true)
	case LogIntent:
		r.intended(key, e, of, body)
	case LogHoldSeen:
		if h := r.holds[key]; h != nil {
			h.Seen = true
		}
	case LogHoldClosed:
		delete(r.holds, key)
	case LogOverride:
		r.overrides[key] = rules.Override{Program: e.Program, Target: e.Target, Row: of.Row, Person: e.PersonID, At: e.At}
	}
}

// intended takes in what was about to be written.
func (r *Recovery) intended(key recoveredRow, e LogEntry, of enrolled, body recoverable) {
	if body.Move == rules.MoveHold {
		r.held(key, e, of, false)
		return
	}
	if body.Move == rules.MoveRelease {
		r.releases[e.Seq] = key
	}
	if body.Cause != rules.CauseUndo {
		r.stand(e, recoverable{Released: stamp(e.At)})
	}
}

// held takes in a hold that was intended, again or for the first time, or adopted. It
// counts as sent until an outcome says that it was not.
func (r *Recovery) held(key recoveredRow, e LogEntry, of enrolled, seen bool) {
	h := r.holds[key]
	if h == nil {
		h = &rules.Hold{Program: e.Program, Target: e.Target, Row: of.Row, Account: of.Account.ID, Person: e.PersonID, Intended: e.At, Intent: e.Seq}
		r.holds[key] = h
	}
	if !h.Sent { // else an earlier one may have been sent, whatever becomes of this one
		r.intents[e.Seq] = h
	}
	h.Sent, h.Seen = true, h.Seen || seen
}

// stand takes in what is known of a person for ever.
func (r *Recovery) stand(e LogEntry, body recoverable) {
	if e.PersonID == "" {
		return
	}
	key := decidedKey{e.Program, e.PersonID}
	s := r.standings[key]
	if s == nil {
		s = &rules.Standing{Program: e.Program, Person: e.PersonID}
		r.standings[key] = s
	}
	var of struct{ Statement string }
	_ = json.Unmarshal([]byte(e.Personal), &of) // erased: nobody's
	if earlier(&s.Started, body.Started) {
		s.StartBy = of.Statement
	}
	earlier(&s.Released, body.Released)
}

// Whole returns what was read, or an error where that was nothing.
func (r *Recovery) Whole() (Recovered, error) {
	if r.out.Last == 0 {
		return Recovered{}, fmt.Errorf("there is no entry in it: %w", ErrPart)
	}
	out := r.out
	for _, h := range r.holds {
		if h.Seen || h.Sent { // of the others nothing was written
			out.Holds = append(out.Holds, *h)
		}
	}
	slices.SortFunc(out.Holds, func(a, b rules.Hold) int {
		return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Row, b.Row))
	})
	for _, s := range r.standings {
		out.Standings = append(out.Standings, *s)
	}
	slices.SortFunc(out.Standings, func(a, b rules.Standing) int {
		return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Person, b.Person))
	})
	for _, o := range r.overrides {
		out.Overrides = append(out.Overrides, o)
	}
	for _, w := range r.waivers {
		out.Waivers = append(out.Waivers, w)
	}
	slices.SortFunc(out.Waivers, func(a, b rules.Waiver) int { return cmp.Compare(a.ID, b.ID) })
	for p := range r.paused {
		out.Paused = append(out.Paused, p)
	}
	slices.Sort(out.Paused)
	return out, nil
}
