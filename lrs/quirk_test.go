package lrs

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

// quirk is a way in which real LRSs differ from the specification or from each
// other, and what must happen all the same.
type quirk struct {
	name string
	must string
	test func(*testing.T, *bench)
}

// TestQuirks names the twenty-seven ways of real LRSs that a reader has to survive.
func TestQuirks(t *testing.T) {
	all := quirks()
	if len(all) != 27 {
		t.Fatalf("%d quirks, want 27", len(all))
	}
	for i, q := range all {
		t.Run(fmt.Sprintf("%02d %s", i+1, q.name), func(t *testing.T) {
			t.Log("must: " + q.must)
			q.test(t, newBench(t, Config{Limit: 3}))
		})
	}
}

// reads is the commonest demand: ten statements, then two more, and none is lost.
func reads(f ...lrstest.Faults) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		for _, f := range f {
			b.lrs.Fault(f)
			from := len(b.lrs.Requests())
			b.fill(1, 10)
			got := map[string]bool{}
			cursor, _, err := b.walk("", got, 0)
			b.fill(11, 12)
			if err == nil {
				cursor, _, err = b.walk(cursor, got, 0)
			}
			if err != nil || len(got) != 12 {
				t.Errorf("%+v: %d of 12, %v, then at %s", f, len(got), err, cursor)
			}
			for _, r := range b.lrs.Requests()[from:] {
				if "http://"+r.Host != b.http.URL || !r.Authorized {
					t.Errorf("%+v: asked %s", f, r.Host)
				}
			}
			b.lrs.Reset()
			b.clock.pass(time.Hour)
		}
	}
}

// page gives one page with exactly these statements, as an LRS stored them.
func (b *bench) page(statements ...string) rules.Page {
	b.t.Helper()
	b.lrs.Reset()
	b.lrs.Fault(lrstest.Faults{Body: `{"statements":[` + strings.Join(statements, ",") + `],"more":""}`})
	for page, err := range b.client.Pages(b.t.Context(), "") {
		if err != nil {
			b.t.Fatal(err)
		}
		return page
	}
	return rules.Page{}
}

// stating replaces a part of a statement that completes.
func stating(n int, old, new string) string { return strings.Replace(completed(n), old, new, 1) }

func quirks() []quirk {
	return []quirk{
		{"late commits of several writers", "found by the next reading, whatever was stored after them", lateCommits},
		{"Consistent-Through naive, absent, backwards, in seconds", "an overlap of our own; the watermark never moves back",
			reads(lrstest.Faults{Through: "absent"}, lrstest.Faults{Through: "2026-03-01T12:00:10+00:00"}, lrstest.Faults{Through: "1999-01-01T00:00:00Z"})},
		{"since inclusive or exclusive", "overlap either way", reads(lrstest.Faults{SinceInclusive: true}, lrstest.Faults{})},
		{"since looks at timestamp", "said, and read with a wide overlap where configured", sinceOnTimestamp},
		{"since misread in other spellings", "UTC with Z and three digits", reads(lrstest.Faults{SinceStrict: true})},
		{"more relative, absolute, on another host, without its prefix", "path and query alone, on the configured origin",
			reads(lrstest.Faults{More: lrstest.MoreAbsolute}, lrstest.Faults{More: lrstest.MoreForeign}, lrstest.Faults{More: lrstest.MorePrefix})},
		{"more not encoded", "escaped before it is followed", reads(lrstest.Faults{More: lrstest.MoreUnescaped})},
		{"more absent, leading to an empty page, endless", "the end is where no more is; a circle or too many pages is an error", mores},
		{"more expires", "the window is read again", expires},
		{"pages clamped, limit=0 refused", "a positive limit, fewer taken as given", reads(lrstest.Faults{MaxPage: 2, ZeroRefused: true})},
		{"statements lost between pages", "found by a scan in other pages", lostBetweenPages},
		{"order ignored", "order means nothing", reads(lrstest.Faults{Reverse: true})},
		{"a batch shares one stored", "nothing is unique by stored, nor lost across a page", tie},
		{"stored in other forms, version missing", "read as instants", storedForms},
		{"timestamp without zone, with a blank, basic", "read, and marked as uncertain where it is", timestampForms},
		{"wrong types stored", "that statement is set aside with its reason; its neighbours count", wrongTypes},
		{"one statement as a list of one, unknown as an empty 200", "both understood", single},
		{"voids hidden, early, unseen", "applied by us; an unseen one is found by asking", voids},
		{"filters return too much or too little", "no filter is sent; relevance is judged here", noFilters},
		{"address case, home page slash, id case", "normalised here", normalised},
		{"429, with and without Retry-After", "waited for and tried again", tooMany},
		{"version 2.0.0 refused, version header missing", "1.0.3 is sent and none is demanded", version},
		{"500 for our mistakes, errors in any shape", "an error with what was said, whatever its form", errorShapes},
		{"multipart though nothing was asked for", "its first part is the page", reads(lrstest.Faults{Multipart: true})},
		{"no gzip, no ETag, no HEAD, no /about", "none is needed", bare},
		{"the same statement again and again", "one statement; another content is told apart by its digest", again},
		{"ids in upper case, found by their spelling alone", "one key in lower case; asked for in both", upperCase},
	}
}

