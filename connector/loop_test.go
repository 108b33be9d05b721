package connector_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

const (
	course   = "https://lms.example.org/course/view.php?id=42"
	verbDone = "http://adlnet.gov/expapi/verbs/completed"
	programs = "ai"
)

var target = rules.Target{LMS: "moodle", Course: "AI-101"}

// world is what a loop is surrounded by: sources that a test spoils, a clock that
// it moves, and a real store.
type world struct {
	connector.Options
	now   time.Time
	hr    *hr
	lrs   *records
	lms   *platform
	store *store.Store
	dir   string
}

// hr gives an organisation or fails.
type hr struct {
	people []rules.Person
	err    error
}

func (h *hr) Org(context.Context) (rules.Org, error) {
	digest := sha256.Sum256(fmt.Append(nil, h.people))
	return rules.Org{Source: "hr", Digest: hex.EncodeToString(digest[:]), People: h.people}, h.err
}

// records gives one page of what it holds, or fails.
type records struct {
	evidence []rules.Evidence
	err      error
}

func (r *records) Pages(context.Context, string) iter.Seq2[rules.Page, error] {
	return func(yield func(rules.Page, error) bool) {
		if r.err != nil {
			yield(rules.Page{}, r.err)
			return
		}
		yield(rules.Page{Evidence: r.evidence, Statements: len(r.evidence), Cursor: "end", Last: true}, nil)
	}
}

func (r *records) completes(id string, at time.Time) {
	r.evidence = append(r.evidence, rules.Evidence{Source: "lrs", Statement: "done-" + id, Stored: at, Timestamp: at,
		Actor: rules.Actor{Kind: rules.ActorMbox, Value: id + "@example.org"}, Verb: verbDone, Kind: rules.KindCompleted, Object: course})
}

// platform is an LMS with one course; a nil field behaves.
type platform struct {
	rows   map[string]rules.RowState
	err    error
	reads  int   // how often it was asked for its rows
	batch  []int // sizes of what was applied
	during func(ctx context.Context, changes []rules.Change) []rules.Outcome
}

func (p *platform) Capabilities() rules.Capabilities { return rules.Capabilities{Platform: "test"} }

func (p *platform) Enrolments(context.Context, rules.Target) (list []rules.Enrolment, err error) {
	p.reads++
	for id, state := range p.rows {
		list = append(list, rules.Enrolment{Target: target.Key(), Row: id, State: state, Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}})
	}
	return list, p.err
}

func (p *platform) Starts(_ context.Context, _ rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	return rows, nil
}

func (p *platform) Apply(ctx context.Context, _ rules.Target, changes []rules.Change) (out []rules.Outcome) {
	p.batch = append(p.batch, len(changes))
	if p.during != nil {
		if out := p.during(ctx, changes); out != nil {
			return out
		}
	}
	for _, c := range changes {
		p.rows[c.Row] = c.To
		out = append(out, rules.Outcome{Change: c, Result: rules.Done, Seen: c.To})
	}
	return out
}

func (p *platform) held() (n int) {
	for _, s := range p.rows {
		if s == rules.RowSuspended {
			n++
		}
	}
	return n
}

