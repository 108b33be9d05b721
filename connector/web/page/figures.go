package page

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// violation is one that was judged, with its age.
type violation struct {
	person
	Kind     rules.ViolationKind
	Severity string
	At       time.Time
	Age      time.Duration
	Because  []string
}

// violationKind is how many violations of a kind are open.
type violationKind struct {
	Kind     rules.ViolationKind
	Severity string
	Open     int
	Resolved int
	Oldest   time.Duration // of the open ones
}

// violations counts those of every kind, and names the open ones to staff, the gravest
// and oldest first.
func (d *dashboard) violations(r reader, b *programBoard, now time.Time) {
	by := map[rules.ViolationKind]int{}
	var open []*rules.Violation
	for i := range b.Violations {
		v := &b.Violations[i]
		if _, ok := by[v.Kind]; !ok {
			by[v.Kind] = len(d.Kinds)
			d.Kinds = append(d.Kinds, violationKind{Kind: v.Kind, Severity: v.Kind.Severity()})
		}
		k := &d.Kinds[by[v.Kind]]
		if v.Resolved {
			k.Resolved++
			continue
		}
		k.Open++
		d.Open++
		k.Oldest = max(k.Oldest, now.Sub(v.At))
		open = append(open, v)
	}
	slices.SortFunc(d.Kinds, func(a, b violationKind) int {
		return cmp.Or(cmp.Compare(gravity(a.Severity), gravity(b.Severity)), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Kind, b.Kind))
	})
	if !d.Staff {
		return
	}
	slices.SortStableFunc(open, func(a, b *rules.Violation) int {
		return cmp.Or(cmp.Compare(gravity(a.Kind.Severity()), gravity(b.Kind.Severity())), a.At.Compare(b.At))
	})
	d.MoreOpen = max(0, len(open)-mostViolations)
	for _, v := range open[:min(len(open), mostViolations)] {
		one := violation{Kind: v.Kind, Severity: v.Kind.Severity(), At: v.At, Age: now.Sub(v.At)}
		if v.Person != "" {
			one.person = r.link(v.Person)
		}
		for _, because := range v.Because {
			one.Because = append(one.Because, because.Sentence(r.view.Name))
		}
		d.Violations = append(d.Violations, one)
	}
}

func gravity(severity string) int { return slices.Index([]string{"high", "medium", "low"}, severity) }

// distribution is how many durations fall into each of some spans.
type distribution struct {
	People int
	Few    bool // so few that a figure would speak of single people
	Median time.Duration
	Spans  []span
	Most   int
}

type span struct {
	Name  string
	Count int
}

// leadTimes sorts how long people took after their leader into spans.
func leadTimes(sorted []time.Duration) distribution {
	d := distribution{People: len(sorted), Few: len(sorted) < smallest}
	if d.Few {
		return d
	}
	d.Median = sorted[len(sorted)/2]
	const days = 24 * time.Hour
	at := 0
	for _, s := range []struct {
		name string
		to   time.Duration
	}{{"within an hour", time.Hour}, {"within a day", days}, {"within 3 days", 3 * days}, {"within a week", 7 * days}, {"within 2 weeks", 14 * days},
		{"within 30 days", 30 * days}, {"within 90 days", 90 * days}, {"later", 1 << 62}} {
		from := at
		for at < len(sorted) && sorted[at] <= s.to {
			at++
		}
		d.Spans = append(d.Spans, span{s.name, at - from})
		d.Most = max(d.Most, at-from)
		if at == len(sorted) {
			break
		}
	}
	return d
}

// activity is what was held and released lately, step by step, quiet steps included.
type activity struct {
	Step  string // day, hour or minute
	Steps []Activity
	Most  int
	Holds int
	Freed int
}

// activity asks the log for the last 30 days; where all of it happened in two days or
// two hours, for those in smaller steps. It is asked once for all who look.
func (p *Pages) activity(ctx context.Context, b *programBoard) (activity, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lately != nil {
		return *b.lately, nil
	}
	now := p.Now().UTC()
	for _, s := range []struct {
		name  string
		step  time.Duration
		steps int
	}{{"day", 24 * time.Hour, 30}, {"hour", time.Hour, 48}, {"minute", time.Minute, 120}} {
		last := now.Truncate(s.step)
		since := last.Add(-time.Duration(s.steps-1) * s.step)
		list, err := p.Log.Activity(ctx, b.Program.Program.ID, since, s.step)
		if err != nil {
			return activity{}, fmt.Errorf("show what was held and released: %w", err)
		}
		a := fill(s.name, list, since, s.step, s.steps)
		b.lately = &a
		if len(list) == 0 || list[0].From.Before(last.Add(-s.step)) {
			break // not all of it in the last two steps
		}
	}
	return *b.lately, nil
}

// fill puts in the steps in which nothing happened.
func fill(name string, list []Activity, since time.Time, step time.Duration, steps int) activity {
	a := activity{Step: name, Steps: make([]Activity, steps)}
	for i := range a.Steps {
		a.Steps[i].From = since.Add(time.Duration(i) * step)
	}
	for _, one := range list {
		if n := int(one.From.Sub(since) / step); n >= 0 && n < steps {
			a.Steps[n] = one
		}
		a.Holds, a.Freed = a.Holds+one.Holds, a.Freed+one.Releases
		a.Most = max(a.Most, one.Holds, one.Releases)
	}
	return a
}

// column is one column of the chart.
type column struct {
	Class      string
	X, Y, W, H int
}

// Width of the chart, in its own units.
func (a activity) Width() int { return 20 * len(a.Steps) }

// Columns are two for each step, as high as what they count.
func (a activity) Columns() []column {
	var out []column
	add := func(class string, x, n int) {
		if n > 0 {
			h := max(2, 100*n/a.Most)
			out = append(out, column{class, x, 109 - h, 8, h})
		}
	}
	for i, s := range a.Steps {
		add("bar-wait", 20*i+2, s.Holds)
		add("bar-done", 20*i+10, s.Releases)
	}
	return out
}

// Busy are the steps in which something happened, the latest first.
func (a activity) Busy() []Activity {
	out := slices.DeleteFunc(slices.Clone(a.Steps), func(s Activity) bool { return s.Holds+s.Releases == 0 })
	slices.Reverse(out)
	return out
}

// Label names a step.
func (a activity) Label(t time.Time) string {
	if a.Step == "day" {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan 15:04")
}

// First and Last name the ends of the chart.
func (a activity) First() string { return a.Label(a.Steps[0].From) }

// Last names the step of now.
func (a activity) Last() string { return a.Label(a.Steps[len(a.Steps)-1].From) }
