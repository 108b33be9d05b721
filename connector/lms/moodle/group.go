package moodle

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/leadfront/leadfront/rules"
)

// addFunction is the only function that is called to write with a released group.
// A repeat changes nothing.
const addFunction = "core_group_add_group_members"

// closed reports whether nobody gets in until added to the released group.
func (m *LMS) closed() bool { return m.cfg.Hold == HoldGroup }

// group is the released group of the target; 0 where there is none to be.
func (m *LMS) group(t rules.Target) (int64, error) {
	if !m.closed() {
		return 0, nil
	}
	for _, g := range m.cfg.Groups {
		if g.Course == t.Course {
			return g.Group, nil
		}
	}
	return 0, fmt.Errorf("no released group is configured for the course %q: name it in released_groups", t.Course)
}

// in reports whether the person is a member of the group. The groups of somebody
// who is in none are left out by Moodle.
func (u user) in(group int64) bool {
	return slices.ContainsFunc(u.Groups, func(g struct{ ID int64 }) bool { return g.ID == group })
}

// add writes one batch, which Moodle does whole or not at all.
func (a *applying) add(ctx context.Context, batch []int) error {
	var form fields
	for n, i := range batch {
		entry := fmt.Sprintf("members[%d]", n)
		form = append(form,
			[2]string{entry + "[groupid]", strconv.FormatInt(a.group, 10)},
			[2]string{entry + "[userid]", a.outcomes[i].Change.Account.ID})
	}
	return a.lms.write(ctx, addFunction, form)
}

// added compares an addition with what the course now shows.
func added(o *rules.Outcome, released, answered bool) {
	o.Seen = rules.RowActive
	switch {
	case released:
		o.Result, o.Error = rules.Done, ""
	case answered:
		o.Result, o.Error = rules.Ineffective, "read_back: not_released"
	}
}
