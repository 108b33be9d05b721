package view

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Views gives what is to be shown now.
type Views interface {
	// Current returns the last settled cycle that decided, or nil before the first
	// one. What it returns does not change.
	Current() *View
}

// View is one settled cycle. Nothing of it changes after it was published, and any
// number of goroutines may read it.
type View struct {
	At        time.Time // when the last cycle settled; Judged is that of the judgement
	Judged    time.Time
	Mode      rules.Mode
	Policy    *rules.Policy // of the judgement
	Facts     *rules.Facts
	Judgement *rules.Judgement

	Sources []Source
	// Wanted is what would be changed if neither mode nor guard stopped it, Plan what
	// was let through, and Outcomes what became of that.
	Wanted   []rules.Change
	Plan     []rules.Change
	Outcomes []rules.Outcome
	// Refusals are plans that wait for an approval.
	Refusals   []rules.Refusal
	Quarantine *Quarantine // nil: no organisation waits
	Findings   []rules.Finding

	Refs *Refs // of the people of the organisation

	once     sync.Once
	programs []Program
}

// Source is one thing that is read.
type Source struct {
	Name    string
	Kind    rules.SourceKind
	Read    time.Time     // last read whole; zero: never, or not since the start
	MaxAge  time.Duration // how old a reading may become; 0: any age
	Problem string        // why the last attempt failed; empty: it did not
	Count   int           // people, statements or rows of the last reading
}

// Stale reports whether the reading is older than it may become.
func (s Source) Stale(now time.Time) bool {
	return rules.Source{Read: s.Read, Limit: s.MaxAge}.Stale(now)
}

// Quarantine is an organisation that waits for an approval.
type Quarantine struct {
	Digest  string
	Since   time.Time
	People  int
	Because []rules.Reason
}

// Program is the judgement of one programme with what is computed from it.
type Program struct {
	*rules.ProgramJudgement
	Paused    bool // by release-all
	Threshold rules.Threshold
	// CriticalPath are the leaders who are waited for, those who block most first.
	CriticalPath []rules.Blocking
	UseCases     []rules.UseCase
}

// Programs are the programmes in the order of the policy. They are computed when
// they are first asked for.
func (v *View) Programs() []Program {
	v.once.Do(func() {
		for i := range v.Judgement.Programs {
			pj := &v.Judgement.Programs[i]
			v.programs = append(v.programs, Program{ProgramJudgement: pj, Paused: v.Facts.Paused[pj.Program.ID],
				Threshold: pj.Threshold(), CriticalPath: pj.CriticalPath(), UseCases: pj.UseCases()})
		}
	})
	return v.programs
}

// Program returns the programme of that id.
func (v *View) Program(id string) (*Program, bool) {
	list := v.Programs()
	for i := range list {
		if list[i].Program.ID == id {
			return &list[i], true
		}
	}
	return nil, false
}

// Name is what staff reads of a person: the name, and the HR id. It is meant for
// rules.Reason.Sentence.
func (v *View) Name(id string) string {
	x := v.Judgement.Index
	if n, ok := x.Find(id); ok && x.People[n].Name != "" {
		return x.People[n].Name + " (" + id + ")"
	}
	return id
}

// Latest holds the view that was published last. The zero value holds none.
type Latest struct{ view atomic.Pointer[View] }

// Current returns it.
func (l *Latest) Current() *View { return l.view.Load() }

// Publish replaces it.
func (l *Latest) Publish(v *View) { l.view.Store(v) }
