package lrs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

const course = "https://lms.example.org/course/view.php?id=42"

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func completed(n int) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:p%d@example.org"},"verb":{"id":%q},"object":{"id":%q},"timestamp":"2026-03-01T10:00:00Z"}`,
		id(n), n, verbCompleted, course)
}

// clock is a clock that moves only when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is an LRS, and a client of it.
type bench struct {
	t      *testing.T
	lrs    *lrstest.Server
	clock  *clock
	client *Client
	http   *httptest.Server
}

func newBench(t *testing.T, cfg Config) *bench {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b := &bench{t: t, clock: c, lrs: lrstest.New(lrstest.Options{Username: "u", Password: "p", Now: c.now})}
	b.http = httptest.NewServer(b.lrs)
	t.Cleanup(b.http.Close)
	p := rules.Program{ID: "ai", Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}}}
	cfg.Name = "main"
	b.client = New(cfg, resty.New().SetBaseURL(b.http.URL+"/proxy/xapi").SetBasicAuth("u", "p").
		SetDisableWarn(true).SetRedirectPolicy(resty.NoRedirectPolicy()), NewWatch([]rules.Program{p}))
	return b
}

func (b *bench) fill(from, to int) {
	for n := from; n <= to; n++ {
		b.clock.pass(time.Second)
		b.lrs.Add(completed(n))
	}
}

// walk reads from the cursor to the end or to an error; stop ends it after so many
// pages (0: never).
func (b *bench) walk(cursor string, into map[string]bool, stop int) (next string, last bool, err error) {
	ctx, cancel := context.WithTimeout(b.t.Context(), 2*time.Minute)
	defer cancel()
	pages := 0
	for page, e := range b.client.Pages(ctx, cursor) {
		if e != nil {
			return cursor, false, e
		}
		for _, ev := range page.Evidence {
			into[ev.Statement] = true
		}
		cursor, last = page.Cursor, page.Last
		if pages++; pages == stop {
			break
		}
	}
	return cursor, last, nil
}

func TestWholeWalkWhateverThePageSize(t *testing.T) {
	for _, limit := range []int{1, 7, 20, 1000} {
		b := newBench(t, Config{Limit: limit})
		b.fill(1, 20)
		got := map[string]bool{}
		_, last, err := b.walk("", got, 0)
		if err != nil || !last || len(got) != 20 {
			t.Errorf("limit %d: %d of 20, last %v, %v", limit, len(got), last, err)
		}
	}
}

// TestFaultsThatAreSurvived: what is read is all there is.
func TestFaultsThatAreSurvived(t *testing.T) {
	once := func(match string) func(*http.Request) bool {
		var mu sync.Mutex
		n := 0
		return func(r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(r.URL.Path, match) {
				n++
			}
			return n == 1 && strings.Contains(r.URL.Path, match)
		}
	}
	for name, f := range map[string]lrstest.Faults{
		"more absolute":     {More: lrstest.MoreAbsolute},
		"more foreign":      {More: lrstest.MoreForeign},
		"more no prefix":    {More: lrstest.MorePrefix},
		"more unescaped":    {More: lrstest.MoreUnescaped},
		"more absent":       {More: lrstest.MoreAbsent},
		"more expired once": {More: lrstest.MoreExpired, When: once("/more/")},
		"more 400 once":     {Status: 400, When: once("/more/")},
		"clamped":           {MaxPage: 2},
		"reversed":          {Reverse: true},
		"empty pages":       {EmptyPages: true},
		"multipart":         {Multipart: true},
		"no through":        {Through: "absent"},
		"through garbage":   {Through: "soon"},
		"through in micros": {Through: "2026-03-01T12:00:10.000001+00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Config{Limit: 3})
			b.fill(1, 10)
			b.lrs.Fault(f)
			got := map[string]bool{}
			if _, last, err := b.walk("", got, 0); err != nil || !last || len(got) != 10 {
				t.Errorf("%d of 10, last %v, %v", len(got), last, err)
			}
			for _, r := range b.lrs.Requests() {
				if !r.Authorized || "http://"+r.Host != b.http.URL {
					t.Errorf("asked %s without credentials or elsewhere", r.Host)
				}
			}
		})
	}
}

