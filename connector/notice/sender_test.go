package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

var noon = time.Date(2026, 10, 7, 12, 0, 0, 0, time.UTC) // a Wednesday

const finished = "http://adlnet.gov/expapi/verbs/completed"

// company: Anna leads Ben, Carl and Dora; Ben leads Eve. Nobody has completed.
func company(change func([]rules.Person)) *rules.Judgement {
	people := []rules.Person{{ID: "1", Name: "Anna", Email: "anna@corp.example", Status: rules.Active}}
	for i, name := range []string{"Ben", "Carl", "Dora", "Eve"} {
		people = append(people, rules.Person{ID: fmt.Sprint(i + 2), Name: name, Email: strings.ToLower(name) + "@corp.example", Manager: "1", Status: rules.Active})
	}
	people[4].Manager = "2"
	if change != nil {
		change(people)
	}
	launch := noon.AddDate(0, 0, -6)
	policy := &rules.Policy{Tops: []string{"1"}, Match: map[string]string{"moodle": rules.MatchIDNumber}, OverrideRespected: time.Hour}
	policy.Programs = []rules.Program{{ID: "ai", Title: "AI Foundations", Launch: launch, Targets: []rules.Target{{LMS: "moodle", Course: "AI-101"}},
		Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{"https://lms.example/1"}}}, CompleteWhen: []rules.CompleteRule{{Verb: finished}}},
		Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted}}}
	f := &rules.Facts{Now: noon, Mode: rules.Enforce, Targets: map[string]bool{"moodle/AI-101": true},
		Snapshots: []rules.Snapshot{{ID: 1, From: launch.Add(-time.Hour), Org: rules.Org{People: people}}},
		Sources:   []rules.Source{{Name: "lrs", Kind: rules.SourceRecords, Read: noon, Through: true}, {Name: "hr", Kind: rules.SourceHRIS, Read: noon}}}
	for i := range people {
		id := people[i].ID
		f.Enrolments = append(f.Enrolments, rules.Enrolment{Target: "moodle/AI-101", Row: id, Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}, State: rules.RowActive})
	}
	return rules.Judge(policy, f)
}

// carrier keeps what it is given, and fails as it is told.
type carrier struct {
	got   []Message
	fails error
}

func (c *carrier) Send(_ context.Context, m Message) error {
	c.got = append(c.got, m)
	return c.fails
}

// office is a sender over a real store, with a clock that is set.
type office struct {
	*Sender
	*carrier
	store *store.Store
	dir   string
	at    time.Time
	now   Now
	desk  *Desk
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), at: noon, carrier: &carrier{}, now: Now{Mode: rules.Enforce, Judgement: company(nil)}}
	must(t, store.Init(t.Context(), o.dir, noon))
	texts, err := NewTexts("")
	must(t, err)
	o.desk = &Desk{Config: &Config{Operators: Operators{To: []string{"ops@corp.example"}}}, Texts: texts, Base: "https://leadfront.example"}
	o.desk.Config.SetDefaults()
	o.desk.Channels = []Channel{{Name: "smtp", Mail: true, Carrier: o.carrier}}
	o.start(t)
	return o
}

// start opens the store as a new process would.
func (o *office) start(t *testing.T) {
	t.Helper()
	if o.store != nil {
		must(t, o.store.Close())
	}
	var err error
	o.store, err = store.Open(t.Context(), o.dir, store.Options{})
	must(t, err)
	must(t, o.store.Lock(t.Context()))
	t.Cleanup(func() { _ = o.store.Close() })
	o.Sender = NewSender(Options{Store: o.store.Notices(), Desk: func() *Desk { return o.desk }, Clock: func() time.Time { return o.at },
		Now: func() *Now { now := o.now; return &now }, Log: slog.New(slog.DiscardHandler), Tell: func(rules.NoticeKind, string, string) {}})
}

// after lets time pass and looks once; it returns the subjects of what was sent then.
func (o *office) after(t *testing.T, d time.Duration) (subjects []string) {
	t.Helper()
	o.at = o.at.Add(d)
	had := len(o.got)
	must(t, o.round(t.Context()))
	for _, m := range o.got[had:] {
		subjects = append(subjects, strings.Join(m.To, ",")+": "+m.Subject)
	}
	return subjects
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q; want %q", what, got, want)
	}
}

const toAnna = "anna@corp.example: 4 people wait for you"

// Only who can act is told: Ben has to wait for Anna himself. It is said once, and again
// after a week; a restart changes nothing.
func TestALeaderIsToldOnceAndAgainAfterAWeek(t *testing.T) {
	o := open(t)
	wants(t, "at first", o.after(t, 0), toAnna)
	for _, name := range []string{"Ben", "Carl", "Dora", "Eve"} {
		if strings.Contains(o.got[0].Text+o.got[0].HTML, name) {
			t.Errorf("%s is named: %s", name, o.got[0].Text)
		}
	}
	wants(t, "an hour later", o.after(t, time.Hour))
	o.start(t)
	wants(t, "after a restart", o.after(t, time.Hour))
	wants(t, "after a week", o.after(t, 7*24*time.Hour), toAnna)
}

func TestWhoMustNotBeToldIsNot(t *testing.T) {
	for name, change := range map[string]func([]rules.Person){
		"has no address":            func(p []rules.Person) { p[0].Email = "" },
		"shares it with another":    func(p []rules.Person) { p[2].Email = "ANNA@corp.example" },
		"is on leave":               func(p []rules.Person) { p[0].Status = rules.Leave },
		"has a name for an address": func(p []rules.Person) { p[0].Email = "Anna <anna@corp.example>" },
	} {
		o := open(t)
		o.now.Judgement = company(change)
		for _, s := range o.after(t, 0) {
			if strings.HasPrefix(s, "anna") || strings.HasPrefix(s, "ANNA") {
				t.Errorf("who %s was told: %s", name, s)
			}
		}
	}
}

