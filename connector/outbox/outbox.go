// Package outbox sends what people share to the record store, and does not give up: what
// the record store does not take now it is offered again later, under the same id.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Store keeps what is to be sent. What a method was told is durable when it returns.
type Store interface {
	// Due returns what is to be sent now, in the order in which it has to be.
	Due(ctx context.Context, now time.Time) ([]rules.Outgoing, error)
	// Begin is told before an entry is sent. It reports false where the entry is no
	// longer there.
	Begin(ctx context.Context, id int64) (bool, error)
	Sent(ctx context.Context, id int64, at time.Time) error
	// Failed is told when it is tried again; the zero time is never.
	Failed(ctx context.Context, id int64, problem string, again time.Time) error
	// Tidy forgets what has been read back.
	Tidy(ctx context.Context, now time.Time) error
}

// Writer puts one statement into the record store. It may be given one again.
type Writer interface {
	Send(ctx context.Context, s rules.Sharing) error
}

// The waits. The first one after a failure is short, for a record store that restarts.
const (
	every     = 10 * time.Second
	firstWait = 10 * time.Second
	mostWait  = time.Hour
	patience  = time.Minute // for one sending
)

// Options are what a Sender needs.
type Options struct {
	Store  Store
	Writer func() Writer    // of the configuration in force; nil: nothing can be sent now
	Final  func(error) bool // the record store will never take it
	Now    func() time.Time
	Log    *slog.Logger
}

// Sender sends. Kick may be called from any number of goroutines, Run from one.
type Sender struct {
	Options
	kick chan struct{}
}

// New returns a sender that does nothing before Run.
func New(o Options) *Sender { return &Sender{o, make(chan struct{}, 1)} }

// Kick has it look now. It does not wait.
func (s *Sender) Kick() {
	select {
	case s.kick <- struct{}{}:
	default: // it will look anyway
	}
}

// Run sends until the context ends. A store that fails is tried again, too.
func (s *Sender) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("what people share could not be looked after; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
		case <-tick.C:
		}
	}
}

// round sends what is due, until that fails or nothing more is.
func (s *Sender) round(ctx context.Context) error {
	w := s.Writer()
	if w == nil {
		return nil
	}
	for {
		list, err := s.Store.Due(ctx, s.Now())
		if err != nil {
			return err
		}
		for i := range list {
			if goOn, err := s.send(ctx, w, &list[i]); err != nil || !goOn {
				return err
			}
		}
		if len(list) == 0 {
			return s.Store.Tidy(ctx, s.Now())
		}
	}
}

// send offers one entry. It reports false where the record store cannot be written to,
// so that trying the next one would be in vain.
func (s *Sender) send(ctx context.Context, w Writer, o *rules.Outgoing) (goOn bool, err error) {
	there, err := s.Store.Begin(ctx, o.ID)
	if err != nil || !there {
		return err == nil, err
	}
	sending, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch err := w.Send(sending, o.Sharing); {
	case err == nil:
		return true, s.Store.Sent(ctx, o.ID, s.Now())
	case ctx.Err() != nil:
		return false, nil // offered again after the next start
	case s.Final(err):
		// Why is for its author: such answers repeat what they were sent.
		s.Log.Error("the record store refuses what somebody shares; its author sees why", "entry", o.ID, "statement", o.Statement)
		return true, s.Store.Failed(ctx, o.ID, err.Error(), time.Time{})
	default:
		wait := min(mostWait, firstWait<<min(o.Tries, 10))
		s.Log.Warn("the record store cannot be written to; what people share waits", "entry", o.ID, "tries", o.Tries+1, "wait", wait, "error", err)
		return false, s.Store.Failed(ctx, o.ID, err.Error(), s.Now().Add(wait))
	}
}
