package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// MaxForm is how many bytes may be sent to a page.
const MaxForm = 1 << 20

// policy is what a page may do in a browser: show itself, and post to us.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers has the browser hold pages to what they are. A page that may do more, or may
// be kept, sets its own.
func (d *Door) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		for name, value := range map[string]string{
			echo.HeaderContentSecurityPolicy: policy,
			echo.HeaderXContentTypeOptions:   "nosniff",
			echo.HeaderReferrerPolicy:        "same-origin",
			echo.HeaderCacheControl:          "no-store",
			"Cross-Origin-Opener-Policy":     "same-origin",
			"Cross-Origin-Resource-Policy":   "same-origin",
			"Permissions-Policy":             "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		} {
			h.Set(name, value)
		}
		if strings.HasPrefix(d.o.URL, "https:") {
			h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		return next(c)
	}
}

func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.ContentLength > MaxForm {
			return echo.ErrStatusRequestEntityTooLarge
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, MaxForm)
		return next(c)
	}
}

// guard refuses whatever changes something unless somebody has signed in and meant to.
func (d *Door) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			return next(c)
		}
		if err := d.origins.Check(r); err != nil {
			d.o.Log.Warn("a form was posted from another site", "from", c.RealIP(), "origin", r.Header.Get(echo.HeaderOrigin))
			return &Refusal{http.StatusForbidden, "Nothing was done", "This form was sent from another site."}
		}
		w, binding, err := d.whoIs(c)
		switch {
		case err != nil:
			return err
		case w.Subject == "":
			return d.Need()(next)(c)
		case !d.limits.write.allow(w.Subject):
			return tooMany(c)
		}
		// A program has no forms, and no browser that could be tricked.
		if w.Machine {
			return next(c)
		}
		given, err := field(r)
		switch {
		case err != nil:
			return err
		case !d.valid(given, binding):
			return &Refusal{http.StatusForbidden, "Nothing was done", "This form is too old, or is not yours: go back, load the page anew, and send it again."}
		}
		return next(c)
	}
}

// field reads the form token.
func field(r *http.Request) (string, error) {
	err := r.ParseMultipartForm(MaxForm)
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return "", echo.ErrStatusRequestEntityTooLarge
	case err != nil:
		return "", &Refusal{http.StatusBadRequest, "Nothing was done", "The form cannot be read."}
	}
	return r.PostFormValue(FormToken), nil
}

// token makes a form token: proof that the page was made for who has it. It differs
// each time, so that no one can guess it from the lengths of compressed pages.
func (d *Door) token(binding string) string {
	pad := make([]byte, sha256.Size, 2*sha256.Size)
	_, _ = rand.Read(pad) // never fails
	return base64.RawURLEncoding.EncodeToString(append(pad, xor(pad, d.proof(binding))...))
}

func (d *Door) valid(given, binding string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil || len(raw) != 2*sha256.Size {
		return false
	}
	return hmac.Equal(xor(raw[:sha256.Size], raw[sha256.Size:]), d.proof(binding))
}

func (d *Door) proof(binding string) []byte {
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(binding))
	return mac.Sum(nil)
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	for i := range a {
		out[i] = a[i] ^ b[i]
	}
	return out
}

// slow bounds how fast one address may sign in.
func (d *Door) slow(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Request().URL.Path, PathSignIn) && !d.limits.entry.allow(c.RealIP()) {
			return tooMany(c)
		}
		return next(c)
	}
}

func tooMany(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderRetryAfter, "10")
	return echo.ErrTooManyRequests
}

// limiter bounds a rate for each of many keys. A key that was away for long enough to
// have all of its burst again is forgotten.
type limiter struct {
	mu    sync.Mutex
	rate  rate.Limit
	burst int
	keys  map[string]*rate.Limiter
	swept time.Time
}

func newLimiter(r rate.Limit, burst int) *limiter {
	return &limiter{rate: r, burst: burst, keys: map[string]*rate.Limiter{}}
}

// allow reports whether the key may do something once more.
func (l *limiter) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Sub(l.swept) > time.Minute {
		l.swept = now
		for k, v := range l.keys {
			if v.TokensAt(now) >= float64(l.burst) {
				delete(l.keys, k)
			}
		}
	}
	v := l.keys[key]
	if v == nil {
		v = rate.NewLimiter(l.rate, l.burst)
		l.keys[key] = v
	}
	return v.AllowN(now, 1)
}
