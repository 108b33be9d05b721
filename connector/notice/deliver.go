package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// deliver sends what is due. A channel that fails is left alone for the rest of the
// round; the others go on.
func (s *Sender) deliver(ctx context.Context, d *Desk, now *Now) error {
	of := map[key]*Letter{}
	for _, l := range s.letters {
		of[key{l.Kind, l.Person}] = l
	}
	down := map[string]bool{}
	left := s.waiting[:0:0]
	tried := 0
	for i := range s.waiting {
		n := s.waiting[i]
		at := s.Clock()
		if ctx.Err() != nil || tried >= batch || down[n.Channel] || at.Before(n.Due) || d.silent(n.Kind, at) {
			left = append(left, n)
			continue
		}
		tried++
		goOn, err := s.one(ctx, d, now, of[key{n.Kind, n.Person}], &n)
		if err != nil {
			s.history = nil // the store is asked again what is on its way
			return err
		}
		down[n.Channel] = !goOn
		if n.State == rules.NoticeWaiting || n.State == rules.NoticeSending {
			left = append(left, n)
		}
	}
	if s.waiting = left; tried >= batch {
		s.Kick()
	}
	return nil
}

// one sends one notice, or finds that it need not be. It reports false where its channel
// cannot be reached.
func (s *Sender) one(ctx context.Context, d *Desk, now *Now, l *Letter, n *rules.Notice) (goOn bool, err error) {
	c, l := d.still(l, n)
	if c == nil {
		n.State = rules.NoticeOvertaken
		s.history.forget(n)
		_, err := s.Store.Note(ctx, *n, s.Clock())
		return true, err
	}
	w, err := d.Write(l, now.Mode == rules.Observe)
	if err != nil {
		return true, s.end(ctx, n, fmt.Errorf("%w: %w", ErrRefused, err))
	}
	n.State, n.Tries = rules.NoticeSending, n.Tries+1
	there, err := s.Store.Note(ctx, *n, s.Clock())
	if err != nil || !there {
		n.State = rules.NoticeOvertaken
		return true, err
	}
	sending, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = c.Carrier.Send(sending, Message{ID: fmt.Sprintf("notice-%d-%d", n.ID, n.At.UnixNano()), Kind: n.Kind, At: s.Clock(), Person: n.Person, To: d.To(l), Written: w})
	if err != nil && ctx.Err() != nil {
		return false, nil // the program ends: the next start counts it as lost
	}
	return err == nil || errors.Is(err, ErrRefused), s.end(ctx, n, err)
}

// still is the letter as it is to be sent, with its channel; nil where it no longer is.
func (d *Desk) still(l *Letter, n *rules.Notice) (*Channel, *Letter) {
	c := d.channel(n.Channel)
	if l == nil || c == nil {
		return nil, nil
	}
	if l = l.unsaid(n.About); len(l.Lines) == 0 || c.Mail && len(d.To(l)) == 0 {
		return nil, nil
	}
	return c, l
}

// end notes what became of a try.
func (s *Sender) end(ctx context.Context, n *rules.Notice, failure error) error {
	at, result := s.Clock(), "retry"
	n.Problem = ""
	if failure != nil {
		n.Problem = failure.Error()
	}
	if errors.Is(failure, ErrLost) {
		n.Lost++
	}
	switch {
	case failure == nil:
		n.State = rules.NoticeSent
	case n.Lost >= mostLost:
		n.State = rules.NoticeUnknown
	case errors.Is(failure, ErrRefused) || n.Tries >= mostTries:
		n.State = rules.NoticeFailed
	default:
		n.State, n.Due = rules.NoticeWaiting, at.Add(min(mostWait, firstWait<<min(n.Tries-1, 10)))
	}
	if n.State != rules.NoticeWaiting {
		result = string(n.State)
	}
	s.Tell(n.Kind, n.Channel, result)
	if failure != nil {
		s.Log.Warn("a notice was not sent", "notice", n.ID, "kind", string(n.Kind), "channel", n.Channel, "result", result, "tries", n.Tries, "error", failure)
	}
	// What was sent is sent, whether or not the program is asked to end meanwhile.
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := s.Store.Note(noting, *n, at)
	return err
}

func (d *Desk) channel(name string) *Channel {
	for i := range d.Channels {
		if d.Channels[i].Name == name {
			return &d.Channels[i]
		}
	}
	return nil
}
