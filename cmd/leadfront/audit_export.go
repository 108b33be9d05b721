package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/connector/store"
)

type auditExportCmd struct {
	Format  string   `default:"csv" enum:"csv,jsonl" help:"csv, safe to open in a spreadsheet, or jsonl: JSON Lines."`
	From    string   `help:"First day (2026-10-01) or instant (RFC 3339)."`
	Until   string   `help:"Last day, which is included, or the instant before which it ends."`
	Person  string   `help:"HR id, or the pseudonym of somebody who was erased."`
	Program string   `help:"Id of the programme."`
	Kind    []string `help:"Kinds of entries, such as intent,outcome."`
}

func (c *auditExportCmd) Run(p *program) error {
	selection, err := c.selection()
	if err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	st, err := p.openStore(cfg, true)
	if err != nil {
		return err
	}
	defer st.Close()
	out := bufio.NewWriter(p.stdout)
	write, flush := lines(out)
	if c.Format == "csv" {
		write, flush = table(out)
	}
	err = st.Export(p.ctx, selection, write)
	return errors.Join(err, flush(), out.Flush())
}

func (c *auditExportCmd) selection() (s store.Selection, err error) {
	s = store.Selection{Person: c.Person, Program: c.Program, Kinds: c.Kind}
	if c.From != "" {
		if s.From, err = bound(c.From, 0); err != nil {
			return s, fmt.Errorf("--from %w", err)
		}
	}
	if c.Until != "" {
		if s.Until, err = bound(c.Until, 1); err != nil {
			return s, fmt.Errorf("--until %w", err)
		}
	}
	return s, nil
}

// bound reads a day, and then so many days more, or an instant.
func bound(text string, days int) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, days), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%q is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T17:00:00Z", text)
	}
	return t, nil
}

// exported is an entry for programs.
type exported struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind"`
	Program  string          `json:"program,omitempty"`
	Target   string          `json:"target,omitempty"`
	Person   string          `json:"person,omitempty"`
	Name     string          `json:"name,omitempty"`
	Body     json.RawMessage `json:"body"`
	Personal json.RawMessage `json:"personal,omitempty"`
	Erased   bool            `json:"erased,omitempty"`
}

// lines writes entries as JSON Lines.
func lines(w io.Writer) (write func(store.LogEntry) error, flush func() error) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return func(e store.LogEntry) error {
		return encoder.Encode(exported{e.Seq, e.At, e.Kind, e.Program, e.Target, e.PersonID, e.Name,
			json.RawMessage(e.Body), json.RawMessage(e.Personal), e.Erased})
	}, func() error { return nil }
}

// table writes entries as CSV.
func table(w io.Writer) (write func(store.LogEntry) error, flush func() error) {
	out := csv.NewWriter(w)
	header := true
	return func(e store.LogEntry) error {
			if header {
				header = false
				if err := out.Write([]string{"seq", "at", "kind", "program", "target", "person", "name", "body", "personal", "erased"}); err != nil {
					return err
				}
			}
			row := []string{strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(audit.TimeFormat), e.Kind, e.Program, e.Target,
				e.PersonID, e.Name, e.Body, e.Personal, strconv.FormatBool(e.Erased)}
			for i := range row {
				row[i] = harmless(row[i])
			}
			return out.Write(row)
		}, func() error {
			out.Flush()
			return out.Error()
		}
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula:
// names and reasons are typed by anybody.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
