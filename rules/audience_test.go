package rules_test

import (
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// TestAudience: whom a programme is for. C works in Sales, Berlin, as staff, on level 2;
// its leader B leads whether or not B is in the audience.
func TestAudience(t *testing.T) {
	for _, tc := range []struct {
		name    string
		is      rules.Audience
		change  func(*rules.Person)
		verdict rules.Verdict
		row     int
	}{
		{"everybody", rules.Audience{}, nil, rules.Wait, 10},
		{"by location", rules.Audience{Filter: rules.Filter{Locations: []string{"Berlin"}}}, nil, rules.Wait, 10},
		{"another location", rules.Audience{Filter: rules.Filter{Locations: []string{"Bonn"}}}, nil, rules.None, 0},
		{"location not stated", rules.Audience{Filter: rules.Filter{Locations: []string{"Bonn"}}}, func(p *rules.Person) { p.Location = "" }, rules.Keep, 6},
		{"every field has to fit", rules.Audience{Filter: rules.Filter{Locations: []string{"Berlin"}, Types: []string{"contractor"}}}, nil, rules.None, 0},
		{"one stated field is enough to be outside", rules.Audience{Filter: rules.Filter{Locations: []string{"Bonn"}, Types: []string{"staff"}}}, func(p *rules.Person) { p.Type = "" }, rules.None, 0},
		{"by level", rules.Audience{Filter: rules.Filter{Levels: []int{2}}}, nil, rules.Wait, 10},
		{"another level", rules.Audience{Filter: rules.Filter{Levels: []int{0, 1}}}, nil, rules.None, 0},
		{"level not known", rules.Audience{Filter: rules.Filter{Levels: []int{0, 1}}}, func(p *rules.Person) { p.Manager = "X" }, rules.Keep, 6},
		{"listed", rules.Audience{Filter: rules.Filter{People: []string{"C"}}}, nil, rules.Wait, 10},
		{"not listed", rules.Audience{Filter: rules.Filter{People: []string{"A"}}}, nil, rules.None, 0},
		{"listed beside a filter", rules.Audience{Filter: rules.Filter{Departments: []string{"IT"}, People: []string{"C"}}}, nil, rules.Wait, 10},
		{"excluded by department", rules.Audience{Exclude: rules.Filter{Departments: []string{"Sales"}}}, nil, rules.None, 0},
		{"excluded by type", rules.Audience{Exclude: rules.Filter{Types: []string{"staff"}}}, nil, rules.None, 0},
		{"excluded by level", rules.Audience{Exclude: rules.Filter{Levels: []int{2}}}, nil, rules.None, 0},
		{"excluded by name", rules.Audience{Exclude: rules.Filter{People: []string{"C"}}}, nil, rules.None, 0},
		{"exclusion wins", rules.Audience{Filter: rules.Filter{People: []string{"C"}}, Exclude: rules.Filter{Locations: []string{"Berlin"}}}, nil, rules.None, 0},
		{"not excluded", rules.Audience{Exclude: rules.Filter{Departments: []string{"IT"}}}, nil, rules.Wait, 10},
		{"whether excluded is not stated", rules.Audience{Exclude: rules.Filter{Departments: []string{"IT"}}}, func(p *rules.Person) { p.Department = "" }, rules.Keep, 6},
		{"excluded by one field, the other not stated", rules.Audience{Exclude: rules.Filter{Departments: []string{"IT"}, Locations: []string{"Berlin"}}}, func(p *rules.Person) { p.Department = "" }, rules.None, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCompany("A B<A C<B")
			p := c.person("C")
			p.Department, p.Location, p.Type = "Sales", "Berlin", "staff"
			c.program().Audience = tc.is
			if tc.change != nil {
				tc.change(p)
			}
			c.wants(t, "C", tc.verdict, tc.row)
			if v, _ := c.decided(t, "C"); v == rules.Wait { // the leader outside leads
				c.completes("B", now.Add(-day))
				c.wants(t, "C", rules.Clear, 9)
			}
		})
	}
}
