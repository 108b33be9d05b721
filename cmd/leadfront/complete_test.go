package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/rules"
)

// watched is a company with a second platform, and a notary before both.
type watched struct {
	*firm
	second *sandbox.Roster
	notes  map[string]*notary // by name of the platform
}

// seconds are the platforms beside Moodle: how they are configured at an address,
// and the stand-in.
func seconds(course string) map[string]func() (config string, r *sandbox.Roster, h http.Handler) {
	return map[string]func() (string, *sandbox.Roster, http.Handler){
		"canvas": func() (string, *sandbox.Roster, http.Handler) {
			c := &sandbox.Canvas{Roster: sandbox.Roster{Course: course}, Token: serviceKey}
			return "canvas: {name: own, url: %q, token: " + serviceKey + ", retries: -1, timeout: 2s, rate: 500}", &c.Roster, c
		},
		"openedx": func() (string, *sandbox.Roster, http.Handler) {
			x := &sandbox.OpenEdX{Roster: sandbox.Roster{Course: course}, ClientID: "lf", ClientSecret: serviceKey}
			return "openedx: {name: own, url: %q, username: lf, password: " + serviceKey + ", staff: [nobody], retries: -1, timeout: 2s, rate: 500}", &x.Roster, x
		},
		"webhook": func() (string, *sandbox.Roster, http.Handler) {
			w := &sandbox.Webhook{Roster: sandbox.Roster{Course: course}, Key: serviceKey, PageSize: 50, Now: time.Now}
			return "webhook: {name: own, url: %q, token: " + serviceKey + ", starts: true, retries: -1, timeout: 2s, rate: 500}", &w.Roster, w
		},
		"webhook, closed": func() (string, *sandbox.Roster, http.Handler) {
			w := &sandbox.Webhook{Roster: sandbox.Roster{Course: course}, Key: serviceKey, Closed: true, PageSize: 50, Now: time.Now}
			return "webhook: {name: own, url: %q, token: " + serviceKey + ", closed: true, starts: true, retries: -1, timeout: 2s, rate: 500}", &w.Roster, w
		},
	}
}

// watch opens a company whose course is on Moodle and on a second platform.
func watch(t *testing.T, second func() (string, *sandbox.Roster, http.Handler), changes ...[2]string) *watched {
	t.Helper()
	config, roster, handler := second()
	w := &watched{second: roster, notes: map[string]*notary{}}
	own := &notary{platform: handler, calls: func() int { return len(roster.Log()) }}
	server := httptest.NewServer(own)
	t.Cleanup(server.Close)
	w.firm = newFirm(t, append([][2]string{
		{"lms:\n", "lms:\n  - " + fmt.Sprintf(config, server.URL) + "\n"},
		{"targets: [{lms: moodle,", "targets: [{lms: own, course: AI-101}, {lms: moodle,"},
	}, changes...)...)
	for i, e := range w.People() {
		roster.Seat(sandbox.Seat{ID: fmt.Sprint(5000 + i), User: e.ID, SIS: e.ID, Login: e.ID, State: sandbox.Active})
	}
	own.entries = w.length(t)
	w.notes["own"], w.notes["moodle"] = own, w.notarise(t)
	return w
}

// balanced compares both platforms with the log, and returns how often each result
// came.
func (w *watched) balanced(t *testing.T) (results map[rules.Result]int) {
	t.Helper()
	results = map[rules.Result]int{}
	for lms, n := range w.notes {
		writes := n.ofRoster(w.second)
		if lms == "moodle" {
			writes = n.ofMoodle(w.Moodle)
		}
		intents, of := w.announced(t, lms)
		if len(writes) == 0 || len(intents) == 0 {
			t.Errorf("%s: %d writes, %d intents: nothing was tried", lms, len(writes), len(intents))
		}
		balance(t, intents, writes)
		for r, k := range of {
			results[r] += k
		}
	}
	return results
}

