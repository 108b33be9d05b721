package main

import (
	"context"
	"fmt"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/lms"
	"github.com/leadfront/leadfront/connector/lms/canvas"
	"github.com/leadfront/leadfront/connector/lms/moodle"
	"github.com/leadfront/leadfront/connector/lms/openedx"
	"github.com/leadfront/leadfront/connector/lms/webhook"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// platform is a connector to an LMS, with its part of `leadfront check`.
type platform interface {
	connector.LMS
	Check(ctx context.Context, targets []rules.Target) []lms.Line
}

// buildLMS makes the connectors to the platforms.
func (s *site) buildLMS(p *program) error {
	for i := range s.config.LMS {
		l := &s.config.LMS[i]
		built, err := s.platform(p, l)
		if err != nil {
			return fmt.Errorf("lms %s: %w", l.Name(), err)
		}
		s.platforms = append(s.platforms, built)
		s.lms = append(s.lms, connector.LMSSource{Name: l.Name(), Schedule: schedule(l.Timing()), LMS: built, Windows: l.Windows()})
	}
	return nil
}

func (s *site) platform(p *program, l *config.LMS) (platform, error) {
	switch {
	case l.Canvas != nil:
		client, err := rest.Canvas(l.Canvas.Server, s.gate)
		if err != nil {
			return nil, err
		}
		return canvas.New(l.Canvas.Site, client)
	case l.OpenEdX != nil:
		client, err := rest.OpenEdX(l.OpenEdX.Server, s.gate)
		if err != nil {
			return nil, err
		}
		return openedx.New(l.OpenEdX.Site, client, p.now)
	case l.Webhook != nil:
		client, err := rest.Webhook(l.Webhook.Server, s.gate)
		if err != nil {
			return nil, err
		}
		return webhook.New(l.Webhook.Site, client)
	}
	reach := rest.Moodle
	if l.Moodle.Site.Hold == moodle.HoldGroup {
		reach = rest.MoodleGroup
	}
	client, err := reach(l.Moodle.Server, s.gate)
	if err != nil {
		return nil, err
	}
	return moodle.New(l.Moodle.Site, client)
}
