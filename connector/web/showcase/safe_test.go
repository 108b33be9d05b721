package showcase

import (
	"fmt"
	"html/template"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// harmless is an error where a browser would be made to do anything but show text:
// the HTML as a browser's own algorithm reads it may have these elements and
// attributes, links over https, and nothing else.
func harmless(t *testing.T, out template.HTML) error {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader("<div>"+string(out)+"</div>"), nil)
	if err != nil {
		return err
	}
	allowed := strings.Fields("html head body div p br hr em strong del code pre blockquote ul ol li h4 h5 h6 table thead tbody tr th td a")
	var walk func(n *html.Node) error
	walk = func(n *html.Node) error {
		if n.Type == html.CommentNode || n.Type == html.ElementNode && !slices.Contains(allowed, n.Data) {
			return fmt.Errorf("element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			u, err := url.Parse(a.Val)
			switch {
			case n.Data == "a" && a.Key == "href" && err == nil && u.Scheme == "https" && u.Host != "":
			case n.Data == "a" && a.Key == "rel" && strings.Contains(a.Val, "noreferrer") && strings.Contains(a.Val, "nofollow"):
			case n.Data == "ol" && a.Key == "start":
			default:
				return fmt.Errorf("attribute %s=%q of <%s>", a.Key, a.Val, n.Data)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if err := walk(c); err != nil {
				return err
			}
		}
		return nil
	}
	for _, n := range nodes {
		if err := walk(n); err != nil {
			return err
		}
	}
	return nil
}

func attacks(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/xss.txt")
	if err != nil {
		t.Fatal(err)
	}
	samples := strings.Split(string(data), "\n====\n")[1:]
	if len(samples) < 80 {
		t.Fatalf("only %d samples", len(samples))
	}
	return samples
}

// Every sample of the corpus, as it is and put where Markdown makes links, images and
// code of it, is shown and does nothing.
func TestAttacksAreShownAndDoNothing(t *testing.T) {
	m := NewMarkdown()
	if harmless(t, `<p onclick="x">`) == nil || harmless(t, `<a href="http://x">`) == nil || harmless(t, `<img>`) == nil {
		t.Fatal("the test finds nothing harmful, so nothing below would prove anything")
	}
	for _, sample := range attacks(t) {
		for _, form := range []string{"%s", "[x](%s)", "[x](<%s>)", "![x](%s)", "![%s](https://x.example/)", "<%s>", "`%s`", "```%s\nx\n```", "[x]: %s\n\n[x]", "> - %s",
			"| a |\n|---|\n| %s |", "[x](https://x.example/ \"%s\")", "&lt;%s"} {
			source := fmt.Sprintf(form, sample)
			if err := harmless(t, m.HTML(source)); err != nil {
				t.Errorf("%v\nof %s\nin %s", err, source, m.HTML(source))
			}
			if err := harmless(t, template.HTML(template.HTMLEscapeString(m.Plain(source, 200)))); err != nil {
				t.Errorf("plain: %v of %s", err, source)
			}
		}
	}
}

// A prompt is often full of tags: they are what it says, and stay.
func TestWhatIsKept(t *testing.T) {
	m := NewMarkdown()
	for source, want := range map[string]string{
		"<context>minutes</context>":                     "<p>&lt;context&gt;minutes&lt;/context&gt;</p>\n",
		"one\ntwo":                                       "<p>one<br>\ntwo</p>\n",
		"# Title":                                        "<h4>Title</h4>\n",
		"[a](https://x.example/?a=1&b=2)":                `<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow noreferrer">a</a></p>` + "\n",
		"[a](http://x.example)":                          "<p>a</p>\n",
		"[a](//x.example)":                               "<p>a</p>\n",
		"[a](/sign-out)":                                 "<p>a</p>\n",
		"[a](java&#115;cript:alert(1))":                  "<p>a</p>\n",
		"[a](data:text/html;base64,PHNjcmlwdD4=)":        "<p>a</p>\n",
		"![chart](https://x.example/pixel.gif)":          `<p><a href="https://x.example/pixel.gif" rel="nofollow noreferrer">chart</a></p>` + "\n",
		"3. c\n4. d":                                     "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n",
		"```html\n<b>x</b>\n```":                         "<pre><code>&lt;b&gt;x&lt;/b&gt;\n</code></pre>\n",
		"| a | b |\n|---|:-:|\n| 1 | 2 |":                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
		"a\x00b <!-- c -->":                              "<p>ab &lt;!-- c --&gt;</p>\n",
		"<https://x.example> and <mailto:a@b.example>":   `<p><a href="https://x.example" rel="nofollow noreferrer">https://x.example</a> and mailto:a@b.example</p>` + "\n",
		"[a][1]\n\n[1]: https://x.example 'title\" x=y'": `<p><a href="https://x.example" rel="nofollow noreferrer">a</a></p>` + "\n",
	} {
		if got := string(m.HTML(source)); got != want {
			t.Errorf("%q gives\n%s want\n%s", source, got, want)
		}
	}
	if got := m.Plain("# Minutes\n\nSummarise *these* `a*b` &amp; <b>\n- one\n- two [x](https://y.example)", 200); got != "Minutes Summarise these a*b & <b> one two x" {
		t.Errorf("plain: %q", got)
	}
	if got := m.Plain(strings.Repeat("wörd ", 100), 20); got != "wörd wörd wörd wörd…" {
		t.Errorf("clipped: %q", got)
	}
}

// hostile are texts that have been slow, or deep, in one Markdown parser or another.
func hostile() map[string]string {
	r := strings.Repeat
	return map[string]string{
		"long": r("word ", 1<<18), "quotes": r(">", 1<<16) + "x", "lists": r("- ", 1<<15) + "x", "numbers": r("1. ", 1<<15) + "x",
		"brackets": r("[", 1<<16), "links": r("[a](", 1<<14), "stars": r("*a_ ", 1<<14), "ticks": r("`a``", 1<<14), "images": r("![", 1<<14) + r("](x)", 1<<12),
		"angles": r("<", 1<<16), "entities": r("&#", 1<<15), "table": r("|", 1<<14) + "\n" + r("|-", 1<<13) + "\n" + r("|a", 1<<13),
		"references": r("[a]: https://x\n", 1<<12) + r("[a]", 1<<10), "comments": r("<!--", 1<<14), "cdata": r("<![CDATA[", 1<<13), "quoted lists": r("> - ", 1<<13) + "x",
	}
}

// Whatever is put in, what comes out is bounded.
func TestHugeAndNestedInputIsBounded(t *testing.T) {
	m := NewMarkdown()
	for name, source := range hostile() {
		out := m.HTML(source)
		if err := harmless(t, out); err != nil || len(out) > 12*mostMarkdown {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
		if depth := strings.Count(string(out), "<blockquote>") + strings.Count(string(out), "<ul>"); depth > 200 {
			t.Errorf("%s: nested %d deep", name, depth)
		}
	}
}

func BenchmarkMarkdown(b *testing.B) {
	m := NewMarkdown()
	for name, source := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.render(source)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	m := NewMarkdown()
	for _, s := range []string{"[a](javascript:x)", "<svg/onload=x>", "> - `x`", "![a](data:x)", "<a href=\"x\">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if err := harmless(t, m.HTML(source)); err != nil {
			t.Errorf("%v in %s", err, m.HTML(source))
		}
	})
}
