package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/hris/csv"
	"github.com/leadfront/leadfront/rules"
)

type orgCmd struct {
	Check   orgCheckCmd   `cmd:"" help:"Read the organisation and say what is wrong with it; writes nothing."`
	Diff    orgDiffCmd    `cmd:"" help:"Show who would be different, and under whom, if an organisation in quarantine ruled; writes nothing."`
	Show    orgShowCmd    `cmd:"" help:"Show who reports to whom, now or at an earlier date."`
	Approve orgApproveCmd `cmd:"" help:"Let the quarantined organisation of that digest rule, exactly it, once."`
}

type orgApproveCmd struct {
	Digest string `arg:"" help:"Digest of the organisation, as sync and the log show it."`
	signed
}

func (c *orgApproveCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActOrgApprove, Digest: c.Digest, By: c.By, Reason: c.Reason}, thenCycle)
}

type orgCheckCmd struct {
	File         string            `arg:"" optional:"" help:"A CSV file; the configured HR source when left out."`
	Columns      string            `help:"Which column is what: id=Employee ID,manager=Manager ID,email=Mail[,name=…,status=…,department=…,no_account=…]. The configured ones when left out."`
	Tops         []string          `help:"Ids of the listed tops. The configured ones when left out; without any, whoever has no manager."`
	Status       map[string]string `help:"With --columns: what the words of the status column mean, such as 'Employed=active;On leave=leave;Left=inactive'." mapsep:";"`
	NullManagers []string          `help:"With --columns: what stands in the manager column for nobody, beside nothing."`
}

// orgJSON is an organisation in figures, with its defects.
type orgJSON struct {
	People   int           `json:"people"`
	Leaders  int           `json:"leaders"`
	Levels   int           `json:"levels"`
	Tops     []string      `json:"tops"`
	Digest   string        `json:"digest"`
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	Code   rules.Code `json:"code"`
	Person string     `json:"person"`
	Detail string     `json:"detail"`
}

// Run reads and judges an organisation by itself.
func (c *orgCheckCmd) Run(p *program) error {
	org, tops, err := c.read(p)
	if err != nil {
		return err
	}
	if len(c.Tops) > 0 {
		tops = c.Tops
	}
	if len(tops) == 0 {
		tops = withoutManager(org.People)
		p.noteTops(tops)
	}
	out := newOrgJSON(org, tops)
	if p.cli.Output == "json" {
		return p.json(out)
	}
	printf(p.stdout, "%d people, %d leaders, %d levels, tops: %s\n", out.People, out.Leaders, out.Levels, few(out.Tops))
	for _, f := range out.Findings {
		printf(p.stdout, "%s: %s %s\n", f.Code, f.Person, rules.Reason{Code: f.Code, Detail: f.Detail, Person: f.Person}.Sentence(nil))
	}
	printf(p.stdout, "%d findings, digest %.12s\n", len(out.Findings), out.Digest)
	return nil
}

// noteTops says who stands for the tops that nobody has listed.
func (p *program) noteTops(tops []string) {
	if len(tops) == 0 {
		fmt.Fprintln(p.stderr, "note: no tops are listed and nobody is without a manager, so no way up ends: list them with --tops, "+
			"or say with --null-managers what stands in the manager column for nobody")
		return
	}
	printf(p.stderr, "note: no tops are listed, so whoever has no manager stands for one: %s; a configuration has to list them\n", few(tops))
}

// few is a list of ids, cut where it becomes long.
func few(ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return "none"
	case len(ids) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

// read reads the file that is named, or the configured source.
func (c *orgCheckCmd) read(p *program) (rules.Org, []string, error) {
	if c.File != "" && c.Columns != "" {
		config, err := c.byFlags()
		if err != nil {
			return rules.Org{}, nil, err
		}
		org, err := parseFile(config, p.now())
		return org, nil, err
	}
	cfg, err := p.load()
	if err != nil {
		if c.File != "" {
			return rules.Org{}, nil, fmt.Errorf("%w (or say with --columns which column is what)", err)
		}
		return rules.Org{}, nil, err
	}
	if c.File != "" {
		h := cfg.HRIS[0].CSV
		if h == nil {
			return rules.Org{}, nil, errors.New("the first source of the organisation is no csv, so the configuration does not say which column of the file is what: say it with --columns")
		}
		config := h.File
		config.Path = c.File
		org, err := parseFile(config, p.now())
		return org, cfg.AllTops(), err
	}
	source, err := p.organisation(cfg)
	if err != nil {
		return rules.Org{}, nil, err
	}
	org, err := source.Org(p.ctx)
	return org, cfg.AllTops(), err
}

// byFlags is what the command line says of the file.
func (c *orgCheckCmd) byFlags() (csv.Config, error) {
	var config csv.Config
	config.SetDefaults()
	columns, err := csv.ParseColumns(c.Columns)
	if err != nil {
		return config, fmt.Errorf("--columns: %w", err)
	}
	config.Path, config.Columns, config.NullManagers = c.File, columns, c.NullManagers
	lists := map[string]*[]string{"active": &config.Status.Active, "leave": &config.Status.Leave,
		"inactive": &config.Status.Inactive, "vacant": &config.Status.Vacant}
	for word, status := range c.Status {
		list, ok := lists[status]
		if !ok {
			return config, fmt.Errorf("--status %s=%s: a word means active, leave, inactive or vacant", word, status)
		}
		*list = append(*list, word)
	}
	if err := config.Validate(); err != nil {
		return config, fmt.Errorf("--columns and --status, in the words of the configuration: %w", err)
	}
	return config, nil
}

func parseFile(config csv.Config, now time.Time) (rules.Org, error) {
	data, err := os.ReadFile(config.Path)
	if err != nil {
		return rules.Org{}, fmt.Errorf("read the HR file: %w", err)
	}
	org, err := csv.Parse(config, data, now)
	if err != nil {
		return rules.Org{}, fmt.Errorf("hr file %s: %w", config.Path, err)
	}
	return org, nil
}

func withoutManager(people []rules.Person) []string {
	var out []string
	for _, p := range people {
		if p.Manager == "" || p.Manager == p.ID {
			out = append(out, p.ID)
		}
	}
	return out
}

func newOrgJSON(org rules.Org, tops []string) orgJSON {
	x := rules.NewIndex(org.People, tops)
	out := orgJSON{People: x.Len(), Tops: []string{}, Digest: org.Digest, Findings: []findingJSON{}}
	for i, leads := range x.Leaders() {
		if leads {
			out.Leaders++
		}
		out.Levels = max(out.Levels, x.Level(i)+1)
	}
	for _, id := range tops {
		if _, ok := x.Find(id); ok {
			out.Tops = append(out.Tops, id)
		}
	}
	for _, f := range append(slices.Clone(org.Findings), x.Findings(tops)...) {
		out.Findings = append(out.Findings, findingJSON{f.Code, f.Person, f.Detail})
	}
	slices.SortStableFunc(out.Findings, func(a, b findingJSON) int { return cmp.Compare(a.Code, b.Code) })
	return out
}
