package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// The errors by which a client refuses; nothing has been sent, but for
// ErrRedirect and ErrTooLarge, where the answer was refused.
var (
	// ErrNotPermitted: not a listed read, and no live permit or no listed write.
	ErrNotPermitted = errors.New("no permit to write")
	// ErrForeignOrigin: an address on another server than the configured one.
	ErrForeignOrigin = errors.New("address of another server")
	// ErrSecretInURL: a secret would have stood in the address, and so in logs.
	ErrSecretInURL = errors.New("secret in the address")
	// ErrRedirect: the server wants us elsewhere.
	ErrRedirect = errors.New("redirect")
	// ErrTooLarge: more was answered than Config.MaxBody.
	ErrTooLarge = errors.New("answer too large")
)

const formType = "application/x-www-form-urlencoded"

// maxRequest bounds a request body; the largest there is, a write of 100 Moodle
// enrolments, has some 10 KiB.
const maxRequest = 1 << 20

// transport is the last wall before the wire.
type transport struct {
	base   *url.URL
	reads  []Read
	writes []Read // with a permit
	gate   *Gate
	// credential is form fields that go in front of the body of every form.
	credential string
	// sign puts a signature on what is about to be sent; nil: nothing is signed.
	sign func(*http.Request, []byte)

	next    http.RoundTripper
	hide    *strings.Replacer
	maxBody int64
	timeout time.Duration // of a whole request
}

// RoundTrip sends a request that may be sent. It judges the very bytes that it
// sends.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := drain(req)
	if err != nil {
		return nil, err
	}
	if t.credential != "" && req.Header.Get("Content-Type") == formType {
		body = append([]byte(t.credential+"&"), body...)
	}
	if !t.sameOrigin(req) {
		return nil, fmt.Errorf("%w: this client speaks to %s only", ErrForeignOrigin, t.base.Host)
	}
	if err := t.permitted(req, body); err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Body, out.GetBody = http.NoBody, nil
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	out.ContentLength, out.TransferEncoding = int64(len(body)), nil
	if t.sign != nil {
		t.sign(out, body)
	}
	resp, err := t.next.RoundTrip(out)
	if err != nil {
		return nil, &hidden{err, t.words(err, t.hiding(req, body))}
	}
	return t.accept(resp, t.hiding(req, body))
}

// hiding masks the configured secrets, and those that this request carries: a token
// that was traded for them stands in no configuration.
func (t *transport) hiding(req *http.Request, body []byte) func(string) string {
	_, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	carried := forms(strings.TrimSpace(token))
	if req.Header.Get("Content-Type") == formType {
		if form, err := url.ParseQuery(string(body)); err == nil {
			for _, field := range []string{"client_secret", "refresh_token", "code"} {
				carried = append(carried, forms(form.Get(field))...)
			}
		}
	}
	also := masks(carried)
	return func(s string) string { return also.Replace(t.hide.Replace(s)) }
}

// permitted is an error unless the request is a read, or a write for which there is a
// permit. A permit is no blank cheque: it is given for what the table names.
func (t *transport) permitted(req *http.Request, body []byte) error {
	switch {
	case isRead(t.reads, t.base, req, body):
		return nil
	case !t.gate.permits(req.Context()):
		return fmt.Errorf("%w: %s %s is not a listed read", ErrNotPermitted, req.Method, t.hide.Replace(req.URL.Path))
	case !isRead(t.writes, t.base, req, body):
		return fmt.Errorf("%w: %s %s is not a listed write either", ErrNotPermitted, req.Method, t.hide.Replace(req.URL.Path))
	}
	return nil
}

// maxSaid bounds what is kept of the words in which a server refuses.
const maxSaid = 64 << 10

// words are the text of an error of the wire. net/http has several for a server
// that is slow, and which of them comes is a race.
func (t *transport) words(err error, hide func(string) string) string {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return fmt.Sprintf("no answer in time (timeout %s)", t.timeout)
	}
	return hide(err.Error())
}

// accept refuses redirects and bounds the body. The words of any other refusal end
// up in errors and so in logs, and some servers repeat in them what they were sent:
// secrets are masked before anybody sees them.
func (t *transport) accept(resp *http.Response, hide func(string) string) (*http.Response, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		_ = resp.Body.Close() // its content is of no interest, and neither is its end
		return nil, fmt.Errorf("%w: %s answered %d and points to %s; configure the final address as url",
			ErrRedirect, t.base.Host, resp.StatusCode, destination(resp, hide))
	}
	resp.Body = &bounded{resp.Body, t.maxBody}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return concealed(resp, hide), nil
	}
	return resp, nil
}

// concealed is the answer with its secrets masked, as far as it could be read.
func concealed(resp *http.Response, hide func(string) string) *http.Response {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxSaid)) // a part of a refusal is one
	_ = resp.Body.Close()
	said := hide(string(body))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(said)), int64(len(said))
	resp.Status = hide(resp.Status)
	resp.Header.Del("Content-Length")
	return resp
}

// destination names where a redirect leads, without its query.
func destination(resp *http.Response, hide func(string) string) string {
	to, err := resp.Location()
	if err != nil {
		return "nowhere legible"
	}
	return fmt.Sprintf("%q", hide(to.Scheme+"://"+to.Host+to.Path))
}

// sameOrigin compares with the configured origin; a Host header of its own would
// lead a shared server astray.
func (t *transport) sameOrigin(req *http.Request) bool {
	return req.URL.Scheme == t.base.Scheme && strings.EqualFold(req.URL.Host, t.base.Host) && req.URL.User == nil &&
		(req.Host == "" || strings.EqualFold(req.Host, t.base.Host))
}

// withoutSecret refuses an address with a secret in it, before net/http could
// quote that address in an error.
func (t *transport) withoutSecret(_ *resty.Client, req *http.Request) error {
	if at := req.URL.String(); t.hiding(req, nil)(at) != at {
		return ErrSecretInURL
	}
	return nil
}

// knownRead judges a request that was sent, for the question whether to send it
// again. A request whose body cannot be had again is not known to be a read.
func (t *transport) knownRead(req *http.Request) bool {
	if req == nil {
		return false
	}
	var body []byte
	if req.Body != nil && req.Body != http.NoBody {
		if req.GetBody == nil {
			return false
		}
		again, err := req.GetBody()
		if err != nil {
			return false
		}
		if body, err = io.ReadAll(io.LimitReader(again, maxRequest)); err != nil {
			return false
		}
	}
	return isRead(t.reads, t.base, req, body)
}

// drain takes the body out of the request, as a RoundTripper must even when it
// fails.
func drain(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxRequest+1))
	if err = errors.Join(err, req.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the request body: %w", err)
	}
	if len(body) > maxRequest {
		return nil, fmt.Errorf("request body of more than %d bytes", maxRequest)
	}
	return body, nil
}

// hidden is an error whose text has its secrets masked.
type hidden struct {
	error
	text string
}

func (h *hidden) Error() string { return h.text }
func (h *hidden) Unwrap() error { return h.error }

// bounded is a body that fails, instead of ending, when it is too large.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, ErrTooLarge
	}
	return n, err
}
