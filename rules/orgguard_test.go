package rules

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// company has one top, 9 managers of 10 people each, and as many e-mails.
func company() Org {
	people := []Person{{ID: "top", Email: "top@corp.example", Department: "Board", Status: Active}}
	for m := range 9 {
		boss := fmt.Sprintf("m%d", m)
		people = append(people, Person{ID: boss, Manager: "top", Email: boss + "@corp.example", Department: "Line", Status: Active})
		for p := range 10 {
			id := fmt.Sprintf("%s-%d", boss, p)
			people = append(people, Person{ID: id, Name: "Ada " + id, Manager: boss, Email: id + "@corp.example", Department: "Line", Status: Active})
		}
	}
	return Org{People: people} // 100 people
}

// edit changes the first n people who are neither the top nor a manager.
func edit(n int, change func(*Person)) Org {
	org := company()
	for i := range org.People {
		if p := &org.People[i]; len(p.ID) > 3 && n > 0 {
			change(p)
			n--
		}
	}
	return org
}

func without(n int) Org {
	org := edit(n, func(p *Person) { p.ID = "gone" })
	org.People = slices.DeleteFunc(org.People, func(p Person) bool { return p.ID == "gone" })
	return org
}

// TestCompareOrgs tries every alarm at its limit and one above.
func TestCompareOrgs(t *testing.T) {
	last := company()
	last.Made = time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
	older := company()
	older.Made = last.Made.Add(-time.Second)
	for name, test := range map[string]struct {
		next Org
		want []Code
	}{
		"nothing changed":    {company(), nil},
		"5 gone":             {without(5), nil},
		"6 gone":             {without(6), []Code{CodeManyGone}},
		"6 stated gone":      {edit(6, func(p *Person) { p.Status = Inactive }), []Code{CodeManyGone}},
		"5 on leave":         {edit(5, func(p *Person) { p.Status = Leave }), nil},
		"6 on leave":         {edit(6, func(p *Person) { p.Status = Leave }), []Code{CodeManyAway}},
		"6 lose account":     {edit(6, func(p *Person) { p.NoAccount = true }), []Code{CodeManyAway}},
		"10 move":            {edit(10, func(p *Person) { p.Manager = "top" }), nil},
		"11 move":            {edit(11, func(p *Person) { p.Manager = "top" }), []Code{CodeManagersMoved}},
		"1 without boss":     {edit(1, func(p *Person) { p.Manager = "" }), nil},
		"2 without boss":     {edit(2, func(p *Person) { p.Manager = "" }), []Code{CodeNewTops}},
		"3 without boss":     {edit(3, func(p *Person) { p.Manager = "" }), []Code{CodeManagersLost, CodeNewTops}},
		"2 own boss":         {edit(2, func(p *Person) { p.Manager = p.ID }), []Code{CodeNewTops}},
		"5 addresses":        {edit(5, func(p *Person) { p.Email = "new-" + p.Email }), nil},
		"6 addresses":        {edit(6, func(p *Person) { p.Email = "new-" + p.Email }), []Code{CodeEmailsChanged}},
		"90 in capitals":     {edit(90, func(p *Person) { p.Email = "M" + p.Email[1:] }), nil},
		"20 re-keyed":        {edit(20, func(p *Person) { p.ID = "x" + p.ID }), []Code{CodeManyGone}},
		"21 re-keyed":        {edit(21, func(p *Person) { p.ID = "x" + p.ID }), []Code{CodeIDsReplaced, CodeManyGone}},
		"1 id re-used":       {edit(1, func(p *Person) { p.Name, p.Email = "Cy Lind", "cy@corp.example" }), []Code{CodeIDsReused}},
		"1 married":          {edit(1, func(p *Person) { p.Name, p.Email = "Ada "+p.ID+"-Lind", "lind@corp.example" }), nil},
		"5 lose address":     {edit(5, func(p *Person) { p.Email = "" }), nil},
		"6 lose address":     {edit(6, func(p *Person) { p.Email = "" }), []Code{CodeFieldDwindled}},
		"6 lose place":       {edit(6, func(p *Person) { p.Department = "" }), []Code{CodeFieldDwindled}},
		"6 without status":   {edit(6, func(p *Person) { p.Status = StatusUnknown }), []Code{CodeFieldDwindled}},
		"no listed top":      {Org{People: company().People[1:]}, []Code{CodeTopGone}},
		"6 gone, no account": {edit(6, func(p *Person) { p.Status, p.NoAccount = Inactive, true }), []Code{CodeManyGone}},
		"older":              {older, []Code{CodeOrgOlder}},
		"nobody":             {Org{}, []Code{CodeIDsReplaced, CodeManyGone, CodeTopGone}},
	} {
		t.Run(name, func(t *testing.T) {
			reasons := CompareOrgs(DefaultOrgLimits(), &last, test.next, []string{"top"})
			var got []Code
			for _, r := range reasons {
				if !slices.Contains(got, r.Code) {
					got = append(got, r.Code)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("alarms are %v, want %v (%+v)", got, test.want, reasons)
			}
		})
	}
}

func TestFirstSnapshotAsks(t *testing.T) {
	got := CompareOrgs(DefaultOrgLimits(), nil, company(), []string{"top"})
	if len(got) != 1 || got[0].Code != CodeFirstSnapshot || got[0].Detail != "100 people, nothing to compare with" {
		t.Errorf("the first snapshot: %+v; want one reason, first_snapshot", got)
	}
}

// TestLeaversWhoArePurged: whoever was stated to have left may go from the file.
func TestLeaversWhoArePurged(t *testing.T) {
	last := edit(15, func(p *Person) { p.Status = Inactive })
	if got := CompareOrgs(DefaultOrgLimits(), &last, without(15), []string{"top"}); len(got) != 0 {
		t.Errorf("15 leavers left out: %+v; want no alarm", got)
	}
}

// TestOrgTopNeverThere: a listed top who is in neither reading is a finding of every
// reading, and no reason to refuse the next.
func TestOrgTopNeverThere(t *testing.T) {
	last := company()
	if got := CompareOrgs(DefaultOrgLimits(), &last, company(), []string{"top", "chair"}); len(got) != 0 {
		t.Errorf("alarms are %+v; want none", got)
	}
}

func TestReplacedIDsAreExplained(t *testing.T) {
	last := company()
	next := edit(90, func(p *Person) { p.ID = "x" + p.ID })
	got := CompareOrgs(DefaultOrgLimits(), &last, next, []string{"top"})
	const want = "10 of 100 ids are still there, limit 80 %; 90 addresses stand under another id: have the ids been replaced?"
	if len(got) == 0 || got[0].Detail != want {
		t.Errorf("reasons are %+v; want first %q", got, want)
	}
}

// TestSmallCompanies: 8 people are not quarantined for one event.
func TestSmallCompanies(t *testing.T) {
	last := Org{People: company().People[:9]}
	next := Org{People: slices.Clone(last.People)}
	next.People[5].Email, next.People[5].Department = "", ""
	next.People[6].Manager = "top"
	next.People = next.People[:8]
	if got := CompareOrgs(DefaultOrgLimits(), &last, next, []string{"top"}); len(got) != 0 {
		t.Errorf("one leaver, one mover, one without address: %+v; want no alarm", got)
	}
}

func TestOrgCheck(t *testing.T) {
	org := Org{
		People: []Person{
			{ID: "1", Status: Active}, {ID: "2", Manager: "1", Status: Active}, {ID: "3", Manager: "2", Status: Active},
			{ID: "4", Manager: "9", Status: Active}, {ID: "5", Manager: "5", Status: Active}, {ID: "6", Status: Active},
			{ID: "7", Manager: "8", Status: Active}, {ID: "8", Manager: "7", Status: Active},
		},
		Findings: []Finding{{Code: CodeRowRepeated, Person: "1"}},
	}
	s := org.Check([]string{"1", "0"})
	if s.People != 8 || s.Levels != 3 || !slices.Equal(s.Tops, []string{"1"}) {
		t.Errorf("people %d, levels %d, tops %v; want 8, 3, [1]", s.People, s.Levels, s.Tops)
	}
	var got []string
	for _, f := range s.Findings {
		got = append(got, string(f.Code)+":"+f.Person)
	}
	want := []string{"row_repeated:1", "unknown_manager:4", "self_manager:5", "unplaced:6", "cycle:7", "cycle:8", "top_missing:0"}
	if !slices.Equal(got, want) {
		t.Errorf("findings are %v, want %v", got, want)
	}
}
