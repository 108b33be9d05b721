package main

import (
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

type attestCmd struct {
	Person  string `arg:"" help:"HR id of the person."`
	Program string `required:"" help:"Id of the programme."`
	Done    string `required:"" help:"When the course was completed: a day such as 2026-10-05 (its beginning, UTC) or an instant in RFC 3339."`
	signed
}

// Run has it written down that somebody vouches for a completion.
func (c *attestCmd) Run(p *program) error {
	done, err := instant("--done", c.Done)
	if err != nil {
		return err
	}
	return p.act(rules.Act{Kind: rules.ActAttest, Person: c.Person, Program: c.Program, Done: done, By: c.By, Reason: c.Reason}, thenCycle)
}

// instant reads a day, of which the beginning is meant, or an instant.
func instant(flag, s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%s %q is neither a day such as 2026-12-31 nor an instant such as 2026-12-31T17:00:00Z", flag, s)
	}
	return t, nil
}

type disownCmd struct {
	Person  string `arg:"" help:"HR id of the person."`
	Program string `help:"Id of the programme; all of them when left out."`
	signed
}

// Run gives the holds of a person up: whoever bars them now is somebody else.
func (c *disownCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActDisown, Person: c.Person, Program: c.Program, By: c.By, Reason: c.Reason}, nil)
}
