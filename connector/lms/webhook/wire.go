package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/rules"
)

// page is a part of a list. A pointer is nil where the answer leaves out what it
// must say.
type page struct {
	Closed *bool   `json:"closed"`
	Rows   *[]row  `json:"rows"`
	Next   *string `json:"next"` // cursor of the next part; empty: this is the last
}

type row struct {
	Row     string `json:"row"`
	Account struct {
		ID        string `json:"id"`
		Username  string `json:"username"`
		IDNumber  string `json:"idnumber"`
		Email     string `json:"email"`
		Suspended bool   `json:"suspended"`
	} `json:"account"`
	State     string    `json:"state"` // active, suspended or concluded
	Learner   *bool     `json:"learner"`
	Barred    string    `json:"barred"` // why the row must not be held
	Released  bool      `json:"released"`
	Started   *bool     `json:"started"`
	StartedAt time.Time `json:"started_at"`
}

// errShape: the answer is not what the protocol says.
var errShape = errors.New("the answer is not that of the protocol")

// maxPages ends a list that does not end.
const maxPages = 10_000

func coursePath(t rules.Target, what string) string {
	return "/v1/courses/" + url.PathEscape(t.Course) + "/" + what
}

// list reads every part of the list.
func (w *LMS) list(ctx context.Context, t rules.Target) ([]rules.Enrolment, error) {
	all, seen, cursors := []rules.Enrolment{}, map[string]bool{}, map[string]bool{}
	for after := ""; len(cursors) < maxPages; {
		p, err := w.page(ctx, t, after)
		if err != nil {
			return nil, err
		}
		for _, r := range *p.Rows {
			e, err := w.enrolment(t, r)
			if err != nil {
				return nil, err
			}
			if seen[e.Row] {
				return nil, fmt.Errorf("%w: row %q comes twice", errShape, clip(e.Row))
			}
			seen[e.Row] = true
			all = append(all, e)
		}
		if after = *p.Next; after == "" {
			return all, nil
		}
		if cursors[after] {
			return nil, fmt.Errorf("%w: the list goes in a circle", errShape)
		}
		cursors[after] = true
	}
	return nil, fmt.Errorf("%w: the list does not end", errShape)
}

func (w *LMS) page(ctx context.Context, t rules.Target, after string) (page, error) {
	var p page
	resp, err := w.client.R().SetContext(ctx).SetHeader("Accept", "application/json").
		SetQueryParam("after", after).Get(coursePath(t, "enrolments"))
	if err != nil {
		return page{}, fmt.Errorf("ask webhook %q: %w", w.cfg.Name, err)
	}
	if resp.StatusCode() != http.StatusOK {
		return page{}, refused(resp.StatusCode(), resp.Body())
	}
	if json.Unmarshal(resp.Body(), &p) != nil || p.Closed == nil || p.Rows == nil || p.Next == nil {
		return page{}, fmt.Errorf("%w: a list needs closed, rows and next", errShape)
	}
	if *p.Closed != w.cfg.Closed {
		return page{}, fmt.Errorf("the service says closed: %t and the configuration closed: %t: make them agree", *p.Closed, w.cfg.Closed)
	}
	return p, nil
}

var states = map[string]rules.RowState{
	"active": rules.RowActive, "suspended": rules.RowSuspended, "concluded": rules.RowConcluded,
}

// enrolment reads one row. What it does not say about learners bars it.
func (w *LMS) enrolment(t rules.Target, r row) (rules.Enrolment, error) {
	state, known := states[r.State]
	if !known || r.Row == "" || r.Account.ID == "" {
		return rules.Enrolment{}, fmt.Errorf("%w: row %q needs row, account.id and a state", errShape, clip(r.Row))
	}
	e := rules.Enrolment{
		Target: t.Key(), Row: r.Row, State: state, Barred: clip(r.Barred), Released: r.Released,
		Account: rules.Account{LMS: w.cfg.Name, ID: r.Account.ID, Username: r.Account.Username,
			IDNumber: r.Account.IDNumber, Email: r.Account.Email, Suspended: r.Account.Suspended},
	}
	if r.Learner == nil || !*r.Learner {
		e.Barred = rules.BarredRole
	}
	switch {
	case r.Started == nil || !w.cfg.Starts:
	case *r.Started:
		e.Start, e.StartAt = rules.SignStarted, r.StartedAt
	default:
		e.Start = rules.SignNone
	}
	return e, nil
}

