package store

import (
	"fmt"
	"math/rand"
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
	equal(t, "the last one is whole, and no other", []bool{f.Snapshots[0].Was == nil, f.Snapshots[1].Was == nil, f.Snapshots[2].Was == nil}, []bool{false, false, true})
	f.Snapshots = whole(f.Snapshots)
	equal(t, "out of memory", whole(cached), f.Snapshots)
	want := []rules.Snapshot{{ID: 1, From: hour(2), Org: one}, {ID: 2, From: hour(20), Org: two}, {ID: 3, From: hour(30), Org: one}}
	equal(t, "snapshots", f.Snapshots, want)
	equal(t, "source", f.Sources, []rules.Source{{Name: "csv", Kind: rules.SourceHRIS, Through: true, Read: hour(10)}})
	equal(t, "log", kinds(t, s, 1), []string{LogSnapshotAccepted, LogSnapshotAccepted, LogSnapshotAccepted})
	var states int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM person_state`).Scan(&states))
	equal(t, "rows of people, shared by the three", states, 107)
	var rows int
	must(t, s.reader.QueryRow(`SELECT count(*) FROM snapshot_person`).Scan(&rows))
	equal(t, "rows of the three: a person and a run, a run, and everybody", rows, 2+1+107)
	for digest, want := range map[string]rules.Org{one.Digest: one, two.Digest: two} {
		got, found, err := s.Snapshot(t.Context(), digest)
		must(t, err)
		equal(t, "by its digest", []any{got, found}, []any{want, true})
	}
}

// whole are the snapshots with all their people.
func whole(short []rules.Snapshot) []rules.Snapshot {
	all := slices.Clone(short)
	for n := range all {
		all[n].Org.People, all[n].Was = rules.PeopleOf(short, n), nil
	}
	return all
}

// TestHistoryIsKeptByDifferences holds a history of random days to what was accepted,
// read from memory, from disk, and from a database of before, in which every
// organisation was whole.
func TestHistoryIsKeptByDifferences(t *testing.T) {
	for _, before := range []bool{false, true} {
		s := fresh(t)
		r := rand.New(rand.NewSource(7))
		org := company(t)
		var want [][]rules.Person
		accept := func(day int) {
			org.Digest, org.People = fmt.Sprint("day ", day), slices.Clone(org.People)
			for k := range r.Intn(6) {
				i := r.Intn(len(org.People))
				switch k {
				case 0:
					org.People = slices.Delete(org.People, i, i+1)
				case 1:
					org.People = slices.Insert(org.People, i, rules.Person{ID: fmt.Sprint("new ", day), Status: rules.Active})
				case 2:
					org.People[0], org.People[i] = org.People[i], org.People[0]
				default:
					org.People[i].Manager = org.People[r.Intn(len(org.People))].ID
				}
			}
			must(t, s.Accept(t.Context(), org, hour(day)))
			want = append(want, org.People)
		}
		for day := range 20 {
			accept(day)
		}
		if before {
			must(t, s.write(t.Context(), func(tx *tx) error {
				for n, people := range want {
					if _, err := tx.exec(`DELETE FROM snapshot_person WHERE snapshot = ?`, n+1); err != nil {
						return err
					}
					for i, p := range people {
						state, err := (&snapshot{tx: tx}).state(p)
						if err == nil {
							_, err = tx.exec(`INSERT INTO snapshot_person (snapshot, position, state) VALUES (?, ?, ?)`, n+1, i, state)
						}
						if err != nil {
							return err
						}
					}
				}
				_, err := tx.exec(`UPDATE snapshot SET later = 0`)
				return err
			}))
			s = again(t, s)
		}
		accept(20)
		for _, from := range []string{"memory", "disk"} {
			got := facts(t, s, hour(30)).Snapshots
			for n := range want {
				equal(t, fmt.Sprint(from, ", day ", n), rules.PeopleOf(got, n), want[n])
			}
			s = again(t, s)
		}
		var rows int
		must(t, s.reader.QueryRow(`SELECT count(*) FROM snapshot_person WHERE snapshot <= 20`).Scan(&rows))
		if rows > 20*15 {
			t.Errorf("%d rows are kept of 20 earlier organisations", rows)
		}
	}
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
