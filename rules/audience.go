package rules

import "slices"

// Audience says for whom the course is: whoever it includes and does not exclude.
// The zero Audience is everybody.
type Audience struct {
	Filter
	Exclude Filter
}

// Filter tells people apart by what HR states of them. To be included somebody has
// to fit every field that is given, or to be one of People; to be excluded it is
// enough to fit one.
type Filter struct {
	Departments []string
	Locations   []string
	Types       []string // kinds of employment
	Levels      []int    // distances from the listed top
	People      []string // HR ids
}

// membership is whether somebody is in the audience.
type membership uint8

const (
	inside membership = iota
	outside
	unstated // HR does not state what would decide: never taken for an answer
)

// fields are what a person has in the fields of the filter, beside what it asks.
func (f *Filter) fields(p *Person) [3]struct {
	asked []string
	has   string
	name  string
} {
	return [...]struct {
		asked []string
		has   string
		name  string
	}{{f.Departments, p.Department, "department"}, {f.Locations, p.Location, "location"}, {f.Types, p.Type, "type"}}
}

func (f *Filter) empty() bool {
	return len(f.Departments)+len(f.Locations)+len(f.Types)+len(f.Levels)+len(f.People) == 0
}

// onlyPeople: a list of people alone includes them and nobody else.
func (f *Filter) onlyPeople() bool {
	return len(f.People) > 0 && len(f.Departments)+len(f.Locations)+len(f.Types)+len(f.Levels) == 0
}

// includes says whether the person fits every field that is given; where not, which.
func (f *Filter) includes(p *Person, level int) (membership, string) {
	if slices.Contains(f.People, p.ID) {
		return inside, ""
	}
	if f.onlyPeople() {
		return outside, "list"
	}
	is, why := inside, ""
	for _, x := range f.fields(p) {
		switch {
		case len(x.asked) == 0 || slices.Contains(x.asked, x.has):
		case x.has != "":
			return outside, x.name + " " + x.has
		default:
			is, why = unstated, x.name
		}
	}
	switch {
	case len(f.Levels) == 0 || slices.Contains(f.Levels, level):
	case level >= 0:
		return outside, "level"
	default:
		is, why = unstated, "level"
	}
	return is, why
}

// excludes says whether the person fits one field that is given.
func (f *Filter) excludes(p *Person, level int) (membership, string) {
	if slices.Contains(f.People, p.ID) {
		return outside, "list"
	}
	is, why := inside, ""
	for _, x := range f.fields(p) {
		switch {
		case len(x.asked) == 0:
		case x.has == "":
			is, why = unstated, x.name
		case slices.Contains(x.asked, x.has):
			return outside, x.name + " " + x.has
		}
	}
	switch {
	case len(f.Levels) == 0:
	case level < 0:
		is, why = unstated, "level"
	case slices.Contains(f.Levels, level):
		return outside, "level"
	}
	return is, why
}

// of says whether the person is in the audience, and by which field not.
func (a *Audience) of(p *Person, level int) (membership, string) {
	out, why := a.Exclude.excludes(p, level)
	if out == outside {
		return out, why
	}
	in, because := a.includes(p, level)
	if in == inside {
		return out, why
	}
	return in, because
}

// all reports whether the audience is everybody.
func (a *Audience) all() bool { return a.empty() && a.Exclude.empty() }

// audience says whether the person of that number is in the audience.
func (g *judging) audience(i int) membership {
	if g.everybody {
		return inside
	}
	is, _ := g.p.Audience.of(&g.x.People[i], int(g.x.level[i]))
	return is
}
