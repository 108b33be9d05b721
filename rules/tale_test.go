package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/leadfront/leadfront/rules"
)

// soul is one person of a tale: what HR says, and what the LMS has.
type soul struct {
	id, manager    string
	status         rules.Status
	noAccount      bool
	dept, loc, typ string
	account        int // how many accounts the LMS has that match
	row            rules.RowState
	sign           rules.Sign
}

// deed is something that happened, and became one statement. Deeds are named by their
// place in the tale.
type deed struct {
	who  string
	what string
	of   int // the deed that is voided, copied, taken back or confirmed
	at   time.Time
}

// era is the organisation as HR had it from a moment on.
type era struct {
	from  time.Time
	souls []soul
}

// tale is a company and all that happened in it, in the words of the oracle. Rapid
// draws it, the engine is given it as facts, and the oracle reads it as it stands.
type tale struct {
	program   rules.Program
	doubt     bool // policy "doubt: hold"
	tops      []string
	eras      []era
	deeds     []deed
	waivers   []rules.Waiver
	attests   []rules.Attest
	acting    []rules.Acting
	standings []rules.Standing
	gates     []rules.Gate
	lms       map[string]bool      // what the LMS says of completions
	held      map[string]time.Time // since when our hold is on the row
	paused    bool
	unread    string // which source is not to be relied on, and why
}

func (t *tale) souls() []soul { return t.eras[len(t.eras)-1].souls }

// oneIn is true once in n draws.
func oneIn(t *rapid.T, n int, what string) bool { return rapid.IntRange(1, n).Draw(t, what) == n }

func oneOf(t *rapid.T, what, words string) string {
	list := strings.Split(words, " ")
	return strings.Trim(rapid.SampledFrom(list).Draw(t, what), "-")
}

// drawTale draws a company of 2 to 9 people. Three in four have nothing wrong with
// the way up; the rest has everything that is ever wrong with it.
func drawTale(t *rapid.T) *tale {
	n := rapid.IntRange(2, 9).Draw(t, "people")
	w := &tale{tops: []string{"p0"}, lms: map[string]bool{}, held: map[string]time.Time{}}
	if oneIn(t, 8, "a second top") {
		w.tops = append(w.tops, "p1")
	}
	sane := !oneIn(t, 4, "mad")
	first := era{from: launch}
	for i := range n {
		first.souls = append(first.souls, drawSoul(t, i, n, sane))
	}
	w.eras = []era{first}
	w.program = drawProgram(t)
	for range rapid.IntRange(0, 14).Draw(t, "deeds") {
		w.deeds = append(w.deeds, drawDeed(t, w))
	}
	w.drawWords(t)
	w.doubt = oneIn(t, 5, "doubt holds")
	w.paused = oneIn(t, 25, "paused")
	if oneIn(t, 10, "a source fails") {
		w.unread = oneOf(t, "how", "hr-stale hr-never lrs-stale lrs-unread lrs-behind")
	}
	return w
}

func drawSoul(t *rapid.T, i, n int, sane bool) soul {
	s := soul{id: fmt.Sprint("p", i), status: rules.Active, account: 1, row: rules.RowActive, sign: rules.SignNone}
	if i > 0 {
		s.manager = fmt.Sprint("p", rapid.IntRange(0, i-1).Draw(t, "manager"))
	}
	s.dept, s.loc, s.typ = oneOf(t, "dept", "d d e"), oneOf(t, "loc", "x x y"), oneOf(t, "type", "f f g")
	if oneIn(t, 5, "away") {
		s.status = rapid.SampledFrom([]rules.Status{rules.Leave, rules.Leave, rules.Inactive, rules.Vacant}).Draw(t, "status")
	}
	s.noAccount = oneIn(t, 12, "no account")
	if s.noAccount {
		s.account = 0
	}
	if oneIn(t, 10, "seen to start") {
		s.sign = rapid.SampledFrom([]rules.Sign{rules.SignUnknown, rules.SignStarted}).Draw(t, "sign")
	}
	if oneIn(t, 10, "row") {
		s.row = rapid.SampledFrom([]rules.RowState{rules.RowAbsent, rules.RowSuspended, rules.RowConcluded}).Draw(t, "state")
	}
	if sane {
		return s
	}
	switch rapid.IntRange(0, 9).Draw(t, "defect") {
	case 0:
		s.manager = ""
	case 1:
		s.manager = "nobody"
	case 2:
		s.manager = s.id
	case 3, 4:
		s.manager = fmt.Sprint("p", rapid.IntRange(0, n-1).Draw(t, "any manager"))
	case 5:
		s.status = rules.StatusUnknown
	case 6:
		s.account = rapid.SampledFrom([]int{0, 2}).Draw(t, "accounts")
	case 7:
		s.dept = ""
	}
	return s
}

