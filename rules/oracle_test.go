package rules_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// genCompany makes random facts.
func genCompany(r *rand.Rand, scope string) *company {
	n := 2 + r.Intn(6)
	words := ""
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H"}[:n]
	for i, id := range names {
		m := ""
		switch k := r.Intn(12); {
		case i == 0 && k < 10:
		case k == 0:
			m = "?"
		case k == 1:
			m = "X9" // unknown
		case k == 2:
			m = id
		case k == 3:
			m = names[r.Intn(n)]
		default:
			m = names[r.Intn(max(i, 1))]
		}
		st := ""
		switch r.Intn(10) {
		case 0:
			st = ":leave"
		case 1:
			st = ":inactive"
		case 2:
			st = []string{":vacant", ":unknown", ":noaccount", ""}[r.Intn(4)]
		}
		words += id + "<" + m + st + " "
	}
	c := newCompany(words)
	c.program().Targets[0].PerPerson = r.Intn(2) == 0
	c.facts.Enrolments = nil
	c.program().Sequence.Scope = scope
	switch scope {
	case rules.ScopeChain:
		c.program().Sequence.Levels = r.Intn(3)
	case rules.ScopeCohort:
		c.program().Sequence.Percent = []float64{100, 80, 50}[r.Intn(3)]
	}
	if r.Intn(4) == 0 {
		c.program().Audience.Departments = []string{"x"}
		for i := range c.facts.Snapshots[0].Org.People {
			c.facts.Snapshots[0].Org.People[i].Department = []string{"x", "x", "y", ""}[r.Intn(4)]
		}
	}
	for _, id := range names {
		if r.Intn(8) == 0 {
			continue
		}
		c.enrol(id, []rules.RowState{rules.RowActive, rules.RowActive, rules.RowSuspended, rules.RowConcluded}[r.Intn(4)])
		e := c.row(id)
		switch r.Intn(14) {
		case 0:
			e.Account.IDNumber = ""
		case 1:
			e.Account.IDNumber = names[r.Intn(n)]
		case 2:
			e.Barred = []string{"role", "window"}[r.Intn(2)]
		case 3:
			e.Start = rules.SignStarted
		case 4:
			e.Start, e.StartAt = rules.SignStarted, now.Add(-time.Duration(r.Intn(1000))*time.Hour)
		case 5:
			e.Start, e.Asked = rules.SignUnknown, true
		}
		switch r.Intn(4) {
		case 0:
			h := c.hold(id, r.Intn(2) == 0)
			h.Ineffective = !h.Seen && r.Intn(4) == 0
		case 1:
			if r.Intn(2) == 0 {
				c.facts.Overrides = append(c.facts.Overrides, rules.Override{Program: program, Target: target, Row: "row-" + id, Person: id, At: now.Add(-time.Duration(r.Intn(30)) * 24 * time.Hour)})
			}
		}
	}
	for _, id := range names {
		at := now.Add(-time.Duration(r.Intn(900)) * time.Hour)
		switch r.Intn(6) {
		case 0, 1:
			s := c.completes(id, at)
			if r.Intn(4) == 0 {
				c.void(s, now)
				c.facts.Evidence[len(c.facts.Evidence)-1].Statement = "ffffffff-0000-4000-8000-00000000000" + id
			}
		case 2:
			s := c.starts(id, at)
			if r.Intn(4) == 0 {
				c.void(s, now)
				c.facts.Evidence[len(c.facts.Evidence)-1].Statement = "ffffffff-0000-4000-8000-00000000000" + id
			}
		}
		if r.Intn(8) == 0 {
			s := rules.Standing{Program: program, Person: id}
			if r.Intn(2) == 0 {
				s.Started, s.StartBy = at, "s"
			} else {
				s.Released = at
			}
			c.facts.Standings = append(c.facts.Standings, s)
		}
		if r.Intn(8) == 0 {
			from := now.Add(-time.Duration(r.Intn(900)) * time.Hour)
			c.waive([]rules.WaiverKind{rules.MayStart, rules.NeedNotLead}[r.Intn(2)], id, from, from.Add(time.Duration(r.Intn(900))*time.Hour))
			if r.Intn(4) == 0 {
				c.facts.Waivers[len(c.facts.Waivers)-1].Revoked = from.Add(time.Hour)
			}
		}
	}
	switch r.Intn(12) {
	case 0:
		c.facts.Paused[program] = true
	case 1:
		c.program().Ends = now.Add(time.Duration(r.Intn(3)-1) * time.Hour)
	case 2:
		c.program().Launch = now.Add(time.Duration(r.Intn(3)-1) * time.Hour)
	case 3:
		c.facts.Sources[1].Through = false
	case 4:
		c.facts.Sources[r.Intn(2)].Read = now.Add(-2 * time.Hour)
	case 5:
		c.policy.DoubtHolds = true
	case 6:
		c.facts.Targets = map[string]bool{}
		c.facts.Enrolments = nil
	}
	return c
}