// newWorld has a top with so many reports, all of them enrolled.
func newWorld(t *testing.T, reports int) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), hr: &hr{}, lrs: &records{},
		lms: &platform{rows: map[string]rules.RowState{}}, dir: t.TempDir()}
	for i := range reports + 1 {
		p := rules.Person{ID: strconv.Itoa(i), Email: strconv.Itoa(i) + "@example.org", Manager: "0", Status: rules.Active}
		if i == 0 {
			p.Manager = ""
		}
		w.hr.people = append(w.hr.people, p)
		w.lms.rows[p.ID] = rules.RowActive
	}
	must(t, store.Init(t.Context(), w.dir, w.now))
	w.store = w.opened(t)
	must(t, w.store.Lock(t.Context()))
	must(t, w.store.Config(t.Context(), store.Configuration{Hash: "c", Programs: []string{programs}}, w.now))
	policy := &rules.Policy{
		Tops: []string{"0"}, Match: map[string]string{"moodle": rules.MatchIDNumber}, OverrideRespected: 14 * 24 * time.Hour,
		Programs: []rules.Program{{ID: programs, Launch: w.now.AddDate(0, -1, 0), Targets: []rules.Target{target},
			Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}, CompleteWhen: []rules.CompleteRule{{Verb: verbDone}}},
			Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted},
			Clock:    rules.Clock{FutureSkew: 5 * time.Minute}}},
	}
	each := connector.Schedule{Every: time.Minute, Limit: time.Hour}
	w.Options = connector.Options{Policy: policy, Mode: rules.Enforce, OrgLimits: rules.DefaultOrgLimits(),
		Guards:  map[string]rules.GuardLimits{programs: rules.DefaultGuardLimits()},
		HRIS:    connector.HRISSource{Name: "hr", Schedule: each, HRIS: w.hr},
		Records: []connector.RecordSource{{Name: "lrs", Schedule: each, Records: w.lrs}},
		LMS:     []connector.LMSSource{{Name: "moodle", Schedule: each, LMS: w.lms}},
		Store:   w.store, Gate: &rest.Gate{}, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler)}
	return w
}

// opened opens the store once more, as another process does.
func (w *world) opened(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), w.dir, store.Options{})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (w *world) cycle(t *testing.T, l *connector.Loop) *connector.Report {
	t.Helper()
	w.now = w.now.Add(time.Minute)
	r, err := l.Cycle(t.Context(), true)
	must(t, err)
	return r
}

// opens accepts the organisation and returns a loop of which the first holds wait,
// and the act that approves them.
func (w *world) opens(t *testing.T) (*connector.Loop, rules.Act) {
	t.Helper()
	l := connector.New(w.Options)
	first := w.cycle(t, l)
	w.does(t, l, rules.Act{Kind: rules.ActOrgApprove, Digest: first.Quarantined})
	r := w.cycle(t, l)
	if len(r.Refusals) != 1 || len(w.lms.batch) != 0 {
		t.Fatalf("refused is %v and written %v; want the first holds to ask", r.Refusals, w.lms.batch)
	}
	return l, rules.Act{Kind: rules.ActApprove, Digest: r.Refusals[0].Digest}
}

// launched has everybody below the top on hold.
func (w *world) launched(t *testing.T) *connector.Loop {
	t.Helper()
	l, approve := w.opens(t)
	w.does(t, l, approve)
	w.cycle(t, l)
	if n := w.lms.held(); n != len(w.hr.people)-1 {
		t.Fatalf("%d of %d are on hold", n, len(w.hr.people))
	}
	w.lms.batch = nil
	return l
}

