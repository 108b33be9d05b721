package outbox

import "context"

// Round is one round.
func (s *Sender) Round(ctx context.Context) error { return s.round(ctx) }
