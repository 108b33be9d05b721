package rest

import (
	"context"
	"sync/atomic"
)

// Gate grants the permission to write through the clients that were built with
// it. Its zero value is ready. It may be used from many goroutines.
type Gate struct {
	_ byte // gates of no size could share an address
}

// permit is one grant. Neither it nor its key can be made outside this package.
type permit struct {
	gate *Gate
	over atomic.Bool
}

type permitKey struct{}

// Permit returns a context under which requests that are listed writes pass
// until done is called. Requests that began before done run to their end. A
// permit inside another one of the same gate ends by itself.
func (g *Gate) Permit(ctx context.Context) (permitted context.Context, done func()) {
	p := &permit{gate: g}
	return context.WithValue(ctx, permitKey{}, p), func() { p.over.Store(true) }
}

// permits reports whether the context carries a live permit of this gate. The
// nil gate permits nothing.
func (g *Gate) permits(ctx context.Context) bool {
	p, _ := ctx.Value(permitKey{}).(*permit)
	return g != nil && p != nil && p.gate == g && !p.over.Load()
}
