package moodle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// batchSizes: a batch that is refused is cut smaller, to find the bad entry. PHP
// drops what is beyond 1,000 form fields without a word; 100 entries have 403.
var batchSizes = []int{100, 10, 1}

// writeFunction is the only function that is called to write.
const writeFunction = "enrol_manual_enrol_users"

// Apply writes the changes and reads them back. It reads the course first, and
// leaves alone (Skipped) every row that is no longer as it was when the change
// was planned: nothing is sent twice, and nobody else's suspension is touched.
//
// A refusal is Failed. When no answer came the rest is Skipped and the read-back
// decides: Done if it shows what was wanted, else Unknown.
func (m *LMS) Apply(ctx context.Context, t rules.Target, changes []rules.Change) []rules.Outcome {
	a := &applying{lms: m, outcomes: make([]rules.Outcome, len(changes))}
	for i, c := range changes {
		a.outcomes[i] = rules.Outcome{Change: c}
	}
	rows, c, err := m.read(ctx, t)
	if err != nil {
		a.each(func(o *rules.Outcome) { o.Result, o.Error = rules.Skipped, short(err) })
	} else {
		a.course = c.ID
		a.group, _ = m.group(t) // the reading would have failed without one
		a.write(ctx, a.writable(rows))
		a.readBack(ctx)
	}
	now := time.Now()
	a.each(func(o *rules.Outcome) { o.At = now })
	return a.outcomes
}

// applying is one Apply.
type applying struct {
	lms      *LMS
	course   int64
	group    int64 // the released group; 0: people are held by suspension
	outcomes []rules.Outcome
	// pending are outcomes, by number, that the read-back decides: written, or
	// sent without an answer.
	pending  []int
	answered map[int]bool
	stopped  string // why nothing more is sent
}

func (a *applying) each(f func(*rules.Outcome)) {
	for i := range a.outcomes {
		f(&a.outcomes[i])
	}
}

// writable returns the changes whose row is as it was when they were planned.
func (a *applying) writable(rows []rules.Enrolment) (batch []int) {
	now := make(map[string]*rules.Enrolment, len(rows))
	for i := range rows {
		now[rows[i].Row] = &rows[i]
	}
	for i := range a.outcomes {
		o := &a.outcomes[i]
		if o.Error = refusal(o.Change, now[o.Change.Row], a.group != 0); o.Error != "" {
			o.Result = rules.Skipped
			continue
		}
		batch = append(batch, i)
	}
	return batch
}

// moves are those of a target that is closed by default, and of one that is open.
var moves = map[bool][]rules.Move{true: {rules.MoveAdd}, false: {rules.MoveHold, rules.MoveRelease, rules.MoveEnrol}}

// refusal says why a change is not sent; row is nil when there is none.
func refusal(c rules.Change, row *rules.Enrolment, closed bool) string {
	state, barred := rules.RowAbsent, ""
	if row != nil {
		state, barred = row.State, row.Barred
	}
	_, err := strconv.ParseUint(c.Account.ID, 10, 63)
	switch {
	case err != nil:
		return "no_account_id"
	case !slices.Contains(moves[closed], c.Move):
		return "unsupported_move"
	case row != nil && c.Row != c.Account.ID, (c.Move == rules.MoveHold) != (c.To == rules.RowSuspended):
		return "malformed_change"
	case state != c.From, c.Move == rules.MoveAdd && (row == nil || row.Released):
		return "row_changed"
	case barred == rules.BarredRole, c.Move == rules.MoveHold && barred != "":
		return barred
	}
	return ""
}

// write sends the changes in batches, until something stops it.
func (a *applying) write(ctx context.Context, all []int) {
	a.answered = map[int]bool{}
	a.split(ctx, all, batchSizes)
}

