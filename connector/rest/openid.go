package rest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// OpenID builds the client of an OpenID provider, which may answer at several origins:
// of the issuer, of its keys, of its tokens. All that passes is GETs, and the POST that
// trades an authorization code for tokens (RFC 6749, 4.1.3). Every wait and every answer
// is bounded; the secret is masked in errors.
func OpenID(secret Secret, addresses ...string) (*http.Client, error) {
	const timeout = 10 * time.Second
	o := origins{}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return nil, errors.New("an address of the OpenID provider cannot be parsed")
		}
		cfg := Config{URL: u.Scheme + "://" + u.Host, Token: secret, Timeout: timeout, MaxBody: 1 << 20}.WithDefaults()
		if err := cfg.Validate(); err != nil {
			return nil, err
		}
		base, err := cfg.base()
		if err != nil {
			return nil, err
		}
		o[origin(base)] = &transport{base: base, reads: codes(), next: wire(cfg), hide: cfg.redactor(), maxBody: cfg.MaxBody, timeout: timeout}
	}
	return &http.Client{Transport: o, Timeout: timeout}, nil
}

// codes is the table of an OpenID provider.
func codes() []Read {
	return append(Gets(), Read{Method: http.MethodPost, Path: "*", Form: map[string][]string{"grant_type": {"authorization_code"}}})
}

// origins are the transports of one client, by scheme and host.
type origins map[string]*transport

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// RoundTrip sends a request to the origin that it is for, if that is one of ours.
func (o origins) RoundTrip(req *http.Request) (*http.Response, error) {
	t, ok := o[origin(req.URL)]
	if !ok {
		if req.Body != nil {
			_ = req.Body.Close() // as a RoundTripper must even when it fails
		}
		return nil, fmt.Errorf("%w: the OpenID provider names %s, which is none of its configured origins", ErrForeignOrigin, req.URL.Host)
	}
	return t.RoundTrip(req)
}
