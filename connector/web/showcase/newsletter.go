package showcase

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"
)

// Newsletter is one month of the showcase, for a mail or a page of somebody else. Pure,
// without HTTP.
type Newsletter struct {
	Month    time.Time // any instant in it, in the zone of the quarters
	Base     string    // address of leadfront, without a slash at its end; empty: there are no links
	Cases    []*Case   // shared or edited in the month, latest first
	Coverage []Coverage
	Markdown *Markdown
}

// NewNewsletter picks what was shared in the month; a programme that is named by its
// title leaves the others out.
func NewNewsletter(c *Catalogue, m *Markdown, month time.Time, base, program string) *Newsletter {
	n := &Newsletter{Month: month, Base: base, Markdown: m}
	from := time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, month.Location())
	for _, u := range c.Cases {
		if (Filter{Program: program}).fits(u) && u.Counts && !u.At.Before(from) && u.At.Before(from.AddDate(0, 1, 0)) {
			n.Cases = append(n.Cases, u)
		}
	}
	for _, p := range c.Coverage {
		if program == "" || p.Program == program {
			n.Coverage = append(n.Coverage, p)
		}
	}
	return n
}

// Title is its subject.
func (n *Newsletter) Title() string {
	return "How our leaders use AI: " + n.Month.Format("January 2006")
}

// markdownSign are the characters that Markdown would make something of.
var markdownSign = regexp.MustCompile("[\\\\`*_{}\\[\\]()#+.!|<>~&:@-]")

// literal is a text of others as Markdown that shows it, whoever renders it.
func literal(s string) string {
	return markdownSign.ReplaceAllStringFunc(strings.Join(strings.Fields(s), " "), func(c string) string { return `\` + c })
}

const newsletterMarkdown = `# {{.Title}}

{{range .Cases}}## {{if $.Base}}[{{literal .Title}}]({{$.Base}}/showcase/{{.Ref}}){{else}}{{literal .Title}}{{end}}

{{literal .Name}}, {{level .Level}}{{with .Unit}}, {{literal .}}{{end}}{{with .Tool}}. Tool: {{literal .}}{{end}}.{{if .Confirmed}} Confirmed by the team.{{end}}

**Prompt.** {{teaser .Prompt}}

**Result.** {{teaser .Result}}

{{else}}Nobody has shared a use case this month.

{{end}}{{range .Coverage}}## What is missing: {{literal .Program}}

{{range missing .}}* {{.}}
{{end}}
{{end}}{{with .Base}}All use cases: <{{.}}/showcase>
{{end}}`

const newsletterHTML = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{{.Title}}</title></head>
<body style="margin:0 auto;max-width:40rem;padding:1.5rem;font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<h1 style="font-size:1.6rem;line-height:1.2">{{.Title}}</h1>
{{range .Cases}}<h2 style="font-size:1.2rem;line-height:1.25;margin:2rem 0 .2rem">{{if $.Base}}<a href="{{$.Base}}/showcase/{{.Ref}}">{{.Title}}</a>{{else}}{{.Title}}{{end}}</h2>
<p style="margin:0 0 .8rem"><small>{{.Name}}, {{level .Level}}{{with .Unit}}, {{.}}{{end}}{{with .Tool}}. Tool: {{.}}{{end}}.{{if .Confirmed}} Confirmed by the team.{{end}}</small></p>
<p><strong>Prompt.</strong> {{plain .Prompt}}</p>
<p><strong>Result.</strong> {{plain .Result}}</p>
{{else}}<p>Nobody has shared a use case this month.</p>
{{end}}{{range .Coverage}}<h2 style="font-size:1.2rem;margin:2rem 0 .4rem">What is missing: {{.Program}}</h2>
<ul>{{range missing .}}<li>{{.}}</li>{{end}}</ul>
{{end}}{{with .Base}}<p><a href="{{.}}/showcase">All use cases</a></p>{{end}}
</body></html>
`

// perTeaser is how many characters of a text the newsletter has.
const perTeaser = 320

func (n *Newsletter) funcs() template.FuncMap {
	plain := func(s string) string { return n.Markdown.Plain(s, perTeaser) }
	return template.FuncMap{"literal": literal, "level": LevelName, "missing": missing, "plain": plain,
		"teaser": func(s string) string { return literal(plain(s)) }}
}

// missing says what a programme lacks, and that nothing does.
func missing(c Coverage) []string {
	var out []string
	for _, q := range c.Stale {
		out = append(out, fmt.Sprintf("Nothing was shared in %s.", q))
	}
	for _, l := range c.Silent {
		out = append(out, fmt.Sprintf("%s: no use case yet.", LevelName(l)))
	}
	if out == nil {
		out = append(out, "Nothing: every level of management has shared.")
	}
	return out
}

// Text is the newsletter as Markdown.
func (n *Newsletter) Text() ([]byte, error) {
	t, err := texttemplate.New("newsletter").Funcs(texttemplate.FuncMap(n.funcs())).Parse(newsletterMarkdown)
	var out bytes.Buffer
	if err == nil {
		err = t.Execute(&out, n)
	}
	if err != nil {
		return nil, fmt.Errorf("write the newsletter: %w", err)
	}
	return append(bytes.TrimSpace(out.Bytes()), '\n'), nil
}

// HTML is the newsletter as a page of its own, whose styles mail programs keep.
func (n *Newsletter) HTML() ([]byte, error) {
	t, err := template.New("newsletter").Funcs(n.funcs()).Parse(newsletterHTML)
	var out bytes.Buffer
	if err == nil {
		err = t.Execute(&out, n)
	}
	if err != nil {
		return nil, fmt.Errorf("write the newsletter: %w", err)
	}
	return out.Bytes(), nil
}