func oracle(c *company) map[string]string {
	people := c.facts.Snapshots[len(c.facts.Snapshots)-1].Org.People
	byID := map[string]*rules.Person{}
	for i := range people {
		byID[people[i].ID] = &people[i]
	}
	top := map[string]bool{}
	for _, t := range c.policy.Tops {
		top[t] = true
	}
	p := c.program()
	voided := map[string]bool{}
	for _, e := range c.facts.Evidence {
		if e.Kind == rules.KindVoided {
			voided[e.Voids] = true
		}
	}
	byMail := map[string]string{}
	for i := range people {
		byMail[people[i].Email] = people[i].ID
	}
	completed, started := map[string]bool{}, map[string]time.Time{}
	st := func(id string, t time.Time) {
		if o, ok := started[id]; !ok || t.Before(o) {
			started[id] = t
		}
	}
	for _, e := range c.facts.Evidence {
		if e.Kind == rules.KindVoided {
			continue
		}
		id := byMail[e.Actor.Value]
		if id == "" {
			continue
		}
		if e.Kind == rules.KindCompleted && !voided[e.Statement] {
			completed[id] = true
		}
		st(id, e.Timestamp)
	}
	released := map[string]bool{}
	for _, s := range c.facts.Standings {
		if !s.Started.IsZero() {
			st(s.Person, s.Started)
		}
		if !s.Released.IsZero() {
			released[s.Person] = true
		}
	}
	inForce := func(kind rules.WaiverKind, id string, t time.Time) bool {
		for _, w := range c.facts.Waivers {
			if w.Kind == kind && w.Person == id && !t.Before(w.From) && t.Before(w.Expires) && (w.Revoked.IsZero() || t.Before(w.Revoked)) {
				return true
			}
		}
		return false
	}
	// accounts: whose rows
	owners := map[string]map[string]bool{}
	for _, e := range c.facts.Enrolments {
		if byID[e.Account.IDNumber] != nil {
			if owners[e.Account.IDNumber] == nil {
				owners[e.Account.IDNumber] = map[string]bool{}
			}
			owners[e.Account.IDNumber][e.Account.ID] = true
			if e.Start == rules.SignStarted {
				t := e.StartAt
				if t.IsZero() {
					t = c.facts.Now
				}
				st(e.Account.IDNumber, t)
			}
		}
	}
	away := func(id string) bool {
		x := byID[id]
		return x.Status == rules.Leave || x.Status == rules.Inactive || x.Status == rules.Vacant || x.NoAccount || inForce(rules.NeedNotLead, id, c.facts.Now)
	}
	inCycle := func(id string) bool { // the edge of id is part of a cycle that reaches no listed top
		at := byID[id].Manager
		for range people {
			if at == id {
				return true
			}
			if top[at] || byID[at] == nil {
				return false
			}
			at = byID[at].Manager
		}
		return false
	}
	out := map[string]string{}
	for i := range people {
		x := &people[i]
		id := x.ID
		stale := false
		for _, s := range c.facts.Sources {
			stale = stale || !s.Through && s.Kind == rules.SourceRecords || c.facts.Now.Sub(s.Read) > s.Limit
		}
		ss, hasStarted := started[id]
		d := ""
		switch {
		case c.facts.Paused[program], !p.Ends.IsZero() && !c.facts.Now.Before(p.Ends), x.Status == rules.Inactive, x.Status == rules.Vacant,
			len(p.Audience.Departments) > 0 && x.Department != "" && x.Department != "x":
			d = "none/0"
		case c.facts.Now.Before(p.Launch):
			d = "none/1"
		case completed[id]:
			d = "clear/2"
		case inForce(rules.MayStart, id, c.facts.Now), hasStarted && inForce(rules.MayStart, id, ss):
			d = "clear/3"
		case hasStarted:
			d = "clear/4"
		case released[id]:
			d = "clear/5"
		case x.Status == rules.StatusUnknown, len(p.Audience.Departments) > 0 && x.Department == "", stale, len(c.facts.Targets) > 0 && len(owners[id]) != 1:
			d = "keep/6"
		case top[id]:
			d = "clear/7"
		}
		if d == "" {
			at, doubt, leader := id, false, ""
			for {
				if top[at] {
					break
				}
				m := byID[at].Manager
				if m == "" || byID[m] == nil || inCycle(at) {
					doubt = true
					break
				}
				if !away(m) && byID[m].Status == rules.StatusUnknown {
					doubt = true
					break
				}
				if !away(m) {
					leader = m
					break
				}
				at = m
			}
			switch {
			case doubt && c.policy.DoubtHolds:
				d = "hold/8"
			case doubt:
				d = "keep/8"
			case leader == "" || completed[leader]:
				d = "clear/9"
			default:
				d = "hold/10"
			}
		}
		out[id] = d
	}
	return out
}

