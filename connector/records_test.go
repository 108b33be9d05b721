package connector_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/rules"
)

// archive is a record source of which history can be read again: pages of two, by
// number. Lost ones are there and not given to whoever follows.
type archive struct {
	evidence []rules.Evidence
	lost     map[string]bool
	voided   map[string]bool
	gone     map[string]bool
	asked    []string // cursors at which a walk began, and ids that were asked for
	took     func()   // is called after every page
}

func (a *archive) Pages(_ context.Context, cursor string) iter.Seq2[rules.Page, error] {
	a.asked = append(a.asked, cursor)
	return func(yield func(rules.Page, error) bool) {
		kind, at := "f", 0
		_, _ = fmt.Sscanf(cursor, "%1s%d", &kind, &at)
		for {
			end := min(at+2, len(a.evidence))
			page := rules.Page{Cursor: fmt.Sprintf("%s%d", kind, end), Last: end == len(a.evidence), Statements: end - at}
			for _, e := range a.evidence[at:end] {
				if kind != "f" || !a.lost[e.Statement] {
					page.Evidence = append(page.Evidence, e)
				}
			}
			if a.took != nil {
				a.took()
			}
			if !yield(page, nil) || page.Last {
				return
			}
			at = end
		}
	}
}

func (a *archive) From(since time.Time, other bool) string {
	switch {
	case other:
		return "r0"
	case since.IsZero():
		return "h0"
	}
	return "h2"
}

func (a *archive) Fates(_ context.Context, ids []string) ([]rules.Fate, error) {
	a.asked = append(a.asked, ids...)
	fates := make([]rules.Fate, len(ids))
	for i, id := range ids {
		switch {
		case a.gone[id]:
			fates[i] = rules.FateMissing
		case a.voided[id]:
			fates[i] = rules.FateVoided
		default:
			fates[i] = rules.FateStands
		}
	}
	return fates, nil
}

// library is a world whose records come from an archive with five completions.
func library(t *testing.T) (*world, *archive) {
	t.Helper()
	w := newWorld(t, 6)
	for i := range 5 {
		w.lrs.completes(fmt.Sprint(i), w.now.AddDate(0, 0, -1))
	}
	a := &archive{evidence: w.lrs.evidence, lost: map[string]bool{}, voided: map[string]bool{}, gone: map[string]bool{}}
	w.Records[0].Records = a
	return w, a
}

func settle(t *testing.T, w *world) *connector.Loop {
	t.Helper()
	l := connector.New(w.Options)
	first := w.cycle(t, l)
	w.does(t, l, rules.Act{Kind: rules.ActOrgApprove, Digest: first.Quarantined})
	w.cycle(t, l)
	return l
}

// verdictOf is what the person is owed, with the code of the reason.
func verdictOf(t *testing.T, r *connector.Report, program int, person string) string {
	t.Helper()
	n, ok := r.Judgement.Index.Find(person)
	if !ok {
		t.Fatal(person)
	}
	p := &r.Judgement.Programs[program]
	code := rules.Code("")
	if reasons := p.Reasons(n); len(reasons) > 0 {
		code = reasons[0].Code
	}
	return string(p.Decisions[n].Verdict()) + " " + string(code)
}

// TestAChangedContractKeepsNobodyElse: history is read again for the one programme,
// which decides nothing meanwhile, while the other is judged as ever.
func TestAChangedContractKeepsNobodyElse(t *testing.T) {
	w, a := library(t)
	second := w.Policy.Programs[0]
	second.ID, second.Targets = "bi", []rules.Target{{LMS: "moodle", Course: "BI-101"}}
	w.Policy.Programs = append(w.Policy.Programs, second)
	settle(t, w)

	policy := *w.Policy
	policy.Programs = slices.Clone(policy.Programs)
	policy.Programs[1].Course.NotEquivalent = []string{"https://lms.example.org/briefing"}
	w.Policy = &policy
	l := connector.New(w.Options)
	ctx, cancel := context.WithCancel(t.Context())
	pages := 0
	a.asked, a.took = nil, func() {
		if pages++; pages == 3 { // one page of following, two of reading again
			cancel()
		}
	}
	w.now = w.now.Add(time.Minute)
	if _, err := l.Cycle(ctx, true); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if !slices.Equal(a.asked, []string{"f5", "h0"}) {
		t.Errorf("asked from %v; want to follow on, and history from the beginning", a.asked)
	}
	a.took = nil
	// What has been read so far does not do: programme bi is unread.
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if h := facts.Sources[slices.IndexFunc(facts.Sources, func(s rules.Source) bool { return s.Name == "lrs" })].History; h["ai"] != policy.Programs[0].RecordsDigest() || h["bi"] == policy.Programs[1].RecordsDigest() {
		t.Errorf("history is %v", h)
	}
	dry, err := l.Dry().Plan(t.Context())
	must(t, err)
	if got := verdictOf(t, dry, 1, "0"); strings.Contains(got, string(rules.CodeUnread)) {
		t.Errorf("a plan reads history itself, and says %s", got)
	}
	l = connector.New(w.Options)
	a.asked = nil
	r := w.cycle(t, l)
	if len(a.asked) != 2 || a.asked[1] == "h0" || a.asked[1] == "" {
		t.Errorf("asked from %v; want to go on where it stopped", a.asked)
	}
	for p := range 2 {
		if got := verdictOf(t, r, p, "0"); !strings.HasPrefix(got, "clear") {
			t.Errorf("programme %d: %s", p, got)
		}
	}
	a.asked = nil
	w.cycle(t, l)
	if !slices.Equal(a.asked, []string{"f5"}) {
		t.Errorf("asked from %v once all is read", a.asked)
	}
}

