package page

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

// launch is when the courses of the companies of these tests were rolled out.
var launch = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

const completed = "http://adlnet.gov/expapi/verbs/completed"

// company is n people in a tree in which 6 % lead; a third of the leaders, at most
// every second one below the first levels, have completed.
func company(tb testing.TB, n int) *view.View {
	tb.Helper()
	leaders := max(1, n*6/100)
	wide := math.Pow(float64(leaders), 1.0/5)
	people := make([]rules.Person, n)
	begin, width, above := 0, 1.0, 0
	for level := 0; begin < leaders; level++ {
		end := min(leaders, begin+int(math.Max(1, width)))
		for i := begin; i < end; i++ {
			people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Name: fmt.Sprintf("Leader %d", i), Status: rules.Active}
			if level > 0 {
				people[i].Manager = people[above+(i-begin)%(begin-above)].ID
			}
		}
		above, begin = begin, end
		width *= wide
	}
	for i := leaders; i < n; i++ {
		people[i] = rules.Person{ID: fmt.Sprintf("%07d", i), Name: fmt.Sprintf("Person %d", i), Manager: people[i%leaders].ID, Status: rules.Active}
	}
	return judged(people, done(people, leaders))
}

// done has the first leaders and every third further one complete, two days after the
// one before, and every second person below a leader who has.
func done(people []rules.Person, leaders int) map[string]time.Time {
	out := map[string]time.Time{}
	for i := range people {
		switch {
		case i < leaders && (i == 0 || i%3 == 1):
			out[people[i].ID] = launch.Add(time.Duration(24+i%48) * time.Hour)
		case i >= leaders && i%2 == 0:
			if led, ok := out[people[i].Manager]; ok {
				out[people[i].ID] = led.Add(time.Duration(1+i%400) * time.Hour)
			}
		}
	}
	return out
}

// course is the activity that everybody has to complete.
const activityIRI = "https://lms.example.org/course/1"

// judged is the view of people of whom some have completed.
func judged(people []rules.Person, done map[string]time.Time) *view.View {
	policy := &rules.Policy{Tops: []string{people[0].ID}, Match: map[string]string{"moodle": rules.MatchIDNumber}, OverrideRespected: time.Hour}
	policy.Identity.Accounts = []rules.AccountRule{{HomePage: "https://hr.example.org", Name: rules.AccountByPerson}}
	policy.Programs = []rules.Program{{ID: "ai", Title: "AI Foundations", Launch: launch, Compare: true,
		Targets:  []rules.Target{{LMS: "moodle", Course: "AI-101"}},
		Course:   rules.Course{Editions: []rules.Edition{{Activities: []string{activityIRI}}}, CompleteWhen: []rules.CompleteRule{{Verb: completed}}},
		Sequence: rules.Sequence{Scope: rules.ScopeManager, Gate: rules.GateCompleted}}}
	f := &rules.Facts{Now: noon, Mode: rules.Enforce, Targets: map[string]bool{"moodle/AI-101": true},
		Snapshots: []rules.Snapshot{{ID: 1, From: launch.Add(-time.Hour), Org: rules.Org{People: people}}},
		Sources:   []rules.Source{{Name: "lrs", Kind: rules.SourceRecords, Read: noon, Through: true}, {Name: "hr", Kind: rules.SourceHRIS, Read: noon}}}
	for i := range people {
		id := people[i].ID
		f.Enrolments = append(f.Enrolments, rules.Enrolment{Target: "moodle/AI-101", Row: id, Account: rules.Account{LMS: "moodle", ID: id, IDNumber: id}, State: rules.RowActive})
		if at, ok := done[id]; ok {
			f.Evidence = append(f.Evidence, rules.Evidence{Source: "lrs", Statement: "s-" + id, Timestamp: at, Stored: at.Add(time.Second), Verb: completed,
				Kind: rules.KindCompleted, Object: activityIRI, Actor: rules.Actor{Kind: rules.ActorAccount, HomePage: "https://hr.example.org", Value: id}})
		}
	}
	j := rules.Judge(policy, f)
	for i := range f.Enrolments { // whoever is to be held is
		if n := j.Rows[i]; n >= 0 && j.Programs[0].Decisions[n].Verdict() == rules.Wait {
			e := &f.Enrolments[i]
			e.State = rules.RowSuspended
			f.Holds = append(f.Holds, rules.Hold{ID: int64(i + 1), Program: "ai", Target: e.Target, Row: e.Row, Person: people[n].ID, Intended: launch.Add(time.Hour), Seen: true})
		}
	}
	return &view.View{At: noon, Judged: noon, Mode: rules.Enforce, Policy: policy, Facts: f, Judgement: j, Findings: j.Findings,
		Sources: []view.Source{{Name: "lrs", Kind: rules.SourceRecords, Read: noon.Add(-10 * time.Second), MaxAge: time.Hour},
			{Name: "hr", Kind: rules.SourceHRIS, Read: noon.Add(-20 * time.Minute), MaxAge: 24 * time.Hour},
			{Name: "moodle", Kind: rules.SourceLMS, Read: noon.Add(-time.Minute), MaxAge: time.Hour}},
		Refs: view.NewRefs([]byte("key of a test"), j.Index)}
}

// quietLog is a log in which the given changes were made.
type quietLog []Activity

func (l quietLog) Activity(_ context.Context, _ string, _ time.Time, step time.Duration) ([]Activity, error) {
	if step != 24*time.Hour {
		return nil, fmt.Errorf("asked for steps of %s", step)
	}
	return l, nil
}

// busy are a month of holds and releases.
func busy() quietLog {
	var l quietLog
	for i := range 30 {
		l = append(l, Activity{From: noon.Truncate(24*time.Hour).AddDate(0, 0, i-29), Holds: 300 / (i + 1), Releases: i * 7 % 40})
	}
	return l
}

// site serves the pages of a view to whoever who says.
func site(tb testing.TB, v *view.View, who func() signin.Who) *echo.Echo {
	tb.Helper()
	var latest view.Latest
	if v != nil {
		latest.Publish(v)
	}
	l, err := NewLayout(&latest, at(noon), append(Nav(), Item{Label: "Showcase", Path: "/showcase"}))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := New(Options{Layout: l, Views: &latest, Log: busy(), Now: at(noon), Privacy: func() Privacy {
		return Privacy{Mode: rules.Enforce, SignIn: "single sign-on of the company",
			Sources:  []PrivacySource{{"hr", rules.SourceHRIS, "CSV file"}, {"lrs", rules.SourceRecords, "xAPI LRS"}, {"moodle", rules.SourceLMS, "Moodle"}},
			Programs: []PrivacyProgram{{Title: "AI Foundations", Targets: []string{"moodle/AI-101"}, Compare: true}}}
	}})
	if err != nil {
		tb.Fatal(err)
	}
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		slog.Debug("a page failed", "error", err)
		l.Errors(err, c)
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if w := who(); w.Subject != "" {
				signin.Enter(c, w, func() string { return "token" })
			}
			return next(c)
		}
	})
	l.Mount(e)
	p.Mount(e, new(signin.Door))
	return e
}

// as is somebody with roles, who is the person of that HR id.
func as(person string, roles ...signin.Role) signin.Who {
	w := signin.Who{Subject: "s", Name: "Somebody", Person: person, Roles: map[signin.Role]bool{}}
	for _, r := range roles {
		w.Roles[r] = true
	}
	return w
}
