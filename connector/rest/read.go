package rest

import (
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	json "github.com/go-json-experiment/json"
)

// Read is one kind of request that only reads, as it looks on the wire; in a table of
// writes, one that a permit lets pass.
type Read struct {
	Method string
	// Path is relative to the configured URL and begins with a slash; it is
	// compared whole. With a "*" at its end it is compared up to there; "*" alone
	// is every path of the origin.
	Path string
	// Form is set where reads are POSTs. The body must then be a form and the
	// query empty, and each of these fields must occur exactly once, with one of
	// its values.
	Form map[string][]string
	// JSON is set where reads are POSTs of a JSON object: the body must be this
	// object, but for the fields that Vary names, which may hold any number or text.
	JSON string
	Vary []string
	// Only is a further condition, for what the fields above cannot say: on the path
	// below the configured URL with its query, and on the body.
	Only func(target string, body []byte) bool
}

// Gets is the table of a server where every GET, and nothing else, is a read.
func Gets() []Read { return []Read{{Method: http.MethodGet, Path: "*"}} }

// override headers make some servers take a request for one of another method.
var overrides = []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}

// plainField is a form field that every server reads alike. PHP folds other
// spellings onto these: it drops leading blanks, cuts at NUL, and turns dots and
// blanks into underscores.
var plainField = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\[[0-9]+\](\[[a-z]+\])?)?$`)

// isRead reports whether the request is one of the listed reads.
func isRead(reads []Read, base *url.URL, req *http.Request, body []byte) bool {
	for _, h := range overrides {
		if req.Header.Get(h) != "" {
			return false
		}
	}
	return slices.ContainsFunc(reads, func(r Read) bool { return r.matches(base, req, body) })
}

func (r Read) matches(base *url.URL, req *http.Request, body []byte) bool {
	if req.Method != r.Method || !r.matchesPath(base.Path, req.URL) {
		return false
	}
	switch {
	case r.Form != nil:
		return r.matchesForm(req, body)
	case r.JSON != "":
		return r.matchesJSON(req, body)
	case r.Only != nil:
		return r.Only(strings.TrimPrefix(req.URL.RequestURI(), base.EscapedPath()), body)
	}
	return len(body) == 0
}

// matchesJSON compares what a server would read: a name that stands twice, which
// servers read differently, is no match.
func (r Read) matchesJSON(req *http.Request, body []byte) bool {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || req.Header.Get("Content-Encoding") != "" {
		return false
	}
	var got, want map[string]any
	if json.Unmarshal(body, &got) != nil || json.Unmarshal([]byte(r.JSON), &want) != nil {
		return false
	}
	for _, field := range r.Vary {
		switch got[field].(type) {
		case nil, float64, string:
			delete(got, field)
			delete(want, field)
		default:
			return false
		}
	}
	return reflect.DeepEqual(got, want)
}

func (r Read) matchesPath(base string, u *url.URL) bool {
	if u.Opaque != "" {
		return false
	}
	prefix, open := strings.CutSuffix(r.Path, "*")
	switch {
	case !open:
		return u.EscapedPath() == base+r.Path
	case prefix == "":
		return true
	}
	return strings.HasPrefix(u.EscapedPath(), base+prefix) && !strings.Contains(u.Path, "..")
}

func (r Read) matchesForm(req *http.Request, body []byte) bool {
	if !isPlainForm(req) {
		return false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return false
	}
	for field := range form {
		name, _, indexed := strings.Cut(field, "[")
		if _, listed := r.Form[name]; !plainField.MatchString(field) || (listed && indexed) {
			return false
		}
	}
	for field, values := range r.Form {
		if got := form[field]; len(got) != 1 || !slices.Contains(values, got[0]) {
			return false
		}
	}
	return true
}

// isPlainForm reports whether all of the request's parameters are in its body,
// as one form that is not packed.
func isPlainForm(req *http.Request) bool {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	return err == nil && kind == formType && req.Header.Get("Content-Encoding") == "" &&
		req.URL.RawQuery == "" && !req.URL.ForceQuery
}
