package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/lrs"
)

func (d *decoder) checkPrograms(programs []Program, names map[string]string) {
	d.require("programs", len(programs) > 0, "is required: at least one programme")
	ids, targets := map[string]bool{}, map[string]string{}
	for i := range programs {
		p, path := &programs[i], fmt.Sprintf("programs[%d]", i)
		d.require(path+".id", isName(p.ID), "%q is not an id: use lower-case letters, digits, - and _", clip(p.ID))
		d.require(path+".id", !ids[p.ID], "%q is the id of another programme", clip(p.ID))
		ids[p.ID] = true
		d.require(path+".launch", !p.Launch.IsZero(), "is required: nobody is held before it")
		d.require(path+".ends", p.Ends.IsZero() || p.Ends.After(p.Launch), "lies before the launch")
		d.checkSequence(path+".sequence", p)
		d.checkRequire(path+".sequence", p)
		d.checkContracts(path, p)
		d.checkShowcase(path+".showcase", &p.Showcase)
		d.checkAudience(path+".audience", &p.Audience)
		d.oneOf(path+".witness", p.Witness, "lrs", "lms", "either")
		d.require(path+".clock.future_skew", p.Clock.FutureSkew > 0, "must be longer than 0")
		d.require(path+".clock.late_after", p.Clock.LateAfter > 0, "must be longer than 0")
		d.checkLimit(path+".guards.holds", p.Guards.Holds)
		d.checkLimit(path+".guards.releases", p.Guards.Releases)
		d.checkTargets(path, p, names, targets)
		d.checkCourse(path+".course", &p.Course)
	}
}

// checkTargets: two programmes in one course could each hold whom the other
// releases, so no two may share one.
func (d *decoder) checkTargets(path string, p *Program, names, taken map[string]string) {
	d.require(path+".targets", len(p.Targets) > 0, "is required: at least one course in one lms")
	for i, t := range p.Targets {
		at := fmt.Sprintf("%s.targets[%d]", path, i)
		d.require(at+".lms", names[t.LMS] == "lms", "%q is not the name of an lms entry", clip(t.LMS))
		d.require(at+".course", t.Course != "", "is required: the course's key in the lms")
		key := t.LMS + "/" + t.Course
		if other, ok := taken[key]; ok {
			d.require(at+".course", false, "%q is a target of programme %q already; courses shared by programmes are not supported in this version", clip(key), clip(other))
		}
		taken[key] = p.ID
	}
}

func (d *decoder) checkCourse(path string, c *Course) {
	d.checkCompletion(path, c)
	d.checkScore(path, c.MinScore)
	d.require(path+".editions", len(c.Editions) > 0, "is required: at least one edition, with the activities that are the course")
	seen := map[string]string{}
	for i := range c.Editions {
		d.checkEdition(fmt.Sprintf("%s.editions[%d]", path, i), &c.Editions[i], seen)
	}
	for i, a := range c.NotEquivalent {
		at := fmt.Sprintf("%s.not_equivalent[%d]", path, i)
		d.checkIRI(at, a)
		d.require(at, seen[a] == "", "is an activity of %s too: it cannot both count and not count", seen[a])
	}
	for i, group := range c.Equal {
		d.require(fmt.Sprintf("%s.equal[%d]", path, i), len(group) > 1, "needs at least two components that are the same")
	}
	for i, a := range c.Authorities {
		d.checkAgent(fmt.Sprintf("%s.authorities[%d]", path, i), a)
	}
}

// checkCompletion: what completes a course is said by a preset or by rules, and
// never guessed.
func (d *decoder) checkCompletion(path string, c *Course) {
	_, known := lrs.PresetOf(c.Emitter)
	var presets []string
	for _, p := range lrs.Presets() {
		presets = append(presets, p.Name)
	}
	switch {
	case c.Emitter == "" && len(c.CompleteWhen) == 0:
		d.require(path+".emitter", d.has(path+".complete_when"), "is required, or complete_when in its place; the emitters are %s", strings.Join(presets, ", "))
	case c.Emitter != "" && len(c.CompleteWhen) > 0:
		d.require(path+".emitter", false, "stands beside complete_when: give one of the two")
	case c.Emitter != "":
		d.require(path+".emitter", known, "%q is not a known emitter%s", clip(c.Emitter), suggest(c.Emitter, presets))
	}
	for i, r := range c.CompleteWhen {
		at := fmt.Sprintf("%s.complete_when[%d]", path, i)
		d.require(at, r.Components != (r.Verb != ""), "needs either a verb or components: true")
		if r.Verb != "" {
			d.checkIRI(at+".verb", r.Verb)
		}
		if r.Profile != "" {
			d.supported(at+".profile", r.Profile, "cmi5")
		}
	}
}

func (d *decoder) checkEdition(path string, e *Edition, seen map[string]string) {
	d.require(path, len(e.Activities)+len(e.PublisherIDs) > 0 || d.has(path), "needs activities or publisher_ids: by what would it be recognised?")
	for i, a := range e.Activities {
		at := fmt.Sprintf("%s.activities[%d]", path, i)
		d.checkIRI(at, a)
		d.require(at, seen[a] == "", "is an activity of %s already", seen[a])
		seen[a] = path
	}
	for i, p := range e.PublisherIDs {
		d.checkIRI(fmt.Sprintf("%s.publisher_ids[%d]", path, i), p)
	}
	d.require(path+".valid_until", e.ValidUntil.IsZero() || e.ValidFrom.IsZero() || e.ValidUntil.After(e.ValidFrom), "lies before valid_from")
	for i := range e.Components {
		d.checkComponent(fmt.Sprintf("%s.components[%d]", path, i), &e.Components[i])
	}
}

func (d *decoder) checkComponent(path string, c *Component) {
	ways := 0
	for _, given := range []bool{c.Activity != "", c.PublisherID != "", len(c.AnyOf) > 0} {
		if given {
			ways++
		}
	}
	d.require(path, ways == 1 || d.has(path), "needs exactly one of activity, publisher_id, any_of")
	if c.Activity != "" {
		d.checkIRI(path+".activity", c.Activity)
	}
	if c.PublisherID != "" {
		d.checkIRI(path+".publisher_id", c.PublisherID)
	}
	d.checkScore(path, c.MinScore)
	says := c.Completed || c.Passed || c.MinScore != nil
	d.require(path, len(c.AnyOf) > 0 || says || d.has(path), "says nothing about what counts: completed, passed or min_score")
	d.require(path, len(c.AnyOf) == 0 || !says, "says what counts beside any_of: say it in each of them")
	for i := range c.AnyOf {
		d.checkComponent(fmt.Sprintf("%s.any_of[%d]", path, i), &c.AnyOf[i])
	}
}

func (d *decoder) checkAgent(path string, a Agent) {
	given := slices.DeleteFunc([]string{a.Mbox, a.OpenID, a.HomePage}, func(s string) bool { return s == "" })
	d.require(path, len(given) == 1 && (a.HomePage == "") == (a.Name == ""), "needs exactly one of mbox, openid, or home_page with name")
	d.require(path+".mbox", a.Mbox == "" || strings.Contains(a.Mbox, "@"), "is not an address")
}

func (d *decoder) checkIRI(path, s string) {
	d.require(path, isIRI(s), "%q is not an IRI; it begins like https://", clip(s))
}

func (d *decoder) checkScore(path string, score *float64) {
	d.require(path+".min_score", score == nil || *score >= -1 && *score <= 1, "must be a scaled score, -1 to 1: 80 percent is 0.8")
}