// TestFaultsThatStop: nothing is believed, the error is clear, and the cursor of
// before is as good as ever.
func TestFaultsThatStop(t *testing.T) {
	late := func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/more/") }
	for name, c := range map[string]struct {
		f    lrstest.Faults
		want string
	}{
		"401":          {lrstest.Faults{Status: 401}, "check the credentials"},
		"403 midway":   {lrstest.Faults{Status: 403, When: late}, "check the credentials"},
		"429":          {lrstest.Faults{Status: 429, RetryAfter: "1"}, "429 Too Many Requests"},
		"500":          {lrstest.Faults{Status: 500}, "500 Internal Server Error"},
		"500 midway":   {lrstest.Faults{Status: 500, When: late}, "500 Internal Server Error"},
		"404":          {lrstest.Faults{Status: 404}, "check the url"},
		"expired":      {lrstest.Faults{More: lrstest.MoreExpired, When: late}, "forgets its more"},
		"redirect":     {lrstest.Faults{Redirect: "https://elsewhere.example.org/"}, ""},
		"html":         {lrstest.Faults{Body: "<html>login</html>"}, "no StatementResult"},
		"empty object": {lrstest.Faults{Body: "{}"}, "no StatementResult"},
		"array":        {lrstest.Faults{Body: "[]"}, "no StatementResult"},
		"more number":  {lrstest.Faults{Body: `{"statements":[],"more":7}`}, "no StatementResult"},
		"trailing":     {lrstest.Faults{Body: `{"statements":[]}x`}, "no StatementResult"},
		"twice":        {lrstest.Faults{Body: `{"statements":[],"statements":[]}`}, "no StatementResult"},
		"cut":          {lrstest.Faults{Cut: true}, "cut off"},
		"cut midway":   {lrstest.Faults{Cut: true, When: late}, "cut off"},
		"circle":       {lrstest.Faults{More: lrstest.MoreCircle}, "in a circle"},
		"endless":      {lrstest.Faults{More: lrstest.MoreEndless}, "more than 50 pages"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Config{Limit: 3, MaxPages: 50})
			b.fill(1, 10)
			b.lrs.Fault(c.f)
			got := map[string]bool{}
			cursor, last, err := b.walk("", got, 0)
			if err == nil || last || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "LRS main") {
				t.Fatalf("last %v, %v; want %q", last, err, c.want)
			}
			once := 1
			if c.f.When != nil {
				once = 2
			}
			if n := len(b.lrs.Requests()); c.f.Status != 0 && n != once {
				t.Errorf("asked %d times", n) // again is for the transport to decide
			}
			b.lrs.Fault(lrstest.Faults{})
			if _, last, err := b.walk(cursor, got, 0); err != nil || !last || len(got) != 10 {
				t.Errorf("afterwards %d of 10, last %v, %v", len(got), last, err)
			}
		})
	}
}

func TestSlowLRSIsGivenUp(t *testing.T) {
	b := newBench(t, Config{})
	b.lrs.Fault(lrstest.Faults{Hold: make(chan struct{})})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	for _, err := range b.client.Pages(ctx, "") {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	}
}

// TestLateCommit: a statement that becomes visible after later-stored ones is
// found by the next reading. Following stored, as is common, would lose it.
func TestLateCommit(t *testing.T) {
	for _, through := range []string{"", "absent"} {
		b := newBench(t, Config{Limit: 3})
		b.lrs.Fault(lrstest.Faults{Through: through})
		b.fill(1, 4)
		reveal := b.lrs.AddLate(completed(5))
		b.fill(6, 10)
		got := map[string]bool{}
		cursor, _, err := b.walk("", got, 0)
		if err != nil || len(got) != 9 {
			t.Fatalf("%d of 9, %v", len(got), err)
		}
		reveal()
		if _, _, err = b.walk(cursor, got, 0); err != nil || !got[id(5)] {
			t.Errorf("through %q: the late statement was lost (%v)", through, err)
		}
	}
}

