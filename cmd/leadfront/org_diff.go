package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

type orgDiffCmd struct {
	Digest string `arg:"" optional:"" help:"Beginning of the digest of an organisation in quarantine; the newest one when left out."`
	Live   bool   `help:"Read the organisation now and compare that, in the place of one in quarantine."`
	All    bool   `help:"Name everybody; else as many people as fit on a few screens."`
}

// orgDiffJSON is what would change if an organisation ruled.
type orgDiffJSON struct {
	Last    string         `json:"last"` // digest of the one that rules; empty: none does
	Next    string         `json:"next"`
	Because []reasonJSON   `json:"because"` // why it is in quarantine, or would be
	Counts  map[string]int `json:"counts"`
	rules.OrgDiff
}

// Run compares an organisation with the one that rules. It reaches the HR source
// only with --live, and writes nothing.
func (c *orgDiffCmd) Run(p *program) error {
	cfg, err := p.load()
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
	var last *rules.Org
	if n := len(facts.Snapshots); n > 0 {
		last = &facts.Snapshots[n-1].Org
	}
	next, because, err := c.next(p, st)
	if err != nil {
		return err
	}
	if c.Live {
		_, _, org := cfg.HRIS[0].Kind()
		because = rules.CompareOrgs(org.Limits, last, next, cfg.AllTops())
	}
	out := orgDiffJSON{Next: next.Digest, Counts: map[string]int{}}
	if last == nil {
		last = &rules.Org{}
	}
	out.Last, out.OrgDiff = last.Digest, rules.DiffOrgs(*last, next, cfg.AllTops())
	for _, ch := range out.Changes {
		out.Counts[string(ch.Kind)]++
	}
	name := names(rules.NewIndex(append(slices.Clone(next.People), last.People...), nil))
	out.Because = reasonsJSON(because, name)
	if p.cli.Output == "json" {
		return p.json(out)
	}
	c.print(p.stdout, &out, name)
	return nil
}

// next is the organisation that is asked about, with the reasons of its quarantine.
func (c *orgDiffCmd) next(p *program, st *store.Store) (rules.Org, []rules.Reason, error) {
	if c.Live {
		cfg, err := p.load()
		if err != nil {
			return rules.Org{}, nil, err
		}
		source, err := p.organisation(cfg)
		if err != nil {
			return rules.Org{}, nil, err
		}
		org, err := source.Org(p.ctx)
		return org, nil, err
	}
	held, err := st.HeldOrgs(p.ctx)
	if err != nil {
		return rules.Org{}, nil, err
	}
	for _, h := range slices.Backward(held) {
		if !strings.HasPrefix(h.Digest, strings.ToLower(c.Digest)) {
			continue
		}
		org, _, err := st.Snapshot(p.ctx, h.Digest)
		return org, h.Because, err
	}
	if c.Digest != "" {
		return rules.Org{}, nil, fmt.Errorf("no organisation in quarantine has a digest that begins with %q; it may have been accepted or overtaken", c.Digest)
	}
	return rules.Org{}, nil, fmt.Errorf("no organisation is in quarantine, so nothing waits for an approval; --live compares what the source says now")
}

func (c *orgDiffCmd) print(w io.Writer, d *orgDiffJSON, name func(string) string) {
	printf(w, "%.12s, compared with the one that rules (%s)\n", d.Next, cut(d.Last))
	for _, b := range d.Because {
		printf(w, "  asks because: %s\n", b.Text)
	}
	if len(d.Changes) == 0 {
		printf(w, "nobody is different\n")
		return
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	printf(table, "UNDER\tPEOPLE\tBEFORE\tCHANGES\n")
	for _, s := range d.Subtrees {
		printf(table, "%s\t%d\t%d\t%s\n", under(s.Leader, name), s.People, s.Before, counted(s.Changes))
	}
	_ = table.Flush()
	const most = 100
	shown := d.Changes
	if !c.All && len(shown) > most {
		shown = shown[:most]
	}
	for _, ch := range shown {
		printf(w, "%s: %s%s\n", name(ch.Person), strings.ReplaceAll(string(ch.Kind), "_", " "), fromTo(ch, name))
	}
	if n := len(d.Changes) - len(shown); n > 0 {
		printf(w, "… and %d more; --all names them\n", n)
	}
}

// cut is a digest for people.
func cut(digest string) string {
	if digest == "" {
		return "none"
	}
	return fmt.Sprintf("%.12s", digest)
}

func under(leader string, name func(string) string) string {
	if leader == "" {
		return "the top, or nobody"
	}
	return name(leader)
}

func counted(changes map[rules.OrgChangeKind]int) string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(changes)) {
		out = append(out, fmt.Sprintf("%d %s", changes[kind], strings.ReplaceAll(string(kind), "_", " ")))
	}
	return strings.Join(out, ", ")
}

func fromTo(c rules.OrgChange, name func(string) string) string {
	from, to := c.From, c.To
	if c.Kind == rules.OrgMoved || c.Kind == rules.OrgLost || c.Kind == rules.OrgNew || c.Kind == rules.OrgGone {
		from, to = named(from, name), named(to, name)
	}
	switch {
	case from == "" && to == "":
		return ""
	case from == "":
		return ", now " + to
	case to == "":
		return ", was " + from
	}
	return ", " + from + " -> " + to
}

func named(id string, name func(string) string) string {
	if id == "" {
		return ""
	}
	return name(id)
}
