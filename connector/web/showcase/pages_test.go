package showcase

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
	"github.com/leadfront/leadfront/rules"
)

const base = "https://leadfront.corp.example"

// site is the showcase of a history, with the outbox of a real store.
type site struct {
	t      *testing.T
	h      *told
	latest view.Latest
	now    time.Time
	outbox store.Outbox
	echo   *echo.Echo
	who    string // HR id of whoever looks; empty: nobody has signed in
	kicks  int
	show   *Showcase
}

func newSite(t *testing.T, h *told, cfg Config) *site {
	t.Helper()
	s := &site{t: t, h: h, now: days(80)}
	dir := t.TempDir()
	if err := store.Init(t.Context(), dir, launch); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.outbox = st.Outbox()
	clock := func() time.Time { return s.now }
	layout, err := page.NewLayout(&s.latest, clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	show, err := New(Options{Config: cfg, Base: base, Layout: layout, Views: &s.latest, Outbox: s.outbox, Kick: func() { s.kicks++ }, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	s.show = show
	s.echo = echo.New()
	s.echo.HTTPErrorHandler = layout.Errors
	s.echo.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if s.who != "" {
				signin.Enter(c, signin.Who{Name: "somebody", Person: s.who}, func() string { return "t0ken" })
			}
			return next(c)
		}
	})
	layout.Mount(s.echo)
	show.Mount(s.echo, new(signin.Door).Need)
	return s
}

// settle publishes the judgement of the history.
func (s *site) settle() *site {
	facts, j := s.h.judge(s.now)
	policy := &rules.Policy{Tops: []string{"1"}, Programs: []rules.Program{s.h.program}}
	s.latest.Publish(&view.View{At: s.now, Judged: s.now, Mode: rules.Observe, Policy: policy, Facts: facts, Judgement: j, Refs: view.NewRefs([]byte("k"), j.Index)})
	return s
}

func (s *site) do(method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, r)
	return w
}

// sees asks for a page and looks for texts in it; those that begin with a "!" must not
// be there.
func (s *site) sees(path string, status int, texts ...string) {
	s.t.Helper()
	w := s.do(http.MethodGet, path, nil)
	if w.Code != status {
		s.t.Errorf("%s as %q: %d, want %d", path, s.who, w.Code, status)
	}
	for _, want := range texts {
		not := strings.HasPrefix(want, "!")
		if strings.Contains(w.Body.String(), strings.TrimPrefix(want, "!")) == not {
			s.t.Errorf("%s as %q: %q\n%s", path, s.who, want, w.Body)
		}
	}
}

func (s *site) post(path string, status int, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	w := s.do(http.MethodPost, path, form)
	if w.Code != status {
		s.t.Errorf("POST %s as %q: %d, want %d\n%s", path, s.who, w.Code, status, w.Body)
	}
	return w
}

