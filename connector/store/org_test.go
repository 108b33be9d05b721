package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

func TestOrganisationsAreKeptWholeWithTheirDates(t *testing.T) {
	s := fresh(t)
	one := company(t)
	equal(t, "people", len(one.People), 107)
	two := company(t)
	two.Digest, two.Read, two.People = "second", hour(20), slices.Clone(one.People[1:])
	must(t, s.Accept(t.Context(), one, hour(2)))
	early := facts(t, s, hour(3))
	one.Read = hour(10)
	must(t, s.Accept(t.Context(), one, hour(10))) // only the date of reading moves
	equal(t, "read, in facts of before", early.Snapshots[0].Org.Read, hour(1))
	must(t, s.Accept(t.Context(), two, hour(20)))
	must(t, s.Accept(t.Context(), one, hour(30))) // back to the first
	cached := facts(t, s, hour(31)).Snapshots
	s = again(t, s)
	f := facts(t, s, hour(31))
	equal(t, "out of memory", cached, f.Snapshots)
	want := []rules.Snapshot{{ID: 1, From: hour(2), Org: one}, {ID: 2, From: hour(20), Org: two}, {ID: 3, From: hour(30), Org: one}}
	equal(t, "snapshots", f.Snapshots, want)
	equal(t, "source", f.Sources, []rules.Source{{Name: "csv", Kind: rules.SourceHRIS, Through: true, Read: hour(10)}})
	equal(t, "log", kinds(t, s, 1), []string{LogSnapshotAccepted, LogSnapshotAccepted, LogSnapshotAccepted})
	var states int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM person_state`).Scan(&states))
	equal(t, "rows of people, shared by the three", states, 107)
}

func TestTheSameBytesReadInAnotherWayAreAnotherOrganisation(t *testing.T) {
	s := fresh(t)
	org := company(t)
	must(t, s.Accept(t.Context(), org, hour(2)))
	org.People = slices.Clone(org.People)
	org.People[5].Status = rules.Leave // the mapping of the columns was changed
	must(t, s.Accept(t.Context(), org, hour(3)))
	equal(t, "snapshots", len(facts(t, s, hour(4)).Snapshots), 2)
}

func TestApprovalOfAnOrganisationIsUsedOnce(t *testing.T) {
	s := fresh(t)
	org := company(t)
	because := []rules.Reason{{Code: "first_snapshot"}}
	for range 2 {
		must(t, s.Quarantine(t.Context(), org, because, hour(2)))
	}
	held, err := s.HeldOrgs(t.Context())
	must(t, err)
	equal(t, "held", held, []HeldOrg{{Digest: "oracle-hr", Source: "csv", At: hour(2), Read: hour(1), People: 107, Because: because}})
	equal(t, "it does not rule", len(facts(t, s, hour(3)).Snapshots), 0)
	whole, found, err := s.Snapshot(t.Context(), "oracle-hr")
	must(t, err)
	equal(t, "found", found, true)
	equal(t, "whole", whole, org)

	if answer := perform(t, s, rules.Act{Kind: rules.ActOrgApprove, Digest: "other"}, hour(3)); !strings.HasPrefix(answer, RefusedPrefix) {
		t.Errorf("an unknown digest: %q", answer)
	}
	if answer := perform(t, s, rules.Act{Kind: rules.ActOrgApprove, Digest: "oracle-hr"}, hour(3)); strings.HasPrefix(answer, RefusedPrefix) {
		t.Errorf("the right digest: %q", answer)
	}
	s = again(t, s)
	approved := func() bool {
		ok, err := s.Approved(t.Context(), "oracle-hr")
		must(t, err)
		return ok
	}
	equal(t, "approved", approved(), true)
	must(t, s.Accept(t.Context(), org, hour(4)))
	equal(t, "used", approved(), false)
	equal(t, "log", kinds(t, s, 1), []string{LogSnapshotQuarantined, LogSnapshotApproved, LogSnapshotAccepted})
	must(t, s.Quarantine(t.Context(), org, because, hour(5)))
	equal(t, "an approval is not for the next time", approved(), false)
}

func TestAnAcceptedOrganisationOvertakesWhatIsInQuarantine(t *testing.T) {
	s := fresh(t)
	broken := company(t)
	broken.Digest = "broken"
	broken.People = []rules.Person{{ID: "100", Name: "Somebody Else"}}
	must(t, s.Quarantine(t.Context(), broken, nil, hour(1)))
	must(t, s.Accept(t.Context(), company(t), hour(2)))
	held, err := s.HeldOrgs(t.Context())
	must(t, err)
	equal(t, "held", len(held), 0)
	var n int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM person_state WHERE body LIKE '%Somebody Else%'`).Scan(&n))
	equal(t, "rows left of it", n, 0)
}
