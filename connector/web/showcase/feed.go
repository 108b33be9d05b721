package showcase

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// perFeed is how many use cases a feed has, and how many withdrawals.
const perFeed = 50

// Feed is the showcase as feeds have it: pure, without HTTP.
type Feed struct {
	Base      string // address of leadfront, without a slash at its end
	Catalogue *Catalogue
	Markdown  *Markdown
	At        time.Time // of the feed, where it has no entry
}

// Updated is when anything in the feed last changed.
func (f *Feed) Updated() time.Time {
	var last time.Time
	for _, c := range f.Catalogue.Cases {
		if c.Changed.After(last) {
			last = c.Changed
		}
	}
	for _, at := range f.Catalogue.Gone {
		if at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		return f.At
	}
	return last
}

// address is that of the page of a use case.
func (f *Feed) address(ref string) string { return f.Base + "/showcase/" + ref }

func (f *Feed) cases() []*Case {
	return f.Catalogue.Cases[:min(perFeed, len(f.Catalogue.Cases))]
}

// gone is what was withdrawn, latest first.
func (f *Feed) gone() []string {
	var refs []string
	for ref := range f.Catalogue.Gone {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b string) int {
		if d := f.Catalogue.Gone[b].Compare(f.Catalogue.Gone[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return refs[:min(perFeed, len(refs))]
}

var content = template.Must(template.New("content").Parse(
	`{{with .Case}}<p>{{.Name}}, {{$.Level}}{{with .Unit}}, {{.}}{{end}}. {{if .Confirmed}}Confirmed by a member of the team.{{else}}Not confirmed by a member of the team yet.{{end}}` +
		`{{with .Tool}} Tool: {{.}}.{{end}}</p>{{end}}` +
		`<h3>Prompt</h3>{{.Prompt}}<h3>Output</h3>{{.Output}}<h3>Result</h3>{{.Result}}{{with .Case.Link}}<p><a href="{{.}}" rel="nofollow noreferrer">More</a></p>{{end}}`))

// html is a use case as HTML for readers elsewhere.
func (m *Markdown) html(c *Case) (string, error) {
	var out bytes.Buffer
	err := content.Execute(&out, struct {
		Case                   *Case
		Level                  string
		Prompt, Output, Result template.HTML
	}{c, LevelName(c.Level), m.HTML(c.Prompt), m.HTML(c.Output), m.HTML(c.Result)})
	return out.String(), err
}

// The elements of an Atom feed (RFC 4287), with deleted entries (RFC 6721).
type (
	atomFeed struct {
		XMLName xml.Name      `xml:"http://www.w3.org/2005/Atom feed"`
		At      string        `xml:"xmlns:at,attr"`
		ID      string        `xml:"id"`
		Title   string        `xml:"title"`
		Updated string        `xml:"updated"`
		Author  atomPerson    `xml:"author"`
		Links   []atomLink    `xml:"link"`
		Deleted []atomDeleted `xml:"at:deleted-entry"`
		Entries []atomEntry   `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomDeleted struct {
		Ref  string `xml:"ref,attr"`
		When string `xml:"when,attr"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
	atomEntry struct {
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Published  string         `xml:"published"`
		Updated    string         `xml:"updated"`
		Author     atomPerson     `xml:"author"`
		Links      []atomLink     `xml:"link"`
		Categories []atomCategory `xml:"category"`
		Summary    string         `xml:"summary"`
		Content    atomText       `xml:"content"`
	}
)

const feedTitle = "Use cases of our leaders"

// Atom is the showcase as an Atom feed.
func (f *Feed) Atom() ([]byte, error) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	doc := atomFeed{At: "http://purl.org/atompub/tombstones/1.0", ID: f.Base + "/showcase", Title: feedTitle, Updated: stamp(f.Updated()),
		Author: atomPerson{"leadfront"}, Links: []atomLink{{"self", "application/atom+xml", f.Base + "/showcase/feed.atom"}, {"alternate", "text/html", f.Base + "/showcase"}}}
	for _, ref := range f.gone() {
		doc.Deleted = append(doc.Deleted, atomDeleted{f.address(ref), stamp(f.Catalogue.Gone[ref])})
	}
	for _, c := range f.cases() {
		html, err := f.Markdown.html(c)
		if err != nil {
			return nil, fmt.Errorf("write the Atom feed: %w", err)
		}
		e := atomEntry{ID: f.address(c.Ref), Title: c.Title, Published: stamp(c.First), Updated: stamp(c.Changed), Author: atomPerson{c.Name},
			Links: []atomLink{{"alternate", "text/html", f.address(c.Ref)}}, Summary: f.Markdown.Plain(c.Result, 280), Content: atomText{"html", html}}
		if c.Topic != "" {
			e.Categories = []atomCategory{{c.Topic}}
		}
		doc.Entries = append(doc.Entries, e)
	}
	out, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the Atom feed: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// The members of a JSON Feed 1.1 (jsonfeed.org). It knows no withdrawals: an entry that
// is gone is gone, and the extension _leadfront says when.
type (
	jsonFeed struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		HomePage    string       `json:"home_page_url"`
		Feed        string       `json:"feed_url"`
		Description string       `json:"description"`
		Language    string       `json:"language"`
		Items       []jsonItem   `json:"items"`
		Leadfront   jsonWithdraw `json:"_leadfront"`
	}
	jsonItem struct {
		ID        string       `json:"id"`
		URL       string       `json:"url"`
		External  string       `json:"external_url,omitempty"`
		Title     string       `json:"title"`
		HTML      string       `json:"content_html"`
		Summary   string       `json:"summary,omitempty"`
		Published string       `json:"date_published"`
		Modified  string       `json:"date_modified"`
		Authors   []jsonAuthor `json:"authors"`
		Tags      []string     `json:"tags,omitempty"`
	}
	jsonAuthor struct {
		Name string `json:"name"`
	}
	jsonWithdraw struct {
		About     string     `json:"about"`
		Withdrawn []jsonGone `json:"withdrawn"`
	}
	jsonGone struct {
		ID   string `json:"id"`
		When string `json:"when"`
	}
)

// JSON is the showcase as a JSON Feed.
func (f *Feed) JSON() ([]byte, error) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	doc := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: feedTitle, HomePage: f.Base + "/showcase", Feed: f.Base + "/showcase/feed.json",
		Description: "What leaders themselves do with AI: prompt, output and result.", Language: "en", Items: []jsonItem{},
		Leadfront: jsonWithdraw{About: "https://github.com/leadfront/leadfront/tree/main/connector/web/showcase", Withdrawn: []jsonGone{}}}
	for _, ref := range f.gone() {
		doc.Leadfront.Withdrawn = append(doc.Leadfront.Withdrawn, jsonGone{f.address(ref), stamp(f.Catalogue.Gone[ref])})
	}
	for _, c := range f.cases() {
		html, err := f.Markdown.html(c)
		if err != nil {
			return nil, fmt.Errorf("write the JSON feed: %w", err)
		}
		item := jsonItem{ID: f.address(c.Ref), URL: f.address(c.Ref), External: c.Link, Title: c.Title, HTML: html, Summary: f.Markdown.Plain(c.Result, 280),
			Published: stamp(c.First), Modified: stamp(c.Changed), Authors: []jsonAuthor{{c.Name}}}
		if c.Topic != "" {
			item.Tags = []string{c.Topic}
		}
		doc.Items = append(doc.Items, item)
	}
	out, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the JSON feed: %w", err)
	}
	return append(out, '\n'), nil
}
