// Package hristest is the contract that every HR source keeps: the organisation
// comes whole or not at all, and a bad reading never looks like a small company.
package hristest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// Source is what is tested; the loop's HRIS port.
type Source interface {
	Org(ctx context.Context) (rules.Org, error)
}

// Fault is one way in which the thing behind a source goes wrong.
type Fault string

// The faults that every source must refuse.
const (
	Missing   Fault = "missing"    // there is nothing to read
	Empty     Fault = "empty"      // an answer without content
	Nobody    Fault = "nobody"     // well-formed, with no people in it
	Cut       Fault = "cut"        // the second half is missing, mid-value
	Renamed   Fault = "renamed"    // the manager field has another name
	Garbage   Fault = "garbage"    // not the format at all
	NewStatus Fault = "new-status" // a status that nobody has mapped
)

var faults = []Fault{Missing, Empty, Nobody, Cut, Renamed, Garbage, NewStatus}

// Bench is one source with the switches to break what it reads.
type Bench struct {
	Source Source
	// Want is what a whole reading gives.
	Want []rules.Person
	// Break makes the next readings suffer the fault; Repair ends it.
	Break  func(t *testing.T, f Fault)
	Repair func(t *testing.T)
}

// Run holds the source to the contract.
func Run(t *testing.T, bench func(t *testing.T) Bench) {
	t.Run("whole", func(t *testing.T) { whole(t, bench(t)) })
	t.Run("same again", func(t *testing.T) { sameAgain(t, bench(t)) })
	t.Run("cancelled", func(t *testing.T) { cancelled(t, bench(t)) })
	for _, f := range faults {
		t.Run(string(f), func(t *testing.T) { refuses(t, bench(t), f) })
	}
}

func whole(t *testing.T, b Bench) {
	org, err := b.Source.Org(t.Context())
	if err != nil {
		t.Fatalf("Org: %v", err)
	}
	if org.Source == "" || org.Digest == "" || org.Read.IsZero() {
		t.Errorf("Org has source %q, digest %q, read %v; want all three", org.Source, org.Digest, org.Read)
	}
	if !slices.EqualFunc(org.People, b.Want, samePerson) {
		t.Errorf("people are\n%+v, want\n%+v", org.People, b.Want)
	}
}

func samePerson(a, b rules.Person) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Email == b.Email && slices.Equal(a.Emails, b.Emails) &&
		a.Manager == b.Manager && a.Status == b.Status && a.NoAccount == b.NoAccount && a.Department == b.Department && a.Location == b.Location && a.Type == b.Type
}

// sameAgain: the digest tells a changed organisation from an unchanged one, so
// it may not depend on when or how it was read.
func sameAgain(t *testing.T, b Bench) {
	first, err := b.Source.Org(t.Context())
	if err != nil {
		t.Fatalf("Org: %v", err)
	}
	second, err := b.Source.Org(t.Context())
	if err != nil || second.Digest != first.Digest {
		t.Errorf("a second reading has digest %q, %v; want %q", second.Digest, err, first.Digest)
	}
}

func cancelled(t *testing.T, b Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	org, err := b.Source.Org(ctx)
	if !errors.Is(err, context.Canceled) || len(org.People) > 0 {
		t.Errorf("Org under a cancelled context = %d people, %v; want none, context.Canceled", len(org.People), err)
	}
}

func refuses(t *testing.T, b Bench, f Fault) {
	b.Break(t, f)
	org, err := b.Source.Org(t.Context())
	if err == nil || len(org.People) > 0 {
		t.Fatalf("Org = %d people, %v; want none and an error", len(org.People), err)
	}
	b.Repair(t)
	if org, err = b.Source.Org(t.Context()); err != nil || len(org.People) != len(b.Want) {
		t.Errorf("after the repair Org = %d people, %v; want %d", len(org.People), err, len(b.Want))
	}
}
