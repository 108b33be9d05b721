package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"
)

// New builds the client of one server, with its table of reads, and that of the
// writes that a permit of the gate lets pass. What is in neither never passes; with a
// nil gate nothing can be written at all. The client may be used from many goroutines. Its errors wrap one of the
// errors of this package where one applies.
func New(cfg Config, reads []Read, gate *Gate, writes ...Read) (*resty.Client, error) {
	client, err := build(cfg, reads, writes, gate, "")
	if err != nil {
		return nil, err
	}
	if cfg.Username != "" {
		client.SetBasicAuth(cfg.Username, cfg.Password.Reveal())
	}
	if cfg.Token != "" {
		client.SetAuthToken(cfg.Token.Reveal())
	}
	return client, nil
}

// build makes a client that does not authenticate, but for a credential that is
// put in front of every form.
func build(cfg Config, reads, writes []Read, gate *Gate, credential string) (*resty.Client, error) {
	client, _, err := assemble(cfg, reads, writes, gate, credential)
	return client, err
}

// assemble is build, with the wall that the client sends through.
func assemble(cfg Config, reads, writes []Read, gate *Gate, credential string) (*resty.Client, *transport, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, nil, err
	}
	base, err := cfg.base()
	if err != nil {
		return nil, nil, err
	}
	t := &transport{
		base: base, reads: reads, writes: writes, gate: gate, credential: credential,
		next: wire(cfg), hide: cfg.redactor(), maxBody: cfg.MaxBody, timeout: cfg.Timeout,
	}
	client := resty.NewWithClient(&http.Client{Transport: t, Timeout: cfg.Timeout}).
		SetBaseURL(base.String()).
		SetHeader("User-Agent", "leadfront").
		SetDisableWarn(true).
		SetLogger(silent{}).
		SetPreRequestHook(t.withoutSecret)
	limiter := rate.NewLimiter(rate.Limit(cfg.Rate), max(1, int(cfg.Rate)))
	client.OnBeforeRequest(func(_ *resty.Client, r *resty.Request) error { return limiter.Wait(r.Context()) })
	retry(client, cfg, t)
	return client, t, nil
}

// wire is the transport below ours, with every wait bounded.
func wire(cfg Config) http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: min(cfg.Timeout, 10*time.Second)}).DialContext,
		TLSHandshakeTimeout:   min(cfg.Timeout, 10*time.Second),
		ResponseHeaderTimeout: cfg.Timeout,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   4,
		ForceAttemptHTTP2:     true,
	}
}

// retry sets what is tried again: reads that the server was too busy for, or
// that the connection lost.
func retry(client *resty.Client, cfg Config, t *transport) {
	client.SetRetryCount(max(0, cfg.Retries)).
		SetRetryWaitTime(cfg.RetryWait).
		SetRetryMaxWaitTime(maxWait).
		SetRetryAfter(func(_ *resty.Client, r *resty.Response) (time.Duration, error) {
			return retryAfter(r.Header().Get("Retry-After"), time.Now()), nil
		}).
		AddRetryCondition(func(r *resty.Response, err error) bool {
			if r == nil || r.Request == nil || !t.knownRead(r.Request.RawRequest) {
				return false
			}
			if err != nil {
				return lost(err)
			}
			switch r.StatusCode() {
			case http.StatusTooManyRequests, http.StatusBadGateway,
				http.StatusServiceUnavailable, http.StatusGatewayTimeout:
				return true
			}
			return false
		})
}

// lost reports whether the error is one of the connection, and not a refusal of
// ours or the end of the caller's patience.
func lost(err error) bool {
	for _, final := range []error{ErrNotPermitted, ErrRedirect, ErrForeignOrigin, ErrTooLarge, ErrSecretInURL, context.Canceled} {
		if errors.Is(err, final) {
			return false
		}
	}
	var u *url.Error
	return errors.As(err, &u) || errors.Is(err, io.ErrUnexpectedEOF)
}

// retryAfter reads the header of RFC 9110, 10.2.3: seconds, or a date. Zero means
// that it said nothing usable.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(value); err == nil && n >= 0 {
		return min(time.Duration(min(n, 3600))*time.Second, maxWait)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), maxWait)
	}
	return 0
}

// silent drops what resty would log: its lines quote addresses and bodies.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
