package rest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config says how to reach one server. The zero value of everything but URL means
// the default.
type Config struct {
	// URL is the address under which the server's paths begin, for Moodle the
	// address of the site. Nothing is ever sent to another origin.
	URL string `yaml:"url"`
	// Username and Password are sent as HTTP Basic authentication.
	Username string `yaml:"username"`
	Password Secret `yaml:"password"`
	// Token is sent as a bearer token; to Moodle, in the form (see Moodle).
	Token Secret `yaml:"token"`
	// Timeout bounds one request, its whole answer included; 30s.
	Timeout time.Duration `yaml:"timeout"`
	// Rate is how many requests are sent in a second at most; 10.
	Rate float64 `yaml:"rate"`
	// Retries is how often a read is tried again; 3. Negative: never. A write is
	// never tried again.
	Retries int `yaml:"retries"`
	// RetryWait is the wait before the first retry; it doubles, with jitter, up to
	// 30s, which is also as long as a Retry-After of the server is honoured; 250ms.
	RetryWait time.Duration `yaml:"retry_wait"`
	// MaxBody is how many bytes of an answer are read at most; 64 MiB.
	MaxBody int64 `yaml:"max_body"`
}

const maxWait = 30 * time.Second

// WithDefaults returns the config with every default in its place.
func (c Config) WithDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Rate == 0 {
		c.Rate = 10
	}
	if c.Retries == 0 {
		c.Retries = 3
	}
	if c.RetryWait == 0 {
		c.RetryWait = 250 * time.Millisecond
	}
	if c.MaxBody == 0 {
		c.MaxBody = 64 << 20
	}
	return c
}

// Validate returns everything that is wrong with the config, joined.
func (c Config) Validate() error {
	var errs []error
	if _, err := c.base(); err != nil {
		errs = append(errs, err)
	}
	if (c.Username == "") != (c.Password == "") {
		errs = append(errs, errors.New("username and password go together: set both or neither"))
	}
	if c.Username != "" && c.Token != "" {
		errs = append(errs, errors.New("set username and password, or token, not both"))
	}
	if strings.ContainsAny(c.Token.Reveal()+c.Password.Reveal(), "\r\n\x00") {
		errs = append(errs, errors.New("the secret contains a line break: is it the right file?"))
	}
	if c.Timeout < 0 || c.Rate < 0 || c.RetryWait < 0 || c.MaxBody < 0 {
		errs = append(errs, errors.New("timeout, rate, retry_wait and max_body must not be negative"))
	}
	return errors.Join(errs...)
}

// Insecure reports whether secrets would cross a network in the clear: plain
// http to anything but this machine itself.
func (c Config) Insecure() bool {
	u, err := c.base()
	if err != nil || u.Scheme == "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// base parses URL. Its errors do not quote what was given: a secret may have
// been pasted into it.
func (c Config) base() (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(c.URL, "/"))
	switch {
	case c.URL == "":
		return nil, errors.New("url is missing")
	case err != nil:
		return nil, errors.New("url cannot be parsed; it should look like https://lms.example/path")
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "":
		return nil, errors.New("url must begin with https:// (or http://) and a host")
	case u.User != nil:
		return nil, errors.New("url must not contain a user name or password: use the keys for them")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("url must end with its path: remove what follows %q or %q", "?", "#")
	}
	return u, nil
}

// redactor returns what replaces this config's secrets in a text by their mask, in
// every form in which they are sent or a server may repeat them. Secrets of fewer than 4 bytes are left: masking them would garble the text
// more than it hides.
func (c Config) redactor() *strings.Replacer {
	hide := append(forms(c.Password.Reveal()), forms(c.Token.Reveal())...)
	if c.Username != "" {
		basic := []byte(c.Username + ":" + c.Password.Reveal())
		for _, form := range []string{base64.RawStdEncoding.EncodeToString(basic), base64.RawURLEncoding.EncodeToString(basic)} {
			hide = append(hide, form, url.QueryEscape(form), strings.ReplaceAll(form, "/", `\/`))
		}
	}
	return masks(hide)
}

// forms are those in which a secret is sent or may be repeated; none of a short one.
func forms(plain string) []string {
	if len(plain) < 4 {
		return nil
	}
	quoted := escapeJSON(plain)
	return []string{plain, url.QueryEscape(plain), url.PathEscape(plain), html.EscapeString(plain),
		quoted, strings.ReplaceAll(quoted, "/", `\/`)}
}

func masks(hide []string) *strings.Replacer {
	var pairs []string
	for _, f := range hide {
		pairs = append(pairs, f, masked)
	}
	return strings.NewReplacer(pairs...)
}

// escapeJSON is the inside of the text as a JSON string.
func escapeJSON(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return s // never: a string can be marshalled
	}
	return string(quoted[1 : len(quoted)-1])
}
