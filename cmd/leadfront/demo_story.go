package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/leadfront/leadfront/connector/sandbox"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs/lrstest"
	"github.com/leadfront/leadfront/rules"
)

// scene is one thing that happens in the company, and the entry of the log by
// which it is seen to have had its effect.
type scene struct {
	happens func(d *demo, ctx context.Context) error
	shows   func(e *store.LogEntry) bool
	times   int // how often it is to be seen; 0: once
}

// patience is how long an effect may take before the demo gives up.
const patience = 30 * time.Second

// The people of the story, by HR id: the president; two vice presidents; the head
// of programmers under one of them, a programmer; managers of stocks and sales.
const (
	president, viceYang, viceGarcia, james, miller = "100", "101", "102", "103", "104"
	weiss, fripp, kaufling, vollman, partners      = "120", "121", "122", "123", "146"
)

// story is the roll-out.
func story() []scene {
	return []scene{
		{nothing, kind(store.LogSnapshotQuarantined), 1},
		{approveOrg, kind(store.LogRefusal), 1},
		{approvePlan, kind(store.LogOutcome), 106},
		{completes(president), kind(store.LogOutcome), 14},
		{completes(viceYang, viceGarcia), kind(store.LogOutcome), 6},
		{starts(miller), of(store.LogViolationOpened, miller), 1},
		{briefed(partners), of(store.LogViolationOpened, partners), 1},
		{leaves(weiss), kind(store.LogSnapshotQuarantined), 1},
		{approveLeaving, kind(store.LogOutcome), 8},
		{lrsDown, kind(store.LogSourceFailed), 1},
		{completesMeanwhile(fripp), kind(store.LogOutcome), 8},
		{halfAFile, kind(store.LogSnapshotQuarantined), 1},
		{wholeFileAgain(kaufling), kind(store.LogOutcome), 8},
		{completes(james), kind(store.LogOutcome), 3},
	}
}

// play goes through the story, scene by scene, and ends with a summary.
func (d *demo) play(ctx context.Context) error {
	for i, s := range story() {
		d.watch.expect(s.shows)
		if err := s.happens(d, ctx); err != nil {
			return fmt.Errorf("scene %d: %w", i+1, err)
		}
		seen, cancel := context.WithTimeout(ctx, patience)
		err := d.watch.until(seen, max(1, s.times))
		cancel()
		if err != nil {
			return fmt.Errorf("scene %d did not show in the log within %s; see daemon.log in %s: %w", i+1, patience, d.dir, err)
		}
	}
	return d.summary(ctx)
}

func kind(k string) func(*store.LogEntry) bool {
	return func(e *store.LogEntry) bool { return e.Kind == k }
}

func of(k, person string) func(*store.LogEntry) bool {
	return func(e *store.LogEntry) bool { return e.Kind == k && e.PersonID == person }
}

func nothing(*demo, context.Context) error { return nil }

func approveOrg(d *demo, ctx context.Context) error {
	held, err := d.log.HeldOrgs(ctx)
	if err != nil || len(held) == 0 {
		return fmt.Errorf("no organisation waits for approval: %w", err)
	}
	cmd := orgApproveCmd{Digest: held[0].Digest, signed: signed{By: "Olga Operator", Reason: "107 people, one top: it is our company"}}
	return cmd.Run(d.beside(ctx, io.Discard, d.stderr))
}

// approveLeaving: an organisation that releases many by itself asks, too.
func approveLeaving(d *demo, ctx context.Context) error {
	held, err := d.log.HeldOrgs(ctx)
	if err != nil || len(held) == 0 {
		return fmt.Errorf("no organisation waits for approval: %w", err)
	}
	cmd := orgApproveCmd{Digest: held[0].Digest, signed: signed{By: "Olga Operator", Reason: "Matthew Weiss has left; his people wait for nobody"}}
	return cmd.Run(d.beside(ctx, io.Discard, d.stderr))
}

