package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

type inspectCmd struct {
	File       string `arg:"" optional:"" help:"Statements, one a line (JSON Lines), an array of them or the answer of an LRS, gzipped or not; - for standard input."`
	Unresolved bool   `help:"List, by frequency, the actors in the store whose statements about a course are nobody's."`
}

// Run says of every statement what it would prove: for the programmes of the
// configuration when one is named or there, and otherwise for its own object.
func (c *inspectCmd) Run(p *program) error {
	if c.Unresolved {
		return p.unresolved()
	}
	if c.File == "" {
		return errors.New("inspect needs a file of statements, or --unresolved")
	}
	programs, err := p.programsIfAny()
	if err != nil {
		return err
	}
	in := p.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("read the statements: %w", err)
		}
		defer f.Close()
		in = f
	}
	if p.cli.Output == "json" {
		return p.inspectJSON(in, programs)
	}
	return p.inspectText(in, programs)
}

func (p *program) inspectJSON(in io.Reader, programs []rules.Program) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	valid, lines := 0, 0
	err := lrs.Inspect(in, programs, func(l lrs.Line) error {
		lines++
		if l.Valid {
			valid++
		}
		return e.Encode(l)
	})
	p.noteShape(lines, valid)
	return err
}

// noteShape helps whoever gives the answer of an LRS as it came.
func (p *program) noteShape(lines, valid int) {
	if lines == 0 {
		fmt.Fprintln(p.stderr, "note: there is no statement in it")
	} else if valid == 0 {
		fmt.Fprintln(p.stderr, "note: nothing of it is a statement; wanted are statements, one a line, or the answer of an LRS as it came")
	}
}

func (p *program) inspectText(in io.Reader, programs []rules.Program) error {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "LINE\tACTOR\tPROVES\tPROBLEM")
	valid, proving, lines := 0, 0, 0
	err := lrs.Inspect(in, programs, func(l lrs.Line) error {
		lines++
		if l.Valid {
			valid++
		}
		var claims []string
		for _, e := range l.Evidence {
			claim := e.Kind
			if e.Program != nil {
				claim = *e.Program + ": " + e.Kind
			}
			claims = append(claims, claim)
		}
		if len(claims) > 0 {
			proving++
		}
		printf(w, "%d\t%s\t%s\t%s\n", l.Line, l.Actor, strings.Join(claims, ", "), l.Problem)
		return nil
	})
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	p.noteShape(lines, valid)
	printf(p.stdout, "%d statements, %d valid, %d prove something\n", lines, valid, proving)
	return nil
}

// programsIfAny are the programmes of the configuration; none where no
// configuration was named and none is in the place where it is looked for.
func (p *program) programsIfAny() ([]rules.Program, error) {
	if !p.configNamed {
		if _, err := os.Stat(p.cli.Config); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	c, err := p.load()
	if err != nil {
		return nil, err
	}
	return c.Policy().Programs, nil
}

// unresolved lists whose statements count for nobody. Accounts of an LMS count as
// known when they are known by its last reading, so that is done as well.
func (p *program) unresolved() error {
	r, err := p.dry()
	if err != nil {
		return err
	}
	c, err := config.Load(p.cli.Config) // p.dry has told the warnings
	if err != nil {
		return err
	}
	policy := c.Policy()
	list := rules.UnresolvedActors(&policy, r.Facts)
	if p.cli.Output == "json" {
		return p.json(list)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "STATEMENTS\tACTOR\tWHY\tLAST\tABOUT")
	for _, u := range list {
		printf(w, "%d\t%s\t%s\t%s\t%s\n", u.Statements, u.Actor, strings.ReplaceAll(string(u.Because), "_", " "), u.Last.Format(time.DateOnly), strings.Join(u.Objects, ", "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(list) > 0 {
		fmt.Fprintln(p.stdout, "Say whose they are under identity: accounts for a whole home page, aliases for single ones, domain_aliases for mail domains.")
	}
	return nil
}
