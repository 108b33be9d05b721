package connector_test

import (
	"context"
	"errors"
	"testing"

	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/connector/store"
)

// notebook is a witness, which may be out of reach.
type notebook struct {
	kept []string
	away bool
}

func (n *notebook) Keep(_ context.Context, checkpoint string) error {
	if n.away {
		return errors.New("out of reach")
	}
	n.kept = append(n.kept, checkpoint)
	return nil
}

// Each cycle that has logged something is witnessed once. A witness that is out of
// reach stops nobody, and gets what covers what it missed.
func TestEveryCycleIsWitnessed(t *testing.T) {
	w := newWorld(t, 3)
	l := w.launched(t)
	near, far := &notebook{}, &notebook{away: true}
	l.Witnesses = []connector.Witness{near, far}
	w.cycle(t, l)
	w.cycle(t, l) // nothing new
	if len(near.kept) != 1 || len(far.kept) != 0 {
		t.Fatalf("kept: %d near, %d far", len(near.kept), len(far.kept))
	}
	far.away = false
	w.lrs.completes("0", w.now)
	w.cycle(t, l)
	if len(near.kept) != 2 || len(far.kept) != 1 || far.kept[0] != near.kept[1] {
		t.Fatalf("kept: %d near, %d far", len(near.kept), len(far.kept))
	}
	st := w.opened(t)
	v, err := st.Verify(t.Context(), store.VerifyOptions{Outside: near.kept})
	must(t, err)
	if len(v.Problems) != 0 || v.Outside != 2 {
		t.Errorf("%+v", v)
	}
	keys, err := st.Keys(t.Context())
	must(t, err)
	if c, err := audit.ParseCheckpoint(near.kept[1], keys.Origin(), keys.Last()); err != nil || c.Size != v.Entries {
		t.Errorf("the last checkpoint covers %d of %d entries: %v", c.Size, v.Entries, err)
	}
}
