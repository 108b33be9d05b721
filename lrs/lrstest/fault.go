package lrstest

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// Faults are the ways in which the LRS misbehaves, each of them seen on a real one
// or named in an issue of one.
type Faults struct {
	// When limits the faults to some requests; nil: all.
	When func(*http.Request) bool

	Status     int             // every answer has this status and nothing of use
	RetryAfter string          // header beside Status
	Body       string          // every answer has this body, and Status or 200
	Type       string          // its Content-Type
	Redirect   string          // every answer points there
	Hold       <-chan struct{} // every answer waits until it is closed
	Cut        bool            // every page breaks off in the middle

	More             MoreFault
	Through          string // Consistent-Through: "": right; "absent"; else this value
	MaxPage          int    // pages are clamped to so many
	Reverse          bool   // every page is in reverse order
	EmptyPages       bool   // every page but the first is preceded by an empty one
	Multipart        bool   // pages come as multipart/mixed
	SinceOnTimestamp bool   // since looks at timestamp
	SinceInclusive   bool   // since gives what was stored at that instant, too
	SinceStrict      bool   // since is understood in UTC with three digits alone; else 500
	ZeroRefused      bool   // limit=0 is a bad request
	Lose             bool   // the first statement of every page but the first is lost
	NoVersion        bool   // answers do not say their version
	Bare             bool   // no /about, no HEAD, no trailing slash
	SingleAsResult   bool   // one statement comes as a result of one, an unknown one as an empty one
	VoidedIgnored    bool   // voidedStatementId is ignored: everything is listed
	ExactIDs         bool   // statements are found by their ids as they were sent
}

// MoreFault is how the link to the next page is spoilt.
type MoreFault string

// The spoilt links.
const (
	MoreAbsolute  MoreFault = "absolute"  // with the scheme and host of the request
	MoreForeign   MoreFault = "foreign"   // with another host, as behind a proxy
	MorePrefix    MoreFault = "prefix"    // without the first part of the path, as behind a proxy
	MoreUnescaped MoreFault = "unescaped" // with characters that no URL may have
	MoreExpired   MoreFault = "expired"   // the link is not found
	MoreEndless   MoreFault = "endless"   // another link after the end, for ever
	MoreCircle    MoreFault = "circle"    // the same link again and again
	MoreAbsent    MoreFault = "absent"    // no member at all at the end
	MoreTrailing  MoreFault = "trailing"  // after the last page there is an empty one
)

// instead answers in place of the LRS and reports whether it did.
func (f Faults) instead(w http.ResponseWriter, r *http.Request) bool {
	if !f.wait(r) {
		return true
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.Body != "":
		if f.Type != "" {
			w.Header().Set("Content-Type", f.Type)
		}
		w.WriteHeader(cmp.Or(f.Status, http.StatusOK))
		_, _ = w.Write([]byte(f.Body)) // the client may be gone
	case f.Status != 0:
		refuse(w, f.Status, "fault")
	case f.Redirect != "":
		http.Redirect(w, r, f.Redirect, http.StatusFound)
	case f.Bare && (r.Method == http.MethodHead || strings.HasSuffix(r.URL.Path, "/about") || strings.HasSuffix(r.URL.Path, "/")):
		refuse(w, http.StatusNotFound, "there is no such thing here")
	default:
		return false
	}
	return true
}

// wait holds the request up, and reports whether the client has waited as well.
func (f Faults) wait(r *http.Request) bool {
	if f.Hold == nil {
		return true
	}
	select {
	case <-f.Hold:
		return true
	case <-r.Context().Done():
		return false
	}
}

// link is the more of a page; nil: no such member.
func (f Faults) link(r *http.Request, token string, more bool) *string {
	base, _, _ := strings.Cut(r.URL.Path, "/more/")
	base = strings.TrimSuffix(strings.TrimSuffix(base, "/"), "/statements")
	path := base + "/more/" + token
	switch {
	case !more && f.More == MoreAbsent:
		return nil
	case !more && f.More != MoreEndless && f.More != MoreCircle:
		path = ""
	case f.More == MoreEndless:
		path += "?turn=" + strings.Repeat("x", 1+len(r.URL.Query().Get("turn")))
	case f.More == MoreAbsolute:
		path = "http://" + r.Host + path
	case f.More == MoreForeign:
		path = "http://internal.example.org:8080" + path
	case f.More == MorePrefix:
		_, rest, _ := strings.Cut(path[1:], "/")
		path = "/" + rest
	case f.More == MoreUnescaped:
		path += `?agent={"mbox":"mailto:a b@example.org"}&x=[object Object]`
	}
	return &path
}

func (f Faults) setThrough(h http.Header, now time.Time) {
	switch f.Through {
	case "":
		h.Set("X-Experience-API-Consistent-Through", stamp(now))
	case "absent":
	default:
		h.Set("X-Experience-API-Consistent-Through", f.Through)
	}
}

// write sends a page, whole or not.
func (f Faults) write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	if f.Multipart {
		w.Header().Set("Content-Type", "multipart/mixed; boundary=-xapi-")
		body = []byte("\r\n---xapi-\r\nContent-Type:application/json\r\n\r\n" + string(body) + "\r\n---xapi---\r\n")
	}
	if f.Cut {
		body = body[:len(body)/2]
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the client may be gone
}