func lateCommits(t *testing.T, b *bench) {
	var reveal []func()
	for n := 1; n <= 12; n++ {
		b.clock.pass(time.Second)
		if n%3 == 0 {
			reveal = append(reveal, b.lrs.AddLate(completed(n)))
		} else {
			b.lrs.Add(completed(n))
		}
	}
	got := map[string]bool{}
	cursor, _, err := b.walk("", got, 0)
	for i := len(reveal) - 1; i >= 0 && err == nil; i-- {
		reveal[i]()
		b.clock.pass(20 * time.Second)
		cursor, _, err = b.walk(cursor, got, 0)
	}
	if err != nil || len(got) != 12 {
		t.Errorf("%d of 12, %v", len(got), err)
	}
}

func sinceOnTimestamp(t *testing.T, b *bench) {
	b.lrs.Fault(lrstest.Faults{SinceOnTimestamp: true})
	noted := func(cursor string) (n int, next string) {
		for page, err := range b.client.Pages(t.Context(), cursor) {
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Notes {
				if f.Code == rules.CodeSinceOnTimestamp {
					n++
				}
			}
			next = page.Cursor
		}
		return n, next
	}
	b.lrs.Add(stating(1, "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z"))
	_, cursor := noted("")
	b.clock.pass(time.Hour)
	b.lrs.Add(stating(2, "2026-03-01T10:00:00Z", "2031-03-01T12:00:00Z")) // found for ever, whenever it was stored
	_, cursor = noted(cursor)
	b.clock.pass(time.Hour)
	if n, _ := noted(cursor); n == 0 {
		b.clock.pass(24 * time.Hour)
		_, cursor = noted(cursor)
		if n, _ := noted(cursor); n == 0 {
			t.Error("it was not said")
		}
	}
	wide := Config{Since: SinceTimestamp}.WithDefaults()
	if wide.Overlap < 24*time.Hour || wide.OverlapWithoutHeader < 24*time.Hour {
		t.Errorf("overlap %s", wide.Overlap)
	}
}

func mores(t *testing.T, b *bench) {
	reads(lrstest.Faults{More: lrstest.MoreAbsent}, lrstest.Faults{More: lrstest.MoreTrailing}, lrstest.Faults{EmptyPages: true})(t, b)
	b.client.cfg.MaxPages = 50
	b.fill(1, 10)
	for more, want := range map[lrstest.MoreFault]string{lrstest.MoreCircle: "in a circle", lrstest.MoreEndless: "more than 50 pages"} {
		b.lrs.Fault(lrstest.Faults{More: more})
		if _, _, err := b.walk("", map[string]bool{}, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", more, err)
		}
	}
}

func expires(t *testing.T, b *bench) {
	b.fill(1, 10)
	n := 0
	b.lrs.Fault(lrstest.Faults{More: lrstest.MoreExpired, When: func(r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/more/") {
			n++
		}
		return n == 2
	}})
	got := map[string]bool{}
	if _, last, err := b.walk("", got, 0); err != nil || !last || len(got) != 10 {
		t.Errorf("%d of 10, %v", len(got), err)
	}
}

