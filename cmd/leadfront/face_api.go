package main

import (
	"sync"

	"github.com/leadfront/leadfront/connector/web/api"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/connector/web/view"
)

// api makes the API over what the pages show.
func (d *daemon) api() *api.API {
	return api.New(api.Options{Views: &d.show, Waivers: d.store.Waivers, Now: d.program.now, Showcase: new(shown).of})
}

// shown are the use cases of the showcase as the API has them, made once for each view.
type shown struct {
	mu   sync.Mutex
	view *view.View
	list []api.UseCase
}

func (u *shown) of(v *view.View) []api.UseCase {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.view == v {
		return u.list
	}
	u.view, u.list = v, nil
	for _, c := range showcase.NewCatalogue(v.Facts, v.Judgement).Cases {
		u.list = append(u.list, api.UseCase{Ref: c.Ref, Programs: c.Programs, Author: c.Name, Level: c.Level, Title: c.Title, Tool: c.Tool, Topic: c.Topic,
			Link: c.Link, Prompt: c.Prompt, Output: c.Output, Result: c.Result, At: c.At, Confirmed: c.Confirmed, Counts: c.Counts})
	}
	return u.list
}