// table is what the open table wants for a row: move and update.
func table(c *company, e *rules.Enrolment, d string) (move string, closes bool) {
	var h *rules.Hold
	for i := range c.facts.Holds {
		if c.facts.Holds[i].Row == e.Row {
			h = &c.facts.Holds[i]
		}
	}
	col := map[byte]string{'n': "free", 'c': "free", 'h': "hold", 'k': "keep"}[d[0]]
	over := false
	for _, o := range c.facts.Overrides {
		over = over || o.Row == e.Row && c.facts.Now.Sub(o.At) < 14*24*time.Hour
	}
	switch {
	case e.State == rules.RowActive && h == nil:
		if col == "hold" && !over && e.Barred == "" && !(e.Asked && e.Start == rules.SignUnknown) {
			move = "hold"
		}
	case e.State == rules.RowActive && !h.Seen:
		switch {
		case col == "hold" && e.Asked && e.Start == rules.SignUnknown:
		case h.Ineffective && col != "free":
		case col == "hold":
			if e.Barred == "" {
				move = "hold"
			}
		default:
			move = "release"
		}
	case e.State == rules.RowActive:
		closes = true
		if c.program().Targets[0].PerPerson {
			move = "release"
		}
	case e.State == rules.RowSuspended && h != nil:
		if col == "free" {
			move = "release"
		}
	case e.State == rules.RowConcluded && h != nil:
		closes = col == "free"
	}
	if e.Barred == "role" {
		move = ""
	}
	return
}

func decisions(c *company) map[string]string {
	j := c.judge()
	out := map[string]string{}
	for i := range j.Index.People {
		d := j.Programs[0].Decisions[i]
		out[j.Index.People[i].ID] = fmt.Sprintf("%s/%d", d.Verdict(), d.Row)
	}
	return out
}

func describe(c *company) string {
	s := ""
	for _, p := range c.facts.Snapshots[0].Org.People {
		s += fmt.Sprintf("%s<%s:%s/%v/%s ", p.ID, p.Manager, p.Status, p.NoAccount, p.Department)
	}
	for _, e := range c.facts.Enrolments {
		s += fmt.Sprintf("\n  row %s %s idn=%s barred=%s start=%d asked=%v", e.Row, e.State, e.Account.IDNumber, e.Barred, e.Start, e.Asked)
	}
	for _, e := range c.facts.Evidence {
		s += fmt.Sprintf("\n  %s %s %s voids=%s", e.Actor.Value, e.Kind, e.Timestamp, e.Voids)
	}
	return s + fmt.Sprintf("\n  standings %+v\n  holds %+v\n  waivers %+v", c.facts.Standings, c.facts.Holds, c.facts.Waivers)
}

func opens(d string) bool { return d[0] == 'c' || d[0] == 'n' }

// trial is one random company, judged.
type trial struct {
	*testing.T
	seed  int64
	scope string
	c     *company
	got   map[string]string
}

// TestOracle judges random companies, and holds the judgement to a slow and obvious
// one, the plan to the table of rows, and both to what must not matter or must not
// open a gate.
func TestOracle(t *testing.T) {
	for _, scope := range []string{rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort} {
		t.Run(scope, func(t *testing.T) {
			for seed := range int64(300) {
				c := genCompany(rand.New(rand.NewSource(seed)), scope)
				x := trial{t, seed, scope, c, decisions(c)}
				if scope == rules.ScopeManager {
					x.decided()
					x.planned()
				}
				x.shuffled()
				x.silenced()
				if t.Failed() {
					return
				}
			}
		})
	}
}

func (x trial) decided() {
	if want := oracle(x.c); !reflect.DeepEqual(x.got, want) {
		x.Errorf("seed %d\n%v\n%v\n%s", x.seed, x.got, want, describe(x.c))
	}
}