func (s *site) onTheWay() (list []rules.Outgoing) {
	s.t.Helper()
	list, err := s.outbox.All(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func filled(do string) url.Values {
	return url.Values{"do": {do}, "title": {"Better offers"}, "prompt": {"Compare <offer>A</offer> …"}, "output": {"A is cheaper"}, "result": {"Saved **two** days"},
		"tool": {"Claude"}, "own_work": {"1"}, "consent": {"1"}}
}

// Everybody who is signed in sees what counts, with what is missing; nobody sees more.
func TestWhoSeesTheShowcase(t *testing.T) {
	s := newSite(t, history(), Config{})
	s.who = "6"
	s.sees(Path, http.StatusServiceUnavailable, "Nothing has been decided yet")
	s.settle()
	s.sees(Path, http.StatusOK, "Shorter minutes", "Shift *plan*", "Cy &lt;Ops&gt;", "Confirmed by the team", "Claimed by the author", "2 use cases",
		"Still missing: a use case of Top of the organisation, Level 2", "2026-Q3 (so far)", "!Secret", "!AI is great", "!/showcase/new", "!<script", "!style=")
	s.sees(Path+"?q=copilot&level=1", http.StatusOK, "1 use case fits", "Shorter minutes", "!Shift *plan*")
	s.sees(Path+"?q=nothing+like+it", http.StatusOK, "Nothing fits")
	s.sees(Path+"/"+refOf(1), http.StatusOK, "Shift *plan*", "Prompt of Shift <em>plan</em>", "https://wiki.corp.example/plan", "!Old plan", "!I saw this", "!Withdraw")
	s.sees(Path+"/"+refOf(2), http.StatusGone, "was withdrawn", "22 Jul 2026", "!Secret")
	for _, ref := range []string{refOf(3), refOf(9), "1", "2", "statement-0"} {
		s.sees(Path+"/"+ref, http.StatusNotFound)
	}
	s.who = ""
	for _, path := range []string{"", "/feed.atom", "/feed.json", "/fragment", "/" + refOf(0), "/new", "/mine", "/review"} {
		s.sees(Path+path, http.StatusSeeOther, "!minutes")
	}
	open := newSite(t, history(), Config{Open: true}).settle()
	for _, path := range []string{"", "/feed.atom", "/feed.json", "/fragment", "/" + refOf(0)} {
		open.sees(Path+path, http.StatusOK, "Shorter minutes")
	}
	for _, path := range []string{"/new", "/mine", "/review", "/" + refOf(0) + "/edit"} {
		open.sees(Path+path, http.StatusSeeOther)
	}
}

// A reader of feeds is told when there is nothing new, and when there is.
func TestFeedsAskForNewsOnly(t *testing.T) {
	for path, kind := range map[string]string{"/feed.atom": "application/atom+xml; charset=utf-8", "/feed.json": "application/feed+json; charset=utf-8", "/fragment": "text/html; charset=UTF-8"} {
		s := newSite(t, history(), Config{Open: true}).settle()
		first := s.do(http.MethodGet, Path+path, nil)
		tag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
		if first.Code != http.StatusOK || tag == "" || modified == "" || first.Header().Get("Content-Type") != kind {
			t.Fatalf("%s: %d %v", path, first.Code, first.Header())
		}
		if again := s.do(http.MethodGet, Path+path, nil, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s by tag: %d", path, again.Code)
		}
		if again := s.do(http.MethodGet, Path+path, nil, "If-Modified-Since", modified); again.Code != http.StatusNotModified {
			t.Errorf("%s by date: %d", path, again.Code)
		}
		s.h.say(rules.KindUnshared, "3", 79, 1, nil)
		s.settle()
		if news := s.do(http.MethodGet, Path+path, nil, "If-None-Match", tag); news.Code != http.StatusOK || strings.Contains(news.Body.String(), "Result of Shift") {
			t.Errorf("%s after a withdrawal: %d %s", path, news.Code, news.Body)
		}
	}
}

// The fragment may be framed by whom the configuration names, and does nothing but show.
func TestFragmentMayBeFramed(t *testing.T) {
	s := newSite(t, history(), Config{Open: true, Frames: []string{"https://intranet.corp.example"}}).settle()
	w := s.do(http.MethodGet, Path+"/fragment?limit=1", nil)
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "frame-ancestors 'self' https://intranet.corp.example") {
		t.Errorf("policy %q", policy)
	}
	if body := w.Body.String(); strings.Count(body, "<article>") != 1 || strings.Contains(body, "<script") || !strings.Contains(body, `href="https://leadfront.corp.example/showcase/`+refOf(1)+`" target="_top"`) {
		t.Errorf("fragment: %s", body)
	}
}

// A leader writes, previews, corrects and shares; it waits in the outbox as the
// statement that it will be.
func TestSharing(t *testing.T) {
	s := newSite(t, history(), Config{}).settle()
	s.who = "5"
	s.sees(Path+"/new", http.StatusOK, "you do not lead anybody", "!<textarea")
	s.post(Path+"/new", http.StatusUnprocessableEntity, filled("share"))
	s.who = "3"
	s.sees(Path, http.StatusOK, `href="/showcase/new"`)
	s.sees(Path+"/new", http.StatusOK, `value="t0ken"`, "Leave out names of customers", "!Preview: this", "!may look at it for up to")
	preview := s.post(Path+"/new", http.StatusOK, filled("preview")).Body.String()
	for _, want := range []string{"Preview: this", "<strong>two</strong>", "Compare &lt;offer&gt;A&lt;/offer&gt; …</textarea>"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview has no %s:\n%s", want, preview)
		}
	}
	short := filled("share")
	short.Del("output")
	short.Del("own_work")
	short.Set("link", "http://plain.example")
	if body := s.post(Path+"/new", http.StatusUnprocessableEntity, short).Body.String(); !strings.Contains(body, "look at 3 fields") || !strings.Contains(body, "Only what you did yourself counts") || strings.Contains(body, "A is cheaper") || !strings.Contains(body, `value="Better offers"`) {
		t.Errorf("what is wrong is not said:\n%s", body)
	}
	if len(s.onTheWay()) != 0 {
		t.Fatal("something was shared that was only looked at")
	}
	s.post(Path+"/new", http.StatusSeeOther, filled("share"))
	sent := s.onTheWay()
	if len(sent) != 1 || s.kicks != 1 {
		t.Fatalf("on its way: %+v, %d kicks", sent, s.kicks)
	}
	o := sent[0]
	if o.Kind != rules.KindShared || o.State != rules.OutgoingWaiting || o.Person != "3" || o.Actor.Value != "p3@corp.example" || o.Place != course || !ours.MatchString(o.Object) ||
		o.Said.Extensions[partConsent] != "true" || s.h.program.Showcase.Heard(o.Said)["prompt"] != "Compare <offer>A</offer> …" {
		t.Errorf("shared: %+v", o)
	}
	s.sees(Path+"/mine", http.StatusOK, "Better offers", "On its way to the record store", "Shift *plan*", "!Shorter minutes")
	s.sees(Path, http.StatusOK, "!Better offers")
	if err := s.outbox.Failed(t.Context(), o.ID, "LRS main: 503", s.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.sees(Path+"/mine", http.StatusOK, "It waits for the record store", "sent again in 60 minutes")
	s.who = "2"
	s.sees(Path+"/mine", http.StatusOK, "!Better offers")
	s.sees(Path+"/"+refIn(o.Object)+"/edit", http.StatusNotFound)
	s.post(Path+"/"+refIn(o.Object)+"/withdraw", http.StatusNotFound, url.Values{})
}

// An edit takes the old text back and shares the new one; a withdrawal is out of sight
// at once, before the record store knows.
func TestEditAndWithdraw(t *testing.T) {
	s := newSite(t, history(), Config{}).settle()
	s.who = "3"
	s.sees(Path+"/"+refOf(1)+"/edit", http.StatusOK, "Prompt of Shift *plan*", `value="https://wiki.corp.example/plan"`)
	s.post(Path+"/"+refOf(1)+"/edit", http.StatusSeeOther, filled("share"))
	sent := s.onTheWay()
	if len(sent) != 2 || sent[0].Kind != rules.KindUnshared || sent[1].Kind != rules.KindShared || !sent[0].At.Before(sent[1].At) || sent[0].Object != sent[1].Object || refIn(sent[1].Object) != refOf(1) {
		t.Fatalf("an edit is %+v", sent)
	}
	s.sees(Path+"/"+refOf(1), http.StatusOK, "Shift *plan*") // until the new text is there
	s.sees(Path+"/"+refOf(1)+"/edit", http.StatusOK, "Better offers")
	s.post(Path+"/"+refOf(1)+"/withdraw", http.StatusSeeOther, url.Values{})
	if sent := s.onTheWay(); len(sent) != 1 || sent[0].Kind != rules.KindUnshared {
		t.Fatalf("a withdrawal is %+v", sent)
	}
	s.sees(Path+"/"+refOf(1), http.StatusGone, "was withdrawn")
	s.sees(Path, http.StatusOK, "!Shift *plan*", "Shorter minutes")
	s.sees(Path+"/feed.atom", http.StatusOK, "!Shift *plan*", `deleted-entry ref="https://leadfront.corp.example/showcase/`+refOf(1))
	s.sees(Path+"/mine", http.StatusOK, "It is out of the showcase already")
	cases, err := s.show.Cases(t.Context(), s.latest.Current()) // what the API tells
	if err != nil || len(cases) == 0 || slices.ContainsFunc(cases, func(c *Case) bool { return c.Ref == refOf(1) }) {
		t.Errorf("%d cases, %v", len(cases), err)
	}
}

// Whoever is led by the author may confirm, once, and nobody else.
func TestConfirming(t *testing.T) {
	s := newSite(t, history(), Config{}).settle()
	for _, who := range []string{"1", "2", "3", "5", "6"} {
		s.who = who
		s.sees(Path+"/"+refOf(1), http.StatusOK, "!I saw this")
		s.post(Path+"/"+refOf(1)+"/confirm", http.StatusNotFound, url.Values{})
	}
	s.who = "7"
	s.sees(Path+"/"+refOf(1), http.StatusOK, "I saw this in our meeting")
	for range 2 {
		s.post(Path+"/"+refOf(1)+"/confirm", http.StatusSeeOther, url.Values{})
	}
	if sent := s.onTheWay(); len(sent) != 1 || sent[0].Kind != rules.KindConfirmed || sent[0].Person != "7" || refIn(sent[0].Object) != refOf(1) {
		t.Fatalf("confirmed: %+v", sent)
	}
	s.sees(Path+"/"+refOf(1), http.StatusOK, "You have confirmed this", "!I saw this in our meeting")
}

// A second person who knows the work looks at it, gives it back, and lets it through.
func TestASecondLook(t *testing.T) {
	s := newSite(t, history(), Config{Review: 72 * time.Hour}).settle()
	s.who = "3"
	s.sees(Path+"/new", http.StatusOK, "may look at it for up to 3 days")
	s.post(Path+"/new", http.StatusSeeOther, filled("share"))
	ref := refIn(s.onTheWay()[0].Object)
	s.sees(Path+"/mine", http.StatusOK, "A second person may look at it", "2 Aug 2026")
	s.sees(Path+"/review", http.StatusOK, "Nothing waits for you")
	for _, who := range []string{"2", "5", "6"} {
		s.who = who
		s.sees(Path+"/review", http.StatusOK, "Nothing waits for you")
		s.post(Path+"/review/"+ref, http.StatusNotFound, url.Values{"do": {"pass"}})
	}
	s.who = "4" // is led by the author
	s.sees(Path, http.StatusOK, "1 use case waits")
	s.sees(Path+"/review", http.StatusOK, "Better offers", "Saved <strong>two</strong> days")
	s.post(Path+"/review/"+ref, http.StatusSeeOther, url.Values{"do": {"back"}, "note": {"names <customer>"}})
	s.who = "3"
	s.sees(Path+"/mine", http.StatusOK, "Di Shift gives it back to you", "names &lt;customer&gt;")
	s.post(Path+"/"+ref+"/edit", http.StatusSeeOther, filled("share"))
	s.who = "1" // leads the author
	s.post(Path+"/review/"+ref, http.StatusSeeOther, url.Values{"do": {"pass"}})
	due, err := store.Outbox.Due(s.outbox, t.Context(), s.now)
	if err != nil || len(due) != 1 || refIn(due[0].Object) != ref || !slices.Contains([]rules.OutgoingState{rules.OutgoingWaiting}, due[0].State) {
		t.Errorf("due: %+v, %v", due, err)
	}
}

// Nothing that others wrote does anything on any page.
func TestAttacksOnThePages(t *testing.T) {
	h := nasty(t)
	hist := history()
	for i, sample := range attacks(t)[:40] {
		hist.say(rules.KindShared, "4", 76, 6+i%18, saying("]]></title>"+sample, "topic", sample, "tool", sample, "result", sample, "prompt", sample))
	}
	s := newSite(t, hist, Config{Open: true}).settle()
	paths := []string{Path, Path + "?page=2", Path + "/fragment?limit=20", Path + "?q=" + url.QueryEscape(`"><script>alert(1)</script>`)}
	for _, c := range h.Catalogue.Cases {
		paths = append(paths, Path+"/"+c.Ref)
	}
	for _, path := range paths {
		root, err := html.Parse(s.do(http.MethodGet, path, nil).Body)
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && slices.Contains([]string{"script", "img", "iframe", "object", "embed", "style", "base"}, n.Data) {
				t.Errorf("%s has <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				u, err := url.Parse(a.Val)
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || (a.Key == "href" || a.Key == "action") && (err != nil || u.Scheme != "" && u.Scheme != "https") {
					t.Errorf("%s has %s=%q", path, a.Key, a.Val)
				}
			}
		}
	}
}

// The bounds of the configuration.
func TestConfig(t *testing.T) {
	for want, c := range map[string]Config{
		"":        {Review: 72 * time.Hour, Frames: []string{"https://intranet.corp.example", "https://x.example:8443"}},
		"review":  {Review: 15 * 24 * time.Hour},
		"frames[": {Frames: []string{"https://intranet.corp.example/path"}},
		"origin":  {Frames: []string{"http://intranet.corp.example"}},
	} {
		if err := c.Validate(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
