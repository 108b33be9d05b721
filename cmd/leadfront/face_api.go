package main

import (
	"context"

	"github.com/leadfront/leadfront/connector/web/api"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/connector/web/view"
)

// api makes the API over what the pages show.
func (d *daemon) api(show *showcase.Showcase) *api.API {
	return api.New(api.Options{Views: &d.show, Waivers: d.store.Waivers, Now: d.program.now,
		Showcase: func(ctx context.Context, v *view.View) ([]api.UseCase, error) {
			cases, err := show.Cases(ctx, v)
			return casesOf(cases), err
		}})
}

// casesOf are those of the showcase as the API has them.
func casesOf(cases []*showcase.Case) []api.UseCase {
	list := make([]api.UseCase, 0, len(cases))
	for _, c := range cases {
		list = append(list, api.UseCase{Ref: c.Ref, Programs: c.Programs, Author: c.Name, Level: c.Level, Title: c.Title, Tool: c.Tool, Topic: c.Topic,
			Link: c.Link, Prompt: c.Prompt, Output: c.Output, Result: c.Result, At: c.At, Confirmed: c.Confirmed, Counts: c.Counts})
	}
	return list
}
