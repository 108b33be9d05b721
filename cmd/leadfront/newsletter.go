package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/web/showcase"
	"github.com/leadfront/leadfront/rules"
)

type newsletterCmd struct {
	Month   string `help:"The month, such as 2026-10; last month when left out."`
	Program string `help:"Id of the programme; all of them when left out."`
	Format  string `enum:"md,html,mime" default:"md" help:"md: Markdown; html: a page; mime: a mail that is ready to be sent."`
	From    string `help:"Sender of the mail."`
	To      string `help:"Receivers of the mail, between commas."`
}

// Run prints what leaders have shared in a month, as it is known now.
func (c *newsletterCmd) Run(p *program) error {
	if c.Format != "mime" && c.From+c.To != "" {
		return errors.New("--from and --to belong to a mail: --format mime")
	}
	r, err := p.dryAt("")
	if err != nil {
		return err
	}
	if r.Blind != "" {
		return errors.New(undecided(r.Blind))
	}
	title, zone, err := c.program(r)
	if err != nil {
		return err
	}
	month, err := c.month(p.now().In(zone))
	if err != nil {
		return err
	}
	cfg, err := config.Load(p.cli.Config)
	if err != nil {
		return err
	}
	base := ""
	if cfg.Web != nil {
		base = strings.TrimSuffix(cfg.Web.URL, "/")
	}
	outgoing, err := p.outgoing(cfg)
	if err != nil {
		return err
	}
	p.warnUnread(r)
	catalogue := showcase.NewCatalogue(r.Facts, r.Judgement).Without(outgoing)
	return c.print(p, showcase.NewNewsletter(catalogue, showcase.NewMarkdown(), month, base, title))
}

// outgoing is what people share or have withdrawn, as far as it is on its way: a mail
// cannot be taken back.
func (p *program) outgoing(c *config.Config) ([]rules.Outgoing, error) {
	st, err := p.openStore(c, true)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return st.Outbox().All(p.ctx)
}

// program is the title of the programme that is asked for, and the zone of the quarters.
func (c *newsletterCmd) program(r *connector.Report) (title string, zone *time.Location, err error) {
	for i := range r.Judgement.Programs {
		pr := r.Judgement.Programs[i].Program
		if zone == nil || c.Program == pr.ID {
			zone = pr.Showcase.Zone
		}
		if c.Program == pr.ID {
			title = pr.Title
		}
	}
	if c.Program != "" && title == "" {
		return "", nil, fmt.Errorf("there is no programme %q in the configuration", c.Program)
	}
	if zone == nil {
		zone = time.UTC
	}
	return title, zone, nil
}

// month is the one that is asked for, or the last one that is over.
func (c *newsletterCmd) month(now time.Time) (time.Time, error) {
	if c.Month == "" {
		return time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, now.Location()), nil
	}
	month, err := time.ParseInLocation("2006-01", c.Month, now.Location())
	if err != nil {
		return month, fmt.Errorf("--month %q is no month; write it like 2026-10", c.Month)
	}
	return month, nil
}

func (c *newsletterCmd) print(p *program, n *showcase.Newsletter) error {
	var out []byte
	var err error
	switch c.Format {
	case "html":
		out, err = n.HTML()
	case "mime":
		out, err = n.Mail(c.From, c.To, p.now())
	default:
		out, err = n.Text()
	}
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(out)
	return err
}
