package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// checkContracts looks whether any of the LRSs, which answer, has statements about what
// the programmes count.
func (p *program) checkContracts(programs []rules.Program, lrss []*lrs.Client) []line {
	var lines []line
	if len(lrss) == 0 {
		return nil
	}
	for i := range programs {
		pr := &programs[i]
		for _, n := range contractNames(&pr.Course) {
			lines = append(lines, p.checkName(lrss, "program "+pr.ID, n, pr.Course.Names()))
		}
	}
	return lines
}

// contractName is an IRI that statements have to name for the programme's sake.
type contractName struct {
	iri     string
	related bool // it stands in the context, not as the object
}

func contractNames(c *rules.Course) (out []contractName) {
	there := map[contractName]bool{}
	add := func(iri string, related bool) {
		if n := (contractName{iri, related}); iri != "" && !there[n] {
			there[n] = true
			out = append(out, n)
		}
	}
	var components func([]rules.Component)
	components = func(list []rules.Component) {
		for i := range list {
			add(list[i].Activity, false)
			add(list[i].PublisherID, true)
			components(list[i].AnyOf)
		}
	}
	for _, e := range c.Editions {
		for _, a := range e.Activities {
			add(a, false)
		}
		for _, id := range e.PublisherIDs {
			add(id, true)
		}
		components(e.Components)
	}
	return out
}

// checkName asks the LRSs one after the other for one statement about the activity.
func (p *program) checkName(lrss []*lrs.Client, subject string, n contractName, all []string) line {
	l := line{Subject: subject, Check: "seen", Result: checkOK}
	var asked, failed []string
	for _, c := range lrss {
		newest, seen, err := c.Seen(p.ctx, n.iri, n.related)
		switch {
		case err != nil:
			failed = append(failed, fmt.Sprintf("LRS %s could not be asked: %v", c.Name(), err))
		case seen:
			l.Detail = fmt.Sprintf("%s: LRS %s has statements, the newest of %s", n.iri, c.Name(), newest.UTC().Format(time.DateOnly))
			return l
		default:
			asked = append(asked, c.Name())
		}
	}
	l.Result, l.Detail = checkWarning, n.iri+": "+strings.Join(failed, "; ")
	if len(failed) == 0 {
		l.Detail = fmt.Sprintf("%s: no statement in %s", n.iri, strings.Join(asked, ", "))
	}
	l.Do = "fine before anybody has begun; else compare it letter by letter with what your LRS shows, or ask leadfront inspect"
	if near := p.nearMisses(lrss, n.iri, all); len(near) > 0 {
		l.Do = "statements name " + strings.Join(near, ", ") + ": write it so, if it is the same"
	}
	return l
}

// nearMisses are the activities of the newest statements that are almost the wanted one.
func (p *program) nearMisses(lrss []*lrs.Client, wanted string, all []string) (near []string) {
	for _, c := range lrss {
		found, err := c.Activities(p.ctx, all...)
		if err != nil {
			continue // that it cannot be asked is said where it is asked first
		}
		for _, a := range found {
			for _, n := range a.Near {
				if n == wanted {
					near = append(near, a.IRI)
				}
			}
		}
	}
	return near
}
