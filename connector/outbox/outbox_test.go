package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/leadfront/leadfront/connector/outbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// lrs is a record store that can be down.
type lrs struct {
	down bool
	bad  string // statement that it never takes
	got  []string
}

var errBad = errors.New("never")

func (l *lrs) Send(_ context.Context, s rules.Sharing) error {
	switch {
	case l.down:
		return errors.New("503")
	case s.Statement == l.bad:
		return errBad
	}
	l.got = append(l.got, s.Statement)
	return nil
}

func entry(n int, object string, at time.Time) rules.Outgoing {
	return rules.Outgoing{State: rules.OutgoingWaiting, Due: at, Sharing: rules.Sharing{Statement: fmt.Sprint(n), Kind: rules.KindShared, Person: "1", Object: object, At: at}}
}

// While the record store is down everything waits, is offered less and less often, and
// arrives once and in order when it is back; what it refuses holds nothing up.
func TestNothingIsLostWhileTheRecordStoreIsDown(t *testing.T) {
	dir := t.TempDir()
	if err := store.Init(t.Context(), dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	box, now, back := st.Outbox(), time.Now(), &lrs{down: true, bad: "3"}
	clock := func() time.Time { return now }
	for n, object := range []string{"a", "a", "b", "c"} {
		if err := box.Enqueue(t.Context(), entry(n+1, object, now)); err != nil {
			t.Fatal(err)
		}
	}
	sender := outbox.New(outbox.Options{Store: box, Writer: func() outbox.Writer { return back }, Final: func(err error) bool { return errors.Is(err, errBad) },
		Now: clock, Log: slog.New(slog.DiscardHandler)})
	round := func() {
		t.Helper()
		if err := sender.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 {
		round()
		now = now.Add(10 * time.Second)
	}
	all, err := box.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := all[0].Tries; len(all) != 4 || n < 3 || n > 8 || all[0].Problem != "503" || all[1].Tries != 0 {
		t.Fatalf("after 400 seconds: %+v", all)
	}
	back.down, now = false, now.Add(2*time.Hour)
	round()
	if !slices.Equal(back.got, []string{"1", "4", "2"}) && !slices.Equal(back.got, []string{"1", "2", "4"}) {
		t.Errorf("arrived: %q", back.got)
	}
	if all, err = box.All(t.Context()); err != nil || all[2].State != rules.OutgoingRefused || all[2].Problem != "never" || all[3].State != rules.OutgoingSent {
		t.Errorf("in the end: %+v, %v", all, err)
	}
}

// empty is a store of one entry that is due at a time.
type empty struct {
	at   time.Time
	sent []time.Time
}

func (e *empty) Due(_ context.Context, now time.Time) ([]rules.Outgoing, error) {
	if len(e.sent) == 0 && !now.Before(e.at) {
		return []rules.Outgoing{entry(1, "a", e.at)}, nil
	}
	return nil, nil
}
func (e *empty) Begin(context.Context, int64) (bool, error) { return true, nil }
func (e *empty) Sent(_ context.Context, _ int64, at time.Time) error {
	e.sent = append(e.sent, at)
	return nil
}
func (e *empty) Failed(context.Context, int64, string, time.Time) error { return nil }
func (e *empty) Tidy(context.Context, time.Time) error                  { return nil }

// What becomes due by itself is sent within seconds; a kick has it sent at once; a
// sender without a writer waits for one.
func TestWhen(t *testing.T) {
	for name, test := range map[string]struct {
		kick bool
		late time.Duration
		most time.Duration
	}{"due by itself": {false, time.Minute, 11 * time.Second}, "kicked": {true, time.Second, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st, back := &empty{at: time.Now().Add(test.late)}, &lrs{}
				sender := outbox.New(outbox.Options{Store: st, Writer: func() outbox.Writer { return back }, Final: func(error) bool { return false }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- sender.Run(ctx) }()
				synctest.Wait()
				time.Sleep(test.late)
				if test.kick {
					sender.Kick()
				} else {
					time.Sleep(test.most)
				}
				synctest.Wait()
				if len(st.sent) != 1 || st.sent[0].Sub(st.at) > test.most {
					t.Errorf("due at %v, sent at %v", st.at, st.sent)
				}
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