// platform is the LMS as lms.Apply uses it.
type platform struct{ *LMS }

func (p platform) Rows(ctx context.Context, t rules.Target, _ []string) ([]rules.Enrolment, error) {
	return p.list(ctx, t)
}

// change is one entry of a request to write.
type change struct {
	ID      string     `json:"id"` // the same whenever the same change is sent
	Row     string     `json:"row"`
	Account string     `json:"account"`
	Move    rules.Move `json:"move"` // hold, release or add
	From    string     `json:"from"`
	To      string     `json:"to"`
}

// result is the answer to one change.
type result struct {
	ID     string `json:"id"`
	Result string `json:"result"` // done or refused
	Error  string `json:"error"`  // a short code, with refused
}

// Send writes a batch in one request.
func (p platform) Send(ctx context.Context, t rules.Target, changes []rules.Change) []error {
	results, err := p.post(ctx, t, changes)
	errs := make([]error, len(changes))
	for i, c := range changes {
		switch r, said := results[changeID(c)]; {
		case err != nil:
			errs[i] = err
		case !said:
			errs[i] = fmt.Errorf("%w: nothing is said of change %s", errShape, changeID(c))
		case r.Result == "refused":
			errs[i] = &lms.Refusal{Code: code(r.Error)}
		case r.Result != "done":
			errs[i] = fmt.Errorf("%w: result %q", errShape, clip(r.Result))
		}
	}
	return errs
}

func (p platform) post(ctx context.Context, t rules.Target, changes []rules.Change) (map[string]result, error) {
	list := make([]change, len(changes))
	for i, c := range changes {
		list[i] = change{ID: changeID(c), Row: c.Row, Account: c.Account.ID, Move: c.Move, From: c.From.String(), To: c.To.String()}
	}
	body, err := json.Marshal(map[string]any{"changes": list})
	if err != nil {
		return nil, err
	}
	resp, err := p.client.R().SetContext(ctx).SetHeader("Content-Type", "application/json").
		SetHeader("Accept", "application/json").SetBody(body).Post(coursePath(t, "changes"))
	if err != nil {
		return nil, fmt.Errorf("write to webhook %q: %w", p.cfg.Name, err)
	}
	if resp.StatusCode() != http.StatusOK {
		return nil, refused(resp.StatusCode(), resp.Body())
	}
	var answer struct{ Results []result }
	if json.Unmarshal(resp.Body(), &answer) != nil {
		return nil, errShape
	}
	results := make(map[string]result, len(answer.Results))
	for _, r := range answer.Results {
		results[r.ID] = r
	}
	return results, nil
}

func changeID(c rules.Change) string { return strconv.FormatInt(c.Intent, 10) }

// refused is a status other than 200. Of 5xx but 503 nobody knows what was done.
func refused(status int, body []byte) error {
	var said struct{ Error string }
	_ = json.Unmarshal(bytes.TrimSpace(body), &said) // without a code the status has to do
	if said.Error == "" {
		said.Error = strconv.Itoa(status)
	}
	if status < http.StatusInternalServerError || status == http.StatusServiceUnavailable {
		return &lms.Refusal{Code: "the service answered " + strconv.Itoa(status) + " " + code(said.Error), Whole: true}
	}
	return fmt.Errorf("the service answered %d", status)
}

// code keeps what can be a code, as it goes into logs.
func code(s string) string {
	if s == "" || len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return "refused"
	}
	return s
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}