func lostBetweenPages(t *testing.T, b *bench) {
	b.client.cfg.Limit = 7
	b.fill(1, 10)
	b.lrs.Fault(lrstest.Faults{Lose: true})
	got := map[string]bool{}
	if _, _, err := b.walk("", got, 0); err != nil || len(got) == 10 {
		t.Fatalf("%d of 10, %v: nothing was lost", len(got), err)
	}
	if _, _, err := b.walk(b.client.From(time.Time{}, true), got, 0); err != nil || len(got) != 10 {
		t.Errorf("%d of 10 after a scan in other pages, %v", len(got), err)
	}
	b.lrs.Fault(lrstest.Faults{MaxPage: 2})
	from := len(b.lrs.Requests())
	if _, _, err := b.walk(b.client.From(time.Time{}, true), got, 0); err != nil {
		t.Error(err)
	}
	if asked := b.lrs.Requests()[from:]; !strings.Contains(asked[0].Query, "limit=4") || !strings.Contains(asked[1].Query, "limit=1") {
		t.Errorf("an LRS that gives two at a time was asked %s and %s", asked[0].Query, asked[1].Query)
	}
}

func tie(t *testing.T, b *bench) {
	var batch []string
	for n := 1; n <= 10; n++ {
		batch = append(batch, completed(n))
	}
	b.lrs.Add(batch...)
	got := map[string]bool{}
	if _, _, err := b.walk("", got, 0); err != nil || len(got) != 10 {
		t.Errorf("%d of 10, %v", len(got), err)
	}
}

func storedForms(t *testing.T, b *bench) {
	for i, stored := range []string{"2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.500000+00:00", "2026-03-01T13:00:00.500000000+01:00"} {
		page := b.page(stating(i, `"timestamp"`, `"stored":"`+stored+`","timestamp"`))
		if want := time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC); len(page.Evidence) != 1 || !page.Evidence[0].Stored.Equal(want) {
			t.Errorf("%s: %+v", stored, page)
		}
	}
}

func timestampForms(t *testing.T, b *bench) {
	for form, uncertain := range map[string]bool{"2026-03-01T10:00:00": true, "2026-03-01 10:00:00Z": false, "20260301T100000Z": false, "2026-03-01T10:00:00-00:00": true} {
		page := b.page(stating(1, "2026-03-01T10:00:00Z", form))
		if len(page.Evidence) != 1 || !page.Evidence[0].Timestamp.Equal(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)) || page.Evidence[0].TimeUncertain != uncertain {
			t.Errorf("%s: %+v", form, page)
		}
	}
}

func wrongTypes(t *testing.T, b *bench) {
	bad := stating(2, `"timestamp"`, `"result":{"success":"true"},"timestamp"`)
	page := b.page(completed(1), bad, completed(3))
	if len(page.Evidence) != 2 || len(page.Quarantined) != 1 || page.Quarantined[0].Statement != id(2) || string(page.Quarantined[0].Raw) != bad {
		t.Errorf("%+v", page)
	}
}

// fates asks for one that stands, one that is voided and one that never was.
func (b *bench) fates(f lrstest.Faults) string {
	b.t.Helper()
	b.lrs.Fault(f)
	fates, err := b.client.Fates(b.t.Context(), []string{id(1), id(2), id(99)})
	if err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprint(fates)
}

func single(t *testing.T, b *bench) {
	b.fill(1, 2)
	b.lrs.VoidUnseen(id(2))
	told := fmt.Sprint([]rules.Fate{rules.FateStands, rules.FateVoided, rules.FateMissing})
	if got := b.fates(lrstest.Faults{SingleAsResult: true}); got != told {
		t.Errorf("%s, want %s", got, told)
	}
	// With voidedStatementId ignored, a voided one is not known to be one.
	told = fmt.Sprint([]rules.Fate{rules.FateStands, rules.FateMissing, rules.FateMissing})
	b.fill(3, 4)
	if got := b.fates(lrstest.Faults{SingleAsResult: true, VoidedIgnored: true}); got != told {
		t.Errorf("%s, want %s", got, told)
	}
}