func approvePlan(d *demo, ctx context.Context) error {
	refused, err := d.log.Refused(ctx, d.now())
	if err != nil || len(refused) == 0 {
		return fmt.Errorf("no plan waits for approval: %w", err)
	}
	cmd := approveCmd{Digest: refused[0].Digest, signed: signed{By: "Olga Operator", Reason: "the launch: everybody below the president waits"}}
	return cmd.Run(d.beside(ctx, io.Discard, d.stderr))
}

// completes has people complete the course, and those who have something to show
// share it.
func completes(people ...string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error {
		for _, id := range people {
			d.completes(id)
		}
		return nil
	}
}

func (d *demo) completes(id string) {
	d.company.Completes(id)
	if u, ok := useCases()[id]; ok {
		d.company.Shares(id, u)
	}
}

// useCases are what leaders of the company share when they have completed the course.
func useCases() map[string]sandbox.UseCase {
	return map[string]sandbox.UseCase{
		president: {Title: "Board questions, a day earlier",
			Prompt: "Here are the figures of the quarter and last year's questions of the board.\nWrite the ten questions that this board is most likely to ask, and for each the figure that answers it.",
			Output: "1. Why did margins in the north fall while revenue rose? → table 4, line 12\n2. How much of the growth is price? → table 2\n3. …",
			Result: "Seven of the ten were asked. The answers were on the table, and the meeting ended **half an hour** early."},
		viceYang: {Title: "One policy, read by everybody",
			Prompt: "Rewrite our travel policy for somebody who travels for the first time. Keep every rule, drop every other word, and list what changed.",
			Output: "*Before you book:* ask your manager, by message, with dates and reason.\n*While you travel:* keep receipts above 20.\n*Changed:* nothing; 11 pages became 2.",
			Result: "Questions to my office about travel went from fifteen a week to four."},
		fripp: {Title: "Shift handover in three lines",
			Prompt: "From these notes of the shift make three lines for the next one: what runs, what does not, what to look at first.",
			Output: "Line 2 runs at 80 %.\nPallet wrapper stands since 04:10, part is ordered.\nLook at the cold store first: 6 degrees at 05:00.",
			Result: "The next shift began without a call for the first time in weeks."},
	}
}

func starts(id string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error {
		d.company.Starts(id)
		return nil
	}
}

func briefed(id string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error {
		d.company.Briefed(id)
		return nil
	}
}

func leaves(id string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error { return d.company.Leaves(id) }
}

func lrsDown(d *demo, _ context.Context) error {
	d.company.LRS.Fault(lrstest.Faults{Status: 503})
	return nil
}

// completesMeanwhile: the LRS takes the statement and shows it when it is back.
func completesMeanwhile(id string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error {
		d.completes(id)
		d.company.LRS.Fault(lrstest.Faults{})
		return nil
	}
}

func halfAFile(d *demo, _ context.Context) error { return d.company.ExportHalf() }

// wholeFileAgain: while the half file waits, completions go on releasing.
func wholeFileAgain(id string) func(*demo, context.Context) error {
	return func(d *demo, _ context.Context) error {
		d.company.Completes(id)
		return d.company.Export()
	}
}

// summary counts what is in the log.
func (d *demo) summary(ctx context.Context) error {
	facts, err := d.log.Facts(ctx, d.now())
	if err != nil {
		return err
	}
	c := d.watch.count
	printf(d.stdout, "\n%d people, %d holds placed, %d lifted, %d still in place, %d violations (%d open), refused and quarantined: %d plans, %d HR files\n",
		len(d.company.People()), c[string(rules.MoveHold)], c[string(rules.MoveRelease)], len(facts.Holds),
		c[store.LogViolationOpened], len(facts.Open), c[store.LogRefusal], c[store.LogSnapshotQuarantined])
	printf(d.stdout, "%d entries in the audit log; ask it: sqlite3 -readonly %s/data/leadfront.db 'SELECT * FROM v_holds'\n", d.watch.after, d.dir)
	return nil
}
