package openedx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// token is what a request is authorised with.
type token struct {
	value  string
	expiry time.Time
}

// tokenMargin: no request goes out with a token that is about to expire.
const tokenMargin = time.Minute

// authorise returns a token that is good for the next minute.
func (x *LMS) authorise(ctx context.Context) (string, error) {
	if x.token.value != "" && x.now().Add(tokenMargin).Before(x.token.expiry) {
		return x.token.value, nil
	}
	resp, err := x.client.R().SetContext(ctx).SetHeader("Content-Type", "application/x-www-form-urlencoded").
		SetBody("grant_type=client_credentials&token_type=jwt").Post("/oauth2/access_token")
	if err != nil {
		return "", fmt.Errorf("ask open edx %q for a token: %w", x.cfg.Name, err)
	}
	if resp.StatusCode() != http.StatusOK {
		return "", &lms.Refusal{Code: "no_token_" + strconv.Itoa(resp.StatusCode()), Whole: true, Do: "check username and password: the id and the secret of the application"}
	}
	var answer struct {
		Token   string  `json:"access_token"`
		Expires float64 `json:"expires_in"`
	}
	if json.Unmarshal(resp.Body(), &answer) != nil || answer.Token == "" {
		return "", &lms.Refusal{Code: "no_token", Whole: true} // the answer is not quoted: it may hold one
	}
	x.token = token{answer.Token, x.now().Add(time.Duration(answer.Expires) * time.Second)}
	return x.token.value, nil
}

// request is one with a token; a token that is not taken is forgotten.
func (x *LMS) request(ctx context.Context, send func(*resty.Request) (*resty.Response, error)) (*resty.Response, error) {
	jwt, err := x.authorise(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := send(x.client.R().SetContext(ctx).SetHeader("Authorization", "JWT "+jwt).SetHeader("Accept", "application/json"))
	if err != nil {
		return nil, fmt.Errorf("ask open edx %q: %w", x.cfg.Name, err)
	}
	if resp.StatusCode() == http.StatusUnauthorized {
		x.token = token{}
	}
	if resp.StatusCode() != http.StatusOK {
		return nil, refused(resp.StatusCode())
	}
	return resp, nil
}

// get reads, with another token where the first is not taken any more.
func (x *LMS) get(ctx context.Context, address string) ([]byte, error) {
	read := func(r *resty.Request) (*resty.Response, error) { return r.Get(address) }
	resp, err := x.request(ctx, read)
	var no *lms.Refusal
	if errors.As(err, &no) && no.Code == codeToken {
		resp, err = x.request(ctx, read)
	}
	if err != nil {
		return nil, err
	}
	return resp.Body(), nil
}

const codeToken = "401"

// refusals by status, for a write of one row or a reading.
var refusals = map[int]lms.Refusal{
	http.StatusBadRequest:         {Code: "400", Do: "the course is unknown, or the change is not possible for this enrolment"},
	http.StatusUnauthorized:       {Code: codeToken, Whole: true, Do: "the token is not taken"},
	http.StatusForbidden:          {Code: "403", Whole: true, Do: "the application's user has to be global staff"},
	http.StatusNotFound:           {Code: "404", Whole: true, Do: "the application's user may not act for others: it has to be global staff"},
	http.StatusNotAcceptable:      {Code: "406", Do: "the user is unknown to the platform"},
	http.StatusTooManyRequests:    {Code: "throttled", Whole: true, Do: "it will be tried again; lower rate if others use the same account"},
	http.StatusServiceUnavailable: {Code: "503", Whole: true, Do: "maintenance: it will be tried again"},
}

// refused is what a status other than 200 says. Of other 5xx nobody knows what was
// done.
func refused(status int) error {
	if r, known := refusals[status]; known {
		return &r
	}
	return fmt.Errorf("open edx answered %d", status)
}

// write switches one enrolment. The answer is the enrolment; one that is empty, or
// is somebody else's, tells nothing.
func (x *LMS) write(ctx context.Context, t rules.Target, c rules.Change) error {
	body, err := json.Marshal(map[string]any{"user": c.Account.ID, "is_active": c.To == rules.RowActive,
		"course_details": map[string]string{"course_id": t.Course}})
	if err != nil {
		return err
	}
	resp, err := x.request(ctx, func(r *resty.Request) (*resty.Response, error) {
		return r.SetHeader("Content-Type", "application/json").SetBody(body).Post("/api/enrollment/v1/enrollment")
	})
	if err != nil {
		return err
	}
	var answer struct{ User string }
	if json.Unmarshal(resp.Body(), &answer) != nil || answer.User != c.Account.ID {
		return errShape
	}
	return nil
}
