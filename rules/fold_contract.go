package rules

import "slices"

// What cmi5 and the SCORM profile call things (cmi5 Quartz 9 and 10; the ADL
// SCORM to xAPI profile).
const (
	verbSatisfied  = "https://w3id.org/xapi/adl/verbs/satisfied"
	categoryCmi5   = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	categoryScorm  = "https://w3id.org/xapi/scorm"
	typeCmi5Course = "https://w3id.org/xapi/cmi5/activitytype/course"
	profileCmi5    = "cmi5"
)

// contract is a course contract prepared for looking things up.
type contract struct {
	*Course
	names     map[string]bool   // what ties a statement to the course
	publisher map[string]bool   // of those, the cmi5 publisher ids
	folded    map[string]string // a folded name -> the name
	lookalike map[string]bool   // NotEquivalent
	verbs     map[string]bool   // verbs of CompleteWhen
	equal     map[string][]string
}

func newContract(c *Course) *contract {
	x := &contract{
		Course: c, names: map[string]bool{}, publisher: map[string]bool{}, folded: map[string]string{},
		lookalike: map[string]bool{}, verbs: map[string]bool{}, equal: map[string][]string{},
	}
	for _, n := range c.Names() {
		x.names[n] = true
		x.folded[FoldIRI(n)] = n
	}
	for i := range c.Editions {
		for _, id := range c.Editions[i].PublisherIDs {
			x.publisher[id] = true
		}
		eachComponent(c.Editions[i].Components, func(p *Component) { x.publisher[p.PublisherID] = true })
	}
	delete(x.publisher, "")
	for i := range c.Editions { // one that is an activity as well is no trap
		for _, iri := range c.Editions[i].Activities {
			delete(x.publisher, iri)
		}
	}
	for _, iri := range c.NotEquivalent {
		x.lookalike[iri] = true
	}
	for _, r := range c.CompleteWhen {
		if r.Verb != "" {
			x.verbs[r.Verb] = true
		}
	}
	for _, group := range c.Equal {
		for _, id := range group {
			x.equal[id] = group
		}
	}
	return x
}

// Names are the IRIs that tie a statement to the course: accepted activities,
// publisher ids and components of all editions. Some may come twice.
func (c *Course) Names() []string {
	var names []string
	for i := range c.Editions {
		names = append(names, c.Editions[i].Activities...)
		names = append(names, c.Editions[i].PublisherIDs...)
		eachComponent(c.Editions[i].Components, func(p *Component) {
			for _, id := range [...]string{p.Activity, p.PublisherID} {
				if id != "" {
					names = append(names, id)
				}
			}
		})
	}
	return names
}

func eachComponent(list []Component, do func(*Component)) {
	for i := range list {
		do(&list[i])
		eachComponent(list[i].AnyOf, do)
	}
}

// ties reports whether the statement names the course, a part of it, or
// something inside it. A publisher id counts in the context alone.
func (x *contract) ties(e *Evidence) bool {
	return e.Object != "" && (x.names[e.Object] && !x.publisher[e.Object] ||
		slices.ContainsFunc(e.Parents, x.has) || slices.ContainsFunc(e.Grouping, x.has))
}

func (x *contract) has(iri string) bool { return x.names[iri] }

// nearMiss returns a name that the statement almost has, and what it has. A cmi5
// publisher id as the object is one too: it belongs into the grouping.
func (x *contract) nearMiss(e *Evidence) (got, want string) {
	if e.Object == "" {
		return "", ""
	}
	for _, list := range [...][]string{{e.Object}, e.Parents, e.Grouping} {
		for _, iri := range list {
			if x.names[iri] {
				continue
			}
			if n, ok := x.folded[FoldIRI(iri)]; ok {
				return iri, n
			}
		}
	}
	if x.publisher[e.Object] && isCmi5(e) && !slices.Contains(e.Grouping, e.Object) {
		return e.Object + " as object", e.Object + " in grouping"
	}
	return "", ""
}

// trusts reports whether the authority is on the list; of a pair of application
// and user one must be (xAPI 1.0.3, Data 2.4.9).
func (x *contract) trusts(a Actor) bool {
	if len(x.Authorities) == 0 {
		return true
	}
	for _, known := range x.Authorities {
		if sameActor(known, a) || slices.ContainsFunc(a.Members, func(m Actor) bool { return sameActor(known, m) }) {
			return true
		}
	}
	return false
}

// onPlatform reports whether the statement is of one of the platforms that count.
func (x *contract) onPlatform(e *Evidence) bool {
	return len(x.Platforms) == 0 || slices.Contains(x.Platforms, e.Platform)
}

func sameActor(a, b Actor) bool {
	return a.Kind != ActorNone && a.Kind == b.Kind && a.Value == b.Value && a.HomePage == b.HomePage
}

// starts reports whether the verb is about the learner at work. Satisfied and
// waived are not: the LMS writes them.
func (x *contract) starts(e *Evidence) bool {
	switch e.Kind {
	case KindStarted, KindProgressed, KindCompleted, KindPassed, KindFailed:
		return true
	case KindNone:
		return x.verbs[e.Verb]
	}
	return false
}

func isCmi5(e *Evidence) bool { return slices.Contains(e.Category, categoryCmi5) }
