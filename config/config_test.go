package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/rules"
)

var update = flag.Bool("update", false, "write testdata/problems.txt anew, to be read before it is committed")

// TestBad loads every file in testdata/bad, each wrong in its own way, and
// compares all that is said about it.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 70 {
		t.Fatalf("%d bad files, %v; want 70 at least", len(files), err)
	}
	var got strings.Builder
	for _, file := range files {
		fmt.Fprintf(&got, "## %s\n", filepath.Base(file))
		c, err := config.Load(file)
		var problems config.Problems
		if c != nil || !errors.As(err, &problems) {
			t.Errorf("%s: Load = %v, %v; want no configuration and Problems", file, c, err)
			continue
		}
		for _, p := range problems {
			got.WriteString(strings.TrimPrefix(strings.TrimPrefix(p.String(), file), ":") + "\n")
		}
	}
	folder, _ := filepath.Abs("testdata/bad")
	text := strings.ReplaceAll(got.String(), folder, "FOLDER")
	const golden = "testdata/problems.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compareLines(t, text, string(want))
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var gl, wl string
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if gl != wl {
			t.Fatalf("line %d is\n%s, want\n%s", i+1, gl, wl)
		}
	}
}

// small returns testdata/small.yaml with edits, which come in pairs.
func small(t *testing.T, edits ...string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("testdata/small.yaml has no %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("test.yaml", "/etc/leadfront", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDefaults: what may be left out has the value that its documentation says.
func TestDefaults(t *testing.T) {
	c := parse(t, small(t))
	if c.Mode != rules.Observe || c.Data != "/etc/leadfront/data" || c.Listen != "127.0.0.1:9464" || c.Doubt != "keep" ||
		c.OverrideRespected != 14*24*time.Hour || c.Log != (config.Log{Format: "text", Level: "info"}) {
		t.Errorf("the top level is %+v", c)
	}
	hr, lrs, site := c.HRIS[0].CSV, c.Records[0].LRS, c.LMS[0].Moodle
	if hr.File.Name != "hr" || hr.File.Path != "/etc/leadfront/people.csv" || hr.File.Stable != time.Minute ||
		hr.Org.Schedule != (config.Schedule{Every: time.Hour, MaxAge: 7 * 24 * time.Hour}) || hr.Org.Limits != rules.DefaultOrgLimits() {
		t.Errorf("csv is %+v", hr)
	}
	if lrs.Schedule != (config.Schedule{Every: 10 * time.Second, MaxAge: 24 * time.Hour}) || lrs.Server.Timeout != 30*time.Second {
		t.Errorf("lrs is %+v", lrs)
	}
	if site.Site.Name != "moodle" || site.Site.Match != "idnumber" || site.Site.Role != 5 || site.Site.Probe != "7" {
		t.Errorf("moodle is %+v", site.Site)
	}
	if got := c.Programs[0].Guards.Limits(); got != rules.DefaultGuardLimits() {
		t.Errorf("guards are %+v", got)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings are %v; want none", c.Warnings)
	}
}

// TestExplicitZero: 0 where a default is not 0 stays 0.
func TestExplicitZero(t *testing.T) {
	c := parse(t, small(t, "path: people.csv", "path: people.csv\n      stable: 0\n      max_age: 0\n      limits: {gone: {count: 0}}"))
	hr := c.HRIS[0].CSV
	if hr.File.Stable != 0 || hr.Org.Schedule.MaxAge != 0 || hr.Org.Limits.Gone != (rules.Limit{Count: 0, Percent: 5}) {
		t.Errorf("stable %v, max_age %v, gone %+v; want 0, 0, count 0 and percent 5", hr.File.Stable, hr.Org.Schedule.MaxAge, hr.Org.Limits.Gone)
	}
}

func TestIDsKeepTheirZeros(t *testing.T) {
	c := parse(t, small(t, `["00001"]`, `[00001, 0x10, 1_000, 1e3, true, 2026-10-01]`))
	if got := strings.Join(c.Tops, " "); got != "00001 0x10 1_000 1e3 true 2026-10-01" {
		t.Errorf("unquoted tops are %s; want them as written", got)
	}
}

func TestDays(t *testing.T) {
	for _, test := range []struct{ zone, day, want string }{
		{"UTC", "2026-10-01", "2026-10-01T00:00:00Z"},
		{"Europe/Berlin", "2026-10-01", "2026-09-30T22:00:00Z"},
		{"America/New_York", "2026-12-01", "2026-12-01T05:00:00Z"},
		{"Europe/Berlin", "2026-10-01T08:00:00Z", "2026-10-01T08:00:00Z"},
	} {
		c := parse(t, small(t, "2026-10-01", test.day)+"timezone: "+test.zone+"\n")
		if got := c.Programs[0].Launch.UTC().Format(time.RFC3339); got != test.want {
			t.Errorf("%s in %s is %s, want %s", test.day, test.zone, got, test.want)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250ms": 250 * time.Millisecond, "10s": 10 * time.Second, "1h30m": 90 * time.Minute,
		"30d": 720 * time.Hour, "2w": 336 * time.Hour, "1.5h": 90 * time.Minute,
	} {
		c := parse(t, small(t, "data: data", "data: data\noverride_respected: "+text))
		if c.OverrideRespected != want {
			t.Errorf("%s is %v, want %v", text, c.OverrideRespected, want)
		}
	}
	for _, text := range []string{"10", "-1h", "1 h", "h", "1y", "1h-30m", "6000w", "1e9h", "''"} {
		_, err := config.Parse("t.yaml", "/", []byte(small(t, "data: data", "data: data\noverride_respected: "+text)))
		if err == nil || !strings.Contains(err.Error(), "override_respected") {
			t.Errorf("%s: %v; want an error", text, err)
		}
	}
}

// TestSecrets: a secret comes from its file without the line end, and is shown
// nowhere.
func TestSecrets(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "leadfront.yaml")
	for name, data := range map[string]string{
		"lrs-password":   "s3cret pass \r\n",
		"moodle-token":   "t0ken-of-moodle\n",
		"leadfront.yaml": small(t, "password: pass-word", "password_file: lrs-password", "token: to-ken", "token_file: moodle-token"),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Records[0].LRS.Server.Password.Reveal(); got != "s3cret pass " {
		t.Errorf("the password is %q", got)
	}
	shown := c.Redacted() + fmt.Sprintf("%v %+v %#v", c, *c.Records[0].LRS, *c.LMS[0].Moodle)
	for _, secret := range []string{"s3cret", "t0ken"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown in\n%s", secret, shown)
		}
	}
	if !strings.Contains(shown, "password: <secret>") || len(c.Warnings) > 0 {
		t.Errorf("warnings %v; the mask is missing in\n%s", c.Warnings, shown)
	}
	if err := os.Chmod(filepath.Join(folder, "moodle-token"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err = config.Load(path); err != nil || len(c.Warnings) != 1 || c.Warnings[0].Path != "lms[0].moodle.token_file" {
		t.Errorf("a token that everybody can read: %v, %v; want one warning", c.Warnings, err)
	}
}

func TestWarnings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadfront.yaml")
	text := small(t, "https://lrs.corp.example", "http://lrs.corp.example", "https://moodle.corp.example", "http://127.0.0.1:8080")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.Path+": "+w.Message[:10])
	}
	if strings.Join(got, "; ") != ": holds a se; records[0].lrs.url: is not htt" {
		t.Errorf("warnings are %v; want the open file and plain http to another machine, not to this one", c.Warnings)
	}
}

// TestRedactedIsAConfiguration: what the log keeps can be loaded again, and
// means the same.
func TestRedactedIsAConfiguration(t *testing.T) {
	for name, text := range map[string]string{"small": small(t), "example": config.Example} {
		c := parse(t, text)
		again, err := config.Parse("test.yaml", "/elsewhere", []byte(c.Redacted()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again.Digest() != c.Digest() {
			t.Errorf("%s: read again it is\n%s, want\n%s", name, again.Redacted(), c.Redacted())
		}
	}
}

// TestDigest: another password is the same configuration, another title is not.
func TestDigest(t *testing.T) {
	c := parse(t, small(t))
	if other := parse(t, small(t, "pass-word", "other-word")); other.Digest() != c.Digest() {
		t.Error("another password changes the digest")
	}
	if other := parse(t, small(t, "id: ai", "id: ai\n    title: AI")); other.Digest() == c.Digest() {
		t.Error("another title does not change the digest")
	}
}

// TestPolicy: the preset is expanded, and every key arrives.
func TestPolicy(t *testing.T) {
	p := parse(t, config.Example).Policy()
	if len(p.Programs) != 1 || p.Digest == "" || p.Match["moodle"] != rules.MatchIDNumber || p.DoubtHolds {
		t.Fatalf("policy is %+v", p)
	}
	prog := p.Programs[0]
	if prog.ID != "ai-foundations" || len(prog.Targets) != 1 || prog.Targets[0].Key() != "moodle/AI-101" ||
		prog.Clock != (rules.Clock{FutureSkew: 5 * time.Minute, LateAfter: 7 * 24 * time.Hour}) {
		t.Errorf("programme is %+v", prog)
	}
	c := prog.Course
	if len(c.CompleteWhen) != 1 || c.CompleteWhen[0].Verb != "http://adlnet.gov/expapi/verbs/completed" || !c.ComponentCompletion {
		t.Errorf("moodle-logstore expands to %+v", c.CompleteWhen)
	}
	if len(c.Editions) != 1 || len(c.Editions[0].Components) != 1 || *c.Editions[0].Components[0].MinScore != 0.8 || !c.Editions[0].Components[0].Passed {
		t.Errorf("editions are %+v", c.Editions)
	}
	if len(p.Identity.Accounts) != 1 || p.Identity.Accounts[0].LMS != "moodle" || len(p.Identity.DomainAliases) != 1 {
		t.Errorf("identity is %+v", p.Identity)
	}
}

func TestAuthorities(t *testing.T) {
	c := parse(t, small(t, "emitter: moodle-logstore",
		`emitter: moodle-logstore
      authorities: [{mbox: "mailto:Feed@LRS.Corp.Example"}, {home_page: "https://lrs.example", name: feed}, {openid: "https://id.example/feed"}]`))
	got := c.Policy().Programs[0].Course.Authorities
	want := []string{"Feed@lrs.corp.example", "feed", "https://id.example/feed"}
	for i := range want {
		if len(got) != len(want) || got[i].Value != want[i] {
			t.Fatalf("authorities are %+v, want %v", got, want)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "leadfront init writes an example") {
		t.Errorf("a missing file: %v; want what to do", err)
	}
}

// FuzzParse: any bytes are a configuration that can be printed and read again,
// or problems with a place.
func FuzzParse(f *testing.F) {
	f.Add([]byte(config.Example))
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range append(files, "testdata/small.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("fuzz.yaml", "/nowhere", data)
		if err != nil {
			var problems config.Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("error without problems: %v", err)
			}
			return
		}
		again, err := config.Parse("fuzz.yaml", "/elsewhere", []byte(c.Redacted()))
		if err != nil {
			t.Fatalf("what was printed cannot be read: %v\n%s", err, c.Redacted())
		}
		if again.Digest() != c.Digest() {
			t.Fatalf("printed, read and printed again it differs:\n%s\n%s", c.Redacted(), again.Redacted())
		}
	})
}
