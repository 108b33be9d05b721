package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// mostShown is how many people are listed by name; all are counted.
const mostShown = 200

// prepared is an act with what it will do, as it is shown before it is asked for.
type prepared struct {
	Act    rules.Act
	Title  string
	What   []string // what will happen, sentence by sentence
	Grave  bool     // undoing it takes more than another click
	People []person // whom it concerns: the first of Count
	Count  int
	Seen   string            // digest of all of the above
	all    [sha256.Size]byte // digest of everybody whom it concerns, listed or not

	Changed     bool // it is not what was seen
	Unexplained bool // no reason was given

	CSRF, FormToken string
}

// person is one of those whom an act concerns.
type person struct {
	Name string
	What string
	Ref  string // of the page; empty: there is none
}

// Until is the day on which an exemption ends, and Done that of a completion, as the
// form has them.
func (p *prepared) Until() string {
	if p.Act.Expires.IsZero() {
		return ""
	}
	return p.Act.Expires.AddDate(0, 0, -1).Format(time.DateOnly)
}

// DoneOn is the day of a completion.
func (p *prepared) DoneOn() string {
	if p.Act.Done.IsZero() {
		return ""
	}
	return p.Act.Done.Format(time.DateOnly)
}

// More is how many people are not listed.
func (p *prepared) More() int { return p.Count - len(p.People) }

// seen is the digest of what is shown: whoever confirms confirms exactly that.
func (p *prepared) seen() string {
	a := p.Act
	a.Reason, a.At = "", time.Time{}
	text, err := json.Marshal([]any{a, p.What, p.People, p.all})
	if err != nil {
		return "" // never: all of it can be marshalled
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// prepare says what an act would do; wrong says in words why it cannot be done.
func (r *Room) prepare(ctx context.Context, a rules.Act) (p *prepared, wrong string, err error) {
	p = &prepared{Act: a}
	if a.Kind == rules.ActOrgApprove {
		wrong, err = r.organisation(ctx, p)
		return p, wrong, err
	}
	v := r.views.Current()
	if v == nil {
		return p, "Nothing has been decided yet: the first cycle has not settled.", nil
	}
	if a.Kind == rules.ActRevoke {
		wrong, err = r.revoke(ctx, v, p)
		return p, wrong, err
	}
	if a.Kind == rules.ActApprove {
		return p, approve(v, p), nil
	}
	pr, ok := v.Program(a.Program)
	if !ok {
		return p, "Choose a programme.", nil
	}
	switch a.Kind {
	case rules.ActWaive:
		wrong = waive(v, pr, p)
	case rules.ActAttest:
		wrong = attest(v, pr, p)
	case rules.ActReleaseAll:
		wrong = release(v, pr, p)
	case rules.ActResume:
		wrong = resume(pr, p)
	}
	return p, wrong, nil
}

// add lists somebody whom the act concerns.
func (p *prepared) add(v *view.View, id, what string) {
	p.Count++
	p.all = sha256.Sum256(fmt.Appendf(p.all[:], "%q %q", id, what))
	if len(p.People) == mostShown {
		return
	}
	one := person{Name: id, What: what}
	if v != nil {
		one.Name = v.Name(id)
		if n, ok := v.Judgement.Index.Find(id); ok {
			one.Ref = v.Refs.Of(n)
		}
	}
	p.People = append(p.People, one)
}

func (p *prepared) say(format string, args ...any) {
	p.What = append(p.What, fmt.Sprintf(format, args...))
}

// approve lets a refused plan through.
func approve(v *view.View, p *prepared) (wrong string) {
	for i := range v.Refusals {
		f := &v.Refusals[i]
		if f.Digest != p.Act.Digest {
			continue
		}
		p.Title = "Approve a plan: " + moves(f.Move, len(f.Changes))
		p.say("It waits because %s.", f.Because.Sentence(v.Name))
		p.say("What of it is still wanted is done once, in the next cycles, within 24 hours.")
		if v.Mode == rules.Observe {
			p.say("The mode is observe: nothing will be written to a platform even so.")
		}
		for j := range f.Changes {
			ch := &f.Changes[j]
			p.add(v, ch.Person, fmt.Sprintf("%s in %s", ch.Move, ch.Target))
		}
		return ""
	}
	return fmt.Sprintf("No plan %.12s waits any more: it was approved, or is wanted no longer, or has changed. Look at what waits now.", p.Act.Digest)
}

func moves(m rules.Move, n int) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", m)
	}
	return fmt.Sprintf("%d times %s", n, m)
}

