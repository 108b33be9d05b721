package rules

import (
	"fmt"
	"slices"
	"time"
)

// Threshold is whether every manager with direct reports has completed the course
// and shared a use case of their own, with whatever else the programme asks for.
type Threshold struct {
	Program string    `json:"program"`
	Met     bool      `json:"met"`
	Since   time.Time `json:"since,omitzero"` // when the last of the leaders met it; zero: not met
	Leaders int       `json:"leaders"`        // who have to
	Done    int       `json:"done"`           // of those, who have
	// Missing are those who have not, with what is missing.
	Missing []MissingLeader `json:"missing,omitempty"`
	// Waived need not lead. They are not among the leaders, and never shown as done.
	Waived []string `json:"waived,omitempty"`
	// NoAccount are managers stated to have no account: nobody waits for them, and
	// they leave the threshold unmet.
	NoAccount []string `json:"noAccount,omitempty"`
}

// Sentence says in words how far the leaders are, of whose use cases so many count.
func (t Threshold) Sentence(useCases int) string {
	const minute = "2006-01-02 15:04"
	state := "not met"
	if t.Met {
		state = "met since " + t.Since.UTC().Format(minute)
		if n := len(t.Waived); n > 0 {
			state = fmt.Sprintf("met with %d waivers since %s", n, t.Since.UTC().Format(minute))
		}
	}
	text := fmt.Sprintf("threshold of %s: %s; %d of %d leaders have completed and shared, %d use cases count", t.Program, state, t.Done, t.Leaders, useCases)
	if n := len(t.NoAccount); n > 0 {
		text += fmt.Sprintf("; %d leaders are stated to have no account", n)
	}
	return text
}

// MissingLeader is a leader who has not done what is asked.
type MissingLeader struct {
	Person  string   `json:"person"`
	Missing []Reason `json:"missing"`
	New     bool     `json:"new,omitempty"` // leads since less than the days of grace
}

// Threshold says how far the programme's leaders are.
func (j *ProgramJudgement) Threshold() Threshold {
	g := j.judging
	t := Threshold{Program: g.p.ID}
	asked := g.thresholdRequires()
	manages := g.manages()
	for i := range manages {
		id := g.x.People[i].ID
		switch {
		case manages[i] && g.exempt(i):
			t.Waived = append(t.Waived, id)
		case manages[i] && g.x.People[i].NoAccount && g.x.People[i].Status == Active:
			t.NoAccount = append(t.NoAccount, id)
		case !g.leads[i]:
		default:
			t.add(g, int32(i), asked)
		}
	}
	if t.Met = t.Leaders > 0 && t.Done == t.Leaders && len(t.NoAccount) == 0; !t.Met {
		t.Since = time.Time{}
	}
	return t
}

// add counts one leader.
func (t *Threshold) add(g *judging, l int32, asked []string) {
	t.Leaders++
	var missing []Reason
	var last time.Time
	for _, name := range asked {
		switch at := g.requirement(name, l).At; {
		case at.IsZero():
			missing = append(missing, g.missingOf(name, l)...)
		case at.After(last):
			last = at
		}
	}
	if len(missing) > 0 {
		t.Missing = append(t.Missing, MissingLeader{Person: g.x.People[l].ID, Missing: missing, New: g.isNew(l)})
		return
	}
	if t.Done++; last.After(t.Since) {
		t.Since = last
	}
}

// thresholdRequires is what the threshold asks for, whatever opens the gate.
func (g *judging) thresholdRequires() []string {
	asked := slices.Clone(g.require)
	if !slices.Contains(asked, RequireUseCase) {
		asked = slices.Insert(asked, 1, RequireUseCase)
	}
	return asked
}

// manages marks whoever is stated to be the manager of somebody who is led.
func (g *judging) manages() []bool {
	out := make([]bool, g.x.Len())
	for i := range g.x.People {
		if m := g.x.up(int32(i)); m >= 0 && g.x.follows[i] {
			out[m] = true
		}
	}
	return out
}

// exempt reports whether a waiver says that i need not lead.
func (g *judging) exempt(i int) bool { return inForce(g.needNot[int32(i)], g.facts.Now) }

// isNew reports whether the leader led nobody before the days of grace began. Where
// no organisation is known of then, nobody is new.
func (g *judging) isNew(l int32) bool {
	if g.p.Sequence.Grace <= 0 {
		return false
	}
	o := g.then(g.facts.Now.Add(-g.p.Sequence.Grace))
	if o == nil || o.x == g.x {
		return false
	}
	n, ok := o.x.Find(g.x.People[l].ID)
	return !ok || !o.leads[n]
}
