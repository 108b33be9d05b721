package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// The headers of a signed push: the time at which it was sent, in seconds since
// 1970, and "sha256=" with the hex HMAC-SHA256 of that time, a dot and the body.
const (
	HookTimestamp = "X-Leadfront-Timestamp"
	HookSignature = "X-Leadfront-Signature"
)

// Hook takes statements that an LRS forwards. A push is only a reason to look: what
// it says is believed when the LRS shows it.
type Hook struct {
	Token   string        // bearer token; empty: not accepted
	Key     string        // of the signature; empty: not accepted
	Window  time.Duration // how old or early a signed push may be
	MaxBody int64         // bytes
	Now     func() time.Time
	Look    func() // is called after each push that is accepted; must not block
}

// Hook has POST /hooks/xapi taken by h from now on, or by nobody where h is nil.
func (s *Server) Hook(h *Hook) { s.hook.Store(h) }

func (s *Server) take(c echo.Context) error {
	h := s.hook.Load()
	switch {
	case h == nil:
		return echo.ErrNotFound
	case c.Request().Method != http.MethodPost:
		return echo.ErrMethodNotAllowed
	}
	return h.take(c)
}

func (h Hook) take(c echo.Context) error {
	r := c.Request()
	bearer, signed := r.Header.Get(echo.HeaderAuthorization), r.Header.Get(HookSignature)
	if !h.bears(bearer) && (h.Key == "" || signed == "") {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
		return echo.NewHTTPError(http.StatusUnauthorized)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, h.MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	case err != nil:
		return echo.NewHTTPError(http.StatusBadRequest)
	case !h.bears(bearer) && !h.signed(r.Header.Get(HookTimestamp), signed, body):
		return echo.NewHTTPError(http.StatusUnauthorized)
	case !areStatements(body):
		return echo.NewHTTPError(http.StatusUnprocessableEntity)
	}
	h.Look()
	return c.NoContent(http.StatusAccepted)
}

// bears compares digests, so that neither content nor length shows in the time.
func (h Hook) bears(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	if h.Token == "" || !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(h.Token))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// signed checks the signature over the body as it came, and that it was not kept
// for later. A repeat within the window does no harm: it is a second reason to look.
func (h Hook) signed(stamp, signature string, body []byte) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || h.Now().Sub(time.Unix(seconds, 0)).Abs() > h.Window {
		return false
	}
	got, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(h.Key))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

// areStatements reports whether the body is a statement or a list of them, as far
// as that shows without reading what they say.
func areStatements(body []byte) bool {
	type statement struct {
		Actor  map[string]json.RawMessage `json:"actor"`
		Verb   map[string]json.RawMessage `json:"verb"`
		Object map[string]json.RawMessage `json:"object"`
	}
	var list []statement
	if json.Unmarshal(body, &list) != nil {
		list = make([]statement, 1)
		if json.Unmarshal(body, &list[0]) != nil {
			return false
		}
	}
	for _, s := range list {
		if len(s.Actor) == 0 || len(s.Verb) == 0 || len(s.Object) == 0 {
			return false
		}
	}
	return len(list) > 0
}
