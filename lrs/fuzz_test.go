package lrs

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/leadfront/leadfront/rules"
)

// FuzzProject: nothing panics, a refusal says why, and what is read survives being
// written in another form.
func FuzzProject(f *testing.F) {
	for _, file := range []string{"cmi5-spec-samples", "adl-scorm-profile", "adl-xapiwrapper", "invalid-jisc-recipes"} {
		for _, line := range fileLines(f, "testdata/statements/"+file+".jsonl") {
			f.Add([]byte(line))
		}
	}
	watch := NewWatch(nil)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Project("fuzz", raw)
		watch.Keep(&e)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a reason")
			}
			return
		}
		if e.Kind != rules.KindNone && e.Object == "" && e.Voids == "" {
			t.Errorf("%v of nothing", e.Kind)
		}
		var indented bytes.Buffer
		if json.Indent(&indented, raw, "", "  ") != nil {
			t.Error("accepted what is no JSON")
			return
		}
		again, err := Project("fuzz", indented.Bytes())
		if err != nil || again.Digest != e.Digest {
			t.Errorf("reads otherwise when indented: %v", err)
		}
	})
}

// FuzzDecode: every statement of a well-formed page is found untouched, and no
// page makes it panic or read beyond its end.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"statements":[{"id":"x"},7,"]",[{}]],"more":"/xapi/more/1"}`))
	f.Add([]byte(`{"more":null,"statements":[]}`))
	f.Add([]byte("\xef\xbb\xbf" + `{"statements":[{"a":"\"}"}]}`))
	f.Add([]byte(`{"statements":[{]}`))
	watch := NewWatch(nil)
	f.Fuzz(func(t *testing.T, page []byte) {
		before := bytes.Clone(page)
		statements, more, err := Decode(page, most(0))
		sameCut(t, page, statements, more, err, watch)
		if !bytes.Equal(page, before) {
			t.Error("the page was written to")
		}
		var want struct {
			Statements []json.RawMessage
			More       string
		}
		if err != nil || !json.Valid(page) || json.Unmarshal(page, &want) != nil {
			return
		}
		keys := strings.ToLower(string(page))
		if strings.Count(keys, "statements") > 1 || strings.Count(keys, "more") > 1 || strings.Contains(keys, `\u`) {
			return // encoding/json takes the last, and any case
		}
		if len(want.Statements) != len(statements) && want.Statements != nil {
			t.Fatalf("%d statements, want %d", len(statements), len(want.Statements))
		}
		for i, raw := range want.Statements {
			if !bytes.Equal(raw, statements[i]) {
				t.Errorf("%s, want %s", statements[i], raw)
			}
		}
		if _, err := resolveMore(&url.URL{Scheme: "https", Host: "lrs.example.org", Path: "/xapi"}, "statements", more); err != nil {
			t.Logf("more refused: %v", err)
		}
	})
}

// sameCut demands that a page is cut at the same places whether its statements are
// glanced at or not.
func sameCut(t *testing.T, page []byte, statements [][]byte, more string, err error, w *Watch) {
	t.Helper()
	seen, again, glanced := cutPage(nil, page, most(0), newGlancer(w))
	if (glanced == nil) != (err == nil) || again != more || len(seen) != len(statements) {
		t.Fatalf("%d statements, more %q, %v; at a glance %d, %q, %v", len(statements), more, err, len(seen), again, glanced)
	}
	for i := range seen {
		if !bytes.Equal(seen[i].raw, statements[i]) {
			t.Fatalf("%s, at a glance %s", statements[i], seen[i].raw)
		}
	}
	project("fuzz", seen, w)
}

// FuzzMore: wherever a link points, it is asked of the configured origin.
func FuzzMore(f *testing.F) {
	f.Add("/xapi", "http://elsewhere/xapi/more/1?a=[b]")
	f.Add("/proxy/xapi", "//x//y?//z")
	f.Add("", "?@evil.example.org/")
	f.Fuzz(func(t *testing.T, path, more string) {
		base, err := url.Parse("https://lrs.example.org" + path)
		if err != nil || base.Host != "lrs.example.org" {
			return
		}
		link, err := resolveMore(base, "statements", more)
		if err != nil {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host != "lrs.example.org" || u.User != nil {
			t.Errorf("%q leads to %q (%v)", more, link, err)
		}
	})
}