func (w *world) does(t *testing.T, l *connector.Loop, a rules.Act) {
	t.Helper()
	a.By, a.Reason = "Olga", "a test"
	answer, err := l.Perform(t.Context(), a)
	if err != nil || strings.HasPrefix(answer, store.RefusedPrefix) {
		t.Fatal(answer, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// still checks that nothing was written and no hold was lost.
func (w *world) still(t *testing.T, what string) {
	t.Helper()
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if len(w.lms.batch) != 0 || len(facts.Holds) != w.lms.held() {
		t.Errorf("%s: writes of %v changes, %d holds known, %d in place; want nothing to move", what, w.lms.batch, len(facts.Holds), w.lms.held())
	}
}

// TestSourcesAnswerWithNothing is ssosync 194 once more, below what the readers
// of the real formats would notice: each source succeeds and gives nothing.
func TestSourcesAnswerWithNothing(t *testing.T) {
	w := newWorld(t, 12)
	l := w.launched(t)
	people, rows := w.hr.people, w.lms.rows

	w.hr.people = nil
	if r := w.cycle(t, l); r.Quarantined == "" {
		t.Error("an organisation without people rules")
	}
	w.still(t, "HR gives nobody")
	w.hr.people = people

	w.lms.rows = map[string]rules.RowState{}
	if r := w.cycle(t, l); r.Failed() == nil || r.Failed().Name != "moodle" {
		t.Error("a course that lost everybody at once is believed")
	}
	w.lms.rows = map[string]rules.RowState{"0": rules.RowActive, "1": rules.RowSuspended, "2": rules.RowSuspended}
	w.cycle(t, l)
	if facts, err := w.store.Facts(t.Context(), w.now); err != nil || len(facts.Holds) != 12 {
		t.Errorf("a course that lost most of its people at once: %d of 12 holds are known, %v", len(facts.Holds), err)
	}
	w.lms.rows = rows
	w.still(t, "the LMS gives nobody")

	if r := w.cycle(t, l); r.Failed() != nil || len(r.Outcomes) != 0 {
		t.Errorf("with everything back %v failed and %v moved", r.Failed(), r.Outcomes)
	}
	delete(w.lms.rows, "5") // one row may go
	w.cycle(t, l)
	w.now = w.now.AddDate(0, 0, 1)
	w.cycle(t, l)
	w.still(t, "one person was unenrolled")
}

// TestOldReadingsDecideNothingNew: a source is down for longer than its limit.
// Newcomers to the course are let be, and held when it is back.
func TestOldReadingsDecideNothingNew(t *testing.T) {
	w := newWorld(t, 12)
	l := w.launched(t)
	for _, down := range []*error{&w.lrs.err, &w.hr.err} {
		*down = errors.New("down")
		w.now = w.now.Add(2 * time.Hour)
		delete(w.lms.rows, "3")
		w.cycle(t, l)
		w.lms.rows["3"] = rules.RowActive
		w.cycle(t, l)
		w.still(t, "a source is older than its limit")
		*down = nil
		if w.cycle(t, l); w.lms.rows["3"] != rules.RowSuspended {
			t.Error("with the source back the newcomer is not held")
		}
		w.lms.batch = nil
	}
}

// TestLatchFallsBetweenBatches: release-all is asked for, from another process,
// while the first hundred holds are being written. The others are not written.
func TestLatchFallsBetweenBatches(t *testing.T) {
	w := newWorld(t, 250)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	other := w.opened(t)
	w.lms.during = func(context.Context, []rules.Change) []rules.Outcome {
		if len(w.lms.batch) == 1 {
			_, err := other.Request(t.Context(), rules.Act{Kind: rules.ActReleaseAll, Program: programs, By: "Pat", Reason: "stop", At: w.now})
			must(t, err)
		}
		return nil
	}
	r := w.cycle(t, l)
	skipped := 0
	for _, o := range r.Outcomes {
		if o.Result == rules.Skipped {
			skipped++
		}
	}
	if !slices.Equal(w.lms.batch, []int{100}) || skipped != 150 {
		t.Errorf("batches of %v were written and %d changes skipped; want 100 and 150", w.lms.batch, skipped)
	}
	if w.cycle(t, l); w.lms.held() != 0 {
		t.Errorf("%d are still on hold", w.lms.held())
	}
}

// TestStopBetweenBatches: the context ends in the first batch. The rest is not
// tried, and what became of all is in the store.
func TestStopBetweenBatches(t *testing.T) {
	w := newWorld(t, 250)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.lms.during = func(context.Context, []rules.Change) []rules.Outcome { cancel(); return nil }
	r, err := l.Cycle(ctx, true)
	if !errors.Is(err, context.Canceled) || len(r.Outcomes) != 250 || !slices.Equal(w.lms.batch, []int{100}) {
		t.Fatalf("%v, %d outcomes, batches of %v; want canceled, all 250, and one of 100", err, len(r.Outcomes), w.lms.batch)
	}
	w.lms.during = nil
	if again := w.cycle(t, connector.New(w.Options)); len(again.Outcomes) != 150 || w.lms.held() != 250 {
		t.Errorf("the next start writes %d changes, %d are on hold; want the 150 that were left", len(again.Outcomes), w.lms.held())
	}
}

// TestABatchThatFailsWhole stops the target and is seen as a failure of the LMS.
func TestABatchThatFailsWhole(t *testing.T) {
	w := newWorld(t, 250)
	l, approve := w.opens(t)
	w.does(t, l, approve)
	w.lms.during = func(_ context.Context, changes []rules.Change) (out []rules.Outcome) {
		for _, c := range changes {
			out = append(out, rules.Outcome{Change: c, Result: rules.Failed, Error: "nopermissions", Whole: true})
		}
		return out
	}
	r := w.cycle(t, l)
	if f := r.Failed(); f == nil || !strings.Contains(f.Err.Error(), "nopermissions") || len(w.lms.batch) != 1 || len(r.Outcomes) != 250 {
		t.Errorf("failed is %v, batches are %v, %d outcomes", f, w.lms.batch, len(r.Outcomes))
	}
	w.lms.during = nil
	if w.cycle(t, l); w.lms.held() != 250 {
		t.Errorf("%d on hold when the right is back, want 250", w.lms.held())
	}
}

// deaf is a store that fails at one of its transactions.
type deaf struct {
	connector.Store
	at string
}

var errDisk = errors.New("disk full")

func (d deaf) Intend(ctx context.Context, c rules.Cycle) ([]rules.Change, error) {
	if d.at == "intend" {
		return nil, errDisk
	}
	return d.Store.Intend(ctx, c)
}

func (d deaf) Paused(ctx context.Context) (map[string]bool, error) {
	if d.at == "paused" {
		return nil, errDisk
	}
	return d.Store.Paused(ctx)
}

// TestWhatCannotBeLoggedIsNotDone: a full disk before the writes means no write,
// and the error ends the cycle.
func TestWhatCannotBeLoggedIsNotDone(t *testing.T) {
	for _, at := range []string{"intend", "paused"} {
		w := newWorld(t, 12)
		l, approve := w.opens(t)
		w.does(t, l, approve)
		broken := w.Options
		broken.Store = deaf{w.store, at}
		if _, err := connector.New(broken).Cycle(t.Context(), true); !errors.Is(err, errDisk) || len(w.lms.batch) != 0 {
			t.Errorf("%s fails: error %v, batches of %v; want the error and nothing written", at, err, w.lms.batch)
		}
		if w.cycle(t, l); w.lms.held() != 12 {
			t.Errorf("%s fails: afterwards %d are on hold, want 12", at, w.lms.held())
		}
	}
}

// rogue is a connector that writes whenever it is called, as external-dns 2232
// had one: it does not know of a dry run, and it keeps what it was given.
type rogue struct {
	*platform
	client *resty.Client
	kept   context.Context
	errs   []error
}

const moodleForm = "application/x-www-form-urlencoded"

// tries sends writes: an unlisted POST, a write function, and one that is
// declared as a read.
func (r *rogue) tries(ctx context.Context) {
	for _, ctx := range []context.Context{ctx, r.kept} {
		for _, try := range []func(*resty.Request) (*resty.Response, error){
			func(q *resty.Request) (*resty.Response, error) { return q.SetBody("user=6").Post("/user/action.php") },
			func(q *resty.Request) (*resty.Response, error) {
				return q.SetHeader("Content-Type", moodleForm).SetBody("wsfunction=enrol_manual_enrol_users").Post(rest.MoodlePath)
			},
			func(q *resty.Request) (*resty.Response, error) {
				return q.SetHeader("Content-Type", moodleForm).SetQueryParam("wsfunction", "core_enrol_get_enrolled_users").
					SetBody("wsfunction=enrol_manual_enrol_users").Post(rest.MoodlePath)
			},
			func(q *resty.Request) (*resty.Response, error) { return q.Delete("/enrolment/6") },
		} {
			if ctx != nil {
				_, err := try(r.client.R().SetContext(ctx))
				r.errs = append(r.errs, err)
			}
		}
	}
}

func (r *rogue) Enrolments(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	r.tries(ctx)
	return r.platform.Enrolments(ctx, t)
}

func (r *rogue) Capabilities() rules.Capabilities {
	return rules.Capabilities{Platform: "rogue", Starts: true}
}

func (r *rogue) Starts(ctx context.Context, _ rules.Target, rows []rules.Enrolment) ([]rules.Enrolment, error) {
	r.tries(ctx)
	out := slices.Clone(rows)
	for i := range out {
		out[i].Start = rules.SignNone
	}
	return out, nil
}

func (r *rogue) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	r.kept = ctx
	r.tries(ctx)
	return r.platform.Apply(ctx, t, changes)
}

// TestNoConnectorWritesUnasked: in observe, in a dry run, and outside Apply, also
// with the context of an Apply before, nothing of what a rogue connector tries
// reaches the LMS.
func TestNoConnectorWritesUnasked(t *testing.T) {
	reached := 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached++
	}))
	defer server.Close()
	w := newWorld(t, 12)
	gate := &rest.Gate{}
	client, err := rest.Moodle(rest.Config{URL: server.URL, Token: "TESTTOKEN", Rate: 1e6}, gate)
	must(t, err)
	bad := &rogue{platform: w.lms, client: client}
	w.LMS[0].LMS, w.Gate = bad, gate

	w.Mode = rules.Observe
	watching := connector.New(w.Options)
	first := w.cycle(t, watching)
	w.does(t, watching, rules.Act{Kind: rules.ActOrgApprove, Digest: first.Quarantined})
	w.cycle(t, watching)
	w.Mode = rules.Enforce
	l := connector.New(w.Options)
	_, err = l.Dry().Plan(t.Context())
	must(t, err)
	refused := w.cycle(t, l)
	if reached != 0 || len(bad.errs) < 12 {
		t.Fatalf("%d of %d attempts reached the LMS without a permit", reached, len(bad.errs))
	}
	for _, err := range bad.errs {
		if !errors.Is(err, rest.ErrNotPermitted) {
			t.Fatalf("an attempt ended with %v", err)
		}
	}
	w.does(t, l, rules.Act{Kind: rules.ActApprove, Digest: refused.Refusals[0].Digest})
	if w.cycle(t, l); reached == 0 {
		t.Fatal("not even under a permit does a write arrive, so this test proves nothing")
	}
	was := reached
	watching = connector.New(func() connector.Options { o := w.Options; o.Mode = rules.Observe; return o }())
	w.lrs.completes("0", w.now)
	w.cycle(t, watching)
	_, err = l.Dry().Plan(t.Context())
	must(t, err)
	if reached != was {
		t.Errorf("with the context of an earlier permit %d attempts reached the LMS", reached-was)
	}
}

