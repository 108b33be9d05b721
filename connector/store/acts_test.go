package store

import (
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

func configured(t *testing.T, s *Store) {
	t.Helper()
	for range 2 {
		must(t, s.Config(t.Context(), Configuration{Hash: "h1", Redacted: "mode: observe\n", Programs: []string{"ai"}}, hour(1)))
	}
}

func TestTheConfigurationIsLoggedOncePerChange(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	must(t, s.Config(t.Context(), Configuration{Hash: "h2", Redacted: "mode: enforce\n"}, hour(2)))
	must(t, s.Config(t.Context(), Configuration{Hash: "h1", Redacted: "mode: observe\n"}, hour(3)))
	page, err := s.LogPage(t.Context(), 1, 10)
	must(t, err)
	equal(t, "entries", len(page), 3)
	equal(t, "text", page[1].Personal, `"mode: enforce\n"`)
}

func TestReleaseAllIsALatch(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	intend(t, s, rules.Cycle{At: hour(1), Changes: []rules.Change{change("101", rules.MoveHold)}})
	id, err := s.Request(t.Context(), rules.Act{Kind: rules.ActReleaseAll, Program: "ai", By: "Pat", Reason: "wrong course", At: hour(2)})
	must(t, err)
	paused := func() map[string]bool {
		p, err := s.Paused(t.Context())
		must(t, err)
		return p
	}
	equal(t, "paused by the request alone", paused(), map[string]bool{"ai": true})
	acts, err := s.Acts(t.Context())
	must(t, err)
	equal(t, "acts", acts, []rules.Act{{ID: id, Kind: rules.ActReleaseAll, Program: "ai", By: "Pat", Reason: "wrong course", At: hour(2)}})
	_, done, err := s.Answer(t.Context(), id)
	must(t, err)
	equal(t, "done", done, false)

	answer, err := s.Perform(t.Context(), acts[0], hour(3))
	must(t, err)
	repeated, err := s.Perform(t.Context(), acts[0], hour(4))
	must(t, err)
	equal(t, "performed again", repeated, answer)
	s = again(t, s)
	got, done, err := s.Answer(t.Context(), id)
	must(t, err)
	equal(t, "answer", got, answer)
	equal(t, "done", done, true)
	equal(t, "paused", paused(), map[string]bool{"ai": true})
	equal(t, "paused in the facts", facts(t, s, hour(4)).Paused, map[string]bool{"ai": true})
	if acts, err = s.Acts(t.Context()); err != nil || len(acts) != 0 {
		t.Errorf("acts left: %v, %v", acts, err)
	}
	if a := perform(t, s, rules.Act{Kind: rules.ActReleaseAll, Program: "ai"}, hour(5)); !strings.HasPrefix(a, RefusedPrefix) {
		t.Error(a)
	}

	equal(t, "enforced before", facts(t, s, hour(6)).Enforced["ai"], true)
	perform(t, s, rules.Act{Kind: rules.ActResume, Program: "ai"}, hour(6))
	s = again(t, s)
	f := facts(t, s, hour(7))
	equal(t, "paused after", f.Paused, map[string]bool{})
	perform(t, s, rules.Act{Kind: rules.ActReleaseAll, Program: "ai"}, hour(8))
	equal(t, "pauses", facts(t, again(t, s), hour(9)).Pauses,
		[]rules.Pause{{Program: "ai", From: hour(3), To: hour(6)}, {Program: "ai", From: hour(8)}})
	equal(t, "enforced after: the first holds ask again", f.Enforced["ai"], false)
}

func TestWaivers(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	must(t, s.Accept(t.Context(), company(t), hour(1)))
	waive := rules.Act{Kind: rules.ActWaive, Waiver: rules.MayStart, Program: "ai", Person: "101", Expires: hour(100)}
	perform(t, s, waive, hour(2))
	want := rules.Waiver{ID: 1, Kind: rules.MayStart, Program: "ai", Person: "101", Reason: "because of a test", By: "Pat",
		From: hour(2), Expires: hour(100)}
	s = again(t, s)
	equal(t, "waivers", facts(t, s, hour(3)).Waivers, []rules.Waiver{want})
	perform(t, s, rules.Act{Kind: rules.ActRevoke, Number: 1}, hour(4))
	want.Revoked = hour(4)
	all, err := s.Waivers(t.Context())
	must(t, err)
	equal(t, "revoked", all, []rules.Waiver{want})
	page, err := s.LogPage(t.Context(), 3, 10)
	must(t, err)
	equal(t, "who", page[0].Name, "Neena Yang")
	equal(t, "log", kinds(t, s, 3), []string{LogWaiverAdded, LogWaiverRevoked})
}

func TestActsThatCannotBeDoneSayWhatToDo(t *testing.T) {
	s := fresh(t)
	configured(t, s)
	must(t, s.Accept(t.Context(), company(t), hour(1)))
	log := kinds(t, s, 0)
	good := rules.Act{Kind: rules.ActWaive, Waiver: rules.MayStart, Program: "ai", Person: "101", Expires: hour(100)}
	for name, tt := range map[string]struct {
		change func(*rules.Act)
		want   string
	}{
		"no person":      {func(a *rules.Act) { a.Person = "SKING" }, `person "SKING" is not in the organisation`},
		"no programme":   {func(a *rules.Act) { a.Program = "ia" }, `there is no programme "ia"; there are: ai`},
		"no expiry":      {func(a *rules.Act) { a.Expires = hour(2) }, "--until"},
		"no kind":        {func(a *rules.Act) { a.Waiver = "" }, "may-start or need-not-lead"},
		"no waiver":      {func(a *rules.Act) { a.Kind, a.Number = rules.ActRevoke, 7 }, "no waiver 7"},
		"pause unknown":  {func(a *rules.Act) { a.Kind, a.Program = rules.ActReleaseAll, "x" }, "there are: ai"},
		"not paused":     {func(a *rules.Act) { a.Kind = rules.ActResume }, "not paused"},
		"unknown act":    {func(a *rules.Act) { a.Kind = "explode" }, "does not know how to explode"},
		"unknown digest": {func(a *rules.Act) { a.Kind, a.Digest = rules.ActApprove, "d" }, "leadfront plan"},
	} {
		t.Run(name, func(t *testing.T) {
			act := good
			tt.change(&act)
			if answer := perform(t, s, act, hour(2)); !strings.HasPrefix(answer, RefusedPrefix) || !strings.Contains(answer, tt.want) {
				t.Errorf("got %q, want one with %q", answer, tt.want)
			}
		})
	}
	answer, err := s.Perform(t.Context(), good, hour(2)) // without name and reason
	must(t, err)
	if !strings.Contains(answer, "--by NAME --reason TEXT") {
		t.Error(answer)
	}
	equal(t, "log", kinds(t, s, 0), log)
}