// planned compares the plan with the table of rows.
func (x trial) planned() {
	c, j := x.c, x.c.judge()
	if len(c.facts.Targets) == 0 {
		return
	}
	plan := rules.Diff(&c.policy, &c.facts, j)
	for i := range c.facts.Enrolments {
		e := &c.facts.Enrolments[i]
		d := x.owed(e, j.Rows[i], j)
		move, closes := table(c, e, d)
		var got rules.Move
		for _, ch := range plan.Changes {
			if ch.Row == e.Row {
				got = ch.Move
			}
		}
		closed := false
		for _, u := range plan.Holds {
			for _, h := range c.facts.Holds {
				closed = closed || h.ID == u.Hold && h.Row == e.Row && u.Close
			}
		}
		if string(got) != move || closed != closes {
			x.Errorf("seed %d row %s owed %s: %q, closed %v; want %q, closed %v\n%s", x.seed, e.Row, d, got, closed, move, closes, describe(c))
		}
	}
}

// owed is what the row's person is owed; of a row that is nobody's, what the person of
// the hold did or was given.
func (x trial) owed(e *rules.Enrolment, person int32, j *rules.Judgement) string {
	c := x.c
	switch {
	case person >= 0:
		return x.got[j.Index.People[person].ID]
	case c.facts.Paused[program], !c.program().Ends.IsZero() && !now.Before(c.program().Ends), now.Before(c.program().Launch):
		return "none"
	}
	for _, h := range c.facts.Holds {
		if d := x.got[h.Person]; h.Row == e.Row && d != "" && strings.Contains("0 2 3 4 5", d[len(d)-1:]) && !strings.HasSuffix(d, "/10") {
			return d
		}
	}
	return "keep"
}

// shuffled: neither order nor repetition of the input matters.
func (x trial) shuffled() {
	r, c, o := rand.New(rand.NewSource(x.seed)), x.c, *x.c
	o.facts.Evidence = slices.Concat(c.facts.Evidence, c.facts.Evidence)
	o.facts.Enrolments = slices.Clone(c.facts.Enrolments)
	r.Shuffle(len(o.facts.Evidence), func(a, b int) { o.facts.Evidence[a], o.facts.Evidence[b] = o.facts.Evidence[b], o.facts.Evidence[a] })
	r.Shuffle(len(o.facts.Enrolments), func(a, b int) {
		o.facts.Enrolments[a], o.facts.Enrolments[b] = o.facts.Enrolments[b], o.facts.Enrolments[a]
	})
	ja, jb := c.judge(), o.judge()
	pa, pb := rules.Diff(&c.policy, &c.facts, ja), rules.Diff(&o.policy, &o.facts, jb)
	if !reflect.DeepEqual(pa.Changes, pb.Changes) || !reflect.DeepEqual(ja.Programs[0].Violations, jb.Programs[0].Violations) {
		x.Errorf("seed %d: order or repetition matters\n%+v\n%+v\n%s", x.seed, pa.Changes, pb.Changes, describe(c))
	}
}

// silenced: nobody's gate opens by what HR, the records or the LMS no longer say. What
// froze somebody may be what is gone.
func (x trial) silenced() {
	last := func(c *company) *[]rules.Person { return &c.facts.Snapshots[len(c.facts.Snapshots)-1].Org.People }
	for i := range *last(x.c) {
		x.without("the row of a person", func(c *company) { *last(c) = slices.Delete(*last(c), i, i+1) })
		x.without("a manager", func(c *company) { (*last(c))[i].Manager = "" })
		x.without("a department", func(c *company) { (*last(c))[i].Department = "" })
		x.without("an address", func(c *company) { (*last(c))[i].Email = "" })
		x.without("a status", func(c *company) { (*last(c))[i].Status = rules.StatusUnknown })
	}
	for i, e := range x.c.facts.Evidence {
		if e.Kind != rules.KindVoided {
			x.without("a statement", func(c *company) { c.facts.Evidence = slices.Delete(c.facts.Evidence, i, i+1) })
		}
	}
	x.without("the reading of HR", func(c *company) { c.facts.Sources[0].Read = now.Add(-50 * time.Hour) })
	x.without("the reading of the records", func(c *company) { c.facts.Sources[1].Through = false })
}

// without loses something in an organisation that follows the one that was whole.
func (x trial) without(what string, lose func(*company)) {
	c := genCompany(rand.New(rand.NewSource(x.seed)), x.scope)
	later := c.facts.Snapshots[0]
	later.ID, later.From, later.Org.Digest, later.Org.People = 2, now, "d2", slices.Clone(later.Org.People)
	c.facts.Snapshots = append(c.facts.Snapshots, later)
	lose(c)
	for id, d := range decisions(c) {
		was := x.got[id]
		if opens(d) && !opens(was) && !strings.HasSuffix(was, "/8") && !(was == "keep/6" && what == "an address") {
			x.Errorf("seed %d: losing %s opens the gate of %s: %s, then %s\n%s", x.seed, what, id, was, d, describe(c))
		}
	}
}
