package notice

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Message is a letter that is ready to be sent.
type Message struct {
	ID     string // the same when it is sent again
	Kind   rules.NoticeKind
	At     time.Time
	Person string   // HR id; empty: the operators
	To     []string // addresses
	Written
}

// Carrier takes one message to where it is read. It may be given one again. Its errors
// name no receiver; they wrap ErrRefused where trying again is in vain, and ErrLost where
// it may have arrived.
type Carrier interface {
	Send(ctx context.Context, what Message) error
}

// What a carrier's errors wrap.
var (
	ErrRefused = errors.New("refused for good")
	ErrLost    = errors.New("the answer was lost: it may have arrived")
)

// Store keeps who was told what. What a method was told is durable when it returns.
type Store interface {
	// Since returns the notices that were decided since then, and those on their way.
	Since(ctx context.Context, since time.Time) ([]rules.Notice, error)
	Released(ctx context.Context, since time.Time) ([]rules.Released, error)
	// Enqueue gives the notices their numbers.
	Enqueue(ctx context.Context, list []rules.Notice) error
	// Note keeps how far a notice is, and logs its end. It reports false where the
	// notice is no longer there.
	Note(ctx context.Context, n rules.Notice, at time.Time) (there bool, err error)
	Tidy(ctx context.Context, before time.Time) error
}

// The waits, and how often a notice is tried: for most of a day.
const (
	every     = 10 * time.Second
	afresh    = time.Minute // how old a finding of what there is to tell may be
	firstWait = 30 * time.Second
	mostWait  = time.Hour
	mostTries = 24
	mostLost  = 2 // after which it is not sent again
	batch     = 50
	patience  = 3 * time.Minute      // for one sending
	Memory    = 365 * 24 * time.Hour // for how long it is known who was told what
)

// Options are what a Sender needs.
type Options struct {
	Store Store
	Desk  func() *Desk // in force; nil: nothing is sent
	Now   func() *Now  // what is true; nil: not known yet. Released is filled in by the Sender
	Clock func() time.Time
	Log   *slog.Logger
	// Tell is told of each try: sent, failed, unknown, or retry.
	Tell func(kind rules.NoticeKind, channel, result string)
}

// Sender decides and sends. Kick may be called from any number of goroutines, Run from
// one, once.
type Sender struct {
	Options
	kick    chan struct{}
	history *History
	waiting []rules.Notice // on their way, oldest first
	letters []*Letter
	from    *rules.Judgement // of letters
	found   time.Time
	tidied  time.Time
}

// NewSender returns a sender that does nothing before Run.
func NewSender(o Options) *Sender { return &Sender{Options: o, kick: make(chan struct{}, 1)} }

// Kick has it look now. It does not wait.
func (s *Sender) Kick() {
	select {
	case s.kick <- struct{}{}:
	default: // it will look anyway
	}
}

// Run tells people until the context ends. Whatever fails is in the log and is tried
// again: nothing of it ends the program.
func (s *Sender) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("notices could not be looked after; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
		case <-tick.C:
		}
	}
}

// round decides who is to be told, and sends what is due, up to a batch of it.
func (s *Sender) round(ctx context.Context) error {
	d, now := s.Desk(), s.Now()
	if d == nil || now == nil {
		return nil
	}
	if s.history == nil {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	if now.Mode == rules.Observe && !d.Config.InObserve {
		return nil
	}
	if err := s.find(ctx, now); err != nil {
		return err
	}
	if err := s.decide(ctx, d, now); err != nil {
		return err
	}
	return s.deliver(ctx, d, now)
}

// load reads what is known of before this process. What was being sent when it ended
// may have arrived.
func (s *Sender) load(ctx context.Context) error {
	at := s.Clock()
	if err := s.Store.Tidy(ctx, at.Add(-Memory)); err != nil {
		return err
	}
	list, err := s.Store.Since(ctx, at.Add(-Memory))
	if err != nil {
		return err
	}
	var waiting []rules.Notice
	for _, n := range list {
		if n.State == rules.NoticeSending {
			if n.Lost++; n.Lost >= mostLost {
				n.State = rules.NoticeUnknown
			} else {
				n.State, n.Due = rules.NoticeWaiting, at
			}
			if _, err := s.Store.Note(ctx, n, at); err != nil {
				return err
			}
		}
		if n.State == rules.NoticeWaiting {
			waiting = append(waiting, n)
		}
	}
	s.history, s.waiting, s.tidied = NewHistory(list), waiting, at
	return nil
}

// find finds what there is to tell, where something may have changed.
func (s *Sender) find(ctx context.Context, now *Now) error {
	at := s.Clock()
	if now.Judgement == s.from && at.Before(s.found.Add(afresh)) && at.Before(s.tidied.Add(24*time.Hour)) {
		return nil
	}
	if !at.Before(s.tidied.Add(24 * time.Hour)) {
		if err := s.Store.Tidy(ctx, at.Add(-Memory)); err != nil {
			return err
		}
		s.tidied = at
	}
	released, err := s.Store.Released(ctx, at.Add(-Fresh))
	if err != nil {
		return err
	}
	now.At, now.Released = at, released
	s.letters, s.from, s.found = Letters(now), now.Judgement, at
	return nil
}

// decide puts into the outbox what is to be told now.
func (s *Sender) decide(ctx context.Context, d *Desk, now *Now) error {
	at := s.Clock()
	var list []rules.Notice
	for _, p := range d.Due(now.Mode, s.letters, s.history, at) {
		if p.Wait == "" {
			list = append(list, rules.Notice{Kind: p.Letter.Kind, Person: p.Letter.Person, Channel: p.Channel, At: at, Due: at,
				State: rules.NoticeWaiting, About: s.history.of(p.Letter.Kind, p.Letter.Person, p.Channel).newAbouts(p.Letter)})
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := s.Store.Enqueue(ctx, list); err != nil {
		s.history = nil // it may have been kept all the same
		return err
	}
	for i := range list {
		s.history.add(&list[i])
	}
	s.waiting = append(s.waiting, list...)
	return nil
}