func drawProgram(t *rapid.T) rules.Program {
	p := rules.Program{ID: program, Launch: launch}
	if oneIn(t, 25, "not launched") {
		p.Launch = now.Add(day)
	}
	if oneIn(t, 15, "ends") {
		p.Ends = now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "end")) * day)
	}
	q := &p.Sequence
	q.Scope = oneOf(t, "scope", "manager chain cohort")
	q.Gate = oneOf(t, "gate", "completed threshold")
	switch q.Scope {
	case rules.ScopeChain:
		q.Levels = rapid.IntRange(0, 3).Draw(t, "levels")
	case rules.ScopeCohort:
		q.Percent = rapid.SampledFrom([]float64{0, 100, 80, 66.7, 60, 50, 33.3, 1}).Draw(t, "percent")
		q.Unit = oneOf(t, "unit", "- audience department")
	}
	if oneIn(t, 6, "requires") {
		q.Require = strings.Fields(rapid.SampledFrom([]string{"use_case", "playbook", "use_case playbook"}).Draw(t, "what"))
	}
	if oneIn(t, 8, "max hold") {
		q.MaxHold, q.ReleaseAfter = 5*day, rapid.Bool().Draw(t, "released after")
	}
	p.Showcase.Confirmed = oneIn(t, 4, "to be confirmed")
	p.Witness = oneOf(t, "witness", "- - - lrs lms either")
	p.Audience = drawAudience(t)
	return p
}

