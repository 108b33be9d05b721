package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// watcher follows the audit log and prints it for people.
type watcher struct {
	log    *store.Store
	out    io.Writer
	after  int64 // last entry that was read
	count  map[string]int
	intent map[int64]intent
	names  map[string]string // HR id -> name
	shown  map[int64]int     // writes printed of one plan
	await  func(*store.LogEntry) bool
	seen   int
}

// intent is what an outcome is the outcome of.
type intent struct {
	move   rules.Move
	plan   int64 // number of its entry
	person string
	why    []rules.Reason
}

func newWatcher(log *store.Store, out io.Writer) *watcher {
	return &watcher{log: log, out: out, count: map[string]int{}, intent: map[int64]intent{}, names: map[string]string{}, shown: map[int64]int{}}
}

// expect sets what until waits for, from now on.
func (w *watcher) expect(shows func(*store.LogEntry) bool) { w.await, w.seen = shows, 0 }

// until follows the log until what is expected has shown so often.
func (w *watcher) until(ctx context.Context, times int) error {
	return w.follow(ctx, func() bool { return w.seen >= times })
}

// forever follows the log until the context ends.
func (w *watcher) forever(ctx context.Context) error {
	return w.follow(ctx, func() bool { return false })
}

func (w *watcher) follow(ctx context.Context, enough func() bool) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		page, err := w.log.LogPage(ctx, w.after, 1000)
		if err != nil {
			return err
		}
		for i := range page {
			w.entry(&page[i])
		}
		if enough() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (w *watcher) entry(e *store.LogEntry) {
	w.after = e.Seq
	w.count[e.Kind]++
	if e.PersonID != "" && e.Name != "" {
		w.names[e.PersonID] = e.Name
	}
	if line := w.line(e); line != "" {
		printf(w.out, "%s #%-4d %s\n", e.At.Local().Format("15:04:05"), e.Seq, line)
	}
	if w.await != nil && w.await(e) {
		w.seen++
	}
}

func (w *watcher) name(id string) string {
	if n := w.names[id]; n != "" {
		return n + " (" + id + ")"
	}
	return id
}

// body is what the kinds of entries that are shown say of themselves.
type body struct {
	People  int                 `json:"people"`
	Move    rules.Move          `json:"move"`
	Plan    int64               `json:"plan"` // number of its entry
	Intent  int64               `json:"intent"`
	Result  rules.Result        `json:"result"`
	Kind    rules.ViolationKind `json:"kind"`
	Changes int                 `json:"changes"`
	Because json.RawMessage     `json:"because"`
	Source  string              `json:"source"`
}

// content is the personal part of those entries.
type content struct {
	By      string         `json:"by"`
	Reason  string         `json:"reason"`
	Problem string         `json:"problem"`
	Because []rules.Reason `json:"because"`
	Digest  string         `json:"digest"`
	Detail  struct {
		Digest string `json:"digest"`
	} `json:"detail"`
}

// line is the entry in words; empty for kinds that would only repeat others.
func (w *watcher) line(e *store.LogEntry) string {
	var b body
	var c content
	_ = json.Unmarshal([]byte(e.Body), &b) // fields of other kinds are of other types
	_ = json.Unmarshal([]byte(e.Personal), &c)
	switch e.Kind {
	case store.LogSnapshotQuarantined:
		return fmt.Sprintf("HR file with %d people put aside, it waits for approval: %s", b.People, inWords(b.Because))
	case store.LogSnapshotApproved:
		return fmt.Sprintf("HR file approved by %s: %s", c.By, c.Reason)
	case store.LogSnapshotAccepted:
		return fmt.Sprintf("HR file accepted: %d people", b.People)
	case store.LogRefusal:
		return fmt.Sprintf("plan %s refused, %d × %s: %s", c.Digest, b.Changes, b.Move, inWords(b.Because))
	case store.LogApproval:
		return fmt.Sprintf("plan %s approved by %s: %s", c.Detail.Digest, c.By, c.Reason)
	case store.LogIntent:
		w.intent[e.Seq] = intent{b.Move, b.Plan, e.PersonID, c.Because}
	case store.LogOutcome:
		return w.outcome(e, b)
	case store.LogSourceFailed:
		return fmt.Sprintf("source %s cannot be read, its last reading stays in force: %s", e.Target, c.Problem)
	case store.LogSourceRecovered:
		return fmt.Sprintf("source %s is back", e.Target)
	}
	return w.violation(e, b, c)
}

// violation is the entry in words where it is of one.
func (w *watcher) violation(e *store.LogEntry, b body, c content) string {
	switch e.Kind {
	case store.LogViolationOpened:
		return fmt.Sprintf("VIOLATION %s by %s: %s", b.Kind, w.name(e.PersonID), sentences(c.Because, w.name))
	case store.LogViolationResolved:
		return fmt.Sprintf("violation %s by %s resolved: %s", b.Kind, w.name(e.PersonID), sentences(c.Because, w.name))
	case store.LogViolationRetracted:
		return fmt.Sprintf("violation %s by %s retracted", b.Kind, w.name(e.PersonID))
	}
	return ""
}

// inWords says what one code, or a list of them, means. The log's open part has
// codes alone: their details are in the daemon's own log.
func inWords(because json.RawMessage) string {
	var list []rules.Code
	if json.Unmarshal(because, &list) != nil {
		list = make([]rules.Code, 1)
		_ = json.Unmarshal(because, &list[0]) // what is neither says nothing
	}
	var out []string
	for _, c := range list {
		out = append(out, strings.TrimSuffix(rules.Reason{Code: c}.Sentence(nil), ": "))
	}
	return strings.Join(out, "; ")
}

// mostShown is how many writes of one plan are shown one by one.
const mostShown = 5

// outcome shows a write that was made or failed. Of a large plan only the first
// ones are shown, and then every twentieth.
func (w *watcher) outcome(e *store.LogEntry, b body) string {
	i := w.intent[b.Intent]
	if b.Result == rules.Done {
		w.count[string(i.move)]++
	}
	w.shown[i.plan]++
	n := w.shown[i.plan]
	if b.Result == rules.Done && n > mostShown && n%20 != 0 {
		return ""
	}
	more := ""
	if n > mostShown {
		more = fmt.Sprintf(" [%d of this plan so far]", n)
	}
	return fmt.Sprintf("%s %s: %s (%s)%s", i.move, w.name(i.person), sentences(i.why, w.name), b.Result, more)
}
