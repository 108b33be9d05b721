package main

import (
	"slices"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// only leaves of a plan what concerns one person and whoever is below, and returns
// the person's HR id. Refusals keep the digest of the whole plan, which is what is
// approved. Figures of programmes are those of everybody still.
func only(r *connector.Report, who string) (id string, err error) {
	n, err := findPerson(r.Judgement.Index, who)
	if err != nil {
		return "", err
	}
	id = r.Judgement.Index.People[n].ID
	below := rules.Below(r.Judgement.Index.People, id)
	r.Wanted.Changes = rules.Part(r.Wanted.Changes, below)
	r.Plan.Changes = rules.Part(r.Plan.Changes, below)
	for i := range r.Refusals {
		r.Refusals[i].Changes = rules.Part(r.Refusals[i].Changes, below)
	}
	r.Refusals = slices.DeleteFunc(r.Refusals, func(f rules.Refusal) bool { return len(f.Changes) == 0 })
	for i := range r.Judgement.Programs {
		pj := &r.Judgement.Programs[i]
		pj.Violations = slices.DeleteFunc(pj.Violations, func(v rules.Violation) bool { return !below[v.Person] })
	}
	if r.Cycle != nil {
		r.Cycle.Findings = slices.DeleteFunc(r.Cycle.Findings, func(f rules.Finding) bool { return !below[f.Person] })
	}
	return id, nil
}
