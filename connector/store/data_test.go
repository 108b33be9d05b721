package store

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// statements are the ones of testdata, read only as far as the store cares.
func statements(t *testing.T) []rules.Evidence {
	t.Helper()
	f, err := os.Open("testdata/stored.jsonl")
	must(t, err)
	defer f.Close()
	var all []rules.Evidence
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s struct {
			ID                string
			Stored, Timestamp time.Time
			Actor             struct{ Mbox string }
			Verb, Object      struct{ ID string }
		}
		must(t, json.Unmarshal(lines.Bytes(), &s))
		all = append(all, rules.Evidence{Source: "main", Statement: s.ID, Stored: s.Stored, Timestamp: s.Timestamp,
			Actor: rules.Actor{Kind: rules.ActorMbox, Value: strings.TrimPrefix(s.Actor.Mbox, "mailto:"), Raw: s.Actor.Mbox},
			Verb:  s.Verb.ID, Object: s.Object.ID, Kind: rules.KindCompleted, Digest: "sha-" + s.ID})
	}
	must(t, lines.Err())
	return all
}

// company is the organisation of testdata.
func company(t *testing.T) rules.Org {
	t.Helper()
	f, err := os.Open("testdata/employees.csv")
	must(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	must(t, err)
	org := rules.Org{Source: "csv", Digest: "oracle-hr", Read: hour(1)}
	for _, r := range rows[1:] {
		org.People = append(org.People, rules.Person{ID: r[0], Name: r[1] + " " + r[2],
			Email: strings.ToLower(r[3]) + "@corp.example", Manager: r[8], Department: r[9], Status: rules.Active})
	}
	return org
}

// change is a hold of somebody in the company.
func change(person string, move rules.Move) rules.Change {
	c := rules.Change{Program: "ai", Target: "moodle/AI-101", Row: "manual:" + person,
		Account: rules.Account{LMS: "moodle", ID: "9" + person, IDNumber: person}, Person: person, Move: move,
		From: rules.RowActive, To: rules.RowSuspended, Cause: rules.CauseOrg,
		Because: []rules.Reason{{Code: rules.CodeWaitingFor, Person: "100"}}}
	if move != rules.MoveHold {
		c.From, c.To, c.Cause = rules.RowSuspended, rules.RowActive, rules.CauseEvidence
	}
	return c
}

func outcome(c rules.Change, r rules.Result, at time.Time) rules.Outcome {
	return rules.Outcome{Change: c, Result: r, Seen: c.To, At: at}
}

func intend(t *testing.T, s *Store, c rules.Cycle) []rules.Change {
	t.Helper()
	changes, err := s.Intend(t.Context(), c)
	must(t, err)
	return changes
}

func perform(t *testing.T, s *Store, a rules.Act, at time.Time) string {
	t.Helper()
	a.By, a.Reason = "Pat", "because of a test"
	answer, err := s.Perform(t.Context(), a, at)
	must(t, err)
	return answer
}

// walk is the one that follows the source, for one programme's contract.
func walk(source, contract string) rules.Walk {
	return rules.Walk{Source: source, Purpose: rules.Follow, Contracts: map[string]string{"ai": contract}}
}
