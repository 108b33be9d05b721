package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/outbox"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/web/page"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// sharing writes to the record store what people share. That is an act of theirs and
// no hold, so the mode has no part in it; a gate of its own lets pass the three
// statements of sharing, and nothing else.
type sharing struct {
	writer *lrs.Writer
	gate   *rest.Gate
}

// Send implements outbox.Writer.
func (s *sharing) Send(ctx context.Context, what rules.Sharing) error {
	ctx, done := s.gate.Permit(ctx)
	defer done()
	return s.writer.Send(ctx, what)
}

// buildSharing makes the writer of the configuration, if it has one.
func (s *site) buildSharing() error {
	l, server := s.config.Sharing()
	if l == nil {
		return nil
	}
	gate := &rest.Gate{}
	client, err := rest.New(server, rest.Gets(), gate, rest.XAPIWrites(l.Reading.Statements, lrs.SharingVerbs())...)
	if err != nil {
		return fmt.Errorf("lrs %s, share: %w", l.Reading.Name, err)
	}
	s.sharing = &sharing{lrs.NewWriter(l.Reading, client), gate}
	return nil
}

// newSender returns what sends the outbox of the store.
func (d *daemon) newSender() *outbox.Sender {
	return outbox.New(outbox.Options{Store: d.store.Outbox(), Now: d.program.now, Log: d.log,
		Final: func(err error) bool { return errors.Is(err, lrs.ErrRefused) },
		Writer: func() outbox.Writer {
			if s := d.shares.Load(); s != nil {
				return s
			}
			return nil
		}})
}

// showcase makes the pages of the showcase. Without an LRS that takes what people share
// they only show.
func (d *daemon) showcase(c *config.Config, layout *page.Layout) (*showcase.Showcase, error) {
	o := showcase.Options{Config: c.Web.Showcase, Base: strings.TrimSuffix(c.Web.URL, "/"), Layout: layout, Views: &d.show, Kick: d.sender.Kick, Now: d.program.now}
	if l, _ := c.Sharing(); l != nil {
		o.Outbox = d.store.Outbox()
	}
	return showcase.New(o)
}
