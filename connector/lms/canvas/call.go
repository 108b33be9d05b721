package canvas

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// throttleTries is how often a request that was throttled is sent in all.
const throttleTries = 4

// send sends a request without a body. Only a 2xx is no error; a refusal is a
// *lms.Refusal. A throttled request was not carried out: it is sent again after a
// wait that doubles, with jitter.
func (c *LMS) send(ctx context.Context, method, address string) (*resty.Response, error) {
	for try := 1; ; try++ {
		resp, err := c.client.R().SetContext(ctx).SetHeader("Accept", "application/json").Execute(method, address)
		if err != nil {
			return nil, fmt.Errorf("ask canvas %q: %w", c.cfg.Name, err)
		}
		if resp.IsSuccess() {
			return resp, nil
		}
		if !throttled(resp) {
			return nil, refused(resp)
		}
		if try == throttleTries {
			return nil, &lms.Refusal{Code: "throttled", Whole: true, Do: "it will be tried again"}
		}
		if err := pause(ctx, c.wait<<(try-1)); err != nil {
			return nil, &lms.Refusal{Code: "throttled", Whole: true, Do: "time ran out"}
		}
	}
}

// pause waits for up to one and a half times as long.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// throttled recognises both forms before a 403 is read as a missing permission.
func throttled(resp *resty.Response) bool {
	return resp.StatusCode() == http.StatusTooManyRequests ||
		resp.StatusCode() == http.StatusForbidden && strings.Contains(string(resp.Body()), "Rate Limit Exceeded")
}

// notInactive is the refusal to reactivate an enrolment that is not inactive.
const notInactive = "not_inactive"

// refused is what a status other than success says. Of 5xx but 503 nobody knows
// what was done.
func refused(resp *resty.Response) error {
	status := resp.StatusCode()
	r := &lms.Refusal{Code: strconv.Itoa(status)}
	switch status {
	case http.StatusUnauthorized:
		r.Whole, r.Do = true, "the token is wrong or expired, or the account's role lacks the right"
		if strings.Contains(message(resp.Body()), "not authorized") {
			r.Do = "the account's role lacks the right"
		}
	case http.StatusForbidden:
		r.Whole, r.Do = true, "the account's role lacks the right: see the roster, add and remove students"
	case http.StatusServiceUnavailable:
		r.Whole, r.Do = true, "maintenance: it will be tried again"
	case http.StatusNotFound:
		r.Do = "the course or enrolment does not exist, or is hidden from the account"
	case http.StatusBadRequest:
		if strings.Contains(message(resp.Body()), "not inactive") {
			r.Code = notInactive
		}
	default:
		if status >= http.StatusInternalServerError || status < http.StatusBadRequest {
			return fmt.Errorf("canvas answered %d", status)
		}
	}
	return r
}

// message finds the words in which Canvas refuses, of which there are four shapes:
// {"message": text}, {"error": text}, {"errors": text} and {"errors": [{"message":
// text}]} or an object by field. They are looked at and not quoted: they may hold
// personal data.
func message(body []byte) string {
	var said struct {
		Message, Error string
		Errors         json.RawMessage
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	return strings.TrimSpace(said.Message + " " + said.Error + " " + string(said.Errors))
}

// write deactivates or reactivates one enrolment. The answer is the enrolment: one
// of another id is none.
func (c *LMS) write(ctx context.Context, t rules.Target, ch rules.Change) error {
	method, address := http.MethodPut, coursePath(t)+"/enrollments/"+ch.Row+"/reactivate"
	if ch.Move == rules.MoveHold {
		method, address = http.MethodDelete, coursePath(t)+"/enrollments/"+ch.Row+"?task=deactivate"
	}
	if _, err := strconv.ParseUint(ch.Row, 10, 63); err != nil {
		return &lms.Refusal{Code: "no_enrolment_id"}
	}
	resp, err := c.send(ctx, method, address)
	var no *lms.Refusal
	switch {
	case errors.As(err, &no) && no.Code == notInactive:
		return nil // active already, or concluded: the read-back tells which
	case err != nil:
		return err
	}
	var answer struct{ ID int64 }
	if json.Unmarshal(resp.Body(), &answer) != nil || strconv.FormatInt(answer.ID, 10) != ch.Row {
		return errShape
	}
	return nil
}
