package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/leadfront/leadfront/rules"
)

type orgShowCmd struct {
	Person string `arg:"" optional:"" help:"HR id or address of whoever stands at the head of what is shown; the listed tops when left out."`
	At     string `help:"The organisation that ruled at the end of that day (2026-10-31) or at that instant (2026-10-31T08:00:00Z); now when left out."`
	Depth  int    `default:"2" help:"How many levels below are shown."`
}

// orgShowJSON is an organisation that ruled.
type orgShowJSON struct {
	From   time.Time       `json:"from"` // since when it rules
	Source string          `json:"source"`
	Digest string          `json:"digest"`
	People []orgPersonJSON `json:"people"`
	// Manager is whom HR names as the manager of who was asked for, and Leader whom the
	// climb finds over everybody who is away; empty: nobody, or not to be told.
	Manager string `json:"manager,omitempty"`
	Leader  string `json:"leader,omitempty"`
}

type orgPersonJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Manager string `json:"manager,omitempty"`
	Level   int    `json:"level"` // -1: no listed top is reached
	Status  string `json:"status"`
	Reports int    `json:"reports"`
}

// Run shows who reported to whom.
func (c *orgShowCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	at, err := c.when(p.now(), cfg.Zone())
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	facts, err := st.Facts(p.ctx, p.now())
	if err != nil {
		return err
	}
	snap, ok := rules.Ruling(facts.Snapshots, at)
	if !ok {
		return fmt.Errorf("no organisation ruled at %s; the first one is of %s", day(at), firstDay(facts.Snapshots))
	}
	x := rules.NewIndex(snap.Org.People, cfg.AllTops())
	heads, err := c.heads(x)
	if err != nil {
		return err
	}
	t := newTree(x)
	out := orgShowJSON{From: snap.From, Source: snap.Org.Source, Digest: snap.Org.Digest, People: []orgPersonJSON{}}
	text := p.cli.Output != "json"
	if text {
		printf(p.stdout, "organisation %.12s of %s, ruling since %s: %s\n", snap.Org.Digest, snap.Org.Source, day(snap.From), plural(x.Len(), "person", "people"))
	}
	if c.Person != "" {
		out.Manager, out.Leader = above(x, heads[0])
		if text {
			printAbove(p.stdout, out, names(x))
		}
	}
	t.walk(heads, c.Depth, func(i, depth int) {
		person := t.person(i)
		if out.People = append(out.People, person); text {
			printPerson(p.stdout, person, depth)
		}
	})
	if text {
		return nil
	}
	return p.json(out)
}

// when is the moment that was asked for.
func (c *orgShowCmd) when(now time.Time, zone *time.Location) (time.Time, error) {
	if c.At == "" {
		return now, nil
	}
	at, err := moment(c.At, zone)
	if err != nil {
		return at, fmt.Errorf("--at: %w", err)
	}
	return at, nil
}

// above is who is right above a person, as HR says it and as it comes to.
func above(x *rules.Index, i int) (manager, leader string) {
	if x.Top(i) {
		return "", ""
	}
	if l, ok := x.Leader(i); ok {
		leader = x.People[l].ID
	}
	return x.People[i].Manager, leader
}

func printAbove(w io.Writer, o orgShowJSON, name func(string) string) {
	switch {
	case o.Manager == "":
		printf(w, "  no manager\n")
	case o.Leader == o.Manager:
		printf(w, "  manager and leader: %s\n", name(o.Manager))
	case o.Leader == "":
		printf(w, "  manager: %s; no leader is found above\n", name(o.Manager))
	default:
		printf(w, "  manager: %s; leader, for whoever is between is away: %s\n", name(o.Manager), name(o.Leader))
	}
}

// moment reads an instant, or a day, which means its end.
func moment(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%q is neither a day like 2026-10-31 nor an instant like 2026-10-31T08:00:00Z", text)
	}
	return t, nil
}

func firstDay(all []rules.Snapshot) string {
	if len(all) == 0 {
		return "no day yet: leadfront sync reads one, leadfront org approve accepts it"
	}
	return day(all[0].From)
}

func (c *orgShowCmd) heads(x *rules.Index) ([]int, error) {
	if c.Person != "" {
		n, err := findPerson(x, c.Person)
		return []int{n}, err
	}
	var heads []int
	for i := range x.People {
		if x.Top(i) {
			heads = append(heads, i)
		}
	}
	return heads, nil
}

// tree is an organisation with the reports of everybody.
type tree struct {
	x       *rules.Index
	reports map[string][]int
}

func newTree(x *rules.Index) *tree {
	t := &tree{x, map[string][]int{}}
	for i := range x.People {
		p := &x.People[i]
		if p.Manager != "" && p.Manager != p.ID && !x.Top(i) {
			t.reports[p.Manager] = append(t.reports[p.Manager], i)
		}
	}
	return t
}

func (t *tree) person(i int) orgPersonJSON {
	p := &t.x.People[i]
	return orgPersonJSON{p.ID, p.Name, p.Manager, t.x.Level(i), p.Status.String(), len(t.reports[p.ID])}
}

// walk visits the heads and whoever is below them, nobody twice.
func (t *tree) walk(heads []int, depth int, visit func(i, depth int)) {
	seen := map[int]bool{}
	var down func(list []int, level int)
	down = func(list []int, level int) {
		for _, i := range list {
			if seen[i] {
				continue
			}
			seen[i] = true
			visit(i, level)
			if level < depth {
				down(t.reports[t.x.People[i].ID], level+1)
			}
		}
	}
	down(heads, 0)
}

// plural counts something in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func printPerson(w io.Writer, p orgPersonJSON, depth int) {
	line := strings.Repeat("  ", depth) + p.ID
	if p.Name != "" {
		line = strings.Repeat("  ", depth) + p.Name + " (" + p.ID + ")"
	}
	if p.Status != rules.Active.String() {
		line += ", " + p.Status
	}
	if p.Reports > 0 {
		line += ", " + plural(p.Reports, "report", "reports")
	}
	printf(w, "%s\n", line)
}