// TestWatermark: the next window begins at Consistent-Through of the first page
// less the overlap, in UTC with three digits, and never before the last one.
func TestWatermark(t *testing.T) {
	b := newBench(t, Config{Limit: 1, Overlap: time.Minute})
	b.lrs.Add(completed(1), completed(2))
	since := func(cursor, through string) (next, asked string) {
		b.lrs.Fault(lrstest.Faults{Through: through, When: func(r *http.Request) bool { return !strings.Contains(r.URL.Path, "/more/") }})
		n := len(b.lrs.Requests())
		next, _, err := b.walk(cursor, map[string]bool{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return next, b.lrs.Requests()[n].Query
	}
	cursor, asked := since("", "2026-03-01T13:30:00.123456789+02:00")
	if strings.Contains(asked, "since") {
		t.Errorf("the first window has a beginning: %s", asked)
	}
	cursor, asked = since(cursor, "2026-03-01T01:00:00Z")
	if want := "since=2026-03-01T11%3A29%3A00.123Z"; !strings.Contains(asked, want) {
		t.Errorf("%s, want %s", asked, want)
	}
	_, asked = since(cursor, "")
	if want := "since=2026-03-01T11%3A29%3A00.123Z"; !strings.Contains(asked, want) {
		t.Errorf("went back: %s, want %s", asked, want)
	}
}

// TestAWatermarkFromTheFutureIsNotBelieved: one such header would hide all that is
// stored from then on.
func TestAWatermarkFromTheFutureIsNotBelieved(t *testing.T) {
	b := newBench(t, Config{Limit: 2})
	b.clock.at = time.Now().Add(-time.Minute)
	b.fill(1, 3)
	b.lrs.Fault(lrstest.Faults{Through: time.Now().AddDate(10, 0, 0).UTC().Format(time.RFC3339)})
	got := map[string]bool{}
	cursor, _, err := b.walk("", got, 0)
	if err != nil {
		t.Fatal(err)
	}
	b.fill(4, 5)
	if _, _, err = b.walk(cursor, got, 0); err != nil || len(got) != 5 {
		t.Errorf("%d of 5, %v", len(got), err)
	}
	for _, stored := range []string{`{"since":"2999-01-01T00:00:00Z"}`, `{"more":"/xapi/more/x","mark":"2999-01-01T00:00:00Z"}`} {
		got = map[string]bool{}
		if _, _, err := b.walk(stored, got, 0); err != nil || len(got) != 5 {
			t.Errorf("from %s: %d of 5, %v", stored, len(got), err)
		}
	}
}

// TestCrashInMidWalk: whatever page was the last to be kept, nothing is lost, and
// nothing is taken for read that was not.
func TestCrashInMidWalk(t *testing.T) {
	for stop := 1; stop <= 4; stop++ {
		b := newBench(t, Config{Limit: 3})
		b.fill(1, 10)
		got := map[string]bool{}
		cursor, last, err := b.walk("", got, stop)
		if err != nil || last != (stop == 4) {
			t.Fatalf("stop %d: last %v, %v", stop, last, err)
		}
		b.fill(11, 12)
		cursor, _, err = b.walk(cursor, got, 0)
		if err == nil && stop < 4 {
			_, _, err = b.walk(cursor, got, 0)
		}
		if err != nil || len(got) != 12 {
			t.Errorf("stop %d: %d of 12, %v", stop, len(got), err)
		}
	}
	b := newBench(t, Config{})
	if _, _, err := b.walk("not a cursor", nil, 0); err == nil {
		t.Error("a broken cursor was taken")
	}
}

// TestPrefetch: the next page is asked for while the present one is being used.
func TestPrefetch(t *testing.T) {
	b := newBench(t, Config{Limit: 3})
	b.fill(1, 6)
	asked := make(chan struct{}, 10)
	b.lrs.Fault(lrstest.Faults{When: func(r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/more/") {
			asked <- struct{}{}
		}
		return false
	}})
	for page, err := range b.client.Pages(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if !page.Last {
			select {
			case <-asked:
			case <-time.After(time.Minute):
				t.Fatal("the next page was not asked for")
			}
		}
	}
}

// TestPoisonDoesNotStopThePage: each bad statement is quarantined with what is
// wrong, and its neighbours arrive.
func TestPoisonDoesNotStopThePage(t *testing.T) {
	good := completed(99)
	with := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	deep := `{"id":"` + id(7) + `","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`
	for name, c := range map[string]struct{ raw, problem string }{
		"duplicate key":  {with(`"verb"`, `"actor":{"mbox":"mailto:q@example.org"},"verb"`), "duplicate"},
		"bad UTF-8":      {with("p99", "p\xff"), "UTF-8"},
		"ID for id":      {with(`"actor"`, `"ID":"`+id(1)+`","actor"`), `is spelt "id"`},
		"Mbox":           {with(`"mbox"`, `"Mbox"`), `is spelt "mbox"`},
		"lone surrogate": {with("p99", `p\ud800`), "surrogate"},
		"broken number":  {with(`"timestamp"`, `"result":{"score":{"raw":01}},"timestamp"`), ""},
		"huge number":    {with(`"timestamp"`, `"result":{"score":{"raw":1e400}},"timestamp"`), "out of range"},
		"null":           {with(`"timestamp"`, `"result":null,"timestamp"`), "result: must be an object"},
		"string as bool": {with(`"timestamp"`, `"result":{"success":"true"},"timestamp"`), "result.success: must be true or false"},
		"two actors":     {with(`"mailto:p99@example.org"`, `"mailto:p@example.org","openid":"http://p.example.org/"`), "actor: has more than one identifier"},
		"voided what":    {with(`completed"},"object":{`, `voided"},"object":{"objectType":"StatementRef",`), "without the UUID"},
		"deep":           {deep, "depth"},
		"not an object":  {`7`, "must be an object"},
		"no time":        {with("2026-03-01T10:00:00Z", "yesterday"), "timestamp: is not an instant"},
	} {
		t.Run(name, func(t *testing.T) {
			page := projectPage(t, `{"more":"","statements":[`+completed(1)+","+c.raw+","+completed(2)+`]}`, NewWatch([]rules.Program{{Course: rules.Course{Editions: []rules.Edition{{Activities: []string{course}}}}}}))
			if len(page.Evidence) != 2 || len(page.Quarantined) != 1 || page.Statements != 3 {
				t.Fatalf("%d pieces of evidence, %d quarantined", len(page.Evidence), len(page.Quarantined))
			}
			if q := page.Quarantined[0]; !strings.Contains(q.Problem, c.problem) || string(q.Raw) != c.raw {
				t.Errorf("%q, want %q", q.Problem, c.problem)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t, Config{Limit: 3})
	b.fill(1, 10)
	b.lrs.Add(`{"id":"` + id(11) + `","verb":{}}`)
	b.lrs.Fault(lrstest.Faults{MaxPage: 2})
	f, err := b.client.Check(t.Context())
	if err != nil || f.Version != "1.0.3" || !f.ConsistentThrough || !f.Clamped() || f.Statements != 2 {
		t.Errorf("%+v, %v", f, err)
	}
	b.lrs.Fault(lrstest.Faults{Status: 401})
	if _, err := b.client.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("%v", err)
	}
}

// TestOnlyTheRelevantIsKept, whatever else the LRS is full of.
func TestOnlyTheRelevantIsKept(t *testing.T) {
	b := newBench(t, Config{})
	b.lrs.Add(completed(1), strings.Replace(completed(2), "id=42", "id=43", 1),
		strings.Replace(completed(3), "https://lms", "http://lms", 1),
		`{"id":"`+id(4)+`","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"`+verbVoided+`"},"object":{"objectType":"StatementRef","id":"`+id(1)+`"}}`)
	got := map[string]bool{}
	if _, _, err := b.walk("", got, 0); err != nil {
		t.Fatal(err)
	}
	if want := []string{id(3), id(4)}; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		t.Errorf("%v, want %v: the voided one is hidden by the LRS", slices.Sorted(maps.Keys(got)), want)
	}
}
