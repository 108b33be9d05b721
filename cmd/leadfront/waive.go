package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/rules"
)

type waiveCmd struct {
	Add    waiveAddCmd    `cmd:"" help:"Grant an exemption. Whoever starts under it stays clear after it expires."`
	List   waiveListCmd   `cmd:"" help:"List exemptions."`
	Revoke waiveRevokeCmd `cmd:"" help:"Revoke an exemption from now on."`
}

type waiveAddCmd struct {
	Person  string `arg:"" help:"HR id of the person."`
	Kind    string `default:"may-start" enum:"may-start,need-not-lead" help:"What is waived: may-start lets this person start before the leaders; need-not-lead has nobody wait for this leader, but for the next one above."`
	Program string `required:"" help:"Id of the programme."`
	Until   string `required:"" help:"When it expires: a day such as 2026-12-31 (its end, UTC) or an instant in RFC 3339."`
	signed
}

func (c *waiveAddCmd) Run(p *program) error {
	until, err := deadline(c.Until)
	if err != nil {
		return err
	}
	return p.act(rules.Act{Kind: rules.ActWaive, Waiver: rules.WaiverKind(c.Kind), Person: c.Person, Program: c.Program,
		Expires: until, By: c.By, Reason: c.Reason}, nil)
}

// deadline reads a day, of which the end is meant, or an instant.
func deadline(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("--until %q is neither a day such as 2026-12-31 nor an instant such as 2026-12-31T17:00:00Z", s)
	}
	return t, nil
}

type waiveListCmd struct{}

func (c *waiveListCmd) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := st.Waivers(p.ctx)
	if err != nil {
		return err
	}
	if p.cli.Output == "json" {
		return p.json(waiversJSON(list, p.now()))
	}
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NO\tPERSON\tPROGRAMME\tKIND\tUNTIL\tSTATE\tBY\tREASON")
	for _, x := range list {
		printf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.ID, x.Person, x.Program, x.Kind, day(x.Expires), waiverState(x, p.now()), x.By, x.Reason)
	}
	return w.Flush()
}

func waiverState(w rules.Waiver, now time.Time) string {
	switch {
	case !w.Revoked.IsZero():
		return "revoked"
	case w.InForce(now):
		return "in force"
	}
	return "expired"
}

type waiverJSON struct {
	Number  int64            `json:"number"`
	Kind    rules.WaiverKind `json:"kind"`
	Program string           `json:"program"`
	Person  string           `json:"person"`
	From    time.Time        `json:"from"`
	Expires time.Time        `json:"expires"`
	Revoked time.Time        `json:"revoked,omitzero"`
	State   string           `json:"state"`
	By      string           `json:"by"`
	Reason  string           `json:"reason"`
}

func waiversJSON(list []rules.Waiver, now time.Time) []waiverJSON {
	out := []waiverJSON{}
	for _, w := range list {
		out = append(out, waiverJSON{Number: w.ID, Kind: w.Kind, Program: w.Program, Person: w.Person, From: w.From,
			Expires: w.Expires, Revoked: w.Revoked, State: waiverState(w, now), By: w.By, Reason: w.Reason})
	}
	return out
}

type waiveRevokeCmd struct {
	Number int64 `arg:"" help:"Number of the exemption, as waive list shows it."`
	signed
}

func (c *waiveRevokeCmd) Run(p *program) error {
	return p.act(rules.Act{Kind: rules.ActRevoke, Number: c.Number, By: c.By, Reason: c.Reason}, nil)
}
