package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// TestApproveOnly: the part of a refused plan that concerns one leader's people is
// let through, once; nobody else is held, now or by a later cycle, and the rest asks
// as it did before.
func TestApproveOnly(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	digest := f.open(t)
	var people []rules.Person
	for _, e := range f.People() {
		people = append(people, rules.Person{ID: e.ID, Manager: e.Manager})
	}
	vice := f.reports(president)[0]
	below := rules.Below(people, vice)
	if len(below) < 10 || len(below) > 60 {
		t.Fatalf("%d people are below %s", len(below), vice)
	}

	_, out, _ := f.run(t.Context(), "-o", "json", "plan", "--only", vice)
	var part struct {
		Digest, Only string
		Holds        int
		Refused      []struct {
			Digest string
			Count  int
		}
	}
	if json.Unmarshal([]byte(out), &part) != nil || part.Only != vice || part.Holds != len(below) || len(part.Refused) != 1 ||
		part.Refused[0].Digest != digest || part.Refused[0].Count != len(below) {
		t.Fatalf("plan --only shows %+v; want %d holds, to be approved as %s", part, len(below), digest)
	}
	if _, out, _ := f.run(t.Context(), "plan", "--only", vice); !strings.Contains(out, "approve "+digest+" --only "+vice) {
		t.Errorf("plan --only does not say how to let the part through:\n%s", out)
	}

	if said := f.refused(t, append([]string{"approve", digest, "--only", "nobody"}, signature...)...); !strings.Contains(said, "not in the organisation") {
		t.Errorf("for nobody it says %q", said)
	}
	f.cycle(t, append([]string{"approve", digest, "--only", vice}, signature...)...)
	rest := f.cycle(t, "sync")
	held := f.held()
	if len(held) != len(below) || slices.ContainsFunc(held, func(id string) bool { return !below[id] }) {
		t.Errorf("on hold are %v; want the %d below %s", held, len(below), vice)
	}
	if all := 106; len(rest.Plan.Refused) != 1 || rest.Plan.Refused[0].Count != all-len(below) || rest.Plan.Refused[0].Digest == digest {
		t.Errorf("refused is %+v; want the rest", rest.Plan.Refused)
	}
	if said := f.refused(t, append([]string{"approve", digest, "--only", vice}, signature...)...); !strings.Contains(said, part.Digest) {
		t.Errorf("approved twice it says %q", said)
	}
	if f.count(t, store.LogApproval) != 1 || f.count(t, store.LogApprovalUsed) != 1 {
		t.Error("the approval is not in the log, with its use, once")
	}
	f.cycle(t, append([]string{"approve", rest.Plan.Refused[0].Digest}, signature...)...)
	if n := len(f.held()); n != 106 {
		t.Errorf("%d on hold after the rest was approved, want 106", n)
	}
}
