package main

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/connector/audit"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/rules"
)

// recoveredJSON is what can be told of the holds of a lost database.
type recoveredJSON struct {
	Export string    `json:"export"` // file name and SHA-256
	Until  time.Time `json:"until"`  // what happened later is not known
	// Ours are holds that the log says are ours and the LMS shows as suspended.
	Ours []recoveredRowJSON `json:"ours"`
	// Over are holds of the log that the LMS does not show as suspended any more.
	Over []recoveredRowJSON `json:"over"`
	// Untold are suspended enrolments of which the log says nothing.
	Untold []recoveredRowJSON `json:"untold"`
	// Waivers were in force, and have to be granted again; Paused are programmes that
	// were under release-all.
	Waivers []waiverLostJSON `json:"waivers"`
	Paused  []string         `json:"paused"`
	Erased  int              `json:"erased"` // entries of which nothing is left that could be claimed
}

type recoveredRowJSON struct {
	Program string    `json:"program,omitempty"`
	Target  string    `json:"target"`
	Row     string    `json:"row"`
	Account string    `json:"account"`
	Person  string    `json:"person,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	State   string    `json:"state,omitempty"` // what the LMS shows
}

type waiverLostJSON struct {
	Kind    rules.WaiverKind `json:"kind"`
	Program string           `json:"program"`
	Person  string           `json:"person"`
	Expires time.Time        `json:"expires"`
}

// recover re-creates the records of holds after the database was lost: of those that
// an exported log says are ours and not released, and that the LMS shows as suspended.
// Nothing is guessed: whatever else is suspended is listed and left alone.
func (c *adoptCmd) recover(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	s, err := p.build(cfg)
	if err != nil {
		return err
	}
	lost, name, err := readExport(c.FromExport)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.FromExport, err)
	}
	out, ours, err := p.compare(s, lost)
	if err != nil {
		return err
	}
	out.Export = name
	if lost.Holds = ours; !c.Apply {
		if err := p.printRecovered(out); err != nil {
			return err
		}
		if len(ours) > 0 {
			return code(exitChanges)
		}
		return nil
	}
	return c.keep(p, s, out, store.Adoption{Recovered: lost, Export: name, By: c.By, Reason: c.Reason})
}

// keep adopts under the lock.
func (c *adoptCmd) keep(p *program, s *site, out recoveredJSON, a store.Adoption) error {
	st, err := p.openStore(s.config, false)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Lock(p.ctx); err != nil {
		return fmt.Errorf("adopt needs the store for itself; stop the daemon for a moment: %w", err)
	}
	if err := s.begin(p.ctx, p, st); err != nil {
		return err
	}
	n, err := st.Adopt(p.ctx, a, p.now())
	if err != nil {
		return err
	}
	if err := p.printRecovered(out); err != nil || p.cli.Output == "json" {
		return err
	}
	printf(p.stdout, "%d holds are leadfront's again; `leadfront sync` goes on from here\n", n)
	return nil
}

// readExport reads a whole log in JSON Lines.
func readExport(path string) (r store.Recovered, name string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return r, "", err
	}
	defer f.Close()
	sum, recovery := sha256.New(), store.NewRecovery()
	lines := json.NewDecoder(bufio.NewReader(io.TeeReader(f, sum)))
	for {
		var e exported
		switch err := lines.Decode(&e); {
		case errors.Is(err, io.EOF):
			r, err = recovery.Whole()
			return r, filepath.Base(path) + " sha256:" + hex.EncodeToString(sum.Sum(nil)), err
		case err != nil:
			return r, "", fmt.Errorf("what stands at byte %d is no entry of `leadfront audit export --format jsonl`: %w", lines.InputOffset(), err)
		}
		entry := store.LogEntry{Entry: audit.Entry{Seq: e.Seq, At: e.At, Kind: e.Kind, Program: e.Program, Target: e.Target, Body: string(e.Body)},
			PersonID: e.Person, Personal: string(e.Personal), Erased: e.Erased}
		if err := recovery.Entry(entry); err != nil {
			return r, "", err
		}
	}
}

// compare lays the holds of a lost log beside what every target shows.
func (p *program) compare(s *site, lost store.Recovered) (out recoveredJSON, ours []rules.Hold, err error) {
	out = recoveredJSON{Until: lost.At, Ours: []recoveredRowJSON{}, Over: []recoveredRowJSON{}, Untold: []recoveredRowJSON{},
		Waivers: []waiverLostJSON{}, Paused: append([]string{}, lost.Paused...), Erased: lost.Erased}
	rows, err := p.suspendable(s)
	if err != nil {
		return out, nil, err
	}
	for _, h := range lost.Holds {
		key := [3]string{h.Program, h.Target, h.Row}
		j := recoveredRowJSON{h.Program, h.Target, h.Row, h.Account, h.Person, h.Intended, "absent"}
		if e := rows[key]; e != nil {
			j.State = e.State.String()
			if e.State == rules.RowSuspended && e.Account.ID == h.Account {
				out.Ours, ours = append(out.Ours, j), append(ours, h)
				delete(rows, key)
				continue
			}
		}
		out.Over = append(out.Over, j)
	}
	for key, e := range rows {
		if e.State == rules.RowSuspended {
			out.Untold = append(out.Untold, recoveredRowJSON{Program: key[0], Target: e.Target, Row: e.Row, Account: e.Account.ID})
		}
	}
	slices.SortFunc(out.Untold, func(a, b recoveredRowJSON) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Row, b.Row))
	})
	for _, w := range lost.Waivers {
		if w.Expires.After(p.now()) {
			out.Waivers = append(out.Waivers, waiverLostJSON{w.Kind, w.Program, w.Person, w.Expires})
		}
	}
	return out, ours, nil
}

// suspendable reads every enrolment of every programme's targets that are open by
// default: only those can be on hold.
func (p *program) suspendable(s *site) (map[[3]string]*rules.Enrolment, error) {
	out := map[[3]string]*rules.Enrolment{}
	for _, pr := range s.policy.Programs {
		for _, t := range pr.Targets {
			for i := range s.lms {
				if s.lms[i].Name != t.LMS || s.lms[i].LMS.Capabilities().Closed {
					continue
				}
				rows, err := s.lms[i].LMS.Enrolments(p.ctx, t)
				if err != nil {
					return nil, err
				}
				for k := range rows {
					out[[3]string{pr.ID, t.Key(), rows[k].Row}] = &rows[k]
				}
			}
		}
	}
	return out, nil
}

func (p *program) printRecovered(out recoveredJSON) error {
	if p.cli.Output == "json" {
		return p.json(out)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, list := range []struct {
		word string
		rows []recoveredRowJSON
	}{{"ours", out.Ours}, {"over", out.Over}, {"cannot be told", out.Untold}} {
		for _, r := range list.rows {
			since, state := "", r.State
			if !r.Since.IsZero() {
				since = "held " + day(r.Since)
			}
			printf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", list.word, r.Target, r.Account, r.Person, since, state)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range out.Waivers {
		printf(p.stdout, "lost with the database: waiver %s for %s in %s until %s; grant it again\n", l.Kind, l.Person, l.Program, day(l.Expires))
	}
	for _, id := range out.Paused {
		printf(p.stdout, "%s was paused: run leadfront release-all --program %s again before anything else\n", id, id)
	}
	if out.Erased > 0 {
		printf(p.stdout, "%d entries are about people whose data was destroyed; nothing is claimed by them\n", out.Erased)
	}
	printf(p.stdout, "As of %s: %d suspended enrolments are leadfront's holds, %d holds are over, of %d suspended ones it cannot be told whose they are\n",
		day(out.Until), len(out.Ours), len(out.Over), len(out.Untold))
	return nil
}