func drawAudience(t *rapid.T) (a rules.Audience) {
	if !oneIn(t, 3, "an audience") {
		return
	}
	draw := func(f *rules.Filter) {
		switch rapid.IntRange(0, 4).Draw(t, "filter") {
		case 0:
			f.Departments = []string{"d"}
		case 1:
			f.Locations = []string{"x"}
		case 2:
			f.Types = []string{"f"}
		case 3:
			f.Levels = []int{1, 2}
		case 4:
			f.People = []string{"p1", "p2", "p5"}
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "included by") {
		draw(&a.Filter)
	}
	if rapid.Bool().Draw(t, "excluding") {
		draw(&a.Exclude)
	}
	return
}

// who draws somebody; managers, who are first in the list, more often.
func (w *tale) who(t *rapid.T) string {
	n := len(w.souls())
	i := rapid.IntRange(0, n-1).Draw(t, "who")
	if rapid.Bool().Draw(t, "early in the list") {
		i /= 2
	}
	return w.souls()[i].id
}

func drawDeed(t *rapid.T, w *tale) deed {
	d := deed{who: w.who(t), of: -1, at: now.Add(-time.Duration(rapid.IntRange(1, 31*24).Draw(t, "hours ago")) * time.Hour)}
	d.what = oneOf(t, "what", "complete complete complete complete complete start fail progress register share share share bare brief brief copy void unshare confirm confirm")
	of := map[string]string{"copy": "share", "unshare": "share", "confirm": "share", "void": ""}
	about, refers := of[d.what]
	if !refers {
		return d
	}
	for i := len(w.deeds) - 1; i >= 0; i-- {
		e := w.deeds[i]
		if about != "" && e.what == about || about == "" && e.what != "void" {
			d.of = i
			if oneIn(t, 2, "this one") {
				break
			}
		}
	}
	if d.of < 0 {
		d.what = "complete"
		return d
	}
	if e := w.deeds[d.of]; !d.at.After(e.at) {
		d.at = e.at.Add(time.Minute)
	}
	if d.what == "unshare" && rapid.Bool().Draw(t, "by the author") {
		d.who = w.deeds[d.of].who
	}
	return d
}

// drawWords draws what people have said for the record, and what was learnt before.
func (w *tale) drawWords(t *rapid.T) {
	for range rapid.IntRange(0, 2).Draw(t, "waivers") {
		from := now.Add(-time.Duration(rapid.IntRange(-1, 20).Draw(t, "from")) * day)
		x := rules.Waiver{Kind: rapid.SampledFrom([]rules.WaiverKind{rules.MayStart, rules.NeedNotLead}).Draw(t, "kind"),
			Program: program, Person: w.who(t), From: from, Expires: from.Add(time.Duration(rapid.IntRange(1, 21).Draw(t, "for")) * day)}
		if oneIn(t, 4, "revoked") {
			x.Revoked = x.From.Add(day)
		}
		w.waivers = append(w.waivers, x)
	}
	if oneIn(t, 8, "an attest") {
		w.attests = []rules.Attest{{Program: program, Person: w.who(t), Done: now.Add(-3 * day), At: now.Add(-2 * day)}}
	}
	for range rapid.IntRange(0, 2).Draw(t, "standings") {
		s := rules.Standing{Program: program, Person: w.who(t)}
		how := rapid.IntRange(1, 3).Draw(t, "how")
		if how&1 != 0 {
			s.Released = now.Add(-4 * day)
		}
		if how&2 != 0 {
			s.Started = now.Add(-5 * day)
		}
		if !slices.ContainsFunc(w.standings, func(x rules.Standing) bool { return x.Person == s.Person }) {
			w.standings = append(w.standings, s)
		}
	}
	if w.program.Sequence.Scope == rules.ScopeCohort && oneIn(t, 6, "a gate was opened") {
		g := rules.Gate{Program: program, At: now.Add(-6 * day)}
		if w.program.Sequence.Unit == rules.UnitDepartment {
			g.Unit = "d"
		}
		w.gates = []rules.Gate{g}
	}
	// Whose team somebody was in is asked of the day of their word; the oracle knows today.
	if !w.program.Showcase.Confirmed && oneIn(t, 8, "somebody stands in") {
		w.acting = []rules.Acting{{For: w.who(t), By: w.who(t), From: now.Add(-9 * day), Until: now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, "until")) * day)}}
	}
	for _, s := range w.souls() {
		if oneIn(t, 4, "the LMS says") {
			w.lms[s.id] = rapid.Bool().Draw(t, "completed")
		}
		if s.row == rules.RowSuspended && rapid.Bool().Draw(t, "by us") {
			w.held[s.id] = now.Add(-time.Duration(rapid.IntRange(1, 9).Draw(t, "days held")) * day)
		}
	}
}

// String tells the tale for whoever has to find out who is right.
func (w *tale) String() string {
	var b strings.Builder
	p := w.program
	fmt.Fprintf(&b, "scope %+v\naudience %+v witness %q confirmed %v tops %v doubt holds %v paused %v unread %q launch %s ends %s\n",
		p.Sequence, p.Audience, p.Witness, p.Showcase.Confirmed, w.tops, w.doubt, w.paused, w.unread, p.Launch, p.Ends)
	for _, e := range w.eras {
		fmt.Fprintf(&b, "from %s\n", e.from)
		for _, s := range e.souls {
			fmt.Fprintf(&b, "  %+v\n", s)
		}
	}
	for i, d := range w.deeds {
		fmt.Fprintf(&b, "%d: %s %s %s of %d\n", i, d.at.Format("Jan 2 15:04"), d.who, d.what, d.of)
	}
	fmt.Fprintf(&b, "waivers %+v\nattests %+v acting %+v\nstandings %+v gates %+v lms %v held %v", w.waivers, w.attests, w.acting, w.standings, w.gates, w.lms, w.held)
	return b.String()
}
