package hris_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/hris"
	"github.com/leadfront/leadfront/rules"
)

// fixed is a source that always gives the same, or an error.
type fixed struct {
	org rules.Org
	err error
}

func (f fixed) Org(context.Context) (rules.Org, error) { return f.org, f.err }

func day(n int) time.Time { return time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC) }

// team is a top with two managers of two people each.
func team() rules.Org {
	org := rules.Org{Source: "hr", Read: day(5), Made: day(4), People: []rules.Person{
		{ID: "top", Email: "top@corp.example", Status: rules.Active},
		{ID: "m1", Manager: "top", Email: "m1@corp.example", Status: rules.Leave},
		{ID: "m2", Manager: "top", Email: "m2@corp.example", Status: rules.Active},
		{ID: "a", Manager: "m1", Email: "a@corp.example", Status: rules.Active},
		{ID: "b", Manager: "m1", Status: rules.Active},
		{ID: "c", Manager: "m2", Email: "c@corp.example", Emails: make([]string, 0, 8), Status: rules.Active},
		{ID: "old-c", Manager: "m2", Email: "c@former.example", Status: rules.Inactive},
		{ID: "d", Manager: "old-c", Status: rules.Active},
		{ID: "e", Manager: "X1", Status: rules.Active},
	}}
	org.Digest = hris.Digest(org.People)
	return org
}

