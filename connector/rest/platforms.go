package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	json "github.com/go-json-experiment/json"
	"github.com/go-resty/resty/v2"
)

var (
	webhookWrite     = regexp.MustCompile(`^/v1/courses/[^/?]+/changes$`)
	canvasDeactivate = regexp.MustCompile(`^/api/v1/courses/[^/?]+/enrollments/[0-9]+\?task=deactivate$`)
	canvasReactivate = regexp.MustCompile(`^/api/v1/courses/[^/?]+/enrollments/[0-9]+/reactivate$`)
)

// target is a condition on the path and query alone.
func target(fits *regexp.Regexp, withBody bool) func(string, []byte) bool {
	return func(target string, body []byte) bool { return fits.MatchString(target) && (withBody || len(body) == 0) }
}

// WebhookWrites is the one way in which the protocol changes anything.
func WebhookWrites() []Read {
	return []Read{{Method: http.MethodPost, Path: "/v1/courses/*", Only: target(webhookWrite, true)}}
}

// CanvasWrites deactivate and reactivate an enrolment, and nothing else: a DELETE
// without a task would conclude it, and one with task=delete lose its scores.
func CanvasWrites() []Read {
	return []Read{
		{Method: http.MethodDelete, Path: "/api/v1/courses/*", Only: target(canvasDeactivate, false)},
		{Method: http.MethodPut, Path: "/api/v1/courses/*", Only: target(canvasReactivate, false)},
	}
}

// OpenEdXWrites switch one enrolment on or off. A mode beside that could move the
// learner to another track.
func OpenEdXWrites() []Read {
	return []Read{{Method: http.MethodPost, Path: "/api/enrollment/v1/enrollment", Only: func(at string, body []byte) bool {
		var said struct {
			User     string `json:"user"`
			IsActive *bool  `json:"is_active"`
			Details  struct {
				Course string `json:"course_id"`
			} `json:"course_details"`
		}
		err := json.Unmarshal(body, &said, json.RejectUnknownMembers(true))
		return err == nil && at == "/api/enrollment/v1/enrollment" && said.User != "" && said.IsActive != nil && said.Details.Course != ""
	}}}
}

// The headers of a signed request: the time at which it was sent, in seconds since
// 1970, and "sha256=" with the hex HMAC-SHA256 over that time, the method, the path
// with its query, and the body, with a dot between each two.
const (
	SignedAt  = "X-Leadfront-Timestamp"
	Signature = "X-Leadfront-Signature"
)

// Webhook builds the client of a platform that speaks leadfront's own protocol.
// Every GET is a read, and every request is signed with the token, which is never
// sent itself.
func Webhook(cfg Config, gate *Gate) (*resty.Client, error) {
	if err := cfg.signs(); err != nil {
		return nil, err
	}
	return signed(cfg, Gets(), WebhookWrites(), gate)
}

// Notices builds the client of a service that takes notices: posts to the configured
// address itself, signed with the token, and nothing else.
func Notices(cfg Config, gate *Gate) (*resty.Client, error) {
	if err := cfg.signs(); err != nil {
		return nil, err
	}
	return signed(cfg, nil, []Read{{Method: http.MethodPost, Only: func(target string, _ []byte) bool { return target == "" }}}, gate)
}

// signs is an error for a config that cannot sign.
func (c Config) signs() error {
	if len(c.Token) < 16 {
		return errors.New("reach the webhook: the token, which signs every request, needs at least 16 characters")
	}
	if c.Username != "" {
		return errors.New("reach the webhook: it is signed with the token; take username and password away")
	}
	return nil
}

// signed builds a client that signs every request with the token, and never sends it.
func signed(cfg Config, reads, writes []Read, gate *Gate) (*resty.Client, error) {
	client, t, err := assemble(cfg, reads, writes, gate, "")
	if err != nil {
		return nil, fmt.Errorf("reach the webhook: %w", err)
	}
	t.sign = func(req *http.Request, body []byte) {
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		req.Header.Set(SignedAt, stamp)
		req.Header.Set(Signature, Sign(cfg.Token, stamp, req.Method, req.URL.RequestURI(), body))
	}
	return client, nil
}

// Sign is the signature of a request.
func Sign(key Secret, stamp, method, target string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(stamp + "." + method + "." + target + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Canvas builds the client of a Canvas, whose GETs change nothing.
func Canvas(cfg Config, gate *Gate) (*resty.Client, error) {
	if cfg.Token == "" {
		return nil, errors.New("reach canvas: the token is missing")
	}
	client, err := New(cfg, Gets(), gate, CanvasWrites()...)
	if err != nil {
		return nil, fmt.Errorf("reach canvas: %w", err)
	}
	return client, nil
}

// OpenEdXTokens is where Open edX trades client credentials for a token.
const OpenEdXTokens = "/oauth2/access_token"

// OpenEdXReads are the reads of the enrolment API, and the trade of client
// credentials for a token, which changes nothing that anybody keeps.
func OpenEdXReads() []Read {
	return []Read{
		{Method: http.MethodGet, Path: "/api/enrollment/v1/*"},
		{Method: http.MethodPost, Path: OpenEdXTokens, Form: map[string][]string{"grant_type": {"client_credentials"}}},
	}
}

// OpenEdX builds the client of an Open edX. Username and password are the id and
// the secret of the application; they go into the form that asks for a token, on
// the wire only: the connector never has them.
func OpenEdX(cfg Config, gate *Gate) (*resty.Client, error) {
	if cfg.Username == "" || cfg.Password == "" {
		return nil, errors.New("reach open edx: username and password are missing: the id and the secret of the application")
	}
	credential := "client_id=" + url.QueryEscape(cfg.Username) + "&client_secret=" + url.QueryEscape(cfg.Password.Reveal())
	client, err := build(cfg, OpenEdXReads(), OpenEdXWrites(), gate, credential)
	if err != nil {
		return nil, fmt.Errorf("reach open edx: %w", err)
	}
	return client, nil
}
