package main

import (
	"context"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/connector/web/act"
	"github.com/leadfront/leadfront/rules"
)

// desk is the store as operators' pages want it.
type desk struct{ *store.Store }

// Organisations implements act.Desk.
func (d desk) Organisations(ctx context.Context) (out []act.Organisation, err error) {
	held, err := d.HeldOrgs(ctx)
	for _, h := range held {
		out = append(out, act.Organisation{Digest: h.Digest, Since: h.At, People: h.People, Because: h.Because, Approved: h.Approved})
	}
	return out, err
}

// Organisation implements act.Desk.
func (d desk) Organisation(ctx context.Context, digest string) (rules.Org, bool, error) {
	return d.Snapshot(ctx, digest)
}
