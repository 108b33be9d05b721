package notice

import (
	"context"
	"fmt"
	"net/http"
	"time"

	json "github.com/go-json-experiment/json"
	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/rules"
)

// Hook posts notices as JSON, through a client that signs them; see rest.Notices.
type Hook struct {
	client *resty.Client
	permit func(context.Context) (context.Context, func())
}

// NewHook returns a hook whose client lets nothing pass without the permit.
func NewHook(client *resty.Client, permit func(context.Context) (context.Context, func())) *Hook {
	return &Hook{client, permit}
}

// posted is a notice on the wire. The id is the same when it is sent again.
type posted struct {
	ID      string           `json:"id"`
	Kind    rules.NoticeKind `json:"kind"`
	At      time.Time        `json:"at"`
	Person  string           `json:"person,omitzero"` // HR id; left out: for operators
	To      []string         `json:"to"`              // addresses, as far as they are known
	Subject string           `json:"subject"`
	Text    string           `json:"text"`
}

// Send implements Carrier.
func (h *Hook) Send(ctx context.Context, what Message) error {
	to := what.To
	if to == nil {
		to = []string{}
	}
	body, err := json.Marshal(posted{what.ID, what.Kind, what.At.UTC(), what.Person, to, what.Subject, what.Text})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	permitted, done := h.permit(ctx)
	defer done()
	answer, err := h.client.R().SetContext(permitted).SetHeader("Content-Type", "application/json").SetBody(body).Post("")
	if err != nil {
		return fmt.Errorf("post a notice: %w", err)
	}
	switch s := answer.StatusCode(); {
	case s >= 200 && s < 300:
		return nil
	case s >= 400 && s < 500 && s != http.StatusRequestTimeout && s != http.StatusTooManyRequests && s != http.StatusTooEarly:
		return fmt.Errorf("%w: the webhook answered %s", ErrRefused, answer.Status())
	}
	return fmt.Errorf("the webhook answered %s", answer.Status())
}