// faulty makes the next writes of both platforms fail.
func (w *watched) faulty(kind sandbox.FaultKind, times int) {
	w.second.Fail(sandbox.Fault{Kind: kind, Function: sandbox.RosterWrite, Times: times, Code: "maintenance"})
	for _, function := range []string{"enrol_manual_enrol_users", "core_group_add_group_members"} {
		w.Moodle.Fail(sandbox.Fault{Kind: kind, Function: function, Times: times, Code: "nopermissions"})
	}
}

func (w *watched) heal() {
	w.second.Heal()
	w.Moodle.Heal()
}

// sync runs a cycle, which may fail where a platform does.
func (w *watched) sync(t *testing.T) {
	t.Helper()
	if status, out, said := w.run(t.Context(), "sync"); status != exitOK && status != exitFailure {
		t.Fatalf("sync: exit code %d\n%s%s", status, out, said)
	}
}

// approved approves whatever waits for it.
func (w *watched) approved(t *testing.T) {
	t.Helper()
	waiting, err := w.memory(t).Refused(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range waiting {
		w.run(t.Context(), append([]string{"approve", r.Digest}, signature...)...)
	}
}

// TestNothingIsWrittenUnannounced drives every way to a write, on every platform and
// under every fault of a write, and lays the platforms' own request logs beside the
// audit log, one to one.
func TestNothingIsWrittenUnannounced(t *testing.T) {
	group := [2]string{"hold: suspend", "hold: group\n      released_groups: [{course: AI-101, group: 7}]"}
	for name, second := range seconds("AI-101") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var moodle [][2]string
			if name == "webhook" || name == "webhook, closed" {
				moodle = append(moodle, group)
			}
			w := watch(t, second, moodle...)
			w.Moodle.Change(func(s *sandbox.State) {
				s.Course(2).Groups = []sandbox.Group{{ID: 7, Name: "released"}}
				s.ServiceAccount.Functions = append(s.ServiceAccount.Functions, "core_group_add_group_members")
				gate := &s.ServiceAccount.Roles[1]
				gate.Capabilities = append(gate.Capabilities, "moodle/course:managegroups")
			})
			w.everything(t)
			results := w.balanced(t)
			t.Log(results)
			for _, r := range []rules.Result{rules.Done, rules.Failed, rules.Unknown, rules.Ineffective} {
				if results[r] == 0 {
					t.Errorf("no write ended as %q: %v", r, results)
				}
			}
		})
	}
}

// everything happens to the company that leads to a write.
func (w *watched) everything(t *testing.T) {
	t.Helper()
	first := w.cycle(t, "sync")
	w.run(t.Context(), append([]string{"org", "approve", first.Quarantined}, signature...)...)
	w.faulty(sandbox.Lost, 1) // the first holds, or the first to be let in: the answer is lost
	w.approved(t)
	w.sync(t)
	w.approved(t)
	w.sync(t)
	leaders := w.leaders()
	for i, kind := range []sandbox.FaultKind{sandbox.Lost, sandbox.Error500, sandbox.Refuse, sandbox.Pretend, sandbox.Down, sandbox.Empty, sandbox.Cut, sandbox.Garbage} {
		w.heal()
		w.Completes(leaders[i])
		w.faulty(kind, 1)
		w.sync(t) // releases, or letting in
		w.sync(t)
	}
	w.heal()
	for _, id := range w.reports(leaders[9])[:1] { // by hand, on both platforms
		w.second.Change(id, func(s *sandbox.Seat) { s.State = sandbox.Active })
		w.sync(t)
		w.sync(t)
	}
	w.run(t.Context(), append([]string{"adopt", "--program", "ai-foundations", "--apply"}, signature...)...)
	w.run(t.Context(), append([]string{"attest", leaders[10], "--program", "ai-foundations", "--done", "2026-10-01"}, signature...)...)
	w.sync(t)
	w.run(t.Context(), append([]string{"waive", "add", w.reports(leaders[11])[0], "--kind", "may-start", "--program", "ai-foundations", "--until", "2027-12-31"}, signature...)...)
	w.sync(t)
	w.faulty(sandbox.Lost, 1)
	w.run(t.Context(), releaseAll...)
	w.heal()
	w.sync(t)
	w.sync(t)
	if n := len(w.facts(t).Holds); n != 0 {
		t.Errorf("%d holds are open after release-all", n)
	}
}