// split sends a list in batches of the first size; a batch that is refused for
// one of its entries goes on to the next size.
func (a *applying) split(ctx context.Context, list []int, sizes []int) {
	for start := 0; start < len(list); start += sizes[0] {
		batch := list[start:min(start+sizes[0], len(list))]
		if a.stopped != "" {
			a.settle(batch, rules.Skipped, a.stopped)
			continue
		}
		err := a.send(ctx, batch)
		if refused := (*Error)(nil); errors.As(err, &refused) && reaches[refused.Code] == reachRace {
			err = a.send(ctx, batch)
		}
		a.judge(ctx, batch, sizes, err)
	}
}

// judge draws the consequences of what became of a batch.
func (a *applying) judge(ctx context.Context, batch, sizes []int, err error) {
	var refused *Error
	switch {
	case err == nil, !errors.As(err, &refused):
		a.pending = append(a.pending, batch...)
		for _, i := range batch {
			a.answered[i] = err == nil
		}
		if err != nil {
			a.stopped = "no_answer"
			a.settle(batch, rules.Unknown, short(err))
		}
	case reaches[refused.Code] == reachTarget, reaches[refused.Code] == reachSite:
		a.stopped = refused.Code
		a.settle(batch, rules.Failed, refused.Code)
		for _, i := range batch {
			a.outcomes[i].Whole = true
		}
	case len(batch) == 1:
		a.settle(batch, rules.Failed, refused.Code)
	default:
		for len(sizes) > 1 && sizes[0] >= len(batch) {
			sizes = sizes[1:]
		}
		a.split(ctx, batch, sizes)
	}
}

func (a *applying) settle(batch []int, result rules.Result, why string) {
	for _, i := range batch {
		a.outcomes[i].Result, a.outcomes[i].Error = result, why
	}
}

// send writes one batch, which Moodle does whole or not at all. The field suspend
// comes first in every entry: without it an entry means "active".
func (a *applying) send(ctx context.Context, batch []int) error {
	if a.group != 0 {
		return a.add(ctx, batch)
	}
	var form fields
	for n, i := range batch {
		c, suspend := a.outcomes[i].Change, "0"
		if c.To == rules.RowSuspended {
			suspend = "1"
		}
		entry := fmt.Sprintf("enrolments[%d]", n)
		form = append(form,
			[2]string{entry + "[suspend]", suspend},
			[2]string{entry + "[roleid]", strconv.Itoa(a.lms.cfg.Role)},
			[2]string{entry + "[userid]", c.Account.ID},
			[2]string{entry + "[courseid]", strconv.FormatInt(a.course, 10)})
	}
	return a.lms.write(ctx, writeFunction, form)
}

// readBack compares what was sent with what the course now shows. A person who has
// vanished from it tells nothing.
func (a *applying) readBack(ctx context.Context) {
	if len(a.pending) == 0 {
		return
	}
	users, suspended, err := a.lms.both(ctx, a.course)
	if err != nil {
		a.settle(a.pending, rules.Unknown, "read_back: "+short(err))
		return
	}
	states, released := make(map[string]rules.RowState, len(users)), map[string]bool{}
	for _, u := range users {
		states[strconv.FormatInt(u.ID, 10)] = rules.RowActive
		released[strconv.FormatInt(u.ID, 10)] = u.in(a.group)
		if suspended[u.ID] {
			states[strconv.FormatInt(u.ID, 10)] = rules.RowSuspended
		}
	}
	for _, i := range a.pending {
		o := &a.outcomes[i]
		if o.Change.Move == rules.MoveAdd && states[o.Change.Account.ID] == rules.RowActive {
			added(o, released[o.Change.Account.ID], a.answered[i])
			continue
		}
		switch o.Seen = states[o.Change.Account.ID]; {
		case o.Seen == o.Change.To:
			o.Result, o.Error = rules.Done, ""
		case o.Seen == rules.RowAbsent:
			o.Result, o.Error = rules.Unknown, "read_back: absent"
		case a.answered[i]:
			o.Result, o.Error = rules.Ineffective, "read_back: "+o.Seen.String()
		}
	}
}

// short is what an outcome says of an error: Moodle's code where there is one.
func short(err error) string {
	if refused := (*Error)(nil); errors.As(err, &refused) {
		return refused.Code
	}
	return err.Error()
}
