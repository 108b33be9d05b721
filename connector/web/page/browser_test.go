package page

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/leadfront/leadfront/connector/web/signin"
	"github.com/leadfront/leadfront/connector/web/view"
)

// browser is a Chromium that looks at the pages of a view as somebody.
type browser struct {
	testing.TB
	ctx  context.Context
	base string
	who  signin.Who
}

// browse starts one. Where there is none the test is left out, but not on CI.
func browse(tb testing.TB, v *view.View) *browser {
	tb.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("on CI there has to be a browser: %v", err)
		}
		tb.Skip("chromium is not installed (Debian: apt-get install chromium)")
	}
	b := &browser{TB: tb}
	server := httptest.NewServer(site(tb, v, func() signin.Who { return b.who }))
	tb.Cleanup(server.Close)
	b.base = server.URL
	o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	bounded, cancel := context.WithTimeout(tb.Context(), 3*time.Minute)
	alloc, end := chromedp.NewExecAllocator(bounded, o...)
	ctx, stop := chromedp.NewContext(alloc)
	tb.Cleanup(func() { stop(); end(); cancel() })
	b.ctx = ctx
	sees(b, with(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	return b
}

// with is a command of the protocol as a step.
func with[P, R any](command cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, command, params) }
}

// sees is what a person sees, or does; a step that fails ends the test.
func sees[T any](b *browser, step chromedp.Action[T]) T {
	b.Helper()
	out, err := chromedp.Run(b.ctx, step)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// text is what is written at the place.
func (b *browser) text(selector string) string {
	b.Helper()
	return sees(b, chromedp.Text(selector))
}

// open goes to a page; follow goes where a link leads.
func (b *browser) open(path string) { b.Helper(); b.goes(chromedp.Navigate(b.base + path)) }

func (b *browser) follow(selector string) { b.Helper(); b.goes(chromedp.Click(selector)) }

func (b *browser) goes(step chromedp.Action[chromedp.Void]) {
	b.Helper()
	if r, err := chromedp.RunResponse(b.ctx, step); err != nil || r.Status != http.StatusOK {
		b.Fatalf("%+v, %v", r, err)
	}
}

// shoot keeps a picture of the page, on a desk, in the dark and on a phone, in the
// folder that LEADFRONT_SCREENS names, for people to look at.
func (b *browser) shoot(name string) {
	folder := os.Getenv("LEADFRONT_SCREENS")
	if folder == "" {
		return
	}
	for _, s := range []struct {
		name   string
		width  int64
		scheme string
	}{{"desk", 1280, "light"}, {"dark", 1280, "dark"}, {"phone", 390, "light"}} {
		sees(b, with(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}))
		sees(b, chromedp.EmulateViewport(s.width, 900))
		if err := os.WriteFile(filepath.Join(folder, name+"-"+s.name+".png"), sees(b, chromedp.FullScreenshot(100)), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWalkDown: from the dashboard, an auditor follows who holds up most people down
// the organisation to a person, and reads why.
func TestWalkDown(t *testing.T) {
	t.Parallel()
	v := company(t, 2000)
	b := browse(t, v)
	b.who = as("", signin.Auditor)
	first := v.Name(v.Programs()[0].CriticalPath[0].Person)
	b.open("/")
	if heading := b.text("#threshold"); heading != "The threshold is not met" {
		t.Errorf("the dashboard says %q", heading)
	}
	b.shoot("dashboard")
	if row := b.text("#blocking ~ .table tbody tr"); !strings.Contains(row, first) {
		t.Errorf("the first row is %q; want %s", row, first)
	}
	b.follow("#blocking ~ .table tbody tr td:last-child a")
	if heading, crumbs := b.text("h1"), b.text(".crumbs"); heading != first || !strings.Contains(crumbs, "Leader 0") {
		t.Errorf("behind it is %q, below %q; want %s", heading, crumbs, first)
	}
	b.shoot("org")
	b.follow("tbody tr:last-child th a")
	b.open(pathOf(t, v, "0000125"))
	if why := b.text(".full"); !strings.Contains(why, "By row 10 of the decision table") || !strings.Contains(why, "waits for Leader 5 (0000005)") {
		t.Errorf("the person's page says %q", why)
	}
	b.shoot("person-staff")
}

// TestOnePersonsPages: a learner and a leader, each on their own page, and what
// everybody may read of privacy. Nothing on them is wider than a phone.
func TestOnePersonsPages(t *testing.T) {
	t.Parallel()
	v := company(t, 2000)
	b := browse(t, v)
	for _, one := range []struct{ name, person, path, want string }{
		{"learner", "0000125", "/me", "You can start as soon as your leader has completed the same course."},
		{"leader", v.Programs()[0].CriticalPath[0].Person, "/me", "You are holding up"},
		{"team", v.Programs()[0].CriticalPath[0].Person, "/org", "people"},
		{"privacy", "0000125", "/privacy", "Who sees what"},
		{"nobody", "somebody else", "/me", "nobody in the organisation could be matched"},
	} {
		b.who = as(one.person)
		b.open(one.path)
		if main := b.text("main"); !strings.Contains(main, one.want) {
			t.Errorf("%s reads %q and no %q", one.name, main, one.want)
		}
		b.shoot(one.name)
		sees(b, chromedp.EmulateViewport(360, 740))
		if wide := sees(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth")); wide > 360 {
			t.Errorf("%s is %d wide on a phone of 360", one.name, wide)
		}
	}
}
