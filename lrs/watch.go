package lrs

import (
	"slices"

	"github.com/leadfront/leadfront/rules"
)

// Watch tells the statements that can matter to any of the programmes from the
// rest, so that only those are kept. It is deliberately wider than what proves
// anything: near misses, look-alikes and voiders have to be seen too. It does not
// change after it was made; any number of goroutines may use it.
type Watch struct {
	names     map[string]bool // accepted activities, publisher ids, components
	folded    map[string]bool // the same, folded
	lookalike map[string]bool
	verbs     map[string]bool // verbs of the contracts and of sharing
	answers   map[string]bool // verbs by which a use case is taken back or confirmed
	// publishers: some contract knows its course by cmi5 publisher ids alone, so that
	// a registration may be all that ties a learner's work to it.
	publishers bool
}

// NewWatch prepares the relevance test for the programmes.
func NewWatch(programs []rules.Program) *Watch {
	w := &Watch{names: map[string]bool{}, folded: map[string]bool{}, lookalike: map[string]bool{}, verbs: map[string]bool{}, answers: map[string]bool{}}
	for i := range programs {
		w.add(&programs[i].Course)
		for c := range programs[i].Contracts {
			w.add(&programs[i].Contracts[c].Course)
		}
		w.addShowcase(&programs[i].Showcase)
	}
	return w
}

func (w *Watch) add(c *rules.Course) {
	for _, n := range c.Names() {
		w.names[n] = true
		w.folded[rules.FoldIRI(n)] = true
	}
	for _, group := range c.Equal {
		for _, n := range group {
			w.names[n] = true
		}
	}
	for _, n := range c.NotEquivalent {
		w.lookalike[n] = true
	}
	for _, r := range c.CompleteWhen {
		w.verbs[r.Verb] = r.Verb != ""
	}
	for i := range c.Editions {
		w.publishers = w.publishers || len(c.Editions[i].PublisherIDs) > 0
	}
}

func (w *Watch) addShowcase(s *rules.Showcase) {
	for _, place := range s.Places {
		w.names[place] = true
	}
	for _, list := range [][]string{s.Share, s.Unshare, s.Confirm} {
		for _, verb := range list {
			w.verbs[verb] = true
		}
	}
	for _, list := range [][]string{s.Unshare, s.Confirm} {
		for _, verb := range list {
			w.answers[verb] = true
		}
	}
}

// Keep reports whether the statement can matter: voiders always, the rest when its
// verb can say something and it names the course, or almost, or a look-alike of
// it, or may belong to it by its registration.
func (w *Watch) Keep(e *rules.Evidence) bool {
	switch {
	case e.Kind == rules.KindVoided:
		return true
	case e.Object == "":
		return false // a statement about a statement, or about a person
	case e.Kind == rules.KindUnshared, e.Kind == rules.KindConfirmed, w.answers[e.Verb]:
		return true // it names the use case, of which only the share knows the course
	case e.Kind == rules.KindNone && !w.verbs[e.Verb]:
		return false
	}
	return w.lookalike[e.Object] || w.near(e.Object) ||
		slices.ContainsFunc(e.Parents, w.near) || slices.ContainsFunc(e.Grouping, w.near) ||
		w.publishers && e.Registration != ""
}

func (w *Watch) near(iri string) bool { return w.names[iri] || w.folded[rules.FoldIRI(iri)] }
