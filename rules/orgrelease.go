package rules

import "fmt"

// CodeOrgReleases: the snapshot alone would lift too many holds.
const CodeOrgReleases Code = "org_releases"

// CompareReleases returns why the next organisation must not rule unasked for the
// holds that it would lift by itself: of people who wait by the last one and would
// not by the next, with the same evidence. Those who have left are not counted;
// they are counted as gone.
func CompareReleases(limit Limit, policy *Policy, facts *Facts, next Org) []Reason {
	if len(facts.Snapshots) == 0 || len(facts.Holds) == 0 {
		return nil
	}
	with := *facts
	with.Snapshots = append(facts.Snapshots[:len(facts.Snapshots):len(facts.Snapshots)], Snapshot{From: facts.Now, Org: next})
	before, after := Judge(policy, facts), Judge(policy, &with)
	var out []Reason
	for i := range policy.Programs {
		id := policy.Programs[i].ID
		held := map[string]bool{}
		for _, h := range facts.Holds {
			if h.Program == id {
				held[h.Person] = true
			}
		}
		released := 0
		for person := range held {
			if before.waits(i, person) && after.opens(i, person) {
				released++
			}
		}
		if most := limit.of(before.Index.Len()); released > most {
			out = append(out, Reason{Code: CodeOrgReleases, Detail: fmt.Sprintf("%d people on hold in %s, limit %d", released, id, most)})
		}
	}
	return out
}

// waits reports whether the gate of the person is shut, or in doubt.
func (j *Judgement) waits(program int, person string) bool {
	n, ok := j.Index.Find(person)
	if !ok {
		return false
	}
	row := j.Programs[program].Decisions[n].Row
	return row == 8 || row == 10
}

// opens reports whether the organisation leaves the person no gate, or an open one.
func (j *Judgement) opens(program int, person string) bool {
	n, ok := j.Index.Find(person)
	if !ok || hasLeft(&j.Index.People[n]) {
		return false
	}
	row := j.Programs[program].Decisions[n].Row
	return row == 0 || row == 7 || row == 9
}
