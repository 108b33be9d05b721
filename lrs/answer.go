package lrs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"time"
)

const (
	headerVersion = "X-Experience-API-Version"
	headerThrough = "X-Experience-API-Consistent-Through"
)

// answer is one page as the LRS gave it. Its statements lie in the desk that it was
// fetched to.
type answer struct {
	header     http.Header
	statements []glimpse
	more       string
}

// desk is where pages are taken apart, one after the other; each overwrites the last.
type desk struct {
	glancer    *glancer
	body       bytes.Buffer
	statements []glimpse
}

func newDesk(w *Watch) *desk { return &desk{glancer: newGlancer(w)} }

// through is Consistent-Through (Communication 2.1.3): every statement stored
// before it is visible.
func (a *answer) through() (time.Time, bool) {
	at, _, err := parseTime(strings.TrimSpace(a.header.Get(headerThrough)))
	return at, err == nil
}

// refusal is an answer that is no page.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string {
	said := ""
	if e.text != "" {
		said = ": " + e.text
	}
	return fmt.Sprintf("%d %s%s%s", e.status, http.StatusText(e.status), said, e.advice())
}

func (e *refusal) advice() string {
	switch {
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
		return "; check the credentials, and that they may read all statements"
	case e.status == http.StatusNotFound:
		return "; check the url and the path of the statements resource"
	case e.status == http.StatusBadRequest:
		return "; check version: an LRS of xAPI 2.0 may want 2.0.0, others 1.0.3"
	case e.status == http.StatusTooManyRequests:
		return "; read less often, or in larger pages"
	case e.status >= 300 && e.status < 400:
		return "; configure the final address as url"
	}
	return ""
}

// refused reports whether the LRS refused the request itself, as it does with a
// more that it has forgotten.
func refused(err error) bool {
	var e *refusal
	if !errors.As(err, &e) {
		return false
	}
	switch e.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.status >= 400 && e.status < 500
}

// fetch gets one page to the desk. Anything but a whole one is an error.
func (c *Client) fetch(ctx context.Context, link string, d *desk) (*answer, error) {
	header, err := c.receive(ctx, link, &d.body)
	if err != nil {
		return nil, err
	}
	body, err := result(header.Get("Content-Type"), d.body.Bytes())
	if err != nil {
		return nil, err
	}
	a := &answer{header: header}
	a.statements, a.more, err = cutPage(d.statements[:0], body, most(c.cfg.Limit), d.glancer)
	if err == nil {
		d.statements = a.statements
	}
	return a, err
}

// maxCut is how often a page is asked for again, at once, whose end the connection
// has lost.
const maxCut = 2

// receive asks for a page until its body came whole, into the same memory each time:
// a page has megabytes.
func (c *Client) receive(ctx context.Context, link string, into *bytes.Buffer) (http.Header, error) {
	for again := maxCut; ; again-- {
		header, err := c.ask(ctx, link, into)
		if again == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
			return header, err
		}
	}
}

func (c *Client) ask(ctx context.Context, link string, into *bytes.Buffer) (http.Header, error) {
	resp, err := c.http.R().SetContext(ctx).SetDoNotParseResponse(true).
		SetHeader(headerVersion, c.cfg.Version).SetHeader("Accept", "application/json").Get(link)
	if err != nil {
		return nil, err
	}
	defer resp.RawBody().Close()
	into.Reset()
	_, err = into.ReadFrom(resp.RawBody())
	switch {
	case resp.StatusCode() != http.StatusOK:
		return nil, &refusal{resp.StatusCode(), excerpt(into.Bytes())}
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return resp.Header(), nil
}

// result is the body, or its first part: some LRSs answer multipart/mixed though
// no attachment was asked for.
func result(contentType string, body []byte) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return body, nil
	}
	part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil {
		return nil, fmt.Errorf("unreadable multipart answer: %w", err)
	}
	return io.ReadAll(part)
}

var blanks = regexp.MustCompile(`[\s\p{C}]+`)

// excerpt is the beginning of an error page, unless it repeats what we sent.
func excerpt(body []byte) string {
	text := strings.TrimSpace(blanks.ReplaceAllString(string(body[:min(len(body), 2000)]), " "))
	low := strings.ToLower(text)
	for _, ours := range []string{"authorization", "basic ", "bearer "} {
		if strings.Contains(low, ours) {
			return ""
		}
	}
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	return text
}
