package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/rest"
)

// witnesses are where checkpoints of the audit log are kept: always in the daemon's
// own log, which is the journal under systemd, and where the configuration says.
func witnesses(c config.Audit, log *slog.Logger) ([]connector.Witness, error) {
	all := []connector.Witness{logWitness{log}}
	if c.CheckpointFile != "" {
		all = append(all, fileWitness(c.CheckpointFile))
	}
	if c.CheckpointServer != nil {
		gate := &rest.Gate{} // of its own: it opens no way to an LMS
		client, err := rest.New(c.CheckpointServer.Server, nil, gate, rest.Read{Method: http.MethodPost, Only: anyBody})
		if err != nil {
			return nil, fmt.Errorf("the server for checkpoints of the audit log: %w", err)
		}
		all = append(all, serverWitness{client, gate})
	}
	return all, nil
}

// anyBody lets a post to the configured address itself pass.
func anyBody(target string, _ []byte) bool { return target == "" }

// logWitness writes checkpoints into the log of the program.
type logWitness struct{ log *slog.Logger }

// Keep implements connector.Witness.
func (w logWitness) Keep(_ context.Context, checkpoint string) error {
	w.log.Info("checkpoint of the audit log", "checkpoint", checkpoint)
	return nil
}

// fileWitness appends checkpoints to a file of that path.
type fileWitness string

// Keep implements connector.Witness.
func (w fileWitness) Keep(_ context.Context, checkpoint string) error {
	f, err := os.OpenFile(string(w), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("append a checkpoint of the audit log: %w", err)
	}
	_, err = f.WriteString(checkpoint + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("append a checkpoint of the audit log: %w", err)
	}
	return nil
}

// serverWitness posts checkpoints.
type serverWitness struct {
	client *resty.Client
	gate   *rest.Gate
}

// Keep implements connector.Witness.
func (w serverWitness) Keep(ctx context.Context, checkpoint string) error {
	permitted, done := w.gate.Permit(ctx)
	defer done()
	answer, err := w.client.R().SetContext(permitted).SetHeader("Content-Type", "text/plain; charset=utf-8").
		SetBody(checkpoint).Post("")
	if err != nil {
		return fmt.Errorf("post a checkpoint of the audit log: %w", err)
	}
	if answer.StatusCode() < http.StatusOK || answer.StatusCode() >= http.StatusMultipleChoices {
		return fmt.Errorf("post a checkpoint of the audit log: the server answered %s", answer.Status())
	}
	return nil
}
