package lrs

import (
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

// Preset is what one kind of sender means by "completed the course".
type Preset struct {
	Name string
	// Meaning is one line for an administrator.
	Meaning string
	// Basis says what the preset rests on: on statements that were seen, on the
	// sender's source, or on documentation alone.
	Basis string
	// CompleteWhen is what emitter: Name expands to.
	CompleteWhen []rules.CompleteRule
	// ComponentCompletion: see rules.Course.
	ComponentCompletion bool
}

// Apply puts the preset into a contract that states no rules of its own.
func (p Preset) Apply(c *rules.Course) {
	c.CompleteWhen = append(c.CompleteWhen, p.CompleteWhen...)
	c.ComponentCompletion = c.ComponentCompletion || p.ComponentCompletion
}

// PresetOf returns the preset of that name, or false.
func PresetOf(emitter string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == emitter {
			return p, true
		}
	}
	return Preset{}, false
}

// Presets returns all presets, ordered by name.
func Presets() []Preset {
	all := append(seen(), documented()...)
	slices.SortFunc(all, func(a, b Preset) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// seen are the presets that rest on a specification, on source or on statements.
func seen() []Preset {
	yes := true
	completed := rules.CompleteRule{Verb: verbCompleted}
	passed := rules.CompleteRule{Verb: verbPassed}
	satisfied := rules.CompleteRule{Verb: verbSatisfied, Profile: "cmi5"}
	answered := rules.CompleteRule{Verb: verbAnswered, Completion: &yes}
	return []Preset{
		{
			Name: "cmi5", CompleteWhen: []rules.CompleteRule{satisfied},
			Meaning: "satisfied on the course, with the learner's own completed or passed in the same registration",
			Basis:   "specification (cmi5 Quartz) and its published samples",
		},
		{
			Name: "generic", CompleteWhen: []rules.CompleteRule{completed, satisfied},
			Meaning: "completed on the course, or cmi5 satisfied; what counts where nothing is configured",
			Basis:   "specification (xAPI 1.0.3, cmi5 Quartz)",
		},
		{
			Name: "h5p", CompleteWhen: []rules.CompleteRule{completed, answered},
			Meaning: "completed, or answered with completion true, on the content as a whole; a poor score completes as well: add min_score",
			Basis:   "source of H5P",
		},
		{
			Name: "moodle-logstore", CompleteWhen: []rules.CompleteRule{completed}, ComponentCompletion: true,
			Meaning: "completed on the course by the Moodle plugin logstore_xapi; a component must say completion true",
			Basis:   "source of the plugin and statements that were seen",
		},
		{
			Name: "openedx", CompleteWhen: []rules.CompleteRule{passed},
			Meaning: "passed on the course run by Open edX event-routing-backends; it sends no completed for courses",
			Basis:   "source of the sender and statements that were seen",
		},
		{
			Name: "scorm-profile", CompleteWhen: []rules.CompleteRule{completed},
			Meaning: "completed on the course activity by the ADL SCORM profile; a SCO alone is a component",
			Basis:   "specification (ADL SCORM to xAPI profile) and its published samples",
		},
	}
}

const unconfirmed = "documentation only: confirm it with inspect on your own statements"

// DocumentationOnly reports whether nobody here has seen statements of the sender,
// nor its source.
func (p Preset) DocumentationOnly() bool { return p.Basis == unconfirmed }

// documented are the presets that rest on what vendors write.
func documented() []Preset {
	yes := true
	completed, passed := rules.CompleteRule{Verb: verbCompleted}, rules.CompleteRule{Verb: verbPassed}
	return []Preset{
		{
			Name: "captivate", CompleteWhen: []rules.CompleteRule{completed}, Basis: unconfirmed,
			Meaning: "completed on the course by Adobe Captivate, with the quiz score in the result",
		},
		{
			Name: "elucidat", CompleteWhen: []rules.CompleteRule{completed, passed}, Basis: unconfirmed,
			Meaning: "completed (the share of pages that was asked for) or passed on the course by Elucidat",
		},
		{
			Name: "grassblade", CompleteWhen: []rules.CompleteRule{completed}, Basis: unconfirmed,
			Meaning: "completed on the course by GrassBlade; it says the same of lessons and topics, whose activities are others",
		},
		{
			Name: "moodle-trax", CompleteWhen: []rules.CompleteRule{{Verb: verbCompleted, Completion: &yes}}, Basis: unconfirmed,
			Meaning: "completed with completion true on the course by the TRAX plugin of Moodle",
		},
		{
			Name: "openlearning", CompleteWhen: []rules.CompleteRule{completed}, Basis: unconfirmed,
			Meaning: "completed on the course by OpenLearning; it says the same of pages and sections, whose activities are others",
		},
		{
			Name: "rise", CompleteWhen: []rules.CompleteRule{completed, passed}, Basis: unconfirmed,
			Meaning: "completed or passed on the course by Articulate Rise, whichever its tracking option sends; progressed never",
		},
		{
			Name: "rustici-scorm", CompleteWhen: []rules.CompleteRule{{Verb: verbAttempted, Completion: &yes}}, Basis: unconfirmed,
			Meaning: "attempted with completion true, as Rustici Engine and SCORM Cloud export SCORM to an LRS",
		},
		{
			Name: "scorm-cloud", CompleteWhen: []rules.CompleteRule{completed}, Basis: unconfirmed,
			Meaning: "a registration that SCORM Cloud calls COMPLETED, read by records: scorm_cloud; with require_pass: and PASSED",
		},
		{
			Name: "storyline", CompleteWhen: []rules.CompleteRule{completed, passed}, Basis: unconfirmed,
			Meaning: "completed or passed on the course by Articulate Storyline, whichever its tracking option sends",
		},
		{
			Name: "udemy", CompleteWhen: []rules.CompleteRule{completed}, Basis: unconfirmed,
			Meaning: "completed on the course by Udemy Business; progressed never",
		},
	}
}
