package showcase

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// perPage is how many use cases one page lists.
const perPage = 12

// Filter is what somebody looks for. The zero Filter lets everything through.
type Filter struct {
	Text    string // words that all have to occur
	Level   string // a number; anything else: every level
	Unit    string
	Topic   string
	Program string // title
	Seen    bool   // confirmed ones alone
	Page    int    // from 1
}

// mostAsked bounds what is looked for.
const mostAsked = 200

// ParseFilter reads the query of an address. What makes no sense asks for nothing.
func ParseFilter(q url.Values) Filter {
	text := func(name string) string { return strings.TrimSpace(clip(q.Get(name), mostAsked)) }
	f := Filter{Text: text("q"), Level: text("level"), Unit: text("unit"), Topic: text("topic"), Program: text("program"), Seen: q.Get("confirmed") != ""}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 100_000 {
		f.Page = n
	}
	if _, err := strconv.Atoi(f.Level); err != nil {
		f.Level = ""
	}
	return f
}

// Query is the inverse, for a page of the same list.
func (f Filter) Query(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "level": f.Level, "unit": f.Unit, "topic": f.Topic, "program": f.Program} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Seen {
		q.Set("confirmed", "1")
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "?" + q.Encode()
}

// Narrow reports whether it leaves anything out.
func (f Filter) Narrow() bool {
	f.Page = 0
	return f != Filter{}
}

// fits reports whether a use case is looked for.
func (f Filter) fits(c *Case) bool {
	if f.Level != "" && f.Level != strconv.Itoa(c.Level) || f.Unit != "" && f.Unit != c.Unit ||
		f.Topic != "" && !strings.EqualFold(f.Topic, c.Topic) || f.Program != "" && !slices.Contains(c.Programs, f.Program) || f.Seen && !c.Confirmed {
		return false
	}
	words := strings.Fields(strings.ToLower(f.Text))
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{c.Title, c.Name, c.Unit, c.Tool, c.Topic, c.Prompt, c.Output, c.Result}, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// Page is one page of a list.
type Page struct {
	Cases      []*Case
	All        int // how many there are on all pages
	Page       int
	Prev, Next int // 0: none
}

// Select returns the page that is asked for, or the last one before it.
func (c *Catalogue) Select(f Filter) Page {
	var all []*Case
	for _, u := range c.Cases {
		if f.fits(u) {
			all = append(all, u)
		}
	}
	last := max(1, (len(all)+perPage-1)/perPage)
	p := Page{All: len(all), Page: min(max(1, f.Page), last)}
	p.Cases = all[(p.Page-1)*perPage : min(len(all), p.Page*perPage)]
	if p.Prev = p.Page - 1; p.Page < last {
		p.Next = p.Page + 1
	}
	return p
}

// Choices are the values that the fields of a filter can have.
type Choices struct {
	Levels   []int
	Units    []string
	Topics   []string
	Programs []string
}

// Choices returns what there is to choose from.
func (c *Catalogue) Choices() Choices {
	var out Choices
	for _, u := range c.Cases {
		add(&out.Levels, u.Level)
		if u.Unit != "" {
			add(&out.Units, u.Unit)
		}
		if u.Topic != "" && !slices.ContainsFunc(out.Topics, func(t string) bool { return strings.EqualFold(t, u.Topic) }) {
			out.Topics = append(out.Topics, u.Topic)
		}
		for _, p := range u.Programs {
			add(&out.Programs, p)
		}
	}
	slices.Sort(out.Levels)
	slices.Sort(out.Units)
	slices.SortFunc(out.Topics, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	slices.Sort(out.Programs)
	return out
}

func add[T comparable](list *[]T, v T) {
	if !slices.Contains(*list, v) {
		*list = append(*list, v)
	}
}