func voids(t *testing.T, b *bench) {
	voider := `{"id":"` + id(50) + `","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"` + verbVoided + `"},"object":{"objectType":"StatementRef","id":"` + strings.ToUpper(id(1)) + `"}}`
	page := b.page(voider, completed(1))
	if len(page.Evidence) != 2 || page.Evidence[0].Voids != id(1) {
		t.Errorf("a void before its target: %+v", page)
	}
	b.lrs.Fault(lrstest.Faults{})
	b.fill(1, 2)
	b.lrs.VoidUnseen(id(2))
	told := fmt.Sprint([]rules.Fate{rules.FateStands, rules.FateVoided, rules.FateMissing})
	if got := b.fates(lrstest.Faults{}); got != told {
		t.Errorf("%s, want %s", got, told)
	}
}

func noFilters(t *testing.T, b *bench) {
	b.lrs.Add(completed(1), stating(2, "id=42", "id=43"), `{"id":"`+id(3)+`","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"`+verbCompleted+`"},"object":{"objectType":"StatementRef","id":"`+id(1)+`"}}`)
	got := map[string]bool{}
	if _, _, err := b.walk("", got, 0); err != nil || len(got) != 1 || !got[id(1)] {
		t.Errorf("%v, %v", got, err)
	}
	for _, r := range b.lrs.Requests() {
		for _, filter := range []string{"agent=", "verb=", "activity="} {
			if strings.Contains(r.Query, filter) {
				t.Errorf("asked with %s", r.Query)
			}
		}
	}
}

func normalised(t *testing.T, b *bench) {
	page := b.page(stating(1, "mailto:p1@example.org", "MAILTO:P1@EXAMPLE.org"), stating(2, id(2), strings.ToUpper("aa"+id(2)[2:])))
	if len(page.Evidence) != 2 || page.Evidence[0].Actor.Value != "P1@example.org" || page.Evidence[1].Statement != "aa"+id(2)[2:] {
		t.Fatalf("%+v", page)
	}
	people := []rules.Person{{ID: "1", Email: "p1@example.org", Accounts: []rules.AccountName{{HomePage: "https://lms.example.org/", Name: "7"}}}}
	ids := rules.NewIdentities(rules.Identity{HomePageAliases: [][]string{{"https://lms.example.org/", "https://lms.example.org"}}}, people, nil)
	for _, a := range []rules.Actor{page.Evidence[0].Actor, {Kind: rules.ActorAccount, HomePage: "https://lms.example.org", Value: "7"}} {
		if who, how := ids.Resolve(a); who != 0 || !how.OK() {
			t.Errorf("%s is %d, %v", a, who, how)
		}
	}
}

