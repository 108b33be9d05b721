package store

import (
	"context"
	"fmt"
	"time"
)

// Source implements connector.Store: the log says when a source was lost and when
// it was back, once each.
func (s *Store) Source(ctx context.Context, name, problem string, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		var last string
		if _, err := t.get(`SELECT kind FROM log WHERE kind IN (?, ?) AND target = ? ORDER BY seq DESC LIMIT 1`,
			[]any{LogSourceFailed, LogSourceRecovered, name}, []any{&last}); err != nil {
			return err
		}
		lost := last == LogSourceFailed
		if lost == (problem != "") {
			return nil
		}
		l := line{at: at, kind: LogSourceRecovered, target: name, public: map[string]any{"source": name}}
		if problem != "" {
			// What a server said may hold anything, so it can be erased.
			l.kind, l.personal = LogSourceFailed, map[string]string{"problem": problem}
		}
		_, err := t.log(l)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: log the state of source %q: %w", name, err)
	}
	return nil
}
