package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

func (d *decoder) checkSequence(path string, p *Program) {
	s := &p.Sequence
	d.oneOf(path+".scope", s.Scope, rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort)
	d.oneOf(path+".gate", s.Gate, rules.GateCompleted, rules.GateThreshold)
	d.require(path+".levels", s.Levels >= 0, "is negative")
	d.require(path+".levels", s.Levels == 0 || s.Scope == rules.ScopeChain, "belongs to scope: chain")
	d.require(path+".max_hold", s.MaxHold >= 0, "is negative")
	d.oneOf(path+".after_max_hold", s.AfterMaxHold, afterAlert, afterRelease)
	d.require(path+".after_max_hold", s.AfterMaxHold == afterAlert || s.MaxHold > 0, "needs max_hold: after how long?")
	d.require(path+".grace", s.Grace >= 0, "is negative")
	d.require(path+".percent", s.Percent > 0 && s.Percent <= 100, "must be a percentage above 0, up to 100")
	d.require(path+".percent", s.Percent == 100 || s.Scope == rules.ScopeCohort, "belongs to scope: cohort")
	d.oneOf(path+".unit", s.Unit, rules.UnitAudience, rules.UnitDepartment)
	d.require(path+".unit", s.Unit == rules.UnitAudience || s.Scope == rules.ScopeCohort, "belongs to scope: cohort")
}

// checkRequire: what leaders are asked for must be something that they can meet.
func (d *decoder) checkRequire(path string, p *Program) {
	known := []string{rules.RequireUseCase}
	if p.Playbook != "" {
		known = append(known, rules.RequirePlaybook)
	}
	for i := range p.Contracts {
		known = append(known, p.Contracts[i].ID)
	}
	for i, name := range p.Sequence.Require {
		at := fmt.Sprintf("%s.require[%d]", path, i)
		d.require(at, slices.Contains(known, name), "%q can not be required here; what can is %s", clip(name), strings.Join(known, ", "))
		d.require(at, !slices.Contains(p.Sequence.Require[:i], name), "is listed twice")
		d.require(at, name != rules.RequireUseCase || p.Sequence.Gate != rules.GateThreshold, "is part of gate: threshold")
	}
}

func (d *decoder) checkContracts(path string, p *Program) {
	if p.Playbook != "" {
		d.checkIRI(path+".playbook", p.Playbook)
	}
	taken := []string{rules.RequireCourse, rules.RequireUseCase, rules.RequirePlaybook}
	for i := range p.Contracts {
		c, at := &p.Contracts[i], fmt.Sprintf("%s.contracts[%d]", path, i)
		d.require(at+".id", isName(c.ID), "%q is not an id: use lower-case letters, digits, - and _", clip(c.ID))
		d.require(at+".id", !slices.Contains(taken, c.ID), "%q means something else already", clip(c.ID))
		taken = append(taken, c.ID)
		d.checkCourse(at+".course", &c.Course)
	}
}

func (d *decoder) checkShowcase(path string, s *Showcase) {
	d.oneOf(path+".count", s.Count, countClaimed, countConfirmed)
	d.require(path+".every", s.Every == "" || s.Every == everyQuarter, "%q is not known; it can be %s, or left out", clip(s.Every), everyQuarter)
	d.require(path+".fiscal_start", s.FiscalStart >= 1 && s.FiscalStart <= 12, "is not a month, 1 to 12")
	d.require(path+".cadence", s.Cadence >= 0, "is negative")
	for i, part := range s.Require {
		d.oneOf(fmt.Sprintf("%s.require[%d]", path, i), part, rules.Parts()...)
	}
	for name, list := range map[string][]string{"places": s.Places, "verbs.share": s.Verbs.Share, "verbs.unshare": s.Verbs.Unshare, "verbs.confirm": s.Verbs.Confirm} {
		for i, iri := range list {
			d.checkIRI(fmt.Sprintf("%s.%s[%d]", path, name, i), iri)
		}
	}
	known := []string{rules.FieldName, rules.FieldResponse, rules.FieldMoreInfo, rules.FieldObject, rules.FieldFile}
	for part, place := range s.Fields.byPart() {
		if at := path + ".fields." + part; !slices.Contains(known, place) {
			d.require(at, strings.Contains(place, ":"), "%q is neither one of %s nor the IRI of an extension", clip(place), strings.Join(known, ", "))
		}
	}
}

// checkActing: without its dates a stand-in would lead for ever.
func (d *decoder) checkActing(list, overrides []Acting) {
	for i, a := range list {
		at := fmt.Sprintf("acting[%d]", i)
		d.require(at+".for", a.For != "", "is required: the HR id of whoever is stood in for")
		d.require(at+".by", a.By != "" && a.By != a.For, "is required: the HR id of whoever leads meanwhile")
		d.require(at+".from", !a.From.IsZero(), "is required")
		d.require(at+".until", a.Until.After(a.From), "is required, and lies after from")
		for _, b := range append(list[:i:i], overrides...) {
			d.require(at, a.For != b.For || !a.From.Before(b.Until) || !b.From.Before(a.Until), "overlaps another stand-in for %q", clip(a.For))
		}
	}
}

func (d *decoder) checkAudience(path string, a *Audience) {
	d.checkFilter(path, &a.Filter)
	d.checkFilter(path+".exclude", &a.Exclude)
}

// checkFilter: an empty word would be met by whatever HR does not state.
func (d *decoder) checkFilter(path string, f *Filter) {
	lists := map[string][]string{"departments": f.Departments, "locations": f.Locations, "types": f.Types, "people": f.People}
	for _, name := range []string{"departments", "locations", "types", "people"} {
		for i, word := range lists[name] {
			at := fmt.Sprintf("%s.%s[%d]", path, name, i)
			d.require(at, strings.TrimSpace(word) != "", "is empty")
			d.require(at, !slices.Contains(lists[name][:i], word), "is listed twice")
		}
	}
	for i, level := range f.Levels {
		d.require(fmt.Sprintf("%s.levels[%d]", path, i), level >= 0, "is negative: the top is level 0")
	}
}
