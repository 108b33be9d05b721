package connector

import (
	"context"
	"fmt"
	"time"
)

// Witness keeps checkpoints of the audit log where whoever can change the database
// cannot reach them. It is used by one goroutine.
type Witness interface {
	// Keep keeps a checkpoint, a signed note, durably. The same or a later one is
	// given again after an error: a later one covers what the earlier did.
	Keep(ctx context.Context, checkpoint string) error
}

// witnessWithin bounds how long one witness may hold a cycle up.
const witnessWithin = 10 * time.Second

// witness signs what the cycle has logged and hands it to the witnesses. One that
// does not answer stops nothing: it gets the next checkpoint, which covers this one.
func (l *Loop) witness(ctx context.Context) error {
	note, err := l.Store.Checkpoint(ctx, l.Now())
	if err != nil {
		return fmt.Errorf("sign what the cycle has logged: %w", err)
	}
	for i, w := range l.Witnesses {
		if l.witnessed[i] == note {
			continue
		}
		bounded, cancel := context.WithTimeout(ctx, witnessWithin)
		err := w.Keep(bounded, note)
		cancel()
		if err != nil {
			l.Log.Error("a checkpoint of the audit log could not be kept outside; the next one covers it", "error", err)
			continue
		}
		l.witnessed[i] = note
	}
	return nil
}
