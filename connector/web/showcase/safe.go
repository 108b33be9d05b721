package showcase

import (
	"bytes"
	"html/template"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What one text may measure before it is cut: a little more than the record stores'
// reader keeps. Nesting beyond the depth is shown as it was written.
const (
	mostMarkdown = 20 << 10
	mostDepth    = 24
)

// Markdown turns what others wrote into HTML that is safe to show, and into plain
// text. Any number of goroutines may use it.
type Markdown struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy

	mu   sync.Mutex // guards what follows
	done map[string]template.HTML
}

// mostDone is how many texts are remembered as HTML: a feed shows the same ones at every
// asking, and a hostile one takes a tenth of a second.
const mostDone = 512

// NewMarkdown returns the one way in which texts of others are rendered: no raw HTML
// (it is shown as it was written, since prompts are full of it), no images, links over
// https alone, and nothing that a browser would fetch by itself.
func NewMarkdown() *Markdown {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li",
		"h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,4}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return &Markdown{policy: p, done: map[string]template.HTML{}, md: goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(withoutHTML(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
			parser.WithInlineParsers(withoutHTML(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
			parser.WithASTTransformers(util.Prioritized(tame{}, 100)))),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(html.WithHardWraps()))}
}

// withoutHTML leaves one parser out.
func withoutHTML(list []util.PrioritizedValue, html any) []util.PrioritizedValue {
	var out []util.PrioritizedValue
	for _, p := range list {
		if reflect.TypeOf(p.Value) != reflect.TypeOf(html) {
			out = append(out, p)
		}
	}
	return out
}

// tame fits the document of a stranger into a page of ours.
type tame struct{}

// Transform puts headings below those of the page, and a link in place of an image.
func (tame) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var images []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
		switch n := n.(type) {
		case *ast.Heading:
			if entering {
				n.Level = min(6, n.Level+3)
			}
		case *ast.Image:
			if entering {
				images = append(images, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images {
		link := ast.NewLink()
		link.Destination = image.Destination
		for c := image.FirstChild(); c != nil; c = image.FirstChild() {
			link.AppendChild(link, c)
		}
		image.Parent().ReplaceChild(image.Parent(), image, link)
	}
}

// HTML is the text as safe HTML.
func (m *Markdown) HTML(source string) template.HTML {
	m.mu.Lock()
	out, known := m.done[source]
	m.mu.Unlock()
	if known {
		return out
	}
	out = m.render(source)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.done) >= mostDone {
		clear(m.done)
	}
	m.done[source] = out
	return out
}

func (m *Markdown) render(source string) template.HTML {
	var out bytes.Buffer
	if err := m.md.Convert(bounded(source), &out); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(clip(source, mostMarkdown)) + "</p>")
	}
	return template.HTML(m.policy.SanitizeBytes(out.Bytes())) // the sanitiser's word
}

// Plain is the text without its marks in at most so many characters, in one line.
func (m *Markdown) Plain(source string, most int) string {
	src := bounded(source)
	var out strings.Builder
	_ = ast.Walk(m.md.Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				out.Write(words(n, src))
			}
		case *ast.String:
			if entering {
				out.Write(n.Value)
			}
		case *ast.AutoLink:
			if entering {
				out.Write(n.Label(src))
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			if entering {
				lines := n.Lines()
				out.Write(lines.Value(src))
			}
		}
		if !entering && n.Type() == ast.TypeBlock {
			out.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	return clip(strings.Join(strings.Fields(out.String()), " "), most)
}

// words is what a reader sees of a piece of text.
func words(n *ast.Text, src []byte) []byte {
	v := n.Value(src)
	if _, code := n.Parent().(*ast.CodeSpan); !code {
		v = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(v)))
	}
	if n.SoftLineBreak() || n.HardLineBreak() {
		return append(bytes.Clone(v), ' ')
	}
	return v
}

// clip is the text in at most so many characters; it shows that something is gone.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimSpace(string(r[:most-1])) + "…"
}

// bounded cuts a text that is too long, and takes the marks of nesting from lines
// that would nest too deeply for any parser to be quick.
func bounded(source string) []byte {
	if len(source) > mostMarkdown {
		source = strings.ToValidUTF8(source[:mostMarkdown], "") + " …"
	}
	source = strings.ReplaceAll(source, "\x00", "")
	lines := strings.Split(source, "\n")
	for i, line := range lines {
		if nests(line) {
			lines[i] = deep.ReplaceAllString(line, "")
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// deep is what a line that nests begins with.
var deep = regexp.MustCompile(`^[\s>*+\-0-9.)]+`)

// nests reports whether the line opens more blocks within one another than anybody
// would read.
func nests(line string) bool {
	begin := deep.FindString(line)
	if strings.TrimSpace(line) == strings.TrimSpace(begin) && !strings.Contains(begin, ">") {
		begin = "" // a rule of dashes, a row of numbers
	}
	return strings.Count(begin, ">")+strings.Count(begin, "- ")+strings.Count(begin, "* ")+strings.Count(begin, "+ ") > mostDepth || len(begin) > 200
}