// TestRescanFindsWhatWasLost, and counts it.
func TestRescanFindsWhatWasLost(t *testing.T) {
	w, a := library(t)
	w.Records[0].Rescan = 24 * time.Hour
	a.lost["done-3"] = true
	l := settle(t, w)
	if r := w.cycle(t, l); r.Late["lrs"] != 0 || len(r.Facts.Evidence) != 4 {
		t.Fatalf("late %v, %d known", r.Late, len(r.Facts.Evidence))
	}
	w.now = w.now.Add(25 * time.Hour)
	r := w.cycle(t, l)
	if r.Late["lrs"] != 1 || len(r.Facts.Evidence) != 5 || !slices.Contains(a.asked, "r0") {
		t.Errorf("late %v, %d known, asked from %v", r.Late, len(r.Facts.Evidence), a.asked)
	}
	a.asked = nil
	w.cycle(t, l)
	if slices.Contains(a.asked, "r0") {
		t.Error("read again at once")
	}
}

// TestSweep: a void that was never seen is found; what is merely gone stands, and
// is told.
func TestSweep(t *testing.T) {
	w, a := library(t)
	w.Records[0].Sweep = 24 * time.Hour
	l := settle(t, w)
	w.cycle(t, l)
	a.voided["done-1"], a.gone["done-2"] = true, true
	w.now = w.now.Add(25 * time.Hour)
	w.cycle(t, l)
	r := w.cycle(t, l)
	n1, _ := r.Judgement.Index.Find("1")
	n2, _ := r.Judgement.Index.Find("2")
	records := r.Judgement.Programs[0].Records
	if !records[n1].Completed.IsZero() || records[n2].Completed.IsZero() {
		t.Errorf("the voided one: %+v, the one that is gone: %+v", records[n1], records[n2])
	}
	found := slices.ContainsFunc(r.Cycle.Findings, func(f rules.Finding) bool {
		return f.Code == rules.CodeStatementMissing && strings.Contains(f.Detail, "done-2")
	})
	if !found {
		t.Errorf("findings %v", r.Cycle.Findings)
	}
}

// TestBackfill reads again from where it was asked to, once.
func TestBackfill(t *testing.T) {
	w, a := library(t)
	a.lost["done-4"], a.lost["done-0"] = true, true
	l := settle(t, w)
	w.does(t, l, rules.Act{Kind: rules.ActBackfill, Program: programs, Since: w.now.Add(-time.Hour), At: w.now})
	r := w.cycle(t, l)
	if r.Late["lrs"] != 1 || !slices.Contains(a.asked, "h2") {
		t.Errorf("late %v, asked from %v", r.Late, a.asked)
	}
	a.asked = nil
	w.cycle(t, l)
	if slices.Contains(a.asked, "h2") {
		t.Error("read again twice")
	}
}

// TestLook: a push has the records read within about a second, and nothing else;
// any number of them at once are one.
func TestLook(t *testing.T) {
	w, _ := library(t)
	w.Now = time.Now
	read := make(chan []string, 100)
	w.Settled = func(r *connector.Report) {
		var names []string
		for _, s := range r.Sources {
			names = append(names, s.Name)
		}
		read <- names
	}
	l := connector.New(w.Options)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	defer func() { stop(); <-ended }()
	next := func() []string {
		select {
		case names := <-read:
			return names
		case <-ctx.Done():
			t.Fatal("no cycle came")
			return nil
		}
	}
	next()
	for range 50 {
		l.Look()
	}
	if got := next(); !slices.Equal(got, []string{"lrs"}) {
		t.Errorf("a look reads %v, want the records alone", got)
	}
	l.Kick()
	if got := next(); len(got) < 3 {
		t.Errorf("after fifty looks the next cycle is that of the kick, and reads %v; want everything", got)
	}
}
