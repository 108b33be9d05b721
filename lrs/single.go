package lrs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// recogniseEvery is how often an LRS is asked whether it is still the same.
const recogniseEvery = 10 * time.Minute

// errReset says that an LRS is no longer the one that was read.
var errReset = errors.New("it has been emptied or replaced: statements that were there are gone")

// From returns the cursor of a walk that begins at the instant; see
// connector.Rereader.
func (c *Client) From(since time.Time, other bool) string {
	at := cursor{Since: since}
	if other {
		at.Limit = otherLimit(c.cfg.Limit)
	}
	return at.String()
}

// otherLimit is a size of pages about two thirds of the given one, without a common
// divisor: so boundaries of pages seldom meet, and what was lost at one is found.
func otherLimit(limit int) int {
	n := max(1, limit*2/3)
	for a, b := n, limit; n > 1; a, b = n, limit {
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			break
		}
		n--
	}
	return n
}

// Fates implements connector.Rereader. Voided is only what the LRS shows as such;
// one that is merely not found is missing.
func (c *Client) Fates(ctx context.Context, statements []string) ([]rules.Fate, error) {
	fates := make([]rules.Fate, len(statements))
	for i, id := range statements {
		fate, err := c.fate(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("cannot ask LRS %s for a statement: %w", c.cfg.Name, err)
		}
		fates[i] = fate
	}
	return fates, nil
}

// fate asks in both letter cases, since ids are kept in lower case and some LRSs
// know them only as they were sent.
func (c *Client) fate(ctx context.Context, id string) (rules.Fate, error) {
	for _, ask := range [...]struct {
		parameter string
		fate      rules.Fate
	}{{"statementId", rules.FateStands}, {"voidedStatementId", rules.FateVoided}} {
		for _, spelling := range spellings(id) {
			found, err := c.single(ctx, ask.parameter, spelling)
			var e *refusal
			if errors.As(err, &e) && (e.status == http.StatusBadRequest || e.status == http.StatusMethodNotAllowed) {
				return rules.FateUnknown, nil
			}
			if err != nil {
				return rules.FateUnknown, err
			}
			if found {
				return ask.fate, nil
			}
		}
	}
	return rules.FateMissing, nil
}

func spellings(id string) []string {
	list := []string{id}
	for _, other := range [...]string{strings.ToLower(id), strings.ToUpper(id)} {
		if other != id {
			list = append(list, other)
		}
	}
	return list
}

// single reports whether the LRS gives the statement under its id. Some answer with
// a result of one, and with an empty one, or with everything, for an id that they
// do not know.
func (c *Client) single(ctx context.Context, parameter, id string) (bool, error) {
	resp, err := c.http.R().SetContext(ctx).SetQueryParam(parameter, id).
		SetHeader(headerVersion, c.cfg.Version).SetHeader("Accept", "application/json").Get(c.cfg.Statements)
	switch {
	case err != nil:
		return false, err
	case resp.StatusCode() == http.StatusNotFound:
		return false, nil
	case resp.StatusCode() != http.StatusOK:
		return false, &refusal{resp.StatusCode(), excerpt(resp.Body())}
	}
	body, err := result(resp.Header().Get("Content-Type"), resp.Body())
	if err != nil {
		return false, err
	}
	if list, _, err := Decode(body, 2); err == nil {
		if len(list) != 1 {
			return false, nil
		}
		body = list[0]
	}
	s, _ := decode(c.cfg.Name, body) // what else is wrong with it does not matter here
	return strings.EqualFold(s.Statement, id), nil
}

// recognise looks, now and then, for the canaries of the cursor. An error says
// that the LRS answers and has none of them: a quiet LRS still has, one that was
// emptied or replaced has not. Where it cannot be asked, that shows by itself.
func (w *walk) recognise(ctx context.Context) error {
	if len(w.cursor.Canaries) == 0 || w.cursor.More != "" || time.Since(w.cursor.Checked) < recogniseEvery {
		return nil
	}
	fates, err := w.Fates(ctx, w.cursor.Canaries)
	if err != nil {
		return nil
	}
	for _, f := range fates {
		if f != rules.FateMissing {
			return nil
		}
	}
	return fmt.Errorf("%w: %s; what was learnt from it stands, and it is read again from the beginning",
		errReset, strings.Join(w.cursor.Canaries, ", "))
}

// mind chooses the canaries anew at the end of a walk, as often as they are looked
// for: the oldest statement that is known and the newest, of those that the LRS
// finds by their ids. The newest alone could be voided or pruned.
func (w *walk) mind(ctx context.Context) {
	if time.Since(w.cursor.Checked) < recogniseEvery {
		return
	}
	candidates := w.sighted
	if len(w.cursor.Canaries) > 0 {
		candidates = append(w.cursor.Canaries[:1:1], w.sighted...)
	}
	if len(candidates) > 2 {
		candidates = []string{candidates[0], candidates[len(candidates)-1]}
	}
	fates, err := w.Fates(ctx, candidates)
	if err != nil {
		return
	}
	w.cursor.Canaries, w.cursor.Checked = nil, time.Now().UTC().Truncate(time.Second)
	for i, id := range candidates {
		if fates[i] == rules.FateStands || fates[i] == rules.FateVoided {
			w.cursor.Canaries = append(w.cursor.Canaries, id)
		}
	}
}
