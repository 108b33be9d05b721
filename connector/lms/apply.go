package lms

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Platform is what Apply needs of a connector that shows enrolments row by row.
type Platform interface {
	// Rows returns the rows of these accounts as they are now, or an error. It may
	// return others too.
	Rows(ctx context.Context, t rules.Target, accounts []string) ([]rules.Enrolment, error)
	// Send writes some changes and returns one error for each, in their order: nil
	// when the platform said yes; a *Refusal when it said no and nothing was
	// written; anything else when it is not known what it did.
	Send(ctx context.Context, t rules.Target, changes []rules.Change) []error
}

// Refusal is a platform's no: nothing was written.
type Refusal struct {
	Code  string // the platform's own code or a short word for it, never a secret
	Whole bool   // it is the target or the whole platform that refuses, not one row
	Do    string // what to do about it; may be empty
}

// Error is the code, with the remedy where there is one.
func (r *Refusal) Error() string {
	if r.Do == "" {
		return r.Code
	}
	return r.Code + " (" + r.Do + ")"
}

// Apply writes the changes in batches of that size and reads them back. It reads
// the rows first, and leaves alone (Skipped) every one that is no longer as it was
// when the change was planned: nothing is sent twice, and nobody else's suspension
// is touched. After a refusal of the whole platform, or a lost answer, nothing more
// is sent, and the read-back decides what is true: Done if it shows what was
// wanted, else Failed or Unknown.
func Apply(ctx context.Context, p Platform, t rules.Target, changes []rules.Change, size int, moves ...rules.Move) []rules.Outcome {
	a := &applying{platform: p, target: t, outcomes: make([]rules.Outcome, len(changes))}
	for i, c := range changes {
		a.outcomes[i] = rules.Outcome{Change: c}
	}
	if len(changes) > 0 {
		a.run(ctx, size, moves)
	}
	now := time.Now()
	for i := range a.outcomes {
		a.outcomes[i].At = now
	}
	return a.outcomes
}

// applying is one Apply.
type applying struct {
	platform Platform
	target   rules.Target
	outcomes []rules.Outcome
	pending  []sent // what the read-back decides
	stopped  string // why nothing more is sent
}

// sent is a change, by number, that may have reached the platform.
type sent struct {
	outcome  int
	answered bool
}

func (a *applying) run(ctx context.Context, size int, moves []rules.Move) {
	rows, err := a.rows(ctx, func(int) bool { return true })
	if err != nil {
		for i := range a.outcomes {
			a.outcomes[i].Result, a.outcomes[i].Error = rules.Skipped, Short(err)
		}
		return
	}
	for batch := range slices.Chunk(a.writable(rows, moves), size) {
		a.send(ctx, batch)
	}
	if len(a.pending) > 0 {
		a.readBack(ctx)
	}
}

// rows reads the rows of those changes, by row name.
func (a *applying) rows(ctx context.Context, of func(int) bool) (map[string]*rules.Enrolment, error) {
	var accounts []string
	for i := range a.outcomes {
		if id := a.outcomes[i].Change.Account.ID; of(i) && !slices.Contains(accounts, id) {
			accounts = append(accounts, id)
		}
	}
	list, err := a.platform.Rows(ctx, a.target, accounts)
	if err != nil {
		return nil, err
	}
	rows := make(map[string]*rules.Enrolment, len(list))
	for i := range list {
		rows[list[i].Row] = &list[i]
	}
	return rows, nil
}

// writable returns the changes whose row is as it was when they were planned. A
// release that was only to make sure of access is done when the row shows it.
func (a *applying) writable(rows map[string]*rules.Enrolment, moves []rules.Move) (list []int) {
	for i := range a.outcomes {
		o := &a.outcomes[i]
		row := rows[o.Change.Row]
		switch o.Error = refusal(o.Change, row, moves); {
		case o.Error != "":
			o.Result = rules.Skipped
		case o.Change.Move == rules.MoveRelease && row.State == o.Change.To:
			o.Result, o.Seen = rules.Done, row.State
		default:
			list = append(list, i)
		}
	}
	return list
}

// refusal says why a change is not sent; row is nil when there is none.
func refusal(c rules.Change, row *rules.Enrolment, moves []rules.Move) string {
	switch {
	case !slices.Contains(moves, c.Move):
		return "unsupported_move"
	case (c.Move == rules.MoveHold) != (c.To == rules.RowSuspended):
		return "malformed_change"
	case row == nil || row.Account.ID != c.Account.ID || row.State != c.From || c.Move == rules.MoveAdd && row.Released:
		return "row_changed"
	case row.Barred == rules.BarredRole, c.Move == rules.MoveHold && row.Barred != "":
		return row.Barred
	}
	return ""
}

// send writes one batch, unless one before it has failed for good.
func (a *applying) send(ctx context.Context, batch []int) {
	if a.stopped != "" {
		for _, i := range batch {
			a.outcomes[i].Result, a.outcomes[i].Error = rules.Skipped, a.stopped
		}
		return
	}
	changes := make([]rules.Change, len(batch))
	for k, i := range batch {
		changes[k] = a.outcomes[i].Change
	}
	for k, err := range a.platform.Send(ctx, a.target, changes) {
		a.judge(batch[k], err)
	}
}

// judge draws the consequences of one answer.
func (a *applying) judge(i int, err error) {
	o := &a.outcomes[i]
	var refused *Refusal
	switch {
	case err == nil:
		a.pending = append(a.pending, sent{i, true})
	case errors.As(err, &refused):
		if o.Result, o.Error, o.Whole = rules.Failed, refused.Error(), refused.Whole; refused.Whole {
			a.stopped = refused.Code
		}
	default:
		o.Result, o.Error = rules.Unknown, Short(err)
		a.pending = append(a.pending, sent{i, false})
		a.stopped = "no_answer"
	}
}

// readBack compares what was sent with what the platform now shows. A row that has
// vanished tells nothing.
func (a *applying) readBack(ctx context.Context) {
	rows, err := a.rows(ctx, func(i int) bool {
		return slices.ContainsFunc(a.pending, func(s sent) bool { return s.outcome == i })
	})
	for _, s := range a.pending {
		o := &a.outcomes[s.outcome]
		row := rows[o.Change.Row]
		switch {
		case err != nil:
			o.Result, o.Error = rules.Unknown, "read_back: "+Short(err)
		case row == nil:
			o.Result, o.Error = rules.Unknown, "read_back: absent"
		case row.State == o.Change.To && (o.Change.Move != rules.MoveAdd || row.Released):
			o.Result, o.Error, o.Seen = rules.Done, "", row.State
		case s.answered:
			o.Result, o.Error, o.Seen = rules.Ineffective, "read_back: "+shown(o.Change, row), row.State
		}
	}
}

// shown says what a row shows that is not as wanted.
func shown(c rules.Change, row *rules.Enrolment) string {
	if c.Move == rules.MoveAdd && row.State == c.To {
		return "not_released"
	}
	return row.State.String()
}

// Short is what an outcome says of an error.
func Short(err error) string {
	if refused := (*Refusal)(nil); errors.As(err, &refused) {
		return refused.Error()
	}
	return err.Error()
}
