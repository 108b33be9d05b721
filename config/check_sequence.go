package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadfront/leadfront/rules"
)

func (d *decoder) checkSequence(path string, s *Sequence) {
	d.oneOf(path+".scope", s.Scope, rules.ScopeManager, rules.ScopeChain, rules.ScopeCohort)
	d.supported(path+".gate", s.Gate, rules.GateCompleted, rules.GateThreshold)
	d.require(path+".levels", s.Levels >= 0, "is negative")
	d.require(path+".levels", s.Levels == 0 || s.Scope == rules.ScopeChain, "belongs to scope: chain")
	d.require(path+".percent", s.Percent > 0 && s.Percent <= 100, "must be a percentage above 0, up to 100")
	d.require(path+".percent", s.Percent == 100 || s.Scope == rules.ScopeCohort, "belongs to scope: cohort")
	d.oneOf(path+".unit", s.Unit, rules.UnitAudience, rules.UnitDepartment)
	d.require(path+".unit", s.Unit == rules.UnitAudience || s.Scope == rules.ScopeCohort, "belongs to scope: cohort")
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