func TestObserveAndQuietHoursAreSilent(t *testing.T) {
	o := open(t)
	o.now.Mode = rules.Observe
	wants(t, "in observe", o.after(t, 0))
	o.desk.Config.InObserve = true
	o.desk.Config.Quiet = Quiet{From: "11:00", Until: "14:00", Days: []string{"sun"}, zone: time.UTC}
	o.now.Problems = 3
	wants(t, "in quiet hours", o.after(t, 0), "ops@corp.example: leadfront: the audit log does not verify")
	wants(t, "after them", o.after(t, 2*time.Hour), toAnna)
	if !strings.Contains(o.got[1].Text, "only observes") {
		t.Errorf("it is not said that nobody is held: %s", o.got[1].Text)
	}
}

// Matters of one kind that come up together, or soon after, are said in one mail.
func TestOperatorsGetADigest(t *testing.T) {
	o := open(t)
	o.desk.Channels[0].Kinds = []rules.NoticeKind{rules.NoticeSourceStale}
	o.now.Stale = []string{"lrs", "hr"}
	wants(t, "two sources", o.after(t, 0), "ops@corp.example: leadfront: a source is too old")
	o.now.Stale = []string{"lrs", "hr", "moodle"}
	wants(t, "a third one soon", o.after(t, 10*time.Minute))
	wants(t, "an hour later", o.after(t, time.Hour), "ops@corp.example: leadfront: a source is too old")
	if !strings.Contains(o.got[1].Text, "moodle") || !strings.Contains(o.got[0].Text, "hr") {
		t.Errorf("%s\n%s", o.got[0].Text, o.got[1].Text)
	}
}

// What fails is tried again under one id; what is over meanwhile is not sent.
func TestFailuresAreTriedAgainWhileTheyAreTrue(t *testing.T) {
	o := open(t)
	o.fails = errors.New("451 later")
	wants(t, "a try", o.after(t, 0), toAnna)
	wants(t, "too soon", o.after(t, 10*time.Second))
	o.start(t)
	wants(t, "another, by the next process", o.after(t, time.Hour), toAnna)
	if o.got[0].ID != o.got[1].ID {
		t.Errorf("ids %s and %s", o.got[0].ID, o.got[1].ID)
	}
	o.now.Judgement = company(func(p []rules.Person) { p[0].Status = rules.Inactive })
	o.fails = nil
	for _, s := range o.after(t, 2*time.Hour) {
		if s == toAnna {
			t.Error("what was over was sent")
		}
	}
}

func TestARefusalIsFinalAndALostAnswerIsRepeatedOnce(t *testing.T) {
	for want, fails := range map[string]error{"failed": fmt.Errorf("550: %w", ErrRefused), "unknown": ErrLost} {
		o := open(t)
		o.fails = fails
		tries := 0
		for range 6 {
			tries += len(o.after(t, time.Hour))
		}
		if most := map[string]int{"failed": 1, "unknown": 2}[want]; tries != most {
			t.Errorf("%s: %d tries; want %d", want, tries, most)
		}
		o.logged(t, want, "1")
	}
}

// A process that ends between sending and its answer: the mail is repeated once, never twice.
func TestAKilledProcessRepeatsOnce(t *testing.T) {
	o := open(t)
	for i := range 3 {
		ctx, kill := context.WithCancel(t.Context())
		o.desk.Channels[0].Carrier = killing{o.carrier, kill}
		_ = o.round(ctx)
		o.start(t)
		if want := min(i+1, 2); len(o.got) != want {
			t.Errorf("after %d ends: %d mails; want %d", i+1, len(o.got), want)
		}
	}
	o.logged(t, "unknown", "1")
}

type killing struct {
	*carrier
	kill func()
}

func (k killing) Send(ctx context.Context, m Message) error {
	_ = k.carrier.Send(ctx, m)
	k.kill()
	return ctx.Err()
}

// logged finds the entry of a notice.
func (o *office) logged(t *testing.T, result, person string) {
	t.Helper()
	page, err := o.store.LogPage(t.Context(), 0, 100)
	must(t, err)
	for _, e := range page {
		if e.Kind == store.LogNotice && e.PersonID == person && strings.Contains(e.Body, `"result":"`+result+`"`) && !strings.Contains(e.Body, "anna") {
			return
		}
	}
	t.Errorf("no entry says %s to %s: %+v", result, person, page)
}

func TestTemplatesAreTried(t *testing.T) {
	dir := t.TempDir()
	for file, text := range map[string]string{"blocking.txt": "Subject: x\n\n{{.Nobody}}", "may_start.html": "{{if}}", "operators.txt": "no subject\n\nx", "begin.txt": "x"} {
		one := t.TempDir()
		must(t, os.WriteFile(one+"/"+file, []byte(text), 0o600))
		if _, err := NewTexts(one); err == nil || !strings.Contains(err.Error(), strings.TrimSuffix(strings.TrimSuffix(file, ".txt"), ".html")) {
			t.Errorf("%s: %v", file, err)
		}
	}
	must(t, os.WriteFile(dir+"/blocking.txt", []byte("Subject: Hallo {{.Name}}\n\n{{.People}}"), 0o600))
	texts, err := NewTexts(dir)
	must(t, err)
	w, err := (&Desk{Texts: texts}).Write(&Letter{Kind: rules.NoticeBlocking, Name: "Anna", Lines: []Line{{Blocked: 4}}}, false)
	if err != nil || w.Subject != "Hallo Anna" || w.Text != "4" {
		t.Errorf("%+v, %v", w, err)
	}
}
