package rules

import (
	"cmp"
	"slices"
	"time"
)

// Unresolved is an actor of whom statements matter to a programme and who is
// nobody in the organisation.
type Unresolved struct {
	Actor      string    `json:"actor"`
	Because    Code      `json:"because"`
	Statements int       `json:"statements"`
	Sources    []string  `json:"sources"`
	Last       time.Time `json:"last,omitzero"` // stored of the newest
	Objects    []string  `json:"objects"`       // activities that they are about, at most three
}

// UnresolvedActors lists the actors that resolve to nobody, the most frequent
// first. It counts what is tied to the course of any programme and not voided.
func UnresolvedActors(policy *Policy, facts *Facts) []Unresolved {
	j := Judge(policy, facts)
	contracts := make([]*contract, len(policy.Programs))
	for i := range policy.Programs {
		contracts[i] = newContract(&policy.Programs[i].Course)
	}
	voided := Voided(facts.Evidence)
	found, seen := map[string]*Unresolved{}, map[statementKey]bool{}
	for i := range facts.Evidence {
		e := &facts.Evidence[i]
		key := keyOfStatement(e)
		repeated := seen[key] // as pages may
		seen[key] = true
		if repeated || voided(e) || !slices.ContainsFunc(contracts, func(c *contract) bool { return c.ties(e) }) {
			continue
		}
		for _, a := range j.ids.who(&e.Actor) {
			if _, how := j.ids.Resolve(a); !how.OK() {
				note(found, a, e, actorCodes(how)[0])
			}
		}
	}
	return byFrequency(found)
}

func note(found map[string]*Unresolved, a Actor, e *Evidence, because Code) {
	u := found[a.String()]
	if u == nil {
		u = &Unresolved{Actor: a.String(), Because: because}
		found[a.String()] = u
	}
	u.Statements++
	if e.Stored.After(u.Last) {
		u.Last = e.Stored
	}
	if !slices.Contains(u.Sources, e.Source) {
		u.Sources = append(u.Sources, e.Source)
	}
	if len(u.Objects) < 3 && !slices.Contains(u.Objects, e.Object) {
		u.Objects = append(u.Objects, e.Object)
	}
}

func byFrequency(found map[string]*Unresolved) []Unresolved {
	list := make([]Unresolved, 0, len(found))
	for _, u := range found {
		slices.Sort(u.Sources)
		slices.Sort(u.Objects)
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b Unresolved) int {
		return cmp.Or(b.Statements-a.Statements, cmp.Compare(a.Actor, b.Actor))
	})
	return list
}
