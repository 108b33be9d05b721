package hris

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
)

// Token fetches bearer tokens by client credentials (RFC 6749, 4.4) and keeps each
// until shortly before it expires. It may be used from many goroutines.
type Token struct {
	client           *resty.Client
	id, secret, need string
	now              func() time.Time

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// NewToken returns the tokens of a client whose server is the token endpoint. The
// scope may be empty.
func NewToken(client *resty.Client, id, secret, scope string, now func() time.Time) *Token {
	return &Token{client: client, id: id, secret: secret, need: scope, now: now}
}

// Get returns a token that is good for the next minute at least.
func (t *Token) Get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && t.now().Add(time.Minute).Before(t.expiry) {
		return t.token, nil
	}
	form := map[string]string{"grant_type": "client_credentials", "client_id": t.id, "client_secret": t.secret}
	if t.need != "" {
		form["scope"] = t.need
	}
	resp, err := t.client.R().SetContext(ctx).SetHeader("Accept", "application/json").SetFormData(form).Post("")
	if err != nil {
		return "", fmt.Errorf("no token: %w", err)
	}
	if resp.StatusCode() != http.StatusOK {
		return "", fmt.Errorf("no token: the server answered %s%s: check client_id, client_secret and what the application is granted",
			resp.Status(), oauthError(resp.Body()))
	}
	var answer struct {
		Token   string  `json:"access_token"`
		Expires float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(resp.Body(), &answer); err != nil || answer.Token == "" {
		return "", errors.New("no token: the answer holds none; check token_url") // the body is not quoted: it may hold one
	}
	t.token, t.expiry = answer.Token, t.now().Add(time.Duration(answer.Expires)*time.Second)
	return t.token, nil
}

// Forget makes the next Get fetch another token: the server does not take this one.
func (t *Token) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = ""
}

// oauthError takes the error code out of a refusal (RFC 6749, 5.2).
func oauthError(body []byte) string {
	var e struct {
		Code string `json:"error"`
	}
	if json.Unmarshal(body, &e) != nil || e.Code == "" {
		return ""
	}
	return " (" + Clip(e.Code) + ")"
}