func tooMany(t *testing.T, b *bench) {
	client, err := rest.New(rest.Config{URL: b.http.URL + "/xapi", Username: "u", Password: "p", RetryWait: time.Millisecond}, rest.Gets(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.client = New(Config{Name: "main", Limit: 3}, client, b.client.watch)
	for _, after := range []string{"", "0", "garbage"} {
		n := 0
		b.lrs.Reset()
		b.fill(1, 10)
		b.lrs.Fault(lrstest.Faults{Status: 429, RetryAfter: after, When: func(*http.Request) bool { n++; return n%2 == 1 }})
		got := map[string]bool{}
		if _, _, err := b.walk("", got, 0); err != nil || len(got) != 10 {
			t.Errorf("Retry-After %q: %d of 10, %v", after, len(got), err)
		}
	}
}

func version(t *testing.T, b *bench) {
	reads(lrstest.Faults{NoVersion: true})(t, b)
	for _, r := range b.lrs.Requests() {
		if r.Version != "1.0.3" {
			t.Errorf("sent version %q", r.Version)
		}
	}
	b.client.cfg.Version = "2.0.0"
	b.lrs.Fault(lrstest.Faults{})
	if _, _, err := b.walk("", map[string]bool{}, 0); err == nil || !strings.Contains(err.Error(), "check version") {
		t.Errorf("%v", err)
	}
}

func errorShapes(t *testing.T, b *bench) {
	for body, want := range map[string]string{
		`{"error":"no such thing"}`: "no such thing", `{"errorId":"1","warnings":["limit"]}`: "warnings", `{"detail":[{"msg":"field"}]}`: "field",
		"plain words": "plain words", "<html>\x00" + strings.Repeat("x", 9000): "500 Internal", "": "500 Internal",
	} {
		b.lrs.Fault(lrstest.Faults{Status: 500, Body: body})
		_, _, err := b.walk("", map[string]bool{}, 0)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 1000 {
			t.Errorf("%.60q: %v", body, err)
		}
	}
}

func bare(t *testing.T, b *bench) {
	reads(lrstest.Faults{Bare: true})(t, b)
	b.fill(1, 2)
	if f, err := b.client.Check(t.Context()); err != nil || f.Statements != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

func again(t *testing.T, b *bench) {
	page := b.page(completed(1), completed(1), stating(1, "2026-03-01T10:00:00Z", "2026-03-01T11:00:00+01:00"), stating(1, "completed", "passed"))
	d := map[string]int{}
	for _, e := range page.Evidence {
		d[e.Digest]++
	}
	if len(page.Evidence) != 4 || len(d) != 2 || d[page.Evidence[0].Digest] != 3 {
		t.Errorf("%v", d)
	}
}

func upperCase(t *testing.T, b *bench) {
	upper := "ABCDEF00-0000-4000-8000-000000000001"
	b.lrs.Add(stating(1, id(1), upper))
	got := map[string]bool{}
	if _, _, err := b.walk("", got, 0); err != nil || !got[strings.ToLower(upper)] {
		t.Errorf("%v, %v", got, err)
	}
	b.lrs.Fault(lrstest.Faults{ExactIDs: true})
	if fates, err := b.client.Fates(t.Context(), []string{strings.ToLower(upper)}); err != nil || fates[0] != rules.FateStands {
		t.Errorf("%v, %v", fates, err)
	}
}

// TestCanary: an LRS that was emptied or replaced is told from one that is quiet;
// it is said once, and everything is read again.
func TestCanary(t *testing.T) {
	b := newBench(t, Config{Limit: 3})
	b.fill(1, 10)
	cursor, _, err := b.walk("", map[string]bool{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	old := func(cursor string) string {
		at, err := parseCursor(cursor)
		if err != nil || len(at.Canaries) == 0 {
			t.Fatalf("no canary in %s, %v", cursor, err)
		}
		at.Checked = at.Checked.Add(-recogniseEvery)
		return at.String()
	}
	for name, change := range map[string]func(){
		"quiet":             func() {},
		"the oldest pruned": func() { b.lrs.Reset(); b.fill(2, 10) },
		"the newest voided": func() { b.lrs.VoidUnseen(id(10)) },
		"cannot be asked": func() {
			b.lrs.Fault(lrstest.Faults{Status: 500, When: func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "tatementId=") }})
		},
	} {
		change()
		if _, last, err := b.walk(old(cursor), map[string]bool{}, 0); err != nil || !last {
			t.Errorf("%s: %v", name, err)
		}
		b.lrs.Fault(lrstest.Faults{})
	}
	b.lrs.Reset()
	b.fill(20, 22)
	got := map[string]bool{}
	next, _, err := b.walk(old(cursor), got, 0)
	if err != nil && strings.Contains(err.Error(), "emptied or replaced") {
		next, _, err = b.walk(cursorAfterReset(t, b, old(cursor)), got, 0)
	} else {
		t.Errorf("it was not said: %v", err)
	}
	if err != nil || len(got) != 3 || !strings.Contains(next, id(22)) {
		t.Errorf("%d of 3 of the new one, %v, then at %s", len(got), err, next)
	}
}

// cursorAfterReset is the cursor that came with the error.
func cursorAfterReset(t *testing.T, b *bench, cursor string) string {
	t.Helper()
	for page, err := range b.client.Pages(t.Context(), cursor) {
		if err == nil {
			return page.Cursor
		}
	}
	t.Fatal("no page came before the error")
	return ""
}
