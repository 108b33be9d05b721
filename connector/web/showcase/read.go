package showcase

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leadfront/leadfront/connector/web/signin"
)

// shown is a use case with its texts as HTML.
type shown struct {
	*Case
	LevelName              string
	Prompt, Output, Result template.HTML
	Teaser                 string
}

func (s *Showcase) teasers(list []*Case) (out []shown) {
	for _, u := range list {
		out = append(out, shown{Case: u, LevelName: LevelName(u.Level), Teaser: s.md.Plain(u.Result, 260)})
	}
	return out
}

// listData is what the list shows.
type listData struct {
	Filter   Filter
	Choices  Choices
	Page     Page
	Cases    []shown
	Coverage []Coverage
	At       time.Time
	Prev     string // query of the page before; empty: none
	Next     string
	Leads    bool // the reader may share
	Looks    int  // use cases that wait for a second look of the reader
}

// LevelName puts a level in words.
func (listData) LevelName(level int) string { return LevelName(level) }

// Chosen reports whether the level is the one that is looked for.
func (d listData) Chosen(level int) bool { return d.Filter.Level == strconv.Itoa(level) }

func (s *Showcase) list(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	f := ParseFilter(c.QueryParams())
	d := listData{Filter: f, Choices: n.Choices(), Page: n.Select(f), Coverage: n.Coverage, At: n.At, Leads: s.mayShare(c, n)}
	d.Cases = s.teasers(d.Page.Cases)
	if d.Page.Prev > 0 {
		d.Prev = f.Query(d.Page.Prev)
	}
	if d.Page.Next > 0 {
		d.Next = f.Query(d.Page.Next)
	}
	d.Looks = len(s.toLookAt(c, n))
	return s.render(c, http.StatusOK, "Showcase", "list", d)
}

// caseData is what the page of a use case shows.
type caseData struct {
	shown
	Mine       bool // the reader is the author
	MayConfirm bool // the reader is led by the author and has not confirmed it
	Confirming bool // the reader's confirmation is on its way
	Token      string
}

// show is the page of one use case: 410 where it was withdrawn.
func (s *Showcase) show(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	ref := c.Param("ref")
	u, ok := n.Find(ref)
	if !ok {
		if at, gone := n.Gone[ref]; gone {
			return s.render(c, http.StatusGone, "Withdrawn", "gone", at)
		}
		return echo.ErrNotFound
	}
	d := caseData{shown: shown{Case: u, LevelName: LevelName(u.Level), Prompt: s.md.HTML(u.Prompt), Output: s.md.HTML(u.Output), Result: s.md.HTML(u.Result)}}
	if who, in := signin.Current(c); in && s.Outbox != nil && u.Own {
		d.Mine = who.Person != "" && who.Person == u.Author
		d.Confirming = n.confirming(who.Person, u.Object)
		d.MayConfirm = !u.Confirmed && !d.Confirming && n.leads(u.Program, u.Author, who.Person)
		d.Token = signin.CSRF(c)
	}
	return s.render(c, http.StatusOK, u.Title, "case", d)
}

// feed serves a feed, with what a reader needs to ask only for news.
func (s *Showcase) feed(kind string, write func(*Feed) ([]byte, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		n, err := s.current(c)
		if err != nil {
			return err
		}
		f := &Feed{Base: s.Base, Catalogue: n.Catalogue, Markdown: s.md, At: n.Judged}
		body, err := write(f)
		if err != nil {
			return err
		}
		return conditional(c, kind, f.Updated(), body)
	}
}

// conditional answers with the body, or that nothing is new.
func conditional(c echo.Context, kind string, at time.Time, body []byte) error {
	sum := sha256.Sum256(body)
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, kind)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	http.ServeContent(c.Response(), c.Request(), "", at.Truncate(time.Second), bytes.NewReader(body))
	return nil
}

// mostFragment is how many use cases the fragment shows at most.
const mostFragment = 20

// fragmentData is what the fragment shows.
type fragmentData struct {
	Cases []shown
	Style string
	Base  string
}

// fragment is a page of its own that others may show in a frame: the latest use cases,
// as many as ?limit says.
func (s *Showcase) fragment(c echo.Context) error {
	n, err := s.current(c)
	if err != nil {
		return err
	}
	limit, err := strconv.Atoi(c.QueryParam("limit"))
	if err != nil || limit < 1 {
		limit = 5
	}
	list := n.Select(ParseFilter(c.QueryParams())).Cases
	var out bytes.Buffer
	d := fragmentData{Cases: s.teasers(list[:min(limit, mostFragment, len(list))]), Style: s.Layout.Style(), Base: s.Base}
	if err := s.tpl["fragment"].Execute(&out, d); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "+
		strings.Join(append([]string{"'self'"}, s.Config.Frames...), " "))
	h.Del(echo.HeaderXFrameOptions)                       // frame-ancestors says it better
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // a frame of another origin is the purpose
	return conditional(c, echo.MIMETextHTMLCharsetUTF8, n.Judged, out.Bytes())
}