// TestAnOrganisationThatReleasesTooManyAsks: one person on leave is far below every
// other limit, and lifts eight holds when it is the top.
func TestAnOrganisationThatReleasesTooManyAsks(t *testing.T) {
	w := newWorld(t, 8)
	l := w.launched(t)
	w.hr.people[0].Status = rules.Leave
	r := w.cycle(t, l)
	if len(r.QuarantinedBecause) != 1 || r.QuarantinedBecause[0].Code != rules.CodeOrgReleases {
		t.Errorf("quarantined because of %v; want the releases alone", r.QuarantinedBecause)
	}
	w.still(t, "the top goes on leave")
	w.does(t, l, rules.Act{Kind: rules.ActOrgApprove, Digest: r.Quarantined})
	w.cycle(t, l)
	if w.lms.held() != 0 {
		t.Errorf("%d are held after the approval", w.lms.held())
	}
}

// TestFormerAddresses: who has another address than when the course was completed
// has completed it all the same, however often HR is read again.
func TestFormerAddresses(t *testing.T) {
	w := newWorld(t, 2)
	l := w.launched(t)
	w.hr.people = slices.Clone(w.hr.people)
	w.hr.people[0].Email = "renamed@example.org"
	for range 3 {
		w.cycle(t, l)
	}
	if w.lms.held() != 2 {
		t.Fatalf("%d are held before their leader has completed, want 2", w.lms.held())
	}
	w.lrs.completes("0", w.now) // under the former address, as the LRS still has it
	w.cycle(t, l)
	if w.lms.held() != 0 {
		t.Errorf("%d are held, though their leader has completed under the former address", w.lms.held())
	}
	facts, err := w.store.Facts(t.Context(), w.now)
	must(t, err)
	if len(facts.Snapshots) != 2 {
		t.Errorf("%d organisations are kept, want two", len(facts.Snapshots))
	}
}