func text(people []rules.Person) string {
	var b strings.Builder
	for _, p := range people {
		fmt.Fprintf(&b, "%s<%s %s%v", p.ID, p.Manager, p.Email, p.Emails)
		if len(p.Accounts) > 0 {
			fmt.Fprintf(&b, " %v", p.Accounts)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func lines(org rules.Org) string {
	var b strings.Builder
	for _, p := range org.People {
		fmt.Fprintf(&b, "%s<%s ", p.ID, p.Manager)
	}
	return strings.TrimSpace(b.String())
}

func TestMergeAliasExternal(t *testing.T) {
	before := text(team().People)
	org := team()
	o := hris.Overrides{
		Merges:   []hris.Merge{{Person: "c", Also: []string{"old-c"}, Reason: "rehired"}},
		Aliases:  []hris.Alias{{Person: "a", Emails: []string{"a@home.example", "a@corp.example"}, Accounts: []hris.AliasAccount{{HomePage: "https://lms.example", Name: "77"}}}},
		External: []hris.External{{ID: "X1", Name: "Partner", Email: "x@partner.example", Manager: "top", NoAccount: true}, {ID: "m2", Manager: "top"}},
	}
	got := o.Apply(org)
	const want = `top< top@corp.example[]
m1<top m1@corp.example[]
m2<top m2@corp.example[]
a<m1 a@corp.example[a@home.example] [{https://lms.example 77}]
b<m1 []
c<m2 c@corp.example[c@former.example]
d<c []
e<X1 []
X1<top x@partner.example[]
`
	if text(got.People) != want {
		t.Errorf("people are\n%s, want\n%s", text(got.People), want)
	}
	if !got.People[8].NoAccount || len(got.Findings) != 1 || got.Findings[0].Person != "m2" {
		t.Errorf("findings %v, external %+v; want one: m2 is known to HR", got.Findings, got.People[8])
	}
	if text(org.People) != before {
		t.Error("the organisation that was handed in has changed")
	}
}

func TestOverridesOfNobody(t *testing.T) {
	o := hris.Overrides{
		Merges:  []hris.Merge{{Person: "nobody", Also: []string{"a"}}, {Person: "c", Also: []string{"none"}}},
		Aliases: []hris.Alias{{Person: "no-one", Emails: []string{"x@x"}}},
	}
	got := o.Apply(team())
	if got.Digest != team().Digest || len(got.Findings) != 3 {
		t.Errorf("%s, findings %v; want the same people and three findings", lines(got), got.Findings)
	}
	for _, f := range got.Findings {
		if f.Code != hris.CodeOverrideUnmatched {
			t.Errorf("finding %v", f)
		}
	}
}

func TestCompleted(t *testing.T) {
	directory := rules.Org{Source: "idp", Made: day(3), People: []rules.Person{
		{ID: "b", Name: "Bo", Email: "b@corp.example", Manager: "c", Status: rules.Inactive, Department: "X"},
		{ID: "a", Name: "Ada", Email: "ada@new.example", Emails: []string{"a@corp.example", "a@x.example"}, NoAccount: true},
		{ID: "stranger", Email: "s@corp.example"},
		{ID: "c", Name: "One"}, {ID: "c", Name: "Two"},
	}}
	both := &hris.Completed{First: fixed{org: team()}, Others: []hris.Completer{{Source: fixed{org: directory},
		By: hris.Completion{Match: "id", Prefer: []string{"email"}, Fill: []string{"emails", "name", "no_account"}}}}}
	got, err := both.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := got.People[3], got.People[4], got.People[5]
	if a.Email != "ada@new.example" || fmt.Sprint(a.Emails) != "[a@x.example a@corp.example]" || a.Name != "Ada" || !a.NoAccount {
		t.Errorf("a is %+v", a)
	}
	if b.Email != "b@corp.example" || b.Manager != "m1" || b.Status != rules.Active || b.Department != "" {
		t.Errorf("b is %+v; want only the address and the name taken over", b)
	}
	if c.Name != "" || len(got.People) != 9 || !got.Made.Equal(day(3)) || got.Digest == team().Digest {
		t.Errorf("c is %+v of %d people made %v", c, len(got.People), got.Made)
	}
	byMail := &hris.Completed{First: fixed{org: team()}, Others: []hris.Completer{{Source: fixed{org: rules.Org{People: []rules.Person{{ID: "z", Email: "A@Corp.Example", Name: "Ada"}}}},
		By: hris.Completion{Match: "email", Fill: []string{"name"}}}}}
	if got, err := byMail.Org(t.Context()); err != nil || got.People[3].Name != "Ada" || got.People[4].Name != "" {
		t.Errorf("by address: %+v, %v; whoever has none is nobody's match", got.People[3:5], err)
	}
}

// TestCompletedIsWhole: half of two sources is a part.
func TestCompletedIsWhole(t *testing.T) {
	broken := errors.New("down")
	for _, c := range []hris.Completed{
		{First: fixed{err: broken}},
		{First: fixed{org: team()}, Others: []hris.Completer{{Source: fixed{err: broken}}}},
	} {
		if org, err := c.Org(t.Context()); !errors.Is(err, broken) || len(org.People) > 0 {
			t.Errorf("%d people, %v", len(org.People), err)
		}
	}
	o := hris.Overridden{Source: fixed{err: broken}, By: &hris.Overrides{}}
	if org, err := o.Org(t.Context()); !errors.Is(err, broken) || len(org.People) > 0 {
		t.Errorf("%d people, %v", len(org.People), err)
	}
}

// TestDigest: no two different people are written alike.
func TestDigest(t *testing.T) {
	base := rules.Person{ID: "1", Name: "ab", Email: "c"}
	seen := map[string]int{}
	for i, p := range []rules.Person{base, {ID: "1", Name: "a", Email: "bc"}, {ID: "1a", Name: "b", Email: "c"}, {ID: "1", Name: "ab", Email: "c", Emails: []string{""}},
		{ID: "1", Name: "ab", Email: "c", Status: 1}, {ID: "1", Name: "ab", Email: "c", NoAccount: true},
		{ID: "1", Name: "ab", Email: "c", Accounts: []rules.AccountName{{HomePage: "x", Name: "y"}}}} {
		if was, ok := seen[hris.Digest([]rules.Person{p})]; ok {
			t.Errorf("%d and %d are one", was, i)
		}
		seen[hris.Digest([]rules.Person{p})] = i
	}
}

// TestOnePlaceOneStandIn: whoever of two stood in first would depend on the order of
// the file.
func TestOnePlaceOneStandIn(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 10, d, 0, 0, 0, 0, time.UTC) }
	in := func(by string, from, until int) hris.Acting {
		return hris.Acting{For: "9", By: by, From: day(from), Until: day(until), Reason: "leave"}
	}
	err := (&hris.Overrides{Acting: []hris.Acting{in("1", 1, 10), in("2", 10, 20), in("3", 19, 21)}}).Validate()
	want := `acting[2]: overlaps acting[1], for "9" too: two people cannot lead in one place at once; end one before the other begins`
	if err == nil || err.Error() != want {
		t.Errorf("Validate = %v, want %s", err, want)
	}
}
