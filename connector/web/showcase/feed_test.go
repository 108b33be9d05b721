package showcase

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/rules"
	"github.com/mmcdole/gofeed"
)

func queryOf(t *testing.T, s string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// nasty has, beside the history, texts that break out of whatever does not escape them.
func nasty(t *testing.T) *Feed {
	t.Helper()
	h := history()
	for i, sample := range attacks(t)[:40] {
		h.say(rules.KindShared, "4", 76, 6+i%18, saying("]]></title>"+sample, "prompt", sample, "output", "[x]("+sample+")", "result", "\x01\x0b ]]> &amp; "+sample, "topic", sample, "link", "https://x.example/?"+url.QueryEscape(sample)))
	}
	return &Feed{Base: "https://leadfront.corp.example", Catalogue: h.catalogue(days(80)), Markdown: NewMarkdown(), At: days(80)}
}

// The feeds as a parser that was not written here reads them: what is in them, in what
// order, and that nothing in them does anything.
func TestFeedsAsOthersReadThem(t *testing.T) {
	f := nasty(t)
	for name, write := range map[string]func() ([]byte, error){"atom": f.Atom, "json": f.JSON} {
		out, err := write()
		if err != nil {
			t.Fatal(err)
		}
		feed, err := gofeed.NewParser().Parse(bytes.NewReader(out))
		if err != nil || feed.FeedType != name {
			t.Fatalf("%s: read as %v, %v", name, feed, err)
		}
		if len(feed.Items) != len(f.Catalogue.Cases) || len(feed.Items) < 10 {
			t.Errorf("%s: %d items of %d", name, len(feed.Items), len(f.Catalogue.Cases))
		}
		for i, item := range feed.Items {
			c := f.Catalogue.Cases[i]
			if item.GUID != "https://leadfront.corp.example/showcase/"+c.Ref || item.Link != item.GUID || len(item.Authors) != 1 || item.Authors[0].Name != c.Name {
				t.Errorf("%s: item %+v", name, item)
			}
			if item.PublishedParsed == nil || item.UpdatedParsed == nil || !item.UpdatedParsed.Equal(c.Changed) {
				t.Errorf("%s: dates %v and %v", name, item.Published, item.Updated)
			}
			if err := harmless(t, template.HTML(strings.NewReplacer("<h3>", "<h4>", "</h3>", "</h4>").Replace(item.Content))); err != nil {
				t.Errorf("%s: %v in %s", name, err, item.Content)
			}
			for _, ref := range []string{refOf(2), "Secret", "AI is great"} {
				if strings.Contains(item.GUID+item.Title, ref) {
					t.Errorf("%s has %s, which is no use case any more", name, ref)
				}
			}
		}
	}
}

// What RFC 4287 asks of a feed and of each entry (4.1.1, 4.1.2), and RFC 6721 of a
// deleted entry, read without our own types.
func TestAtomKeepsItsRules(t *testing.T) {
	f := nasty(t)
	out, err := f.Atom()
	if err != nil {
		t.Fatal(err)
	}
	count, parents := map[string]int{}, []string{}
	d := xml.NewDecoder(bytes.NewReader(out))
	var deleted []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch el := token.(type) {
		case xml.StartElement:
			parents = append(parents, el.Name.Local)
			count[strings.Join(parents, "/")]++
			if el.Name.Local == "deleted-entry" {
				if el.Name.Space != "http://purl.org/atompub/tombstones/1.0" {
					t.Errorf("a deleted entry in %q", el.Name.Space)
				}
				for _, a := range el.Attr {
					deleted = append(deleted, a.Name.Local+"="+a.Value)
				}
			} else if el.Name.Space != "http://www.w3.org/2005/Atom" {
				t.Errorf("%v is not in Atom", el.Name)
			}
		case xml.EndElement:
			parents = parents[:len(parents)-1]
		case xml.CharData:
			if n := len(parents); n > 0 && slices.Contains([]string{"updated", "published"}, parents[n-1]) {
				if _, err := time.Parse(time.RFC3339, string(el)); err != nil {
					t.Errorf("%s: %v", parents[n-1], err)
				}
			}
		}
	}
	n := count["feed/entry"]
	for path, want := range map[string]int{"feed": 1, "feed/id": 1, "feed/title": 1, "feed/updated": 1, "feed/author": 1, "feed/entry/id": n,
		"feed/entry/title": n, "feed/entry/updated": n, "feed/entry/author/name": n, "feed/entry/content": n, "feed/entry/summary": n} {
		if count[path] != want || want == 0 {
			t.Errorf("%d of %s, want %d", count[path], path, want)
		}
	}
	if want := []string{"ref=https://leadfront.corp.example/showcase/" + refOf(2), "when=2026-07-22T09:00:00Z"}; !slices.Equal(deleted, want) {
		t.Errorf("deleted: %q, want %q", deleted, want)
	}
}

// What the JSON Feed 1.1 specification asks, read without our own types.
func TestJSONFeedKeepsItsRules(t *testing.T) {
	out, err := nasty(t).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	if doc["version"] != "https://jsonfeed.org/version/1.1" || doc["title"] == "" || doc["feed_url"] == "" {
		t.Errorf("top: %v", doc)
	}
	known := strings.Fields("id url external_url title content_html content_text summary image banner_image date_published date_modified authors tags language attachments")
	ids := map[any]bool{}
	for _, each := range doc["items"].([]any) {
		item := each.(map[string]any)
		if id, ok := item["id"].(string); !ok || id == "" || ids[id] {
			t.Errorf("an id that is missing, no text, or there twice: %v", item["id"])
		}
		ids[item["id"]] = true
		if item["content_html"] == nil {
			t.Error("neither content_html nor content_text")
		}
		for member, value := range item {
			if !slices.Contains(known, member) {
				t.Errorf("unknown member %s", member)
			}
			if strings.HasPrefix(member, "date_") {
				if _, err := time.Parse(time.RFC3339, value.(string)); err != nil {
					t.Errorf("%s: %v", member, err)
				}
			}
		}
		for _, a := range item["authors"].([]any) {
			if a.(map[string]any)["name"] == "" {
				t.Error("an author without a name")
			}
		}
	}
	gone := doc["_leadfront"].(map[string]any)["withdrawn"].([]any)
	if len(gone) != 1 || !strings.HasSuffix(gone[0].(map[string]any)["id"].(string), refOf(2)) || ids[gone[0].(map[string]any)["id"]] {
		t.Errorf("withdrawn: %v", gone)
	}
}

// An empty showcase has feeds, too.
func TestEmptyFeeds(t *testing.T) {
	f := &Feed{Base: "https://leadfront.corp.example", Catalogue: newHistory().catalogue(days(80)), Markdown: NewMarkdown(), At: days(80)}
	for name, write := range map[string]func() ([]byte, error){"atom": f.Atom, "json": f.JSON} {
		out, err := write()
		if err != nil {
			t.Fatal(err)
		}
		if feed, err := gofeed.NewParser().Parse(bytes.NewReader(out)); err != nil || len(feed.Items) != 0 {
			t.Errorf("%s: %v, %v", name, feed, err)
		}
	}
}
