package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
)

const serviceKey = "TESTTOKEN-0123456789"

// closedFirm is the company with its course on a platform that lets nobody in until
// told, as the first of the programme's targets or the only one.
func closedFirm(t *testing.T, targets string) (*firm, *sandbox.Webhook) {
	t.Helper()
	service := &sandbox.Webhook{Roster: sandbox.Roster{Course: "AI-101"}, Key: serviceKey, Closed: true, PageSize: 5, Now: time.Now}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	f := newFirm(t,
		[2]string{"lms:\n", fmt.Sprintf("lms:\n  - webhook: {name: own, url: %q, token: %s, closed: true, starts: true, retries: -1, timeout: 2s, rate: 500}\n", server.URL, serviceKey)},
		[2]string{"targets: [{lms: moodle,", targets})
	for i, e := range f.People() {
		service.Seat(sandbox.Seat{ID: fmt.Sprintf("row-%d", i), User: e.ID, SIS: e.ID, State: sandbox.Active})
	}
	return f, service
}

func (f *firm) letIn(service *sandbox.Webhook) (in map[string]bool) {
	in = map[string]bool{}
	for _, e := range f.People() {
		in[e.ID] = service.Seats(e.ID)[0].Released
	}
	return in
}

// TestClosedPlatform: where nobody gets in until told, the top is let in, their
// reports once they have completed, and nobody else.
// The programme has a second target, on the Moodle, whose people say who it was that
// completed.
func TestClosedPlatform(t *testing.T) {
	f, service := closedFirm(t, "targets: [{lms: own, course: AI-101}, {lms: moodle,")
	first := f.cycle(t, "sync")
	f.cycle(t, "org", "approve", first.Quarantined, "--by", "Olga", "--reason", "it is our company")
	in := f.letIn(service)
	if !in[president] || len(in) < 5 {
		t.Fatalf("%v", in)
	}
	before := count(in)
	if before != 1 {
		t.Errorf("%d people were let in at first: %v", before, in)
	}
	f.Completes(president)
	f.cycle(t, "sync")
	if after := count(f.letIn(service)); after <= before || after == len(in) {
		t.Errorf("%d people are in after the president's completion, of %d", after, len(in))
	}
	for _, c := range service.Log() {
		if c.Write && len(c.Users) == 0 {
			t.Error("a write that wrote nothing")
		}
	}
}

// TestAdopt shows whom a gate would shut out, adds them when told, and nobody is
// added twice or taken away.
func TestAdopt(t *testing.T) {
	f, service := closedFirm(t, "targets: [{lms: own,")
	first := f.cycle(t, "sync")
	f.cycle(t, "org", "approve", first.Quarantined, "--by", "Olga", "--reason", "it is our company")
	all := len(f.People())
	status, out, _ := f.run(t.Context(), "-o", "json", "adopt", "--program", "ai-foundations")
	var shown []adoptedJSON
	if err := json.Unmarshal([]byte(out), &shown); err != nil || status != exitChanges || len(shown) != all-1 || count(f.letIn(service)) != 1 {
		t.Fatalf("exit code %d, %d shown, %d in, %v", status, len(shown), count(f.letIn(service)), err)
	}
	if status, _, _ := f.run(t.Context(), "adopt", "--program", "ai-foundations", "--apply"); status != exitFailure {
		t.Errorf("without a name and a reason: exit code %d", status)
	}
	f.must(t, "adopt", "--program", "ai-foundations", "--apply", "--by", "Olga", "--reason", "the gate goes on")
	if in := count(f.letIn(service)); in != all {
		t.Fatalf("%d of %d are in", in, all)
	}
	writes := len(service.Log())
	f.must(t, "adopt", "--program", "ai-foundations")
	if c := f.cycle(t, "sync"); len(c.Outcomes) != 0 {
		t.Errorf("the cycle after it moves %+v", c.Outcomes)
	}
	for _, c := range service.Log()[writes:] {
		if c.Write {
			t.Error("written again")
		}
	}
}

// TestAdoptNothingOpen: a platform that lets everybody in has nothing to adopt.
func TestAdoptNothingOpen(t *testing.T) {
	f := newFirm(t)
	if status, _, said := f.run(t.Context(), "adopt", "--program", "ai-foundations"); status != exitFailure || said == "" {
		t.Errorf("exit code %d, %q", status, said)
	}
}

func count(in map[string]bool) (n int) {
	for _, yes := range in {
		if yes {
			n++
		}
	}
	return n
}
