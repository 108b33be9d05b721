package rules_test

import (
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

const playbook = "https://courses.example.org/playbook"

// facts tells the tale to the engine, in its terms.
func (w *tale) company() *company {
	c := showing("p0")
	p := c.program()
	told := w.program
	told.Targets, told.Course, told.Clock = p.Targets, p.Course, p.Clock
	told.Showcase.Places, told.Showcase.Require = p.Showcase.Places, p.Showcase.Require
	told.Contracts = []rules.Contract{{ID: rules.RequirePlaybook, Course: rules.Course{
		Editions: []rules.Edition{{Activities: []string{playbook}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}}}}
	*p = told
	c.policy.Tops, c.policy.DoubtHolds, c.policy.Acting = w.tops, w.doubt, w.acting
	c.facts.Snapshots, c.facts.Enrolments = nil, nil
	for i, e := range w.eras {
		c.facts.Snapshots = append(c.facts.Snapshots, rules.Snapshot{ID: int64(i + 1), From: e.from,
			Org: rules.Org{Source: "hr", Digest: fmt.Sprint("d", i), Read: e.from, People: e.people()}})
	}
	for _, s := range w.souls() {
		w.enrol(c, s)
	}
	for i := range w.deeds {
		c.facts.Evidence = append(c.facts.Evidence, w.statement(i))
	}
	c.facts.Waivers, c.facts.Attests, c.facts.Standings, c.facts.Gates = w.waivers, w.attests, w.standings, w.gates
	c.facts.Paused[program] = w.paused
	w.fail(c)
	return c
}

func (e era) people() (out []rules.Person) {
	for _, s := range e.souls {
		out = append(out, rules.Person{ID: s.id, Manager: s.manager, Email: s.id + "@example.org", Status: s.status,
			NoAccount: s.noAccount, Department: s.dept, Location: s.loc, Type: s.typ})
	}
	return
}

// enrol gives the person the row that the LMS has of them, or none that is known to
// be theirs.
func (w *tale) enrol(c *company, s soul) {
	c.enrol(s.id, s.row)
	r := c.row(s.id)
	r.Start = s.sign
	switch s.account {
	case 0:
		r.Account.IDNumber = ""
	case 2:
		c.enrol(s.id, s.row)
		c.facts.Enrolments[len(c.facts.Enrolments)-1].Account.ID = "other-" + s.id
		c.facts.Enrolments[len(c.facts.Enrolments)-1].Row = "other-row-" + s.id
	}
	if said, ok := w.lms[s.id]; ok {
		c.facts.Witnesses = append(c.facts.Witnesses, rules.Witness{Target: target, Row: "row-" + s.id, Completed: said, At: now.Add(-5 * day)})
	}
	if since, ok := w.held[s.id]; ok {
		c.hold(s.id, true).Intended = since
	}
}

func (w *tale) fail(c *company) {
	switch w.unread {
	case "hr-stale":
		c.facts.Sources[0].Read = now.Add(-2 * time.Hour)
	case "hr-never":
		c.facts.Sources[0].Read = time.Time{}
	case "lrs-stale":
		c.facts.Sources[1].Read = now.Add(-2 * time.Hour)
	case "lrs-unread":
		c.facts.Sources[1].Through = false
	case "lrs-behind":
		c.facts.Sources[1].Behind = []string{program}
	}
}

func named(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }

// statement is what a record store holds of a deed.
func (w *tale) statement(i int) rules.Evidence {
	d := w.deeds[i]
	e := rules.Evidence{Source: "lrs", Statement: named(i), Stored: d.at.Add(time.Second), Timestamp: d.at, Object: course,
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: d.who + "@example.org", Raw: "mailto:" + d.who + "@example.org"}}
	kinds := map[string]rules.Kind{"complete": rules.KindCompleted, "brief": rules.KindCompleted, "start": rules.KindStarted,
		"fail": rules.KindFailed, "progress": rules.KindProgressed, "register": rules.KindRegistered, "share": rules.KindShared,
		"bare": rules.KindShared, "copy": rules.KindShared, "void": rules.KindVoided, "unshare": rules.KindUnshared, "confirm": rules.KindConfirmed}
	e.Kind = kinds[d.what]
	e.Verb = "http://adlnet.gov/expapi/verbs/" + e.Kind.String()
	switch d.what {
	case "brief":
		e.Object = playbook
	case "void":
		e.Object, e.Voids = "", named(d.of)
	case "unshare", "confirm":
		e.Object = post(d.of)
	case "share", "bare", "copy":
		text := fmt.Sprint("What I did on day ", i)
		if d.what == "copy" {
			text = fmt.Sprint("What I did on day ", d.of)
		}
		e.Object, e.Parents = post(i), []string{forum}
		e.Said = &rules.Said{Name: "A case", Extensions: map[string]string{ext + "prompt": text, ext + "output": "A table of " + text,
			ext + "result": "Saved a day by " + text, ext + "own_work": "true"}}
		if d.what == "bare" {
			delete(e.Said.Extensions, ext+"output")
		}
	}
	return e
}

func post(i int) string { return "https://lms.example.org/post/" + named(i) }
