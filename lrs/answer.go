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

// answer is one page as the LRS gave it.
type answer struct {
	header     http.Header
	statements [][]byte
	more       string
}

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

// fetch gets one page. Anything but a whole one is an error.
func (c *Client) fetch(ctx context.Context, link string) (*answer, error) {
	resp, err := c.http.R().SetContext(ctx).
		SetHeader(headerVersion, c.cfg.Version).SetHeader("Accept", "application/json").Get(link)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode() != http.StatusOK {
		return nil, &refusal{resp.StatusCode(), excerpt(resp.Body())}
	}
	body, err := result(resp.Header().Get("Content-Type"), resp.Body())
	if err != nil {
		return nil, err
	}
	a := &answer{header: resp.Header()}
	a.statements, a.more, err = Decode(body, most(c.cfg.Limit))
	return a, err
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
