package rules

import (
	"cmp"
	"slices"
	"strings"
)

// OrgChangeKind says what became of one person from one organisation to the next.
type OrgChangeKind string

// The kinds of change. One person may have several.
const (
	OrgNew     OrgChangeKind = "new"
	OrgGone    OrgChangeKind = "gone"            // left out
	OrgStatus  OrgChangeKind = "status"          //
	OrgMoved   OrgChangeKind = "manager"         // another manager
	OrgLost    OrgChangeKind = "lost_manager"    // a manager before, none now
	OrgEmail   OrgChangeKind = "email"           //
	OrgUnit    OrgChangeKind = "department"      //
	OrgAccount OrgChangeKind = "account"         // whether HR states that there is no account
	OrgAnother OrgChangeKind = "another_person"  // another name and another address under the id
	OrgOther   OrgChangeKind = "further_details" // what no gate and no match hangs on directly
)

// OrgChange is one change of one person.
type OrgChange struct {
	Person string        `json:"person"`
	Name   string        `json:"name,omitempty"`
	Kind   OrgChangeKind `json:"kind"`
	From   string        `json:"from,omitempty"`
	To     string        `json:"to,omitempty"`
	Under  string        `json:"under,omitempty"` // the leader right below the top; empty: a top, or placed nowhere
}

// OrgSubtree sums up the changes among everybody below one leader right below the
// top.
type OrgSubtree struct {
	Leader  string                `json:"leader,omitempty"` // empty: tops, and who is placed nowhere
	People  int                   `json:"people"`           // now, the leader among them
	Before  int                   `json:"before"`
	Changes map[OrgChangeKind]int `json:"changes,omitempty"`
}

// OrgDiff is what is different between two organisations.
type OrgDiff struct {
	Changes  []OrgChange  `json:"changes"`  // by subtree, then by id
	Subtrees []OrgSubtree `json:"subtrees"` // those with changes, the most changed first
}

// DiffOrgs compares two organisations person by person.
func DiffOrgs(last, next Org, tops []string) OrgDiff {
	was, is := NewIndex(last.People, tops), NewIndex(next.People, tops)
	wasUnder, isUnder := was.branches(), is.branches()
	var d OrgDiff
	note := func(p *Person, under string, kind OrgChangeKind, from, to string) {
		d.Changes = append(d.Changes, OrgChange{Person: p.ID, Name: p.Name, Kind: kind, From: from, To: to, Under: under})
	}
	now, then := roll{people: next.People, byID: is.byID}, roll{people: last.People, byID: was.byID}
	for i := range last.People {
		p := &last.People[i]
		if n, ok := now.find(p.ID); ok {
			comparePerson(p, &next.People[n], func(kind OrgChangeKind, from, to string) { note(&next.People[n], isUnder[n], kind, from, to) })
		} else {
			note(p, wasUnder[i], OrgGone, p.Manager, "")
		}
	}
	for i := range next.People {
		p := &next.People[i]
		if _, ok := then.find(p.ID); !ok {
			note(p, isUnder[i], OrgNew, "", p.Manager)
		}
	}
	slices.SortStableFunc(d.Changes, func(a, b OrgChange) int {
		return cmp.Or(cmp.Compare(a.Under, b.Under), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Kind, b.Kind))
	})
	d.Subtrees = subtrees(d.Changes, wasUnder, isUnder)
	return d
}

func comparePerson(was, is *Person, note func(kind OrgChangeKind, from, to string)) {
	differ := func(kind OrgChangeKind, from, to string) {
		if from != to {
			note(kind, from, to)
		}
	}
	moved := OrgMoved
	if is.Manager == "" {
		moved = OrgLost
	}
	differ(moved, was.Manager, is.Manager)
	differ(OrgStatus, was.Status.String(), is.Status.String())
	if anotherPerson(was, is) {
		note(OrgAnother, was.Name, is.Name)
	} else if !strings.EqualFold(was.Email, is.Email) {
		note(OrgEmail, was.Email, is.Email)
	}
	differ(OrgUnit, was.Department, is.Department)
	differ(OrgAccount, accountWord(was), accountWord(is))
	if was.Name != is.Name || was.Location != is.Location || was.Type != is.Type || !slices.Equal(was.Emails, is.Emails) || !slices.Equal(was.Accounts, is.Accounts) {
		note(OrgOther, "", "")
	}
}

func accountWord(p *Person) string {
	if p.NoAccount {
		return "none"
	}
	return "expected"
}

// branches names, for everybody, the leader right below the top whom they are
// under.
func (x *Index) branches() []string {
	out := make([]string, len(x.People))
	known := make([]bool, len(x.People))
	var path []int32
	for i := range x.People {
		path = path[:0]
		at := int32(i)
		for !known[at] && x.level[at] > 1 {
			path = append(path, at)
			at = x.up(at)
		}
		if x.level[at] == 1 {
			out[at] = x.People[at].ID
		}
		known[at] = true
		for _, p := range path {
			out[p], known[p] = out[at], true
		}
	}
	return out
}

func subtrees(changes []OrgChange, was, is []string) []OrgSubtree {
	by := map[string]*OrgSubtree{}
	for _, c := range changes {
		if by[c.Under] == nil {
			by[c.Under] = &OrgSubtree{Leader: c.Under, Changes: map[OrgChangeKind]int{}}
		}
		by[c.Under].Changes[c.Kind]++
	}
	count := func(list []string, add func(*OrgSubtree)) {
		for _, under := range list {
			if s := by[under]; s != nil {
				add(s)
			}
		}
	}
	count(was, func(s *OrgSubtree) { s.Before++ })
	count(is, func(s *OrgSubtree) { s.People++ })
	out := make([]OrgSubtree, 0, len(by))
	for _, s := range by {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b OrgSubtree) int {
		return cmp.Or(cmp.Compare(b.total(), a.total()), cmp.Compare(a.Leader, b.Leader))
	})
	return out
}

func (s *OrgSubtree) total() (n int) {
	for _, c := range s.Changes {
		n += c
	}
	return n
}