// revoke ends an exemption.
func (r *Room) revoke(ctx context.Context, v *view.View, p *prepared) (wrong string, err error) {
	list, err := r.desk.Waivers(ctx)
	if err != nil {
		return "", fmt.Errorf("list the exemptions: %w", err)
	}
	for _, w := range list {
		if w.ID != p.Act.Number || !w.Revoked.IsZero() {
			continue
		}
		p.Title = fmt.Sprintf("Revoke exemption %d", w.ID)
		p.say("It was granted by %s until %s: %s", w.By, w.Expires.UTC().Format(time.DateOnly), w.Reason)
		p.say("It ends now. Whoever has started under it stays clear.")
		p.add(v, w.Person, fmt.Sprintf("%s in %s", w.Kind, w.Program))
		return "", nil
	}
	return fmt.Sprintf("There is no exemption %d that could be revoked.", p.Act.Number), nil
}

// waiting counts who waits for somebody in a programme.
func waiting(pr *view.Program, id string) int {
	for _, b := range pr.CriticalPath {
		if b.Person == id {
			return b.Waiting
		}
	}
	return 0
}

// waive exempts a person.
func waive(v *view.View, pr *view.Program, p *prepared) (wrong string) {
	n, ok := v.Judgement.Index.Find(p.Act.Person)
	if !ok {
		return fmt.Sprintf("Nobody in the organisation has the id %q.", p.Act.Person)
	}
	until := p.Act.Expires.AddDate(0, 0, -1).Format(time.DateOnly)
	if p.Act.Waiver == rules.MayStart {
		p.Title = "Let somebody start before their leaders"
		p.say("Until %s (its end, UTC) this person may start %s, whoever has qualified.", until, pr.Program.Title)
		if pr.Decisions[n].Verdict() == rules.Wait {
			p.say("The person is on hold: the next cycle lifts it.")
		}
	} else {
		p.Title = "Wait for somebody no longer"
		p.say("Until %s (its end, UTC) nobody waits for this leader in %s, but for the next one above.", until, pr.Program.Title)
		p.say("%d people wait for them by name now.", waiting(pr, p.Act.Person))
	}
	p.say("Whoever starts under it stays clear after it ends.")
	p.add(v, p.Act.Person, "")
	return ""
}

// attest vouches for a completion.
func attest(v *view.View, pr *view.Program, p *prepared) (wrong string) {
	if _, ok := v.Judgement.Index.Find(p.Act.Person); !ok {
		return fmt.Sprintf("Nobody in the organisation has the id %q.", p.Act.Person)
	}
	p.Title = "Vouch for a completion"
	p.say("It counts from now on as if the records said that this person completed %s on %s.", pr.Program.Title, p.DoneOn())
	p.say("%d people wait for them by name now.", waiting(pr, p.Act.Person))
	p.add(v, p.Act.Person, "")
	return ""
}

// release pauses a programme and lifts its holds.
func release(v *view.View, pr *view.Program, p *prepared) (wrong string) {
	if pr.Paused {
		return "The programme is paused already; its holds are being lifted."
	}
	p.Title, p.Grave = "Release everybody and pause "+pr.Program.Title, true
	for i := range v.Facts.Holds {
		if h := &v.Facts.Holds[i]; h.Program == pr.Program.ID {
			p.add(v, h.Person, "is released in "+h.Target)
		}
	}
	p.say("%d holds are open. All are lifted, in every mode and whatever the guards say; where the platform gives access by adding, everybody enrolled is added.", p.Count)
	p.say("Nobody is held in this programme until it is resumed, and whoever is released stays clear after that.")
	return ""
}

// resume ends a pause.
func resume(pr *view.Program, p *prepared) (wrong string) {
	if !pr.Paused {
		return "The programme is not paused."
	}
	p.Title = "Resume " + pr.Program.Title
	p.say("The sequence holds again for whoever has not been released. The first new holds ask for approval.")
	return ""
}
