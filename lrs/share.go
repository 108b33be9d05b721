package lrs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// The IRIs of leadfront's own profile; README.md describes it. The parts of a use
// case are rules.DefaultFields.
const (
	// ProfileUseCase is the category of every statement that leadfront writes.
	ProfileUseCase = "https://github.com/leadfront/leadfront/xapi"
	// TypeUseCase is the type of the activity that a use case is.
	TypeUseCase = "https://github.com/leadfront/leadfront/xapi/use-case"
)

// The verbs that leadfront writes, and no others.
const (
	verbShared    = "http://adlnet.gov/expapi/verbs/shared"
	verbUnshared  = "http://activitystrea.ms/schema/1.0/unshare"
	verbConfirmed = "http://activitystrea.ms/schema/1.0/confirm"
)

// SharingVerbs are the verbs of what a Writer sends.
func SharingVerbs() []string { return []string{verbShared, verbUnshared, verbConfirmed} }

// ErrRefused says that the LRS will never take a statement, however often it is sent.
var ErrRefused = errors.New("the LRS refuses the statement")

// Writer puts sharing statements into one LRS. Any number of goroutines may use it.
type Writer struct {
	cfg  Config
	http *resty.Client
}

// NewWriter returns the writer of the LRS whose address and credentials the HTTP
// client has. Whoever calls Send has to hold what the client asks of a write.
func NewWriter(cfg Config, client *resty.Client) *Writer {
	return &Writer{cfg: cfg.WithDefaults(), http: client}
}

// Send puts the statement, under its own id, so that sending it again after a lost
// answer changes nothing. It is there when Send returns nil. An error that wraps
// ErrRefused is final; after any other it may or may not be there.
func (w *Writer) Send(ctx context.Context, s rules.Sharing) error {
	body, err := Encode(s)
	if err != nil {
		return fmt.Errorf("cannot write a statement to LRS %s: %w", w.cfg.Name, err)
	}
	resp, err := w.http.R().SetContext(ctx).SetQueryParam("statementId", s.Statement).SetBody(body).
		SetHeader(headerVersion, w.cfg.Version).SetHeader("Content-Type", "application/json").Put(w.cfg.Statements)
	if err != nil {
		return fmt.Errorf("cannot write a statement to LRS %s: %w", w.cfg.Name, err)
	}
	if err := w.verdict(ctx, s.Statement, resp); err != nil {
		return fmt.Errorf("LRS %s: %w", w.cfg.Name, err)
	}
	return nil
}

// verdict reads the answer. A conflict can mean that the statement is there from an
// attempt whose answer was lost: some LRSs then compare more than they should.
func (w *Writer) verdict(ctx context.Context, id string, resp *resty.Response) error {
	said := &refusal{resp.StatusCode(), excerpt(resp.Body())}
	switch resp.StatusCode() {
	case http.StatusOK, http.StatusNoContent:
		return nil
	case http.StatusConflict:
		there, err := (&Client{cfg: w.cfg, http: w.http}).single(ctx, "statementId", id)
		switch {
		case err != nil:
			return err
		case there:
			return nil
		}
		return fmt.Errorf("%w: %w", ErrRefused, said)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", ErrRefused, said)
	}
	return said
}

// Encode is the statement as it is sent: the same bytes for the same Sharing.
func Encode(s rules.Sharing) ([]byte, error) {
	verb, ok := map[rules.Kind]string{rules.KindShared: verbShared, rules.KindUnshared: verbUnshared, rules.KindConfirmed: verbConfirmed}[s.Kind]
	if !ok {
		return nil, fmt.Errorf("%s is nothing that leadfront says in somebody's name", s.Kind)
	}
	actor, err := encodeActor(s.Actor)
	if err != nil {
		return nil, err
	}
	definition := map[string]any{"type": TypeUseCase}
	statement := map[string]any{
		"id": s.Statement, "actor": actor, "verb": map[string]any{"id": verb, "display": map[string]string{"en": s.Kind.String()}},
		"object":    map[string]any{"id": s.Object, "definition": definition},
		"timestamp": s.At.UTC().Format(time.RFC3339Nano),
		"context": map[string]any{"platform": "leadfront", "contextActivities": map[string]any{
			"parent":   []any{map[string]string{"id": s.Place}},
			"category": []any{map[string]string{"id": ProfileUseCase}},
		}},
	}
	if s.Kind == rules.KindShared {
		if s.Said.Name != "" {
			definition["name"] = map[string]string{"und": s.Said.Name}
		}
		if s.Said.MoreInfo != "" {
			definition["moreInfo"] = s.Said.MoreInfo
		}
		result := map[string]any{"extensions": s.Said.Extensions}
		if s.Said.Response != "" {
			result["response"] = s.Said.Response
		}
		statement["result"] = result
	}
	return json.Marshal(statement)
}

// encodeActor is the agent of one person.
func encodeActor(a rules.Actor) (map[string]any, error) {
	switch {
	case a.Group:
	case a.Kind == rules.ActorMbox:
		return map[string]any{"objectType": "Agent", "mbox": "mailto:" + a.Value}, nil
	case a.Kind == rules.ActorAccount:
		return map[string]any{"objectType": "Agent", "account": map[string]string{"homePage": a.HomePage, "name": a.Value}}, nil
	}
	return nil, errors.New("nobody can be named in a statement without an address or an account")
}
