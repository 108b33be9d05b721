package showcase

import (
	"bytes"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
)

func july(t *testing.T, c *Catalogue, base, program string) *Newsletter {
	t.Helper()
	return NewNewsletter(c, NewMarkdown(), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), base, program)
}

// The newsletter has what was shared in its month, and says what is missing.
func TestNewsletter(t *testing.T) {
	c := history().catalogue(days(80))
	text, err := july(t, c, "https://leadfront.corp.example", "").Text()
	if err != nil {
		t.Fatal(err)
	}
	want := `# How our leaders use AI: July 2026

## [Shift \*plan\*](https://leadfront.corp.example/showcase/` + refOf(1) + `)

Cy \<Ops\>, Level 1, Operations.

**Prompt.** Prompt of Shift plan

**Result.** Result of Shift plan

## What is missing: AI Foundations

* Top of the organisation: no use case yet.
* Level 2: no use case yet.

All use cases: <https://leadfront.corp.example/showcase>
`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	may := NewNewsletter(c, NewMarkdown(), time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC), "", "")
	if got := titles(may.Cases); !slices.Equal(got, []string{"Shorter minutes"}) {
		t.Errorf("May has %q", got)
	}
	for program, has := range map[string]bool{"AI Foundations": true, "Another": false} {
		if text, err := july(t, c, "", program).Text(); err != nil || bytes.Contains(text, []byte("Shift")) != has || bytes.Contains(text, []byte("https:")) {
			t.Errorf("%s: %v\n%s", program, err, text)
		}
	}
}

// The message is one that others can read: two forms of the same, and whatever leaders
// wrote does nothing in either, even where somebody renders the Markdown carelessly.
func TestNewsletterAsAMail(t *testing.T) {
	raw, err := july(t, nasty(t).Catalogue, "https://leadfront.corp.example", "").Mail("Lea <lea@corp.example>", "all@corp.example, more@corp.example", days(80))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	to, err := msg.Header.AddressList("To")
	if subject := msg.Header.Get("Subject"); err != nil || len(to) != 2 || subject != "How our leaders use AI: July 2026" || msg.Header.Get("Message-Id") == "" {
		t.Errorf("header %v: %v", msg.Header, err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	bodies := map[string]string{}
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		bodies[kind] = string(body)
	}
	if len(bodies) != 2 || !strings.Contains(bodies["text/html"], "<h1") {
		t.Fatalf("%d parts", len(bodies))
	}
	var careless bytes.Buffer
	if err := goldmark.New(goldmark.WithRendererOptions(goldmarkhtml.WithUnsafe())).Convert([]byte(bodies["text/plain"]), &careless); err != nil {
		t.Fatal(err)
	}
	tame := strings.NewReplacer("<h1>", "<h4>", "</h1>", "</h4>", "<h2>", "<h4>", "</h2>", "</h4>", `<a href`, `<a rel="nofollow noreferrer" href`)
	if err := harmless(t, template.HTML(tame.Replace(careless.String()))); err != nil {
		t.Errorf("rendered carelessly: %v\n%s", err, careless.String())
	}
	for _, bad := range []string{"<script", "<img", "<svg", "<iframe", "javascript:alert(1)\""} {
		if strings.Contains(strings.ToLower(bodies["text/html"]), bad) {
			t.Errorf("the HTML has %s", bad)
		}
	}
	for _, wrong := range []string{"nobody", "a@b\r\nBcc: x@y.example"} {
		if _, err := july(t, nasty(t).Catalogue, "", "").Mail(wrong, "", days(80)); err == nil {
			t.Errorf("%q is an address", wrong)
		}
	}
}
