package notice

import (
	"cmp"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Now is what is true, from which it is found who should know what.
type Now struct {
	At         time.Time
	Mode       rules.Mode
	Judgement  *rules.Judgement
	Refusals   []rules.Refusal
	Quarantine string // digest of the organisation that waits; empty: none
	Because    []rules.Reason
	Stale      []string // names of sources
	Problems   int      // of the audit log
	Released   []rules.Released
	// Placeholders are addresses that stand for nobody.
	Placeholders []string
}

// Letter is everything of one kind that one receiver should know now.
type Letter struct {
	Kind   rules.NoticeKind
	Person string // HR id; empty: the operators
	// Address is where HR says that mail reaches the person. It is empty where there is
	// none, or HR gives it to somebody else, too.
	Address string
	Name    string // as HR has it; may be empty
	Lines   []Line
}

// Line is one matter of a letter.
type Line struct {
	About   string // names the matter: a programme, a source, a digest
	Title   string // of the programme; empty for what is of none
	Waiting int    // people who wait for the receiver by name
	Blocked int    // and those who wait for these in turn
	Text    string // what has happened, for operators
	Do      []string
}

// Fresh is for how long a release is news.
const Fresh = 7 * 24 * time.Hour

// Letters are what there is to tell now, whether it was told before or not. Each tells
// its receiver only about themselves, in figures where others are concerned: nobody is
// named in any. People who are not stated to be active get none.
func Letters(now *Now) []*Letter {
	w := &writer{now: now, addresses: map[string]int{}, of: map[key]*Letter{}}
	for _, p := range now.Judgement.Index.People {
		w.addresses[strings.ToLower(p.Email)]++
	}
	for i := range now.Judgement.Programs {
		w.blocking(&now.Judgement.Programs[i])
	}
	w.released()
	w.operators()
	slices.SortStableFunc(w.all, func(a, b *Letter) int { return cmp.Compare(a.order(), b.order()) })
	return w.all
}

// order puts operators first.
func (l *Letter) order() int {
	if l.Kind.ToOperators() {
		return 0
	}
	return 1 + slices.Index(rules.NoticeKinds(), l.Kind)
}

// abouts name what the letter is about.
func (l *Letter) abouts() []string {
	out := make([]string, len(l.Lines))
	for i := range l.Lines {
		out[i] = l.Lines[i].About
	}
	return out
}

type key struct {
	kind   rules.NoticeKind
	person string
}

type writer struct {
	now       *Now
	addresses map[string]int // how many people have them
	of        map[key]*Letter
	all       []*Letter
}

// add puts a line into the letter of its receiver; n is the number of the person, or -1.
func (w *writer) add(kind rules.NoticeKind, n int, line Line) {
	k := key{kind: kind}
	l := &Letter{Kind: kind}
	if n >= 0 {
		p := &w.now.Judgement.Index.People[n]
		if p.Status != rules.Active {
			return
		}
		k.person, l.Person, l.Name, l.Address = p.ID, p.ID, p.Name, w.address(p.Email)
	}
	if old := w.of[k]; old != nil {
		old.Lines = append(old.Lines, line)
		return
	}
	l.Lines = []Line{line}
	w.of[k] = l
	w.all = append(w.all, l)
}

// address is what HR has, where it is one and nobody else's: a notice must not reach
// somebody whom it is not about.
func (w *writer) address(email string) string {
	a, err := mail.ParseAddress(email)
	switch {
	case err != nil || a.Address != email || w.addresses[strings.ToLower(email)] != 1:
		return ""
	case slices.ContainsFunc(w.now.Placeholders, func(p string) bool { return strings.EqualFold(p, email) }):
		return ""
	}
	return email
}

// blocking tells leaders that people wait for them, where they can do something: who
// waits for a leader of their own is not told.
func (w *writer) blocking(j *rules.ProgramJudgement) {
	for _, b := range j.CriticalPath() {
		n, ok := w.now.Judgement.Index.Find(b.Person)
		if !ok || j.Decisions[n].Verdict() != rules.Clear {
			continue
		}
		line := Line{About: j.Program.ID, Title: j.Program.Title, Waiting: b.Waiting, Blocked: b.Blocked}
		for _, r := range j.Requirements(n) {
			if r.At.IsZero() {
				line.Do = append(line.Do, task(r.Name))
			}
		}
		if len(line.Do) > 0 {
			w.add(rules.NoticeBlocking, n, line)
		}
	}
}

// task is what a requirement asks for.
func task(requirement string) string {
	switch requirement {
	case rules.RequireCourse:
		return "Complete the course itself, the same one as everybody."
	case rules.RequireUseCase:
		return "Share a use case of your own: the prompt, what came out, and what it was good for."
	case rules.RequirePlaybook:
		return "Read the coaching playbook, so that you can help when they begin."
	}
	return "Complete “" + requirement + "”."
}

// released tells learners that they were let in, who have not begun yet.
func (w *writer) released() {
	told := map[string]bool{}
	for _, r := range w.now.Released {
		n, ok := w.now.Judgement.Index.Find(r.Person)
		k := r.Program + " " + r.Person
		if !ok || told[k] || r.At.Before(w.now.At.Add(-Fresh)) {
			continue
		}
		told[k] = true
		for i := range w.now.Judgement.Programs {
			j := &w.now.Judgement.Programs[i]
			if j.Program.ID == r.Program && mayBegin(j, n) {
				w.add(rules.NoticeMayStart, n, Line{About: r.Program, Title: j.Program.Title})
			}
		}
	}
}

// mayBegin reports whether the person may start and has not.
func mayBegin(j *rules.ProgramJudgement, n int) bool {
	rec := j.Records[n]
	return j.Decisions[n].Verdict() == rules.Clear && j.Completed(n).IsZero() && (rec == nil || rec.Started.IsZero())
}

// operators tells those who look after leadfront what waits for them. Digests and
// counts say enough: no person is named.
func (w *writer) operators() {
	titles := map[string]string{}
	for i := range w.now.Judgement.Programs {
		p := w.now.Judgement.Programs[i].Program
		titles[p.ID] = p.Title
	}
	for _, r := range w.now.Refusals {
		w.add(rules.NoticePlanRefused, -1, Line{About: r.Program + " " + string(r.Move), Title: titles[r.Program],
			Text: "A plan waits for an approval: " + strconv.Itoa(len(r.Changes)) + " × " + string(r.Move) + ". " + code(r.Because.Code) + ".",
			Do:   []string{"leadfront plan", "leadfront approve " + r.Digest + " --by NAME --reason TEXT"}})
	}
	if w.now.Quarantine != "" {
		var because []string
		for _, b := range w.now.Because {
			because = append(because, code(b.Code))
		}
		w.add(rules.NoticeOrgQuarantined, -1, Line{About: w.now.Quarantine,
			Text: "A new reading of the organisation waits for an approval; the last one stays in force: " + strings.Join(because, "; ") + ".",
			Do:   []string{"leadfront org diff " + w.now.Quarantine, "leadfront org approve " + w.now.Quarantine + " --by NAME --reason TEXT"}})
	}
	for _, s := range w.now.Stale {
		w.add(rules.NoticeSourceStale, -1, Line{About: s, Text: "Source " + s + " has not been read within its limit: nothing new is decided on it.", Do: []string{"leadfront check"}})
	}
	if w.now.Problems > 0 {
		w.add(rules.NoticeAuditProblems, -1, Line{About: "audit log", Text: "The audit log does not verify; problems: " + strconv.Itoa(w.now.Problems) + ".", Do: []string{"leadfront audit verify"}})
	}
}

// code says what a code means, without what it is about: that may be somebody.
func code(c rules.Code) string {
	return strings.TrimSuffix(rules.Reason{Code: c}.Sentence(nil), ": ")
}
